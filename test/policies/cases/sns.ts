import type { Case, Resources } from "../../support/cases";

const TOPIC = "${aws_sns_topic.alerts.arn}";
const OUTPUT = "${data.terraform_remote_state.cross-stack-reference-input-prod-0.outputs.key}";
const KEY = { aws_kms_key: { messaging: {} } };
const ALIAS = {
  aws_kms_alias: {
    messaging: { name: "alias/basin-prod-messaging", target_key_id: "${aws_kms_key.messaging.key_id}" },
  },
};

const topic = (values: object = {}): Resources => ({
  aws_sns_topic: { alerts: { name: "basin-prod-alerts", ...values } },
});
const encrypted = (key: string) => topic({ kms_master_key_id: key });

const ENCRYPTION = (
  [
    ["our key", { ...KEY, ...encrypted("${aws_kms_key.messaging.arn}") }, "passed"],
    ["our key by its id", { ...KEY, ...encrypted("${aws_kms_key.messaging.id}") }, "passed"],
    ["our key of another stack", [KEY, encrypted(OUTPUT)], "passed"],
    ["our key by an alias", { ...KEY, ...ALIAS, ...encrypted("${aws_kms_alias.messaging.name}") }, "passed"],
    ["our key by an alias that is named", { ...KEY, ...ALIAS, ...encrypted("alias/basin-prod-messaging") }, "passed"],
    ["a key that is looked up", encrypted("${data.aws_kms_alias.messaging.target_key_arn}"), "unknown"],
    ["none, SNS's default", topic(), "failed"],
    ["the account's key", { ...KEY, ...ALIAS, ...encrypted("alias/aws/sns") }, "failed"],
    ["a key that nothing here makes", encrypted("arn:aws:kms:eu-west-1:333333333333:key/1"), "failed"],
  ] as const
).map(([what, resources, outcome]): Case => ({
  rule: "LAKE-SNS-01",
  what,
  resources,
  json: { output: { key: { value: "${aws_kms_key.messaging.arn}" } } },
  outcome,
}));

const PLAIN = {
  Effect: "Deny",
  Principal: "*",
  Action: "sns:Publish",
  Resource: TOPIC,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const ALARMS = {
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: "sns:Publish",
  Resource: TOPIC,
};
const ANYBODY = { ...ALARMS, Principal: { AWS: "*" } };

const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const policy = (...statements: readonly object[]): Resources => ({
  ...topic(),
  aws_sns_topic_policy: { policy: { arn: TOPIC, policy: document(...statements) } },
});

const POLICIES = (
  [
    ["messages without TLS refused", policy(PLAIN, ALARMS), "passed"],
    ["everything without TLS refused", policy({ ...PLAIN, Principal: { AWS: ["*"] }, Action: ["SNS:*"] }), "passed"],
    ["refused by the topic's own policy", topic({ policy: document(PLAIN) }), "passed"],
    [
      "refused by the policy of a topic that is named",
      {
        ...topic(),
        aws_sns_topic_policy: {
          policy: { arn: "arn:aws:sns:eu-west-1:333333333333:basin-prod-alerts", policy: document(PLAIN) },
        },
      },
      "passed",
    ],
    [
      "everybody of the account",
      policy(PLAIN, { ...ANYBODY, Condition: { StringEquals: { "AWS:SourceOwner": "333333333333" } } }),
      "passed",
    ],
    ["refused for this topic and another", policy({ ...PLAIN, Resource: ["arn:aws:sns:::other", TOPIC] }), "passed"],
    ["a policy that is looked up", topic({ policy: "${data.aws_iam_policy_document.a.json}" }), "unknown"],
    [
      "a refusal, beside a policy that is looked up",
      {
        ...topic({ policy: document(PLAIN) }),
        aws_sns_topic_policy: { policy: { arn: TOPIC, policy: "${data.aws_iam_policy_document.a.json}" } },
      },
      "unknown",
    ],
    ["no policy", topic(), "failed"],
    ["no refusal", policy(ALARMS), "failed"],
    ["one service refused", policy({ ...PLAIN, Principal: ALARMS.Principal }), "failed"],
    ["subscribing refused", policy({ ...PLAIN, Action: ["sns:Subscribe"] }), "failed"],
    ["all but messages refused", policy({ ...PLAIN, Action: undefined, NotAction: "sns:publish" }), "failed"],
    [
      "messages with TLS refused",
      policy({ ...PLAIN, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      "failed",
    ],
    ["refused for another topic", policy({ ...PLAIN, Resource: "arn:aws:sns:eu-west-1:333333333333:other" }), "failed"],
    [
      "refused to one network",
      policy({ ...PLAIN, Condition: { ...PLAIN.Condition, StringEquals: { "aws:SourceVpc": "vpc-1" } } }),
      "failed",
    ],
    ["a role of ours", policy(PLAIN, { ...ANYBODY, Principal: { AWS: "arn:aws:iam::333333333333:role/a" } }), "passed"],
    ["another account", policy(PLAIN, { ...ANYBODY, Principal: { AWS: ["444444444444"] } }), "failed"],
    [
      "another account of the organization",
      policy(PLAIN, {
        ...ANYBODY,
        Principal: { AWS: "arn:aws:iam::444444444444:root" },
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
      }),
      "passed",
    ],
    ["everybody", policy(PLAIN, ANYBODY), "failed"],
    [
      "everybody of any account",
      policy(PLAIN, { ...ANYBODY, Condition: { StringLike: { "aws:SourceOwner": ["*"] } } }),
      "failed",
    ],
  ] as const
).map(([what, resources, outcome]): Case => ({ rule: "LAKE-SNS-02", what, resources, outcome }));

export const SNS_CASES: readonly Case[] = [...ENCRYPTION, ...POLICIES];
