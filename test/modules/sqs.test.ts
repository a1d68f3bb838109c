import type { TerraformStack } from "cdktf";
import { Queue, type QueueProps } from "../../modules/sqs/queue";
import { queue, type Surroundings, surroundings } from "../support/streams";
import {
  account,
  address,
  only,
  reference,
  resource,
  resources,
  serviceRole,
  statements,
  statementsOf,
  synth,
} from "../support/synth";

const synthQueue = (props: Partial<QueueProps> = {}) =>
  synth((stack) => {
    queue(stack, surroundings(stack), props);
  });

const queueArn = (json: string) => reference(json, "aws_sqs_queue", "dead-letters_queue", "arn");

/** A queue whose dead letters go to another. */
const work = (stack: TerraformStack, { key }: Surroundings, deadLetters: Queue, id = "work", maximumReceives = 5) =>
  new Queue(stack, id, {
    queueName: `basin-test-${id}`,
    encryptionKey: key,
    account,
    deadLetters: { queue: deadLetters, maximumReceives },
  });

test("a queue is encrypted with the key, keeps messages for 14 days, and takes no dead letters unless a queue names it", () => {
  const json = synthQueue();

  expect(only(json, "aws_sqs_queue")).toEqual({
    name: "basin-test-dead-letters",
    kms_master_key_id: reference(json, "aws_kms_key", "key", "arn"),
    kms_data_key_reuse_period_seconds: 300,
    message_retention_seconds: 1_209_600,
    visibility_timeout_seconds: 30,
    redrive_allow_policy: '{"redrivePermission":"denyAll"}',
  });
  expect(resources(json, "aws_cloudwatch_metric_alarm")).toEqual({});
});

test("a queue keeps, hides and encrypts as it is told", () => {
  const json = synthQueue({ retentionDays: 4, visibilityTimeoutSeconds: 360, keyReuseSeconds: 3600 });

  expect(only(json, "aws_sqs_queue")).toMatchObject({
    message_retention_seconds: 345_600,
    visibility_timeout_seconds: 360,
    kms_data_key_reuse_period_seconds: 3600,
  });
});

describe("the policy of a queue", () => {
  const denial = (json: string) => ({
    Sid: "DenyPlainTransport",
    Effect: "Deny",
    Principal: "*",
    Action: [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:PurgeQueue",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
    ],
    Resource: queueArn(json),
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });

  test("refuses who speaks without TLS", () => {
    const json = synthQueue();

    expect(only(json, "aws_sqs_queue_policy").queue_url).toBe(
      reference(json, "aws_sqs_queue", "dead-letters_queue", "url"),
    );
    expect(statements(only(json, "aws_sqs_queue_policy").policy)).toEqual([denial(json)]);
  });

  test("lets services send where it is told to", () => {
    const json = synthQueue({
      statements: (arn) => [
        {
          Sid: "SendEvents",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: arn,
        },
      ],
    });

    expect(statements(only(json, "aws_sqs_queue_policy").policy)).toEqual([
      denial(json),
      {
        Sid: "SendEvents",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn(json),
      },
    ]);
  });
});

test("dead letters go to the queue that is named, which lets those in that name it", () => {
  const json = synth((stack) => {
    const around = surroundings(stack);
    const deadLetters = queue(stack, around);
    work(stack, around, deadLetters, "work");
    work(stack, around, deadLetters, "other");
  });

  expect(resource(json, "aws_sqs_queue", "work_queue")).toMatchObject({
    redrive_policy: `{"deadLetterTargetArn":"${queueArn(json)}","maxReceiveCount":5}`,
    redrive_allow_policy: '{"redrivePermission":"denyAll"}',
  });
  expect(JSON.parse(resource(json, "aws_sqs_queue", "dead-letters_queue").redrive_allow_policy as string)).toEqual({
    redrivePermission: "byQueue",
    sourceQueueArns: [
      "arn:aws:sqs:eu-west-1:111122223333:basin-test-other",
      "arn:aws:sqs:eu-west-1:111122223333:basin-test-work",
    ],
  });
});

test("a queue takes the dead letters of ten others and no more", () => {
  const build = (count: number) => () =>
    synth((stack) => {
      const around = surroundings(stack);
      const deadLetters = queue(stack, around);
      Array.from({ length: count }, (_, index) => work(stack, around, deadLetters, `work-${index}`));
    });

  expect(build(10)).not.toThrow();
  expect(build(11)).toThrow("queue basin-test-dead-letters takes the dead letters of at most 10 queues");
});

test("grantSend allows sending and the use of the key, and nothing else", () => {
  const json = synth((stack) => {
    queue(stack, surroundings(stack)).grantSend(serviceRole(stack));
  });

  expect(statementsOf("reader", json)).toEqual([
    { Sid: "SendToBasinTestDeadLetters", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queueArn(json)] },
    {
      Sid: "UseKeyData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: [reference(json, "aws_kms_key", "key", "arn")],
    },
  ]);
});

test("a queue is ready when its policy is there too", () => {
  const ready: string[] = [];
  const json = synth((stack) => {
    const made = queue(stack, surroundings(stack));
    ready.push(...made.ready.map((each) => `${each.terraformResourceType}.${each.friendlyUniqueId}`));
  });

  expect(ready).toEqual([
    address(json, "aws_sqs_queue", "dead-letters_queue"),
    address(json, "aws_sqs_queue_policy", "dead-letters_policy"),
  ]);
});

test("where it is asked for, an alarm rings while there is a message", () => {
  const json = synth((stack) => {
    const around = surroundings(stack);
    queue(stack, around).alarmOnMessages(around.target);
  });

  expect(only(json, "aws_cloudwatch_metric_alarm")).toMatchObject({
    alarm_name: "basin-test-dead-letters-messages",
    alarm_actions: [reference(json, "aws_sns_topic", "alerts_topic", "arn")],
    namespace: "AWS/SQS",
    metric_name: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: reference(json, "aws_sqs_queue", "dead-letters_queue", "name") },
    statistic: "Maximum",
    period: 300,
    evaluation_periods: 1,
    comparison_operator: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    treat_missing_data: "notBreaching",
  });
});

test.each<[Partial<QueueProps>, string]>([
  [{ queueName: "" }, 'queueName must be 1 to 80 letters, digits, hyphens and underscores, got ""'],
  [{ queueName: "a.fifo" }, 'queueName must be 1 to 80 letters, digits, hyphens and underscores, got "a.fifo"'],
  [
    { queueName: "a".repeat(81) },
    `queueName must be 1 to 80 letters, digits, hyphens and underscores, got "${"a".repeat(81)}"`,
  ],
  [{ retentionDays: 0 }, "retentionDays must be a whole number between 1 and 14, got 0"],
  [{ retentionDays: 15 }, "retentionDays must be a whole number between 1 and 14, got 15"],
  [{ visibilityTimeoutSeconds: -1 }, "visibilityTimeoutSeconds must be a whole number between 0 and 43200, got -1"],
  [
    { visibilityTimeoutSeconds: 43_201 },
    "visibilityTimeoutSeconds must be a whole number between 0 and 43200, got 43201",
  ],
  [{ keyReuseSeconds: 59 }, "keyReuseSeconds must be a whole number between 60 and 86400, got 59"],
  [{ keyReuseSeconds: 86_401 }, "keyReuseSeconds must be a whole number between 60 and 86400, got 86401"],
])("refuses %j", (props, message) => {
  expect(() => synthQueue(props)).toThrow(message);
});

test.each([0, 1001])("refuses to give a message up after %d receives", (maximumReceives) => {
  expect(() =>
    synth((stack) => {
      const around = surroundings(stack);
      work(stack, around, queue(stack, around), "work", maximumReceives);
    }),
  ).toThrow(`deadLetters.maximumReceives must be a whole number between 1 and 1000, got ${maximumReceives}`);
});

test.each<Partial<QueueProps>>([
  { queueName: "a".repeat(80), retentionDays: 1, visibilityTimeoutSeconds: 0, keyReuseSeconds: 60 },
  { retentionDays: 14, visibilityTimeoutSeconds: 43_200, keyReuseSeconds: 86_400 },
])("takes %j", (props) => {
  expect(() => synthQueue(props)).not.toThrow();
});
