import { perGraph } from "../aws/remember";
import { letThrough } from "../aws/requests";
import { permissionsOf, roleOf } from "../aws/roles";
import { bucketOf, textOf } from "../aws/values";
import { type Graph, type Resource, strings } from "../graph";
import type { RuleContext } from "../rule";
import { ruleOf } from "./invokers";

/** What sends messages to topics and queues: the service that does it, and the attributes that name where to. */
const PUBLISHERS: readonly {
  readonly type: string;
  readonly service: string;
  readonly attributes: readonly string[];
  /** For what it sends, by its ARN. */
  readonly source?: (publisher: Resource, graph: Graph) => unknown;
}[] = [
  ...["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"].map((type) => ({
    type,
    service: "cloudwatch.amazonaws.com",
    attributes: ["alarm_actions", "insufficient_data_actions", "ok_actions"],
    source: (alarm: Resource, graph: Graph) => graph.arnOf(alarm),
  })),
  {
    type: "aws_cloudwatch_event_target",
    service: "events.amazonaws.com",
    attributes: ["arn", "dead_letter_config"],
    source: ({ values }, graph) => ruleOf(values.rule, graph),
  },
  { type: "aws_budgets_budget", service: "budgets.amazonaws.com", attributes: ["notification"] },
  { type: "aws_ce_anomaly_subscription", service: "costalerts.amazonaws.com", attributes: ["subscriber"] },
  {
    type: "aws_s3_bucket_notification",
    service: "s3.amazonaws.com",
    attributes: ["topic", "queue"],
    source: ({ values }, graph) => {
      const bucket = bucketOf(values.bucket, graph);
      return bucket === undefined ? undefined : graph.arnOf(bucket);
    },
  },
  {
    type: "aws_sns_topic_subscription",
    service: "sns.amazonaws.com",
    attributes: ["endpoint", "redrive_policy"],
    source: ({ values }) => values.topic_arn,
  },
];

/** That a service sends messages, and for what. */
export interface Publication {
  readonly service: string;
  /** Undefined where the service does not say, or nobody knows. */
  readonly source: string | undefined;
}

/** Services that raise alarms, all of which the topic for alerts takes once people have subscribed to it. */
const ALARMING = [
  "budgets.amazonaws.com",
  "cloudwatch.amazonaws.com",
  "costalerts.amazonaws.com",
  "events.amazonaws.com",
];

/** Protocols by which people hear of a message, or systems that wake them. */
const TO_PEOPLE = ["email", "email-json", "sms", "http", "https"];

const publicationsByTarget = perGraph((graph) => {
  const found = new Map<string, Publication[]>();
  for (const { type, service, attributes, source } of PUBLISHERS) {
    for (const publisher of graph.ofType(type)) {
      const publication = { service, source: textOf(source?.(publisher, graph), graph) };
      for (const attribute of attributes) {
        namesIn(publisher.values[attribute])
          .map((value) => graph.reference(value)?.resource.address ?? graph.text(value))
          .filter((target) => attribute !== "arn" || !publishesByRole(publisher, target, graph))
          .forEach((target) => {
            found.set(target, [...(found.get(target) ?? []), publication]);
          });
      }
    }
  }
  return found;
});

/** Texts in a value, those of a JSON text such as a redrive policy included. */
function namesIn(value: unknown): string[] {
  return strings(value).flatMap((text) => [text, ...(text.match(/(?<=")(?:arn:|\$\{)[^"]+(?=")/g) ?? [])]);
}

/** Whether a target of events has a role of its own; one that is not declared is taken at its word. */
function publishesByRole({ values }: Resource, target: string, graph: Graph): boolean {
  if (values.role_arn === undefined) {
    return false;
  }
  const role = roleOf(values.role_arn, graph);
  const resource = [target, graph.text(`\${${target}.arn}`)];
  return (
    role === undefined ||
    ["sns:Publish", "sqs:SendMessage"].some((action) =>
      letThrough(permissionsOf(role, graph).statements, { action, resource, facts: {} }),
    )
  );
}

/** What services send to a topic or a queue that need its leave. */
export function publicationsTo(target: Resource, { graph }: Pick<RuleContext, "graph">): Publication[] {
  const found = publicationsByTarget(graph);
  return [target.address, graph.arnOf(target)].flatMap((name) => found.get(name) ?? []);
}

/** The services that send messages to a topic or a queue and need its leave. */
export function publishersOf(target: Resource, context: RuleContext): string[] {
  const declared = publicationsTo(target, context).map(({ service }) => service);
  return [...new Set([...declared, ...(wakesPeople(target, context) ? ALARMING : [])])].sort();
}

/** Whether it is the topic for alerts, and somebody hears of them. */
function wakesPeople(target: Resource, { graph, platform, environment }: RuleContext): boolean {
  const alerts = `${platform.name}-${environment.name}-alerts`;
  return (
    target.type === "aws_sns_topic" &&
    textOf(target.values.name, graph) === alerts &&
    graph
      .referring("aws_sns_topic_subscription", "topic_arn", target)
      .some(({ values }) => TO_PEOPLE.includes(String(values.protocol)))
  );
}
