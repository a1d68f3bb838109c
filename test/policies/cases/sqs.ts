import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  resources: Case["resources"],
  outcome: Case["outcome"],
  rest?: Partial<Case>,
])[];

const of = (rule: string, outcomes: Outcomes): Case[] =>
  casesOf(
    rule,
    outcomes.map(([what, resources, outcome, rest]) => ({ what, resources, outcome, ...rest })),
  );

const DEVELOPMENT = { environment: { stage: "development" } } as const;
const ARN = "${aws_sqs_queue.q.arn}";
const LETTERS = "${aws_sqs_queue.letters.arn}";
const DAY = 86_400;

const queue = (values: object = {}, rest: Resources = {}): Resources => ({
  aws_kms_key: { k: {} },
  aws_sqs_queue: { q: { name: "q", ...values } },
  ...rest,
});

const ENCRYPTION: Outcomes = [
  ["our key", queue({ kms_master_key_id: "${aws_kms_key.k.arn}" }), "passed"],
  ["the account's key", queue({ kms_master_key_id: "alias/aws/sqs" }), "failed"],
  ["the queue's own key", queue({ sqs_managed_sse_enabled: true }), "failed"],
  ["the queue's own key in development", queue({ sqs_managed_sse_enabled: true }), "passed", DEVELOPMENT],
  ["the account's key in development", queue({ kms_master_key_id: "alias/aws/sqs" }), "failed", DEVELOPMENT],
  ["nothing said in development", queue(), "failed", DEVELOPMENT],
  ["a key that is looked up", queue({ kms_master_key_id: "${data.aws_kms_key.k.arn}" }), "unknown"],
];

const policyOf = (target: string, tries: unknown) =>
  JSON.stringify({ deadLetterTargetArn: target, maxReceiveCount: tries });
const redriven = (tries: unknown, own: object = {}, letters: object = {}): Resources => ({
  aws_sqs_queue: {
    q: { name: "q", redrive_policy: policyOf(LETTERS, tries), ...own },
    letters: { name: "letters", message_retention_seconds: 14 * DAY, ...letters },
  },
});

const FAILURES: Outcomes = [
  ["a queue for what fails, and what fills it", redriven(5), "passed"],
  ["nothing for what fails", queue(), "failed"],
  [
    "a policy beside the queue",
    {
      aws_sqs_queue: { q: { name: "q" }, letters: { name: "letters", message_retention_seconds: 14 * DAY } },
      aws_sqs_queue_redrive_policy: {
        r: { queue_url: "${aws_sqs_queue.q.id}", redrive_policy: policyOf(LETTERS, 3) },
      },
    },
    "passed",
  ],
  [
    "what functions fail at",
    queue({}, { aws_lambda_function: { f: { dead_letter_config: { target_arn: ARN } } } }),
    "passed",
  ],
  [
    "what mappings fail at, by its name",
    queue(
      {},
      {
        aws_lambda_event_source_mapping: {
          m: { destination_config: { on_failure: { destination_arn: "arn:aws:sqs:eu-west-1:333333333333:q" } } },
        },
      },
    ),
    "passed",
  ],
  [
    "what cannot be sent to a subscriber",
    queue({}, { aws_sns_topic_subscription: { s: { redrive_policy: JSON.stringify({ deadLetterTargetArn: ARN }) } } }),
    "passed",
  ],
  [
    "what events cannot be sent to, in another stack",
    [
      queue(),
      { aws_cloudwatch_event_target: { t: { dead_letter_config: { arn: "arn:aws:sqs:eu-west-1:333333333333:q" } } } },
    ],
    "passed",
  ],
  ["where events go", queue({}, { aws_cloudwatch_event_target: { t: { arn: ARN } } }), "failed"],
  ["never tried", redriven(0), "failed"],
  ["tried once too often", redriven(1001), "failed"],
  ["tried as often as can be, as a text", redriven("1000"), "passed"],
  ["no number of tries", redriven(undefined), "failed"],
  ["a number that an apply decides", redriven("${var.tries}"), "unknown"],
  ["a policy that an apply decides", queue({ redrive_policy: "${var.redrive}" }), "unknown"],
  [
    "a policy that Terraform writes",
    queue({
      redrive_policy: `\${jsonencode({ deadLetterTargetArn = aws_sqs_queue.letters.arn, maxReceiveCount = 5 })}`,
    }),
    "unknown",
  ],
  ["itself", queue({ redrive_policy: policyOf(ARN, 5) }), "failed"],
  ["an order that ends", redriven(5, { fifo_queue: true, name: "q.fifo" }), "failed"],
  [
    "an order on both sides",
    redriven(5, { fifo_queue: true, name: "q.fifo" }, { fifo_queue: true, name: "letters.fifo" }),
    "passed",
  ],
  ["what fails kept no longer", redriven(5, {}, { message_retention_seconds: undefined }), "warning"],
  [
    "what fails kept for less",
    redriven(5, { message_retention_seconds: 14 * DAY }, { message_retention_seconds: DAY }),
    "warning",
  ],
  ["what fails kept as an apply decides", redriven(5, {}, { message_retention_seconds: "${var.kept}" }), "passed"],
];

const PLAIN = {
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:*",
  Resource: ARN,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const SEND = {
  Sid: "Send",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::333333333333:role/a" },
  Action: "sqs:SendMessage",
  Resource: ARN,
};
const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const policy = (...statements: readonly object[]): Resources =>
  queue({}, { aws_sqs_queue_policy: { p: { queue_url: "${aws_sqs_queue.q.url}", policy: document(...statements) } } });

const POLICIES: Outcomes = [
  ["everything without TLS refused", policy(PLAIN, SEND), "passed"],
  ["messages without TLS refused", policy({ ...PLAIN, Action: ["sqs:SendMessage", "sqs:ReceiveMessage"] }), "passed"],
  ["refused by the queue's own policy", queue({ policy: document(PLAIN) }), "passed"],
  ["what is sent without TLS refused", policy({ ...PLAIN, Action: "sqs:SendMessage" }), "failed"],
  ["no policy", queue(), "failed"],
  ["no refusal", policy(SEND), "failed"],
  ["another queue refused", policy({ ...PLAIN, Resource: "arn:aws:sqs:eu-west-1:333333333333:other" }), "failed"],
  ["every action", policy(PLAIN, { ...SEND, Action: "sqs:*" }), "failed"],
  ["every action of every service", policy(PLAIN, { ...SEND, Action: "*" }), "failed"],
  ["every action but one", policy(PLAIN, { ...SEND, Action: undefined, NotAction: "sqs:SendMessage" }), "failed"],
  ["everybody", policy(PLAIN, { ...SEND, Principal: "*" }), "failed"],
  [
    "everybody for a rule of ours",
    policy(PLAIN, {
      ...SEND,
      Principal: "*",
      Condition: {
        ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-west-1:333333333333:rule/daily" },
        StringEquals: { "aws:SourceAccount": "333333333333" },
      },
    }),
    "passed",
  ],
  ["another account", policy(PLAIN, { ...SEND, Principal: { AWS: "444444444444" } }), "failed"],
  ["a policy that is looked up", queue({ policy: "${data.aws_iam_policy_document.p.json}" }), "unknown"],
];

const TARGET: Resources = {
  aws_cloudwatch_event_rule: { r: { name: "daily" } },
  aws_cloudwatch_event_target: { t: { rule: "${aws_cloudwatch_event_rule.r.name}", arn: ARN } },
};
const RULE = "arn:aws:events:eu-west-1:333333333333:rule/daily";
const admitting = (service: string, more: object = {}) => ({ ...SEND, Principal: { Service: service }, ...more });
const source = (arn: string) => ({ Condition: { ArnEquals: { "aws:SourceArn": arn } } });
const NOTIFICATION: Resources = {
  aws_s3_bucket: { b: { bucket: "b" } },
  aws_s3_bucket_notification: { n: { bucket: "${aws_s3_bucket.b.id}", queue: [{ queue_arn: ARN }] } },
};
const SUBSCRIPTION: Resources = {
  aws_sns_topic: { t: { name: "t" } },
  aws_sns_topic_subscription: { s: { topic_arn: "${aws_sns_topic.t.arn}", protocol: "sqs", endpoint: ARN } },
};

const SENDERS: Outcomes = [
  ["a queue that no service fills", policy(PLAIN), "passed"],
  ["a rule, and no policy", queue({}, TARGET), "failed"],
  ["a rule, and a refusal alone", { ...policy(PLAIN), ...TARGET }, "failed"],
  ["a rule, which is let in", { ...policy(PLAIN, admitting("events.amazonaws.com")), ...TARGET }, "passed"],
  ["a rule, by its ARN", { ...policy(admitting("events.amazonaws.com", source(RULE))), ...TARGET }, "passed"],
  ["another rule", { ...policy(admitting("events.amazonaws.com", source(`${RULE}-2`))), ...TARGET }, "failed"],
  [
    "rules of another account",
    {
      ...policy(
        admitting("events.amazonaws.com", { Condition: { StringEquals: { "aws:SourceAccount": "444444444444" } } }),
      ),
      ...TARGET,
    },
    "failed",
  ],
  [
    "everything refused that does not come through the network",
    {
      ...policy(admitting("events.amazonaws.com"), {
        ...PLAIN,
        Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } },
      }),
      ...TARGET,
    },
    "failed",
  ],
  [
    "a rule with a role that may send",
    queue(
      {},
      {
        ...TARGET,
        aws_cloudwatch_event_target: { t: { rule: "daily", arn: ARN, role_arn: "${aws_iam_role.r.arn}" } },
        aws_iam_role: { r: { name: "r" } },
        aws_iam_role_policy: {
          r: { role: "r", policy: document({ Effect: "Allow", Action: "sqs:SendMessage", Resource: ARN }) },
        },
      },
    ),
    "passed",
  ],
  [
    "what a rule cannot send elsewhere",
    queue(
      {},
      {
        aws_cloudwatch_event_target: {
          t: { rule: "daily", arn: "arn:aws:lambda:x", dead_letter_config: { arn: ARN } },
        },
      },
    ),
    "failed",
  ],
  ["a bucket", { ...policy(admitting("s3.amazonaws.com", source("arn:aws:s3:::b"))), ...NOTIFICATION }, "passed"],
  ["another bucket", { ...policy(admitting("s3.amazonaws.com", source("arn:aws:s3:::c"))), ...NOTIFICATION }, "failed"],
  [
    "a topic",
    { ...policy(admitting("sns.amazonaws.com", source("${aws_sns_topic.t.arn}"))), ...SUBSCRIPTION },
    "passed",
  ],
  [
    "another topic",
    {
      ...policy(admitting("sns.amazonaws.com", source("arn:aws:sns:eu-west-1:333333333333:u"))),
      ...SUBSCRIPTION,
    },
    "failed",
  ],
  ["a topic, and a service that is not meant", { ...policy(admitting("s3.amazonaws.com")), ...SUBSCRIPTION }, "failed"],
  [
    "a topic of an earlier stack",
    [
      { aws_sns_topic_subscription: { s: { protocol: "sqs", endpoint: "arn:aws:sqs:eu-west-1:333333333333:q" } } },
      queue(),
    ],
    "failed",
  ],
  [
    "a policy that is looked up",
    { ...queue({ policy: "${data.aws_iam_policy_document.p.json}" }), ...SUBSCRIPTION },
    "unknown",
  ],
];

/** Queues, and what fills them. */
export const SQS_CASES: readonly Case[] = [
  ...of("LAKE-SQS-01", ENCRYPTION),
  ...of("LAKE-SQS-02", FAILURES),
  ...of("LAKE-SQS-03", POLICIES),
  ...of("WIRE-SQS-01", SENDERS),
];
