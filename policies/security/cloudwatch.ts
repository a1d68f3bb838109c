import { listOf } from "../aws/values";
import { failedIf, judgeKnown, type Rule, type RuleContext, type Verdict } from "../rule";
import { judgeOurKey } from "./keys";

/** Days for which CloudWatch can keep logs; 0 is for ever. Source: API Reference, PutRetentionPolicy. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Days for which production keeps logs at least. */
const YEAR = 365;

/** Actions that an alarm can have for each of its states. */
const MAXIMUM_ACTIONS = 5;

/** Whether logs are encrypted and kept, and alarms are heard. */
export const CLOUDWATCH_RULES: readonly Rule[] = [
  {
    id: "LAKE-CW-01",
    title: "Log groups are encrypted with a key of ours, and keep logs for a time",
    severity: "medium",
    level: "error",
    types: ["aws_cloudwatch_log_group"],
    external: { checkov: ["CKV_AWS_158", "CKV_AWS_66", "CKV_AWS_338"], trivy: ["AVD-AWS-0017"] },
    sources: [
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
      "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
    ],
    remedy: "make the group with modules/cloudwatch/log-group.ts, and set how long it keeps logs in the environment",
    judge: ({ values }, context) => [
      ...judgeOurKey(values.kms_key_id, context.graph, "it is encrypted with no key of ours", "kms_key_id"),
      ...judgeKnown(values.retention_in_days, "retention_in_days", (days) => judgeRetention(days, context)),
    ],
  },
  {
    id: "LAKE-CW-02",
    title: "Alarms tell somebody",
    severity: "medium",
    level: "error",
    types: ["aws_cloudwatch_composite_alarm", "aws_cloudwatch_metric_alarm"],
    external: { checkov: ["CKV_AWS_319"] },
    sources: ["https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"],
    remedy: "make the alarm with modules/cloudwatch/metric-alarm.ts, which takes the topic for alerts",
    judge: ({ values: { actions_enabled: isEnabled, alarm_actions: actions } }) => [
      ...judgeKnown(isEnabled, "actions_enabled", (known) =>
        failedIf(known === false || known === "false", "its actions are switched off", "actions_enabled"),
      ),
      ...judgeKnown(actions, "alarm_actions", (known) => {
        const count = listOf(known).length;
        return [
          ...failedIf(count === 0, "it does nothing when it goes off", "alarm_actions"),
          ...failedIf(count > MAXIMUM_ACTIONS, `it has more than ${MAXIMUM_ACTIONS} actions`, "alarm_actions"),
        ];
      }),
    ],
  },
];

function judgeRetention(days: unknown, { environment }: RuleContext): Verdict[] {
  const attribute = "retention_in_days";
  const count = Number(days ?? 0);
  if (count === 0 || !RETENTIONS.includes(count)) {
    const text = count === 0 ? "it keeps logs for ever" : `CloudWatch cannot keep logs for ${String(days)} days`;
    return failedIf(true, text, attribute);
  }
  return failedIf(
    environment.stage === "production" && count < YEAR,
    `it keeps logs for ${count} days, less than ${YEAR} in production`,
    attribute,
  );
}
