import { listOf, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at } from "../rule";

/** A metric that an alarm watches. */
export interface Metric {
  readonly namespace: unknown;
  readonly name: unknown;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** What has to be declared for some metric to be sent; what is missing is said in words. */
type Switch = (metric: Metric, graph: Graph) => string | undefined;

/** What is known of the metrics of a service. */
interface Namespace {
  /** Names of all of its metrics, where they are few. */
  readonly metrics?: RegExp;
  /** Dimensions that its metrics are sent with, one of these at least; an empty list stands for all of an account. */
  readonly needs: readonly (readonly string[])[];
  /** Dimensions that it has besides. */
  readonly also?: readonly string[];
  /** Which type, and which attribute of it, a dimension names. */
  readonly names: Readonly<Record<string, readonly [type: string, attribute: string]>>;
  readonly isSent?: Switch;
}

const OF_STORAGE = /^(BucketSizeBytes|NumberOfObjects)$/;
const OF_LAMBDA = new RegExp(
  `^(${[
    "Async(EventAge|EventsDropped|EventsReceived)",
    "(Claimed|UnreservedConcurrent|Concurrent)(AccountConcurrency|Executions)",
    "DeadLetterErrors",
    "DestinationDeliveryFailures",
    "(Deleted|Dropped|FailedInvoke|FilteredOut|Invoked|OnFailureDestinationDelivered|Polled)EventCount",
    "Duration",
    "Errors",
    "Invocations",
    "IteratorAge",
    "OffsetLag",
    "PostRuntimeExtensionsDuration",
    "Provisioned(Concurren.*|Pollers)",
    "RecursiveInvocationsDropped",
    "SignatureValidationErrors",
    "Throttles",
  ].join("|")})$`,
);

/** Metrics of services that data platforms watch. Sources: the services' own pages on their metrics. */
export const NAMESPACES: Readonly<Record<string, Namespace>> = {
  AmazonMWAA: {
    needs: [["Environment"]],
    also: ["DAG", "DAG Filename", "Function", "JobName", "Operator", "Pool", "Task", "TriggeredBy"],
    names: { Environment: ["aws_mwaa_environment", "name"] },
  },
  "AWS/Athena": {
    needs: [["WorkGroup"]],
    also: ["QueryState", "QueryType"],
    names: { WorkGroup: ["aws_athena_workgroup", "name"] },
    isSent: ({ dimensions }, graph) => {
      const group = declared(["aws_athena_workgroup", "name"], dimensions.WorkGroup, graph);
      // the provider's default is true
      return at(group?.values.configuration, "publish_cloudwatch_metrics_enabled") === false
        ? `${group?.address ?? ""} sends no metrics`
        : undefined;
    },
  },
  "AWS/Firehose": {
    needs: [["DeliveryStreamName"]],
    names: { DeliveryStreamName: ["aws_kinesis_firehose_delivery_stream", "name"] },
  },
  "AWS/Kafka": {
    needs: [["Cluster Name"]],
    also: ["Broker ID", "Client Authentication", "Consumer Group", "Partition", "Topic"],
    names: { "Cluster Name": ["aws_msk_cluster", "cluster_name"] },
  },
  "AWS/Kinesis": {
    needs: [["StreamName"]],
    also: ["ConsumerName", "ShardId"],
    names: { StreamName: ["aws_kinesis_stream", "name"] },
    isSent: ({ name, dimensions }, graph) => {
      const stream = declared(["aws_kinesis_stream", "name"], dimensions.StreamName, graph);
      const levels = listOf(stream?.values.shard_level_metrics);
      return "ShardId" in dimensions && stream !== undefined && !levels.includes("ALL") && !levels.includes(name)
        ? `${stream.address} does not send it by shard`
        : undefined;
    },
  },
  "AWS/Lambda": {
    metrics: OF_LAMBDA,
    needs: [[], ["FunctionName"], ["EventSourceMappingUUID"]],
    also: ["ExecutedVersion", "Resource"],
    names: { FunctionName: ["aws_lambda_function", "function_name"] },
  },
  "AWS/Redshift-Serverless": {
    needs: [["Workgroup"], ["Namespace"]],
    also: ["DatabaseName", "LatencyThreshold", "QueryType", "UsageLimitId", "stage"],
    names: {
      Namespace: ["aws_redshiftserverless_namespace", "namespace_name"],
      Workgroup: ["aws_redshiftserverless_workgroup", "workgroup_name"],
    },
  },
  "AWS/S3": {
    needs: [
      ["BucketName", "FilterId"],
      ["BucketName", "StorageType"],
    ],
    names: { BucketName: ["aws_s3_bucket", "bucket"] },
    isSent: ({ name, dimensions }, graph) => {
      const isOfStorage = OF_STORAGE.test(String(name));
      const isMeasured = graph
        .ofType("aws_s3_bucket_metric")
        .some(
          ({ values }) =>
            textOf(values.name, graph) === textOf(dimensions.FilterId, graph) &&
            textOf(values.bucket, graph) === textOf(dimensions.BucketName, graph),
        );
      return isOfStorage === "FilterId" in dimensions
        ? `it is sent by ${isOfStorage ? "StorageType" : "FilterId"}`
        : isOfStorage || isMeasured
          ? undefined
          : "no aws_s3_bucket_metric has it sent";
    },
  },
  "AWS/States": {
    needs: [["StateMachineArn"], ["ActivityArn"], ["LambdaFunctionArn"], ["ServiceIntegrationResourceArn"]],
    names: { StateMachineArn: ["aws_sfn_state_machine", "arn"] },
  },
  Glue: {
    needs: [["JobName", "JobRunId", "Type"]],
    also: ["ObservabilityGroup", "Sink", "Source"],
    names: { JobName: ["aws_glue_job", "name"] },
    isSent: ({ dimensions }, graph) => {
      const job = declared(["aws_glue_job", "name"], dimensions.JobName, graph);
      return dimensions.JobRunId !== "ALL"
        ? "of one run there is nothing to alarm on: JobRunId has to be ALL"
        : job !== undefined && at(job.values.default_arguments, "--enable-metrics") === undefined
          ? `${job.address} sends no metrics`
          : undefined;
    },
  },
};

/** The resource that a dimension names. */
export function declared(
  [type, attribute]: readonly [type: string, attribute: string],
  value: unknown,
  graph: Graph,
): Resource | undefined {
  const text = textOf(value, graph);
  return text === undefined
    ? undefined
    : graph.ofType(type).find((one) => graph.refersTo(value, one) || textOf(one.values[attribute], graph) === text);
}
