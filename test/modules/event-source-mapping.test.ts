import { StreamConsumer } from "../../modules/kinesis/stream-consumer";
import { EventSourceMapping, type EventSourceMappingProps } from "../../modules/lambda/event-source-mapping";
import { dataStream, lambdaFunction, queue, surroundings } from "../support/streams";
import { address, only, reference, resource, resources, statementsOf, synth } from "../support/synth";

const synthMapping = (props: Partial<EventSourceMappingProps> = {}, ownThroughput = false) =>
  synth((stack) => {
    const around = surroundings(stack);
    const stream = dataStream(stack, around);
    new EventSourceMapping(stack, "purchases", {
      function: lambdaFunction(stack, around),
      source: ownThroughput ? new StreamConsumer(stack, "consumer", { stream, consumerName: "purchases" }) : stream,
      batchSize: 100,
      maximumAgeSeconds: 43_200,
      retries: 5,
      onFailure: queue(stack, around),
      alarms: around.target,
      ...props,
    });
  });

const streamArn = (json: string) => reference(json, "aws_kinesis_stream", "stream", "arn");
const queueArn = (json: string) => reference(json, "aws_sqs_queue", "dead-letters_queue", "arn");

test("a mapping skips nothing, isolates the record that is to blame, and tells of what it gives up", () => {
  const json = synthMapping();

  expect(only(json, "aws_lambda_event_source_mapping")).toEqual({
    function_name: reference(json, "aws_lambda_function", "tables_function", "arn"),
    event_source_arn: streamArn(json),
    starting_position: "TRIM_HORIZON",
    batch_size: 100,
    maximum_batching_window_in_seconds: 0,
    parallelization_factor: 1,
    maximum_record_age_in_seconds: 43_200,
    maximum_retry_attempts: 5,
    bisect_batch_on_function_error: true,
    function_response_types: ["ReportBatchItemFailures"],
    destination_config: { on_failure: { destination_arn: queueArn(json) } },
    enabled: true,
    depends_on: [
      address(json, "aws_iam_role_policy", "tables_role_policy"),
      address(json, "aws_lambda_function", "tables_function"),
      address(json, "aws_kinesis_stream", "stream"),
      address(json, "aws_sqs_queue", "dead-letters_queue"),
      address(json, "aws_sqs_queue_policy", "dead-letters_policy"),
    ],
  });
});

test("a mapping waits for batches and works on several at once as it is told", () => {
  expect(
    only(synthMapping({ maximumBatchingWindowSeconds: 30, parallelization: 4 }), "aws_lambda_event_source_mapping"),
  ).toMatchObject({ maximum_batching_window_in_seconds: 30, parallelization_factor: 4 });
});

test("the function may read the stream, decrypt, list streams and send to the queue, and nothing else beside its own", () => {
  const json = synthMapping();
  const added = statementsOf("basin-test-tables", json).filter(
    ({ Sid }) => !/^(WriteLog|UseNetwork|KeepCodeFromNetwork|Trace)/.test(Sid),
  );

  expect(added).toEqual([
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
      Resource: [reference(json, "aws_kms_key", "key", "arn")],
    },
    { Sid: "ListStreams", Effect: "Allow", Action: ["kinesis:ListStreams"], Resource: ["*"] },
    { Sid: "SendToBasinTestDeadLetters", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queueArn(json)] },
    {
      Sid: "UseKeyData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: [reference(json, "aws_kms_key", "key", "arn")],
    },
  ]);
});

describe("with a throughput of its own", () => {
  test("the consumer is read, which is there first, and the function may subscribe to it", () => {
    const json = synthMapping({}, true);
    const consumerArn = reference(json, "aws_kinesis_stream_consumer", "consumer", "arn");

    expect(only(json, "aws_lambda_event_source_mapping")).toMatchObject({
      event_source_arn: consumerArn,
      depends_on: expect.arrayContaining([address(json, "aws_kinesis_stream_consumer", "consumer")]) as unknown,
    });
    expect(statementsOf("basin-test-tables", json)).toContainEqual({
      Sid: "SubscribePurchases",
      Effect: "Allow",
      Action: ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
      Resource: [consumerArn],
    });
  });

  test("an alarm rings when half of the time is over in which a record has to be reached", () => {
    const json = synthMapping({}, true);

    expect(resource(json, "aws_cloudwatch_metric_alarm", "purchases_consumer-age_alarm")).toMatchObject({
      alarm_name: "basin-test-tables-consumer-age",
      alarm_actions: [reference(json, "aws_sns_topic", "alerts_topic", "arn")],
      namespace: "AWS/Lambda",
      metric_name: "IteratorAge",
      dimensions: { FunctionName: reference(json, "aws_lambda_function", "tables_function", "function_name") },
      statistic: "Maximum",
      period: 300,
      evaluation_periods: 1,
      comparison_operator: "GreaterThanOrEqualToThreshold",
      // six hours
      threshold: 21_600_000,
      treat_missing_data: "notBreaching",
    });
  });

  test("otherwise it is the stream's alarm that rings", () => {
    const names = Object.values(resources(synthMapping(), "aws_cloudwatch_metric_alarm")).map((alarm) =>
      String(alarm.alarm_name),
    );

    expect(names.filter((name) => name.includes("consumer"))).toEqual([]);
  });
});

test.each<[Partial<EventSourceMappingProps>, string]>([
  [{ batchSize: 0 }, "batchSize must be a whole number between 1 and 10000, got 0"],
  [{ batchSize: 10_001 }, "batchSize must be a whole number between 1 and 10000, got 10001"],
  [
    { maximumBatchingWindowSeconds: -1 },
    "maximumBatchingWindowSeconds must be a whole number between 0 and 300, got -1",
  ],
  [
    { maximumBatchingWindowSeconds: 301 },
    "maximumBatchingWindowSeconds must be a whole number between 0 and 300, got 301",
  ],
  [{ parallelization: 0 }, "parallelization must be a whole number between 1 and 10, got 0"],
  [{ parallelization: 11 }, "parallelization must be a whole number between 1 and 10, got 11"],
  [{ maximumAgeSeconds: 59 }, "maximumAgeSeconds must be a whole number between 60 and 604800, got 59"],
  [{ maximumAgeSeconds: 604_801 }, "maximumAgeSeconds must be a whole number between 60 and 604800, got 604801"],
  [{ retries: -1 }, "retries must be a whole number between 0 and 10000, got -1"],
  [{ retries: 10_001 }, "retries must be a whole number between 0 and 10000, got 10001"],
  [
    { maximumAgeSeconds: 86_400 },
    "maximumAgeSeconds must be less than the 24 hours that the stream keeps records, got 86400",
  ],
])("refuses %j", (props, message) => {
  expect(() => synthMapping(props)).toThrow(message);
  expect(() => synthMapping(props, true)).toThrow(message);
});

test.each<Partial<EventSourceMappingProps>>([
  { batchSize: 1, maximumBatchingWindowSeconds: 0, parallelization: 1, maximumAgeSeconds: 60, retries: 0 },
  { batchSize: 10_000, maximumBatchingWindowSeconds: 300, parallelization: 10, retries: 10_000 },
  { maximumAgeSeconds: 86_399 },
])("takes %j", (props) => {
  expect(() => synthMapping(props)).not.toThrow();
});
