import { textOf } from "../aws/values";
import { at } from "../rule";
import { declared, type Namespace } from "./metric-names";
import { STREAM_NAMESPACES } from "./stream-metrics";

const OF_STORAGE = /^(BucketSizeBytes|NumberOfObjects)$/;
/** Metrics of services that data platforms watch. Sources: the services' own pages on their metrics. */
export const NAMESPACES: Readonly<Record<string, Namespace>> = {
  ...STREAM_NAMESPACES,
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
  "AWS/Kafka": {
    needs: [["Cluster Name"]],
    also: ["Broker ID", "Client Authentication", "Consumer Group", "Partition", "Topic"],
    names: { "Cluster Name": ["aws_msk_cluster", "cluster_name"] },
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
