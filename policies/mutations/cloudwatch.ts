import { type Mutation, set } from "./mutation";

const GROUP = ["aws_cloudwatch_log_group", "table-migrator"] as const;
const ALARM = ["aws_cloudwatch_metric_alarm", "table-migrator_errors"] as const;

/** Changes of one attribute each. */
function changed(
  rule: string,
  found: readonly [type: string, part: string],
  changes: readonly (readonly [what: string, attribute: string, value: unknown])[],
): Mutation[] {
  return changes.map(([what, attribute, value]) => ({ rule, what, edit: set(...found, attribute, value), found }));
}

/** Each weakens logs or alarms of production, and says which rule notices. */
export const CLOUDWATCH_MUTATIONS: readonly Mutation[] = [
  ...changed("LAKE-CW-01", GROUP, [
    ["logs under a key of AWS", "kms_key_id", undefined],
    ["logs that are kept for ever", "retention_in_days", 0],
    ["logs without a retention", "retention_in_days", undefined],
    ["logs that are kept for half a year", "retention_in_days", 180],
  ]),
  ...changed("LAKE-CW-02", ALARM, [
    ["an alarm that is switched off", "actions_enabled", false],
    ["an alarm that tells nobody", "alarm_actions", []],
  ]),
  ...changed(
    "WIRE-CW-02",
    ["aws_cloudwatch_metric_alarm", "clickstream_delivery_delivery-freshness_"],
    [["an alarm on rows of another destination", "metric_name", "DeliveryToRedshift.Success"]],
  ),
  ...changed(
    "WIRE-CW-02",
    ["aws_cloudwatch_metric_alarm", "streams_dead-letters_"],
    [["an alarm on a queue by its ARN", "dimensions", { QueueArn: "x" }]],
  ),
  ...changed(
    "WIRE-CW-02",
    ["aws_cloudwatch_metric_alarm", "clickstream_stream-reads_"],
    [["an alarm on consumers that it does not name", "metric_name", "SubscribeToShardEvent.MillisBehindLatest"]],
  ),
  ...changed("WIRE-CW-02", ALARM, [
    ["an alarm on a dimension that there is none of", "dimensions", { Function: "x" }],
    ["an alarm on another function", "dimensions", { FunctionName: "x" }],
    ["an alarm on a metric that there is none of", "metric_name", "Error"],
    ["an alarm that says nothing of missing data", "treat_missing_data", undefined],
  ]),
];
