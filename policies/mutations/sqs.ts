import { added, addedStatement, find, inOrder, type Mutation, set, statement } from "./mutation";

const QUEUE = ["aws_sqs_queue", "streams_dead-letters_"] as const;
const POLICY = ["aws_sqs_queue_policy", "streams_dead-letters_"] as const;
const BUCKET = ["aws_s3_bucket", "lake_landing_"] as const;

const arnOf = (...[stacks, found]: [Parameters<Mutation["edit"]>[0], readonly [string, string]]) =>
  `\${${find(stacks, ...found).address}.arn}`;

/** A rule of events that fills the queue. */
const filledByEvents: Mutation["edit"] = (stacks) => {
  added("prod-domain-web", "aws_cloudwatch_event_target", "daily", { rule: "daily", arn: arnOf(stacks, QUEUE) })(
    stacks,
  );
};

/** Objects that arrive, of which the queue is told with its leave. */
const filledByBucket: Mutation["edit"] = (stacks) => {
  const arn = arnOf(stacks, QUEUE);
  added("prod-domain-web", "aws_s3_bucket_notification", "arrivals", {
    bucket: find(stacks, ...BUCKET).values.bucket,
    queue: [{ queue_arn: arn, events: ["s3:ObjectCreated:*"] }],
  })(stacks);
  addedStatement(...POLICY, {
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: arn,
  })(stacks);
};

/** A key for messages of those who alert alone. */
const keyOfAlerts = statement("aws_kms_key", "foundation_messaging-key", "PublishMessages", (found) => {
  const services = ["budgets", "cloudwatch", "costalerts"];
  found.Principal = { Service: services.map((service) => `${service}.amazonaws.com`) };
});

/** Each weakens the queue of what failed, or keeps somebody from it, and says which rule notices. */
export const SQS_MUTATIONS: readonly Mutation[] = (
  [
    {
      rule: "LAKE-SQS-01",
      what: "a queue under a key of its own",
      edit: inOrder(set(...QUEUE, "kms_master_key_id", undefined), set(...QUEUE, "sqs_managed_sse_enabled", true)),
    },
    {
      rule: "LAKE-SQS-02",
      what: "messages that are tried for ever",
      edit: set(
        ...QUEUE,
        "redrive_policy",
        JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:eu-west-1:333333333333:x", maxReceiveCount: 10_000 }),
      ),
    },
    { rule: "LAKE-SQS-03", what: "messages without TLS", edit: statement(...POLICY, "DenyPlainTransport", weakened) },
    {
      rule: "LAKE-SQS-03",
      what: "a queue for everybody",
      edit: (stacks: Parameters<Mutation["edit"]>[0]) => {
        const one = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: arnOf(stacks, QUEUE) };
        addedStatement(...POLICY, one)(stacks);
      },
    },
    { rule: "WIRE-SQS-01", what: "events that are kept out", edit: filledByEvents },
    {
      rule: "WIRE-KMS-03",
      what: "a service that may send and not encrypt",
      edit: inOrder(filledByBucket, keyOfAlerts),
    },
  ] as const
).map((one) => ({ ...one, found: QUEUE }));

function weakened(found: Record<string, unknown>): void {
  found.Action = ["sqs:ReceiveMessage"];
}
