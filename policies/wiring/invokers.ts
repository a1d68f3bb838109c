import { functionOf, qualifierOf } from "../aws/functions";
import { perGraph } from "../aws/remember";
import { listOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks } from "../rule";
import { destinationsOf, transformsOf } from "./delivery-destinations";

/** How resources of a type have functions called. */
interface InvokerType {
  /** Service that calls; undefined where it calls by a role, or as whoever applies. */
  readonly service?: string;
  /** Values that may name a function. */
  readonly targets: (values: Resource["values"]) => readonly unknown[];
  /** For what the service calls, as the permission has to name it. */
  readonly source?: (invoker: Resource, graph: Graph) => unknown;
  /** Whether nobody waits for the answer. */
  readonly isAsynchronous?: boolean;
  /** Whether AWS tries the call, or looks at the permission, when the invoker is made. */
  readonly isTested?: boolean;
}

const INVOKERS: Readonly<Record<string, InvokerType>> = {
  aws_cloudwatch_event_target: {
    service: "events.amazonaws.com",
    targets: ({ arn }) => [arn],
    source: ({ values }, graph) => ruleOf(values.rule, graph),
    isAsynchronous: true,
  },
  aws_cloudwatch_log_subscription_filter: {
    service: "logs.amazonaws.com",
    targets: ({ destination_arn: destination }) => [destination],
    source: ({ values }, graph) => {
      const group = graph.ofType("aws_cloudwatch_log_group").find((one) => graph.refersTo(values.log_group_name, one));
      return group === undefined
        ? graph.arnIn("logs", `log-group:${String(values.log_group_name)}:*`)
        : `${graph.arnOf(group)}:*`;
    },
    isAsynchronous: true,
    isTested: true,
  },
  aws_cloudwatch_metric_alarm: {
    service: "lambda.alarms.cloudwatch.amazonaws.com",
    targets: (values) =>
      ["alarm_actions", "insufficient_data_actions", "ok_actions"].flatMap((attribute) => listOf(values[attribute])),
    source: (alarm, graph) => graph.arnOf(alarm),
    isAsynchronous: true,
  },
  aws_kinesis_firehose_delivery_stream: { targets: (values) => destinationsOf({ values }).flatMap(transformsOf) },
  aws_lambda_event_source_mapping: { targets: ({ function_name: name }) => [name] },
  aws_lambda_invocation: { targets: ({ function_name: name }) => [name] },
  aws_s3_bucket_notification: {
    service: "s3.amazonaws.com",
    targets: ({ lambda_function: functions }) => blocks(functions).map(({ lambda_function_arn: arn }) => arn),
    source: ({ values }, graph) => {
      const bucket = graph.ofType("aws_s3_bucket").find((one) => graph.refersTo(values.bucket, one));
      return bucket === undefined ? undefined : graph.arnOf(bucket);
    },
    isAsynchronous: true,
    isTested: true,
  },
  aws_scheduler_schedule: { targets: ({ target }) => [at(target, "arn")], isAsynchronous: true },
  aws_secretsmanager_secret_rotation: {
    service: "secretsmanager.amazonaws.com",
    targets: ({ rotation_lambda_arn: arn }) => [arn],
    source: ({ values }) => values.secret_id,
    isTested: true,
  },
  aws_sns_topic_subscription: {
    service: "sns.amazonaws.com",
    targets: ({ protocol, endpoint }) => (protocol === "lambda" ? [endpoint] : []),
    source: ({ values }) => values.topic_arn,
    isAsynchronous: true,
  },
};

/** Types for which a service calls functions, and needs their leave. */
export const CALLING_TYPES = Object.keys(INVOKERS).filter((type) => INVOKERS[type]?.service !== undefined);

/** That a resource has a function of ours called. */
export interface Invocation extends Pick<InvokerType, "service"> {
  readonly invoker: Resource;
  readonly callee: Resource;
  /** The version or alias that is called. */
  readonly qualifier: string | undefined;
  readonly source: unknown;
  readonly isAsynchronous: boolean;
  readonly isTested: boolean;
}

const invocations = perGraph((graph) =>
  Object.entries(INVOKERS).flatMap(([type, { service, targets, source, isAsynchronous = false, isTested = false }]) =>
    graph.ofType(type).flatMap((invoker) =>
      targets(invoker.values).flatMap((target): Invocation[] => {
        const callee = functionOf(target, graph);
        const qualifier = qualifierOf(target, graph);
        return callee === undefined
          ? []
          : [
              {
                invoker,
                callee,
                qualifier,
                source: source?.(invoker, graph),
                isAsynchronous,
                isTested,
                ...(service !== undefined && { service }),
              },
            ];
      }),
    ),
  ),
);

/** Everything that has a function called. */
export function callsTo(callee: Resource, graph: Graph): Invocation[] {
  return invocations(graph).filter((one) => one.callee === callee);
}

/** The functions of ours that a resource has called. */
export function callsBy(invoker: Resource, graph: Graph): Invocation[] {
  return invocations(graph).filter((one) => one.invoker === invoker);
}

/** The ARN of a rule of events, by its name. */
export function ruleOf(name: unknown, graph: Graph): string {
  const rule =
    graph.reference(name)?.resource ??
    graph.ofType("aws_cloudwatch_event_rule").find((one) => one.values.name === name);
  return rule === undefined ? graph.arnIn("events", `rule/${String(name)}`) : graph.arnOf(rule);
}
