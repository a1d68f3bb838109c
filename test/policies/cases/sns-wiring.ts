import { type Case, casesOf, type Resources } from "../../support/cases";

const ARN = "${aws_sns_topic.a.arn}";
const ALARM: Resources = { aws_cloudwatch_metric_alarm: { a: { alarm_actions: [ARN] } } };
const EVENTS: Resources = { aws_cloudwatch_event_target: { a: { arn: ARN } } };

const publish = (service: string, more: object = {}) => ({
  Effect: "Allow",
  Principal: { Service: service },
  Action: "SNS:Publish",
  Resource: ARN,
  ...more,
});

const named = (name: string, ...statements: readonly object[]): Resources => ({
  aws_sns_topic: { a: { name } },
  aws_sns_topic_policy: {
    a: { arn: ARN, policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) },
  },
});

const topic = (...statements: readonly object[]): Resources => named("alerts", ...statements);

const PAGER: Resources = {
  aws_sns_topic_subscription: { a: { topic_arn: ARN, protocol: "https", endpoint: "https://pager.example.com" } },
};

const when = (operator: string, key: string, value: string) => ({ Condition: { [operator]: { [key]: value } } });
const anybody = (key: string) => ({ Principal: { AWS: "*" }, ...when("StringEquals", key, "333333333333") });

const byRole = (...actions: readonly string[]): Resources => ({
  aws_iam_role: { a: { name: "a" } },
  aws_iam_role_policy: {
    a: {
      role: "${aws_iam_role.a.name}",
      policy: JSON.stringify({ Statement: { Effect: "Allow", Action: actions, Resource: ARN } }),
    },
  },
  aws_cloudwatch_event_target: { a: { arn: ARN, role_arn: "${aws_iam_role.a.arn}" } },
});

const DENY = { Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: ARN };
const PLAIN = { ...DENY, ...when("Bool", "aws:SecureTransport", "false") };

/** Topics and who publishes to them. */
export const SNS_WIRING_CASES: readonly Case[] = casesOf("WIRE-SNS-01", [
  { what: "a topic that nobody publishes to", resources: topic(PLAIN), outcome: "passed" },
  {
    what: "a topic without a policy of its own",
    resources: { aws_sns_topic: { a: { name: "alerts" } }, ...ALARM },
    outcome: "passed",
  },
  { what: "a refusal alone, and an alarm", resources: { ...topic(PLAIN), ...ALARM }, outcome: "failed" },
  {
    what: "alarms, which are admitted",
    resources: { ...topic(PLAIN, publish("cloudwatch.amazonaws.com")), ...ALARM },
    outcome: "passed",
  },
  {
    what: "alarms of whatever owner is ours",
    resources: { ...topic(publish("", anybody("AWS:SourceOwner"))), ...ALARM },
    outcome: "passed",
  },
  {
    what: "budgets, which say nothing of an owner",
    resources: {
      ...topic(publish("", anybody("aws:SourceOwner"))),
      aws_budgets_budget: { a: { notification: [{ subscriber_sns_topic_arns: [ARN] }] } },
    },
    outcome: "failed",
  },
  {
    what: "a composite alarm that ends, and another topic",
    resources: {
      ...topic(publish("cloudwatch.amazonaws.com", { Resource: "arn:aws:sns:eu-west-1:333333333333:other" })),
      aws_cloudwatch_composite_alarm: { a: { ok_actions: [ARN] } },
    },
    outcome: "failed",
  },
  {
    what: "topics by a pattern",
    resources: {
      ...topic(publish("cloudwatch.amazonaws.com", { Resource: "arn:aws:sns:eu-west-1:333333333333:al*" })),
      ...ALARM,
    },
    outcome: "passed",
  },
  {
    what: "an alarm that names the topic by its ARN",
    resources: {
      ...topic(PLAIN),
      aws_cloudwatch_metric_alarm: { a: { alarm_actions: ["arn:aws:sns:eu-west-1:333333333333:alerts"] } },
    },
    outcome: "failed",
  },
  {
    what: "alarms of this account and region",
    resources: {
      ...topic(
        publish("cloudwatch.amazonaws.com", {
          Condition: {
            StringEquals: { "aws:SourceAccount": ["333333333333"] },
            ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:333333333333:alarm:*" },
          },
        }),
      ),
      ...ALARM,
    },
    outcome: "passed",
  },
  {
    what: "alarms of another region",
    resources: {
      ...topic(
        publish("cloudwatch.amazonaws.com", when("ArnLike", "aws:SourceArn", "arn:aws:cloudwatch:us-east-1:*:alarm:*")),
      ),
      ...ALARM,
    },
    outcome: "failed",
  },
  {
    what: "alarms of every account but ours",
    resources: {
      ...topic(publish("cloudwatch.amazonaws.com", when("StringNotEquals", "aws:SourceAccount", "333333333333"))),
      ...ALARM,
    },
    outcome: "failed",
  },
  {
    what: "alarms of every account but another",
    resources: {
      ...topic(publish("cloudwatch.amazonaws.com", when("StringNotEquals", "aws:SourceAccount", "999999999999"))),
      ...ALARM,
    },
    outcome: "passed",
  },
  {
    what: "alarms of an organization, of which services have none",
    resources: {
      ...topic(publish("cloudwatch.amazonaws.com", when("StringEquals", "aws:PrincipalOrgID", "o-1"))),
      ...ALARM,
    },
    outcome: "failed",
  },
  {
    what: "alarms of an account that is known when it is applied",
    resources: {
      ...topic(
        publish(
          "cloudwatch.amazonaws.com",
          when("StringEquals", "aws:SourceAccount", "${data.aws_caller_identity.a.account_id}"),
        ),
      ),
      ...ALARM,
    },
    outcome: "passed",
  },
  {
    what: "alarms that are refused because they are ours",
    resources: {
      ...topic(publish("cloudwatch.amazonaws.com"), {
        ...DENY,
        Principal: { Service: "cloudwatch.amazonaws.com" },
        ...when("StringEquals", "aws:SourceAccount", "333333333333"),
      }),
      ...ALARM,
    },
    outcome: "failed",
  },
  {
    what: "everybody refused but other services",
    resources: {
      ...topic(publish("cloudwatch.amazonaws.com"), {
        ...DENY,
        Principal: undefined,
        NotPrincipal: { Service: "events.amazonaws.com" },
      }),
      ...ALARM,
    },
    outcome: "failed",
  },
  {
    what: "everybody refused but alarms",
    resources: {
      ...topic(publish("cloudwatch.amazonaws.com"), {
        ...DENY,
        Principal: undefined,
        NotPrincipal: { Service: ["cloudwatch.amazonaws.com", "events.amazonaws.com"] },
      }),
      ...ALARM,
    },
    outcome: "passed",
  },
  {
    what: "alarms by the service's name in the region",
    resources: { ...topic(publish("cloudwatch.eu-west-1.amazonaws.com")), ...ALARM },
    outcome: "passed",
  },
  {
    what: "alarms by the service's name in another region",
    resources: { ...topic(publish("cloudwatch.us-east-1.amazonaws.com")), ...ALARM },
    outcome: "failed",
  },
  {
    what: "everybody refused",
    resources: { ...topic(publish("cloudwatch.amazonaws.com"), DENY), ...ALARM },
    outcome: "failed",
  },
  { what: "events", resources: { ...topic(publish("events.amazonaws.com")), ...EVENTS }, outcome: "passed" },
  {
    what: "events under a condition that they never meet",
    resources: {
      ...topic(
        publish(
          "events.amazonaws.com",
          when("ArnLike", "aws:SourceArn", "arn:aws:events:eu-west-1:333333333333:rule/*"),
        ),
      ),
      ...EVENTS,
    },
    outcome: "failed",
  },
  {
    what: "events with a role that may publish",
    resources: { ...topic(PLAIN), ...byRole("sns:Publish") },
    outcome: "passed",
  },
  {
    what: "events with a role of which nothing is known",
    resources: {
      ...topic(PLAIN),
      aws_cloudwatch_event_target: { a: { arn: ARN, role_arn: "arn:aws:iam::333333333333:role/other" } },
    },
    outcome: "passed",
  },
  {
    what: "events with a role that may not",
    resources: { ...topic(PLAIN), ...byRole("sns:Subscribe") },
    outcome: "failed",
  },
  {
    what: "anomalies and notifications of buckets",
    resources: {
      ...topic(publish("costalerts.amazonaws.com")),
      aws_ce_anomaly_subscription: { a: { subscriber: [{ type: "SNS", address: ARN }] } },
      aws_s3_bucket_notification: { a: { topic: [{ topic_arn: ARN }] } },
    },
    outcome: "failed",
  },
  {
    what: "alerts that people hear of, and alarms alone",
    resources: { ...named("basin-prod-alerts", publish("cloudwatch.amazonaws.com")), ...PAGER },
    outcome: "failed",
  },
  {
    what: "alerts that nobody hears of",
    resources: named("basin-prod-alerts", publish("cloudwatch.amazonaws.com")),
    outcome: "passed",
  },
  {
    what: "news of datasets that people hear of, which nothing alarms",
    resources: { ...named("basin-prod-datasets", PLAIN), ...PAGER },
    outcome: "passed",
  },
  {
    what: "a function alone",
    resources: {
      ...topic(PLAIN),
      aws_sns_topic_subscription: { a: { topic_arn: ARN, protocol: "lambda", endpoint: "arn:aws:lambda:x" } },
    },
    outcome: "passed",
  },
  {
    what: "a policy in the topic itself",
    resources: {
      aws_sns_topic: { a: { name: "alerts", policy: JSON.stringify({ Statement: [PLAIN] }) } },
      ...ALARM,
    },
    outcome: "failed",
  },
  {
    what: "a policy of a data source",
    resources: {
      aws_sns_topic: { a: { name: "alerts", policy: "${data.aws_iam_policy_document.a.json}" } },
      ...ALARM,
    },
    outcome: "unknown",
  },
  {
    what: "an alarm in a later stack",
    resources: [topic(PLAIN), ALARM],
    outcome: "failed",
  },
]);
