import { perGraph } from "../aws/remember";
import { isOpen, textOf } from "../aws/values";
import { type Graph, type Resource } from "../graph";
import { at, isUnresolved } from "../rule";

/** Days for which a queue keeps messages where nothing is said, in seconds. Source: SQS API Reference, SetQueueAttributes. */
const KEPT = 4 * 24 * 60 * 60;

/** Where resources say what becomes of that which fails. */
const FAILURES: Readonly<Record<string, (values: Resource["values"]) => unknown>> = {
  aws_cloudwatch_event_target: ({ dead_letter_config: letters }) => at(letters, "arn"),
  aws_lambda_event_source_mapping: ({ destination_config: destination }) =>
    at(destination, "on_failure", "destination_arn"),
  aws_lambda_function: ({ dead_letter_config: letters }) => at(letters, "target_arn"),
  aws_lambda_function_event_invoke_config: ({ destination_config: destination }) =>
    at(destination, "on_failure", "destination"),
  aws_scheduler_schedule: ({ target }) => at(target, "dead_letter_config", "arn"),
  aws_sns_topic_subscription: ({ redrive_policy: redrive }) => targetIn(redrive),
  aws_sqs_queue: ({ redrive_policy: redrive }) => targetIn(redrive),
  aws_sqs_queue_redrive_policy: ({ redrive_policy: redrive }) => targetIn(redrive),
};

/** After how many tries a queue puts a message aside, and where. */
export interface Redrive {
  readonly target: unknown;
  readonly tries: unknown;
}

function parse(redrive: unknown): Redrive | undefined {
  try {
    const { deadLetterTargetArn: target, maxReceiveCount: tries } = JSON.parse(
      typeof redrive === "string" ? redrive : "",
    ) as Readonly<Record<string, unknown>>;
    return { target, tries };
  } catch {
    // an expression of Terraform, which nobody can read here
    return undefined;
  }
}

function targetIn(redrive: unknown): unknown {
  return parse(redrive)?.target ?? redrive;
}

/** What a queue does with messages that fail: undefined where nothing, "unknown" where it is not written out. */
export function redriveOf(queue: Resource, graph: Graph): Redrive | "unknown" | undefined {
  const written = [queue, ...graph.referring("aws_sqs_queue_redrive_policy", "queue_url", queue)]
    .map(({ values }) => values.redrive_policy)
    .find((policy) => policy !== undefined);
  return written === undefined ? undefined : (parse(written) ?? "unknown");
}

const usersByTarget = perGraph((graph) => {
  const users = new Map<string, Resource[]>();
  for (const [type, targetOf] of Object.entries(FAILURES)) {
    for (const resource of graph.ofType(type)) {
      const value = targetOf(resource.values);
      const referred = graph.references(value).map(({ resource: target }) => target.address);
      for (const target of new Set([...referred, textOf(value, graph) ?? ""])) {
        users.set(target, [...(users.get(target) ?? []), resource]);
      }
    }
  }
  return users;
});

/** What puts aside in a queue what fails. */
export function usersOf(queue: Resource, graph: Graph): Resource[] {
  const users = usersByTarget(graph);
  return [...new Set([queue.address, graph.arnOf(queue)].flatMap((name) => users.get(name) ?? []))];
}

/** The queue of ours that a value stands for. */
export function queueOf(value: unknown, graph: Graph): Resource | undefined {
  const referred = graph.reference(value)?.resource;
  return referred?.type === "aws_sqs_queue"
    ? referred
    : graph.ofType("aws_sqs_queue").find((queue) => graph.refersTo(value, queue));
}

/** For how many seconds a queue keeps messages; undefined where an apply decides. */
export function keptBy({ values }: Resource): number | undefined {
  const { message_retention_seconds: seconds = KEPT } = values;
  return isUnresolved(seconds) || isOpen(seconds) ? undefined : Number(seconds);
}

/** Whether messages of a queue are in order, which each of both ends of a redrive has to be, or neither. */
export function isFifo({ values }: Resource): boolean {
  return String(values.fifo_queue) === "true";
}
