import { listOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at } from "../rule";
import { queueOf, redriveOf, usersOf } from "./dead-letters";
import { destinationsOf, sourceOf, transformsOf } from "./delivery-destinations";
import { type EventSource, eventSourceOf } from "./event-sources";
import { callsTo } from "./invokers";
import { declared, type Namespace } from "./metric-names";

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

const OF_KINESIS = new RegExp(
  `^(${[
    "GetRecords\\.(Bytes|IteratorAge(Milliseconds)?|Latency|Records|Success)",
    "(Incoming|Outgoing)(Bytes|Records)",
    "IteratorAgeMilliseconds",
    "PutRecord\\.(Bytes|Latency|Success)",
    "PutRecords\\.(Bytes|(Failed|Successful|Throttled|Total)?Records|Latency|Success)",
    "(Read|Write)ProvisionedThroughputExceeded",
    "SubscribeToShard\\.(RateExceeded|Success)",
    "SubscribeToShardEvent\\.(Bytes|MillisBehindLatest|Records|Success)",
  ].join("|")})$`,
);

const OF_FIREHOSE = new RegExp(
  `^(${[
    "(BackupTo|DeliveryTo)(?!Iceberg\\b)\\w+\\.\\w+",
    "DeliveryToIceberg\\.(Bytes|DataFreshness|FailedRowCount|IncomingRowCount|Success|SuccessfulRowCount)",
    "DataReadFrom(KinesisStream|Source)\\.(Backpressured|Bytes|Records)",
    "(Describe|Update)DeliveryStream\\.(Latency|Requests)",
    "ExecuteProcessing\\.(Duration|Success)",
    "(Failed|Succeed)(Conversion|Processing|Validation)\\.(Bytes|Records)",
    "Incoming(Bytes|PutRequests|Records)",
    "KMSKey(AccessDenied|Disabled|InvalidState|NotFound)",
    "KinesisMillisBehindLatest",
    "(Bytes|PutRequests|Records)PerSecondLimit",
    "PutRecord(Batch)?\\.(Bytes|Latency|Records|Requests)",
    "SourceThrottled\\.Delay",
    "Throttled(DescribeStream|GetRecords|GetShardIterator|Records)",
    "ActivePartitionsLimit|JQProcessing\\.Duration|PartitionCount(Exceeded)?|PerPartitionThroughput",
  ].join("|")})$`,
);

const OF_QUEUES = new RegExp(
  `^(${[
    "ApproximateAgeOfOldestMessage",
    "ApproximateNumberOf(GroupsWithInflightMessages|Messages(Delayed|NotVisible|Visible))",
    "NumberOf(DeduplicatedSentMessages|EmptyReceives|Messages(Deleted|Received|Sent))",
    "SentMessageSize",
  ].join("|")})$`,
);

/** Metrics of DynamoDB that are sent for each operation of a table, and never for the table. */
const BY_OPERATION =
  /^(ReturnedBytes|ReturnedItemCount|ReturnedRecordsCount|SuccessfulRequestLatency|SystemErrors|ThrottledRequests)$/;

/** Metrics of DynamoDB that are sent for the account. */
const OF_ACCOUNT = /^(Account|MaxProvisioned|UserErrors$)/;

/** What has to feed a function, or keep what it fails at, for some of its metrics to be sent. */
const OF_FUNCTIONS: Readonly<Record<string, (callee: Resource, graph: Graph) => boolean>> = {
  DeadLetterErrors: ({ values }) => at(values.dead_letter_config, "target_arn") !== undefined,
  IteratorAge: (callee, graph) => isFedBy(["dynamodb", "kinesis"], callee, graph),
  OffsetLag: (callee, graph) => isFedBy(["kafka"], callee, graph),
};

/** Whether one of some kinds of sources feeds a function, or one of which nothing is known. */
function isFedBy(kinds: readonly EventSource["kind"][], callee: Resource, graph: Graph): boolean {
  return callsTo(callee, graph)
    .filter(({ invoker }) => invoker.type === "aws_lambda_event_source_mapping")
    .map(({ invoker }) => eventSourceOf(invoker, graph)?.kind)
    .some((kind) => kind === undefined || kinds.includes(kind));
}

/** What a delivery has to have for some of its metrics to be sent. */
const OF_DELIVERIES: readonly {
  readonly metrics: RegExp;
  readonly has: (delivery: Resource, metric: string) => boolean;
  readonly without: string;
}[] = [
  {
    // of S3 there are copies, and what failed, whatever it delivers to
    metrics: /^DeliveryTo(?!S3\.)/,
    has: (delivery, metric) => destinationsOf(delivery).some((one) => metric.startsWith(`DeliveryTo${one.metric}.`)),
    without: "delivers to something else",
  },
  {
    metrics: /^(ExecuteProcessing|SucceedProcessing)\./,
    has: (delivery) => destinationsOf(delivery).some((one) => transformsOf(one).length > 0),
    without: "has no function that transforms",
  },
  {
    metrics: /^(DataReadFromKinesisStream\.|KinesisMillisBehindLatest|Throttled(Describe|Get))/,
    has: (delivery) => sourceOf(delivery) !== undefined,
    without: "reads no stream",
  },
];

/** Whether messages come to a queue only from queues that put them aside, which sends none of them. */
function isFilledByQueues(queue: Resource, graph: Graph): boolean {
  const users = usersOf(queue, graph);
  return (
    users.length > 0 &&
    users.every(({ type }) => type.startsWith("aws_sqs_queue")) &&
    graph.ofType("aws_sqs_queue").some((other) => {
      const redrive = redriveOf(other, graph);
      return typeof redrive === "object" && queueOf(redrive.target, graph) === queue;
    })
  );
}

/** Metrics of what a stream flows through. Sources: the services' own pages on their metrics. */
export const STREAM_NAMESPACES: Readonly<Record<string, Namespace>> = {
  "AWS/DynamoDB": {
    needs: [["TableName"], []],
    also: ["AvailabilityZone", "GlobalSecondaryIndexName", "Operation", "ReceivingRegion", "StreamLabel"],
    names: { TableName: ["aws_dynamodb_table", "name"] },
    isSent: ({ name, dimensions }) =>
      BY_OPERATION.test(String(name)) && !("Operation" in dimensions)
        ? "it is sent by Operation"
        : !("TableName" in dimensions) && !OF_ACCOUNT.test(String(name))
          ? "it is sent by TableName"
          : undefined,
  },
  "AWS/Firehose": {
    metrics: OF_FIREHOSE,
    needs: [["DeliveryStreamName"]],
    names: { DeliveryStreamName: ["aws_kinesis_firehose_delivery_stream", "name"] },
    isSent: ({ name, dimensions }, graph) => {
      const type = "aws_kinesis_firehose_delivery_stream";
      const delivery = declared([type, "name"], dimensions.DeliveryStreamName, graph);
      const missing = OF_DELIVERIES.find(
        ({ metrics, has }) => delivery !== undefined && metrics.test(String(name)) && !has(delivery, String(name)),
      );
      return missing && `${delivery?.address ?? ""} ${missing.without}`;
    },
  },
  "AWS/Kinesis": {
    metrics: OF_KINESIS,
    needs: [["StreamName"]],
    also: ["ConsumerName", "ShardId"],
    names: { StreamName: ["aws_kinesis_stream", "name"], ConsumerName: ["aws_kinesis_stream_consumer", "name"] },
    isSent: ({ name, dimensions }, graph) => {
      const stream = declared(["aws_kinesis_stream", "name"], dimensions.StreamName, graph);
      const levels = listOf(stream?.values.shard_level_metrics);
      const isOfConsumer = String(name).startsWith("SubscribeToShard");
      if (isOfConsumer !== "ConsumerName" in dimensions) {
        return isOfConsumer ? "it is sent by ConsumerName" : "it is not sent by ConsumerName";
      }
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
    isSent: ({ name, dimensions }, graph) => {
      const callee = declared(["aws_lambda_function", "function_name"], dimensions.FunctionName, graph);
      const { [String(name)]: sends } = OF_FUNCTIONS;
      return callee !== undefined && sends?.(callee, graph) === false
        ? `${callee.address} has nothing that it is sent for`
        : undefined;
    },
  },
  "AWS/SQS": {
    metrics: OF_QUEUES,
    needs: [["QueueName"]],
    names: { QueueName: ["aws_sqs_queue", "name"] },
    isSent: ({ name, dimensions }, graph) => {
      const queue = declared(["aws_sqs_queue", "name"], dimensions.QueueName, graph);
      return name === "NumberOfMessagesSent" && queue !== undefined && isFilledByQueues(queue, graph)
        ? `what other queues put aside in ${queue.address} does not count as sent`
        : undefined;
    },
  },
};
