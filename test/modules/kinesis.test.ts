import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Measure } from "../../modules/cloudwatch/alarm-settings";
import type { DataStream, DataStreamProps } from "../../modules/kinesis/data-stream";
import { StreamConsumer } from "../../modules/kinesis/stream-consumer";
import type { ServiceRole } from "../../modules/iam/service-role";
import { dataStream, surroundings } from "../support/streams";
import {
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

const synthStream = (props: Partial<DataStreamProps> = {}) =>
  synth((stack) => {
    dataStream(stack, surroundings(stack), props);
  });

const synthGrant = (grant: (stream: DataStream, role: ServiceRole) => void) =>
  synth((stack) => {
    grant(dataStream(stack, surroundings(stack)), serviceRole(stack));
  });

const streamArn = (json: string) => reference(json, "aws_kinesis_stream", "stream", "arn");
const keyArn = (json: string) => reference(json, "aws_kms_key", "key", "arn");

test("a stream is encrypted with the key, takes what comes, and is protected", () => {
  const json = synthStream();

  expect(only(json, "aws_kinesis_stream")).toEqual({
    name: "basin-test-web-clicks",
    stream_mode_details: { stream_mode: "ON_DEMAND" },
    retention_period: 24,
    encryption_type: "KMS",
    kms_key_id: keyArn(json),
    lifecycle: { prevent_destroy: true },
  });
  expect(resources(json, "aws_kinesis_resource_policy")).toEqual({});
});

test("a stream has as many shards as it is given", () => {
  expect(only(synthStream({ capacity: { kind: "provisioned", shards: 2 } }), "aws_kinesis_stream")).toMatchObject({
    stream_mode_details: { stream_mode: "PROVISIONED" },
    shard_count: 2,
  });
});

test("a stream can be destroyed where it is not protected", () => {
  expect(only(synthStream({ destroyProtection: false }), "aws_kinesis_stream").lifecycle).toEqual({
    prevent_destroy: false,
  });
});

test("producers from outside may put records once somebody reads them, and see where to, and nothing else", () => {
  const json = synth((stack) => {
    const stream = dataStream(stack, surroundings(stack));
    const reader = serviceRole(stack, "reader");
    stream.grantRead(reader);
    stream.openTo(
      [
        { name: "web-shop", roleArn: "arn:aws:iam::444455556666:role/shop" },
        { name: "app", roleArn: "arn:aws:iam::444455556666:role/app" },
      ],
      [reader.policy],
    );
  });
  const statement = {
    Effect: "Allow",
    Action: ["kinesis:DescribeStreamSummary", "kinesis:ListShards", "kinesis:PutRecord", "kinesis:PutRecords"],
    Resource: streamArn(json),
  };

  expect(only(json, "aws_kinesis_resource_policy")).toMatchObject({
    resource_arn: streamArn(json),
    depends_on: [address(json, "aws_iam_role_policy", "reader_policy")],
  });
  expect(statements(only(json, "aws_kinesis_resource_policy").policy)).toEqual([
    { Sid: "PutRecordsWebShop", ...statement, Principal: { AWS: "arn:aws:iam::444455556666:role/shop" } },
    { Sid: "PutRecordsApp", ...statement, Principal: { AWS: "arn:aws:iam::444455556666:role/app" } },
  ]);
});

test("grantRead allows reading and decrypting, and nothing else", () => {
  const json = synthGrant((stream, role) => {
    stream.grantRead(role);
  });

  expect(statementsOf("reader", json)).toEqual([
    {
      Sid: "ReadStreamBasinTestWebClicks",
      Effect: "Allow",
      Action: [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      Resource: [streamArn(json)],
    },
    {
      Sid: "DecryptWithKeyData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey"],
      Resource: [keyArn(json)],
    },
  ]);
});

test("grantWrite allows putting records and the use of the key, and nothing else", () => {
  const json = synthGrant((stream, role) => {
    stream.grantWrite(role);
  });

  expect(statementsOf("reader", json)).toEqual([
    {
      Sid: "WriteStreamBasinTestWebClicks",
      Effect: "Allow",
      Action: ["kinesis:DescribeStreamSummary", "kinesis:ListShards", "kinesis:PutRecord", "kinesis:PutRecords"],
      Resource: [streamArn(json)],
    },
    {
      Sid: "UseKeyData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: [keyArn(json)],
    },
  ]);
});

describe("a consumer with a throughput of its own", () => {
  test("is one of the stream, and comes after it", () => {
    const json = synthGrant((stream) => {
      new StreamConsumer(stream, "purchases", { stream, consumerName: "purchases" });
    });

    expect(only(json, "aws_kinesis_stream_consumer")).toEqual({
      name: "purchases",
      stream_arn: streamArn(json),
      depends_on: [address(json, "aws_kinesis_stream", "stream")],
    });
  });

  test("grantRead allows to subscribe, to read the stream and to decrypt, and nothing else", () => {
    const json = synthGrant((stream, role) => {
      new StreamConsumer(stream, "purchases", { stream, consumerName: "purchases" }).grantRead(role);
    });
    const ofStream = synthGrant((stream, role) => {
      stream.grantRead(role);
    });

    expect(statementsOf("reader", json)).toEqual([
      ...statementsOf("reader", ofStream),
      {
        Sid: "SubscribePurchases",
        Effect: "Allow",
        Action: ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
        Resource: [reference(json, "aws_kinesis_stream_consumer", "stream_purchases_consumer", "arn")],
      },
    ]);
  });

  test.each(["", "a b", "a".repeat(129)])("is not called %j", (consumerName) => {
    expect(() =>
      synthGrant((stream) => {
        new StreamConsumer(stream, "purchases", { stream, consumerName });
      }),
    ).toThrow(`consumerName must be 1 to 128 letters, digits and . _ -, got "${consumerName}"`);
  });
});

describe("the alarm stream-age", () => {
  const reads = (name: string): Measure => ({
    namespace: "Test",
    metricName: "Reads",
    dimensions: { Reader: name },
    statistic: "Sum",
  });
  const synthAge = (first: string, ...others: string[]) => {
    const json = synthGrant((stream) => {
      stream.alarmOnAge(reads(first), ...others.map(reads));
    });
    return { json, alarm: resource(json, "aws_cloudwatch_metric_alarm", "stream_stream-age_alarm") };
  };

  test("rings when what is put is not read in time, or not by everybody, and is silent while nothing is put", () => {
    const { json, alarm } = synthAge("delivery", "consumer");
    const ofStream = (name: string, stat: string) => ({
      namespace: "AWS/Kinesis",
      metric_name: name,
      dimensions: { StreamName: reference(json, "aws_kinesis_stream", "stream", "name") },
      period: 300,
      stat,
    });
    const ofReader = (name: string) => ({
      namespace: "Test",
      metric_name: "Reads",
      dimensions: { Reader: name },
      period: 300,
      stat: "Sum",
    });

    expect(alarm).toMatchObject({
      alarm_name: "basin-test-web-clicks-stream-age",
      comparison_operator: "GreaterThanOrEqualToThreshold",
      // an hour
      threshold: 3_600_000,
      evaluation_periods: 3,
      treat_missing_data: "notBreaching",
    });
    expect(alarm.metric_query).toEqual([
      {
        id: "result",
        expression: "IF(FILL(put, 0) > 0 AND (FILL(reader0, 0) == 0 OR FILL(reader1, 0) == 0), 3600000, FILL(age, 0))",
        label: "basin-test-web-clicks-stream-age",
        return_data: true,
      },
      { id: "put", metric: ofStream("IncomingRecords", "Sum") },
      { id: "age", metric: ofStream("GetRecords.IteratorAgeMilliseconds", "Maximum") },
      { id: "reader0", metric: ofReader("delivery") },
      { id: "reader1", metric: ofReader("consumer") },
    ]);
  });

  test("watches no more readers than an alarm takes metrics", () => {
    const { alarm } = synthAge("1", "2", "3", "4", "5", "6", "7", "8", "9");
    const queries = alarm.metric_query as { readonly id: string; readonly metric?: unknown }[];

    expect(queries.filter(({ metric }) => metric !== undefined)).toHaveLength(10);
    expect(queries.at(-1)?.id).toBe("reader7");
  });
});

test.each([
  [
    "stream-reads",
    {
      metric_name: "ReadProvisionedThroughputExceeded",
      statistic: "Sum",
      threshold: 1,
      evaluation_periods: 3,
      treat_missing_data: "notBreaching",
    },
  ],
  [
    "stream-writes",
    {
      metric_name: "WriteProvisionedThroughputExceeded",
      statistic: "Sum",
      threshold: 1,
      evaluation_periods: 1,
      treat_missing_data: "notBreaching",
    },
  ],
])("the alarm %s rings", (name, expected) => {
  const json = synthStream();

  expect(json).toHaveResourceWithProperties(CloudwatchMetricAlarm, {
    alarm_name: `basin-test-web-clicks-${name}`,
    alarm_actions: [reference(json, "aws_sns_topic", "alerts_topic", "arn")],
    namespace: "AWS/Kinesis",
    dimensions: { StreamName: reference(json, "aws_kinesis_stream", "stream", "name") },
    comparison_operator: "GreaterThanOrEqualToThreshold",
    period: 300,
    ...expected,
  });
  expect(Object.keys(resources(json, "aws_cloudwatch_metric_alarm"))).toHaveLength(2);
});

describe("limits", () => {
  const withAge = (maximumAgeMinutes: number, retentionHours = 24) =>
    synth((stack) => {
      const around = surroundings(stack);
      dataStream(stack, around, { retentionHours, alarms: { ...around.target, maximumAgeMinutes } });
    });

  test.each<[Partial<DataStreamProps>, string]>([
    [{ streamName: "" }, 'streamName must be 1 to 128 letters, digits and . _ -, got ""'],
    [{ streamName: "a b" }, 'streamName must be 1 to 128 letters, digits and . _ -, got "a b"'],
    [
      { streamName: "a".repeat(129) },
      `streamName must be 1 to 128 letters, digits and . _ -, got "${"a".repeat(129)}"`,
    ],
    [
      { capacity: { kind: "provisioned", shards: 0 } },
      "capacity.shards must be a whole number between 1 and 10000, got 0",
    ],
    [
      { capacity: { kind: "provisioned", shards: 10_001 } },
      "capacity.shards must be a whole number between 1 and 10000, got 10001",
    ],
    [
      { capacity: { kind: "provisioned", shards: 1.5 } },
      "capacity.shards must be a whole number between 1 and 10000, got 1.5",
    ],
    [{ retentionHours: 23 }, "retentionHours must be a whole number between 24 and 8760, got 23"],
    [{ retentionHours: 8761 }, "retentionHours must be a whole number between 24 and 8760, got 8761"],
  ])("refuses %j", (props, message) => {
    expect(() => synthStream(props)).toThrow(message);
  });

  test("refuses two producers of one name", () => {
    const producer = (name: string) => ({ name, roleArn: `arn:aws:iam::444455556666:role/${name}` });

    expect(() =>
      synth((stack) => {
        dataStream(stack, surroundings(stack)).openTo([producer("web-shop"), producer("webShop")], []);
      }),
    ).toThrow('producers must have names of their own, got "WebShop" twice');
  });

  test("refuses an age that nothing reaches, because the stream keeps it no longer", () => {
    expect(() => withAge(1440)).toThrow("alarms.maximumAgeMinutes must be a whole number between 1 and 1439, got 1440");
    expect(() => withAge(0)).toThrow("alarms.maximumAgeMinutes must be a whole number between 1 and 1439, got 0");
  });

  test("takes what is at the limits", () => {
    expect(() => withAge(1439)).not.toThrow();
    expect(() => withAge(1440, 25)).not.toThrow();
    expect(() => synthStream({ streamName: "a".repeat(128), retentionHours: 8760 })).not.toThrow();
    expect(() => synthStream({ capacity: { kind: "provisioned", shards: 10_000 } })).not.toThrow();
  });
});
