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
]);
