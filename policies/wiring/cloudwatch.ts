import { isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks, failedIf, type Rule, unknown, type Verdict, warnIf } from "../rule";
import { declared, type Metric } from "./metric-names";
import { NAMESPACES } from "./metrics";

/** Whether alarms can ever go off. */
export const CLOUDWATCH_WIRING: readonly Rule[] = [
  {
    id: "WIRE-CW-02",
    title: "Alarms watch metrics that are sent, with the dimensions they are sent with",
    severity: "high",
    level: "error",
    types: ["aws_cloudwatch_metric_alarm"],
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html",
      "https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html",
      "https://docs.aws.amazon.com/firehose/latest/dev/cloudwatch-metrics.html",
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html",
      "https://docs.aws.amazon.com/glue/latest/dg/monitoring-awsglue-with-cloudwatch-metrics.html",
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    ],
    remedy: "have the module of what is watched make its alarm, with modules/cloudwatch/metric-alarm.ts",
    judge: ({ values }, { graph }) => [
      ...metricsOf(values).flatMap((metric) => judgeMetric(metric, graph)),
      ...warnIf(
        values.treat_missing_data === undefined,
        "it does not say what it makes of a metric that is not sent for a while",
        "treat_missing_data",
      ),
    ],
  },
];

/** The metrics that an alarm watches, those of its expressions included. */
function metricsOf({ namespace, metric_name: name, dimensions, metric_query: queries }: Resource["values"]): Metric[] {
  const written = blocks(queries).flatMap(({ metric }) =>
    blocks(metric).map((one) => ({ namespace: one.namespace, name: one.metric_name, dimensions: one.dimensions })),
  );
  return [...(name === undefined ? [] : [{ namespace, name, dimensions }]), ...written].map((metric) => ({
    ...metric,
    dimensions: (metric.dimensions ?? {}) as Metric["dimensions"],
  }));
}

function judgeMetric(metric: Metric, graph: Graph): Verdict[] {
  const namespace = NAMESPACES[String(metric.namespace)];
  if (namespace === undefined) {
    return [];
  }
  const { metrics, needs, also = [], names, isSent } = namespace;
  const given = Object.keys(metric.dimensions);
  const known = [...needs.flat(), ...also];
  const hasItsOwn =
    given.every((dimension) => known.includes(dimension)) &&
    needs.some(
      (list) => list.every((dimension) => given.includes(dimension)) && (list.length > 0 || given.length === 0),
    );
  const what = `${String(metric.namespace)} ${String(metric.name)}`;
  if (!hasItsOwn) {
    const sets = needs.map((list) => (list.length === 0 ? "none" : list.join(" and "))).join(", or ");
    const own = given.length === 0 ? "no dimension" : given.join(" and ");
    return failedIf(true, `${what} is not sent with ${own}, but with ${sets}`, "dimensions");
  }
  const missing = isSent?.(metric, graph);
  return [
    ...warnIf(metrics?.test(String(metric.name)) === false, `${what} is no metric that is known`, "metric_name"),
    ...failedIf(missing !== undefined, `${what}: ${missing ?? ""}`, "dimensions"),
    ...Object.entries(names).flatMap(([dimension, named]) =>
      judgeName(dimension, named, at(metric.dimensions, dimension), graph),
    ),
  ];
}

function judgeName(
  dimension: string,
  named: readonly [type: string, attribute: string],
  value: unknown,
  graph: Graph,
): Verdict[] {
  if (value === undefined || declared(named, value, graph) !== undefined) {
    return [];
  }
  const text = textOf(value, graph) ?? "";
  return isOpen(text)
    ? unknown(`${dimension} is not known before an apply`, "dimensions")
    : warnIf(true, `${dimension} names ${text}, which nothing here declares`, "dimensions");
}
