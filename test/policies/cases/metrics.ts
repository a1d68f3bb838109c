import { type Case, casesOf, type Resources } from "../../support/cases";

const alarm = (namespace: string, name: string, dimensions: object, values: object = {}): Resources => ({
  aws_cloudwatch_metric_alarm: {
    a: { alarm_name: "a", treat_missing_data: "notBreaching", namespace, metric_name: name, dimensions, ...values },
  },
});

const FUNCTION: Resources = { aws_lambda_function: { f: { function_name: "f" } } };
const errors = (dimensions: object, values: object = {}): Resources => ({
  ...FUNCTION,
  ...alarm("AWS/Lambda", "Errors", dimensions, values),
});
const BUCKET: Resources = { aws_s3_bucket: { b: { bucket: "b" } } };
const MEASURED: Resources = { aws_s3_bucket_metric: { m: { bucket: "${aws_s3_bucket.b.id}", name: "EntireBucket" } } };
const ofBucket = (name: string, dimensions: object): Resources => ({
  ...BUCKET,
  ...alarm("AWS/S3", name, { BucketName: "${aws_s3_bucket.b.bucket}", ...dimensions }),
});
const ofShard = (levels: readonly string[]): Resources => ({
  aws_kinesis_stream: { s: { name: "s", shard_level_metrics: levels } },
  ...alarm("AWS/Kinesis", "IncomingBytes", { StreamName: "s", ShardId: "shardId-0" }),
});
const ofJob = (given: object, run = "ALL"): Resources => ({
  aws_glue_job: { j: { name: "j", default_arguments: given } },
  ...alarm("Glue", "glue.driver.aggregate.bytesRead", { JobName: "j", JobRunId: run, Type: "count" }),
});
const ofWorkgroup = (configuration: object): Resources => ({
  aws_athena_workgroup: { w: { name: "w", configuration } },
  ...alarm("AWS/Athena", "ProcessedBytes", { WorkGroup: "w", QueryType: "DML", QueryState: "SUCCEEDED" }),
});

const STREAM_ARN = "${aws_kinesis_stream.s.arn}";
const STREAM: Resources = {
  aws_kinesis_stream: { s: { name: "s" } },
  aws_kinesis_stream_consumer: { c: { name: "c", stream_arn: STREAM_ARN } },
};
const ofStream = (name: string, dimensions: object): Resources => ({
  ...STREAM,
  ...alarm("AWS/Kinesis", name, { StreamName: "${aws_kinesis_stream.s.name}", ...dimensions }),
});
const PROCESSING = {
  processors: [{ type: "Lambda", parameters: [{ parameter_name: "LambdaArn", parameter_value: "arn" }] }],
};
const ofDelivery = (name: string, iceberg: object = {}, values: object = {}): Resources => ({
  aws_kinesis_firehose_delivery_stream: {
    d: {
      name: "d",
      kinesis_source_configuration: { kinesis_stream_arn: "arn" },
      iceberg_configuration: { processing_configuration: PROCESSING, ...iceberg },
      ...values,
    },
  },
  ...alarm("AWS/Firehose", name, { DeliveryStreamName: "d" }),
});
const QUEUES: Resources = { aws_sqs_queue: { q: { name: "q" } } };
const ofQueue = (name: string, rest: Resources = {}): Resources => ({
  ...QUEUES,
  ...alarm("AWS/SQS", name, { QueueName: "${aws_sqs_queue.q.name}" }),
  ...rest,
});
const fed = (name: string, source: string): Resources => ({
  ...STREAM,
  ...QUEUES,
  aws_lambda_event_source_mapping: { m: { function_name: "f", event_source_arn: source } },
  ...errors({ FunctionName: "f" }, { metric_name: name }),
});
const ofItems = (name: string, dimensions: object = {}): Resources => ({
  aws_dynamodb_table: { t: { name: "t" } },
  ...alarm("AWS/DynamoDB", name, { TableName: "t", ...dimensions }),
});

/** Alarms, and the metrics they watch. */
export const METRIC_CASES: readonly Case[] = casesOf("WIRE-CW-02", [
  {
    what: "a function by reference",
    resources: errors({ FunctionName: "${aws_lambda_function.f.function_name}" }),
    outcome: "passed",
  },
  { what: "a function by its name", resources: errors({ FunctionName: "f" }), outcome: "passed" },
  { what: "a version of a function", resources: errors({ FunctionName: "f", Resource: "f:3" }), outcome: "passed" },
  { what: "all functions of the account", resources: errors({}), outcome: "passed" },
  { what: "a dimension that there is none of", resources: errors({ Function: "f" }), outcome: "failed" },
  { what: "one dimension too many", resources: errors({ FunctionName: "f", Region: "eu-west-1" }), outcome: "failed" },
  { what: "a function that nothing declares", resources: errors({ FunctionName: "g" }), outcome: "warning" },
  {
    what: "a function that is looked up",
    resources: errors({ FunctionName: "${data.aws_lambda_function.g.id}" }),
    outcome: "unknown",
  },
  {
    what: "a metric that there is none of",
    resources: errors({ FunctionName: "f" }, { metric_name: "Error" }),
    outcome: "warning",
  },
  {
    what: "nothing said of missing data",
    resources: errors({ FunctionName: "f" }, { treat_missing_data: undefined }),
    outcome: "warning",
  },
  { what: "a namespace that is not known", resources: alarm("Basin", "Rows", { Any: "x" }), outcome: "passed" },
  {
    what: "metrics of an expression",
    resources: errors(
      { FunctionName: "f" },
      {
        metric_query: [
          { id: "e", expression: "m / 2" },
          { id: "m", metric: [{ namespace: "AWS/Lambda", metric_name: "Errors", dimensions: { Name: "f" } }] },
        ],
      },
    ),
    outcome: "failed",
  },
  {
    what: "requests to a bucket that are measured",
    resources: { ...ofBucket("4xxErrors", { FilterId: "EntireBucket" }), ...MEASURED },
    outcome: "passed",
  },
  {
    what: "requests to a bucket that nobody measures",
    resources: ofBucket("4xxErrors", { FilterId: "EntireBucket" }),
    outcome: "failed",
  },
  {
    what: "requests to a bucket by another filter",
    resources: { ...ofBucket("4xxErrors", { FilterId: "Landing" }), ...MEASURED },
    outcome: "failed",
  },
  {
    what: "requests to a bucket without a filter",
    resources: { ...ofBucket("4xxErrors", {}), ...MEASURED },
    outcome: "failed",
  },
  {
    what: "the size of a bucket",
    resources: ofBucket("BucketSizeBytes", { StorageType: "StandardStorage" }),
    outcome: "passed",
  },
  {
    what: "the size of a bucket by a filter",
    resources: { ...ofBucket("BucketSizeBytes", { FilterId: "EntireBucket" }), ...MEASURED },
    outcome: "failed",
  },
  { what: "a shard, which the stream measures", resources: ofShard(["IncomingBytes"]), outcome: "passed" },
  { what: "a shard, of which the stream measures all", resources: ofShard(["ALL"]), outcome: "passed" },
  { what: "a shard, which the stream does not measure", resources: ofShard(["OutgoingBytes"]), outcome: "failed" },
  { what: "a job that sends metrics", resources: ofJob({ "--enable-metrics": "true" }), outcome: "passed" },
  { what: "a job that sends none", resources: ofJob({}), outcome: "failed" },
  { what: "one run of a job", resources: ofJob({ "--enable-metrics": "true" }, "jr_1"), outcome: "failed" },
  { what: "a workgroup", resources: ofWorkgroup({}), outcome: "passed" },
  {
    what: "a workgroup that sends none",
    resources: ofWorkgroup({ publish_cloudwatch_metrics_enabled: false }),
    outcome: "failed",
  },
  {
    what: "a workgroup of Redshift",
    resources: {
      aws_redshiftserverless_workgroup: { w: { workgroup_name: "w" } },
      ...alarm("AWS/Redshift-Serverless", "QueriesRunning", { Workgroup: "w" }),
    },
    outcome: "passed",
  },
  {
    what: "a state machine by its name",
    resources: alarm("AWS/States", "ExecutionsFailed", { StateMachineName: "s" }),
    outcome: "failed",
  },
  {
    what: "a broker without its cluster",
    resources: alarm("AWS/Kafka", "CpuUser", { "Broker ID": "1" }),
    outcome: "failed",
  },
  {
    what: "Airflow without an environment",
    resources: alarm("AmazonMWAA", "SchedulerHeartbeat", { Function: "Scheduler" }),
    outcome: "failed",
  },
  {
    what: "a delivery",
    resources: alarm("AWS/Firehose", "DeliveryToS3.Success", { StreamName: "d" }),
    outcome: "failed",
  },
  ...(
    [
      ["the age of what is in a stream", "GetRecords.IteratorAgeMilliseconds", {}, "passed"],
      ["a metric of streams that there is none of", "IteratorAge", {}, "warning"],
      ["a consumer", "SubscribeToShardEvent.MillisBehindLatest", { ConsumerName: "c" }, "passed"],
      [
        "a consumer that nothing declares",
        "SubscribeToShardEvent.MillisBehindLatest",
        { ConsumerName: "x" },
        "warning",
      ],
      ["all consumers", "SubscribeToShardEvent.MillisBehindLatest", {}, "failed"],
      [
        "the age of what is in a stream by consumer",
        "GetRecords.IteratorAgeMilliseconds",
        { ConsumerName: "c" },
        "failed",
      ],
    ] as const
  ).map(([what, name, dimensions, outcome]) => ({ what, resources: ofStream(name, dimensions), outcome })),
  ...(
    [
      ["how fresh a delivery is", "DeliveryToIceberg.DataFreshness", "passed"],
      ["a row that fails", "DeliveryToIceberg.FailedRowCount", "passed"],
      ["files that a delivery puts aside", "DeliveryToS3.Success", "passed"],
      ["what a delivery transforms", "ExecuteProcessing.Success", "passed"],
      ["how far a delivery is behind", "KinesisMillisBehindLatest", "passed"],
      ["rows of another destination", "DeliveryToRedshift.Records", "failed"],
      ["a metric of deliveries that there is none of", "DeliveryToIceberg.Records", "warning"],
    ] as const
  ).map(([what, name, outcome]) => ({ what, resources: ofDelivery(name), outcome })),
  {
    what: "what a delivery without a function transforms",
    resources: ofDelivery("ExecuteProcessing.Success", { processing_configuration: undefined }),
    outcome: "failed",
  },
  {
    what: "how far a delivery that is written to is behind",
    resources: ofDelivery("KinesisMillisBehindLatest", {}, { kinesis_source_configuration: undefined }),
    outcome: "failed",
  },
  { what: "the age of what a function gets of a stream", resources: fed("IteratorAge", STREAM_ARN), outcome: "passed" },
  {
    what: "the age of what a function gets from somewhere",
    resources: fed("IteratorAge", "${var.source}"),
    outcome: "passed",
  },
  {
    what: "the age of what a function gets of a queue",
    resources: fed("IteratorAge", "${aws_sqs_queue.q.arn}"),
    outcome: "failed",
  },
  {
    what: "the age of what a function gets that nothing feeds",
    resources: errors({ FunctionName: "f" }, { metric_name: "IteratorAge" }),
    outcome: "failed",
  },
  { what: "the lag of what a function gets of a stream", resources: fed("OffsetLag", STREAM_ARN), outcome: "failed" },
  {
    what: "letters that a function does not write",
    resources: errors({ FunctionName: "f" }, { metric_name: "DeadLetterErrors" }),
    outcome: "failed",
  },
  { what: "messages in a queue", resources: ofQueue("ApproximateNumberOfMessagesVisible"), outcome: "passed" },
  {
    what: "messages in a queue by its ARN",
    resources: { ...QUEUES, ...alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueArn: "q" }) },
    outcome: "failed",
  },
  {
    what: "a metric of queues that there is none of",
    resources: ofQueue("NumberOfMessagesVisible"),
    outcome: "warning",
  },
  { what: "messages that are sent to a queue", resources: ofQueue("NumberOfMessagesSent"), outcome: "passed" },
  {
    what: "messages that a queue puts aside, which nobody counts",
    resources: ofQueue("NumberOfMessagesSent", {
      aws_sqs_queue: {
        q: { name: "q" },
        work: {
          name: "work",
          redrive_policy: JSON.stringify({ deadLetterTargetArn: "${aws_sqs_queue.q.arn}", maxReceiveCount: 5 }),
        },
      },
    }),
    outcome: "failed",
  },
  {
    what: "messages that a function puts aside",
    resources: ofQueue("NumberOfMessagesSent", {
      aws_lambda_function: { f: { dead_letter_config: { target_arn: "${aws_sqs_queue.q.arn}" } } },
    }),
    outcome: "passed",
  },
  { what: "writes to a table that are too many", resources: ofItems("WriteThrottleEvents"), outcome: "passed" },
  {
    what: "errors of a table's operation",
    resources: ofItems("SystemErrors", { Operation: "PutItem" }),
    outcome: "passed",
  },
  { what: "errors of a table", resources: ofItems("SystemErrors"), outcome: "failed" },
  { what: "errors of the account", resources: alarm("AWS/DynamoDB", "UserErrors", {}), outcome: "passed" },
  { what: "writes of all tables", resources: alarm("AWS/DynamoDB", "WriteThrottleEvents", {}), outcome: "failed" },
]);
