import { environments } from "../../fixtures/environments";
import { type Case, casesOf, type Resources } from "../../support/cases";

const KEY: Resources = { aws_kms_key: { logs: {} } };
const OURS = "${aws_kms_key.logs.arn}";

const group = (values: object = {}): Resources => ({
  ...KEY,
  aws_cloudwatch_log_group: { g: { name: "/basin/g", kms_key_id: OURS, retention_in_days: 365, ...values } },
});

const alarm = (values: object = {}): Resources => ({
  aws_cloudwatch_metric_alarm: { a: { alarm_name: "a", alarm_actions: ["arn:aws:sns:x"], ...values } },
});

const actions = (count: number) => Array.from({ length: count }, (_, index) => `arn:aws:sns:${index}`);

/** Log groups and alarms. */
export const CLOUDWATCH_CASES: readonly Case[] = [
  ...casesOf("LAKE-CW-01", [
    { what: "our key, and a year", resources: group(), outcome: "passed" },
    { what: "AWS's key", resources: group({ kms_key_id: undefined }), outcome: "failed" },
    {
      what: "a key that is looked up",
      resources: group({ kms_key_id: "${data.aws_kms_key.k.arn}" }),
      outcome: "unknown",
    },
    { what: "no retention", resources: group({ retention_in_days: undefined }), outcome: "failed" },
    { what: "retention for ever", resources: group({ retention_in_days: 0 }), outcome: "failed" },
    { what: "retention that there is none of", resources: group({ retention_in_days: 366 }), outcome: "failed" },
    { what: "half a year in production", resources: group({ retention_in_days: 180 }), outcome: "failed" },
    {
      what: "two weeks in development",
      resources: group({ retention_in_days: 14 }),
      environment: { stage: environments.dev.stage },
      outcome: "passed",
    },
    {
      what: "for ever in development",
      resources: group({ retention_in_days: 0 }),
      environment: { stage: environments.dev.stage },
      outcome: "failed",
    },
    {
      what: "retention that an apply decides",
      resources: group({ retention_in_days: "${var.days}" }),
      outcome: "unknown",
    },
  ]),
  ...casesOf("LAKE-CW-02", [
    { what: "an action", resources: alarm(), outcome: "passed" },
    { what: "five actions", resources: alarm({ alarm_actions: actions(5) }), outcome: "passed" },
    { what: "six actions", resources: alarm({ alarm_actions: actions(6) }), outcome: "failed" },
    { what: "no action", resources: alarm({ alarm_actions: undefined }), outcome: "failed" },
    {
      what: "an action when it ends alone",
      resources: alarm({ alarm_actions: [], ok_actions: actions(1) }),
      outcome: "failed",
    },
    { what: "actions that are switched off", resources: alarm({ actions_enabled: false }), outcome: "failed" },
    { what: "actions that are switched on", resources: alarm({ actions_enabled: true }), outcome: "passed" },
    { what: "actions that an apply decides", resources: alarm({ alarm_actions: "${var.topics}" }), outcome: "unknown" },
    {
      what: "an alarm on alarms without an action",
      resources: { aws_cloudwatch_composite_alarm: { c: { alarm_name: "c" } } },
      outcome: "failed",
    },
  ]),
];
