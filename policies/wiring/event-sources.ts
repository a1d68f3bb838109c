import { functionOf } from "../aws/functions";
import { keyOf, notAllowedOnKey } from "../aws/keys";
import { callsOn, judgeRole, type RoleCall } from "../aws/permissions";
import { permissionsOf, roleOf } from "../aws/roles";
import { bucketOf, isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks, failedIf, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { isFifo, queueOf } from "./dead-letters";
import { storesUsed } from "./encrypted-stores";

/** Where a mapping takes events from. */
export interface EventSource {
  readonly kind: "dynamodb" | "kafka" | "kinesis" | "sqs";
  /** As policies name it; of a consumer of Kinesis, its stream. */
  readonly arn: string;
  /** The ARN of the consumer by which a stream is read. */
  readonly consumer?: string;
  /** The stream, table, queue or cluster, where it is declared. */
  readonly store?: Resource;
}

/** What the types of sources are in ARNs. */
const KINDS: Readonly<Record<string, EventSource["kind"]>> = {
  dynamodb: "dynamodb",
  kafka: "kafka",
  kinesis: "kinesis",
  sqs: "sqs",
};

const KIND_BY_TYPE: Readonly<Record<string, EventSource["kind"]>> = {
  aws_dynamodb_table: "dynamodb",
  aws_kinesis_stream: "kinesis",
  aws_kinesis_stream_consumer: "kinesis",
  aws_msk_cluster: "kafka",
  aws_msk_serverless_cluster: "kafka",
  aws_sqs_queue: "sqs",
};

/** What Lambda does with the role of a function to read each kind of source. */
const READING: Readonly<Record<EventSource["kind"], readonly string[]>> = {
  dynamodb: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
  kafka: ["kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"],
  kinesis: ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
  sqs: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
};

/** What it does besides, and where. */
const LOOKING: Readonly<Record<EventSource["kind"], (arn: string) => readonly RoleCall[]>> = {
  dynamodb: () => callsOn("*", ["dynamodb:ListStreams"]),
  kafka: () => [],
  kinesis: (arn) => [...callsOn(arn, ["kinesis:DescribeStreamSummary"]), ...callsOn("*", ["kinesis:ListStreams"])],
  sqs: () => [],
};

const INTERFACES = [
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
];

/** Ways for clients of Kafka to say who they are other than by IAM. */
const NOT_BY_IAM = /^(SASL_SCRAM|BASIC_AUTH|CLIENT_CERTIFICATE_TLS)/;

/** The source of a mapping; undefined where it is of another kind, or not known. */
export function eventSourceOf({ values }: Resource, graph: Graph): EventSource | undefined {
  const { event_source_arn: value } = values;
  const referred = graph.reference(value)?.resource;
  const text = textOf(value, graph) ?? "";
  const [, , service = "", , , ...rest] = text.split(":");
  const kind = KIND_BY_TYPE[referred?.type ?? ""] ?? (text.startsWith("arn:") ? KINDS[service] : undefined);
  if (kind === undefined) {
    return undefined;
  }
  const isConsumer = referred?.type === "aws_kinesis_stream_consumer" || rest.join(":").includes("/consumer/");
  const streamArn = referred?.type === "aws_kinesis_stream_consumer" ? referred.values.stream_arn : undefined;
  const arn = isConsumer ? (textOf(streamArn, graph) ?? text.split("/consumer/", 1).join("")) : text;
  const store = referred?.type === KIND_STORE[kind] ? referred : storeNamed(kind, streamArn ?? arn, graph);
  return { kind, arn, ...(isConsumer && { consumer: text }), ...(store !== undefined && { store }) };
}

/** The type of what is declared, by the kind of source; that of Kafka names no store by itself. */
const KIND_STORE: Readonly<Record<EventSource["kind"], string>> = {
  dynamodb: "aws_dynamodb_table",
  kafka: "aws_msk_cluster",
  kinesis: "aws_kinesis_stream",
  sqs: "aws_sqs_queue",
};

function storeNamed(kind: EventSource["kind"], value: unknown, graph: Graph): Resource | undefined {
  return graph.ofType(KIND_STORE[kind]).find((one) => graph.refersTo(value, one));
}

/** Whether a function may read what feeds it, and has somewhere to put what it fails at. */
export function judgeEventSource(mapping: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const callee = functionOf(mapping.values.function_name, graph);
  const role = roleOf(callee?.values.role, graph);
  const source = eventSourceOf(mapping, graph);
  return [
    ...(role === undefined || source === undefined ? [] : judgeReader(role, mapping, source, context)),
    ...judgeFailures(mapping, role, source, graph),
  ];
}

function judgeReader(role: Resource, mapping: Resource, source: EventSource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const { kind, arn, consumer } = source;
  const calls = [
    ...callsOn(arn, READING[kind]),
    ...(consumer === undefined ? [] : callsOn(consumer, ["kinesis:SubscribeToShard"])),
    ...(kind === "kafka" ? kafkaCalls(arn, mapping) : []),
  ];
  const text = (actions: string) => `${role.address} may not ${actions}, and so feed the function`;
  const needed = judgeRole(role, calls, text, graph);
  const wanted = judgeRole(role, LOOKING[kind](arn), text, graph);
  return [
    ...needed,
    ...wanted.map((verdict): Verdict => ({ ...verdict, level: "warning" })),
    ...judgeKey(role, source, context),
  ];
}

function kafkaCalls(arn: string, { values }: Resource): RoleCall[] {
  const isByIam = !blocks(values.source_access_configuration).some(({ type }) => NOT_BY_IAM.test(String(type)));
  return [
    ...callsOn("*", INTERFACES),
    ...(isByIam ? callsOn(arn, ["kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration"]) : []),
  ];
}

/** Whether a role may decrypt what it reads. Of roles that are allowed a store by its name, WIRE-KMS-04 asks it. */
function judgeKey(role: Resource, { kind, store }: EventSource, context: RuleContext): Verdict[] {
  const key =
    kind === "kinesis" ? store?.values.kms_key_id : kind === "sqs" ? store?.values.kms_master_key_id : undefined;
  const ours = keyOf(key, context.graph);
  const isAsked = storesUsed(role, context).some((one) => one.store === store);
  if (ours === undefined || isAsked || notAllowedOnKey(role, ours, ["kms:Decrypt"], kind, context).length === 0) {
    return [];
  }
  const text = `${role.address} may not kms:Decrypt with ${ours.address}, with which its source is encrypted`;
  return permissionsOf(role, context.graph).isIncomplete
    ? unknown(`${text}, unless a policy that is not declared here says so`)
    : failedIf(true, text);
}

/** Where a function puts what it fails at. Queues have places of their own for that, which LAKE-SQS-02 asks for. */
function judgeFailures(
  mapping: Resource,
  role: Resource | undefined,
  source: EventSource | undefined,
  graph: Graph,
): Verdict[] {
  const destination = at(mapping.values.destination_config, "on_failure", "destination_arn");
  const attribute = "destination_config.on_failure";
  if (destination === undefined) {
    const text = "what its function fails at is put nowhere";
    return source?.kind === "kafka"
      ? warnIf(true, text, attribute)
      : failedIf(source !== undefined && source.kind !== "sqs", text, attribute);
  }
  const queue = queueOf(destination, graph);
  const topic = graph.ofType("aws_sns_topic").find((one) => graph.refersTo(destination, one));
  const bucket = bucketOf(destination, graph);
  const found = queue ?? topic ?? bucket;
  const arn = found === undefined ? (textOf(destination, graph) ?? "") : graph.arnOf(found);
  const isOrdered =
    (queue !== undefined && isFifo(queue)) || String(topic?.values.fifo_topic) === "true" || arn.endsWith(".fifo");
  const calls = isOpen(arn) && found === undefined ? [] : callsToPut(arn);
  return [
    ...failedIf(isOrdered, `${arn} keeps an order, which Lambda does not send to`, attribute),
    ...(role === undefined
      ? []
      : judgeRole(role, calls, (actions) => `${role.address} may not ${actions} where it puts what fails`, graph)),
  ];
}

function callsToPut(arn: string): RoleCall[] {
  const [, , service = ""] = arn.split(":");
  switch (service) {
    case "sns":
      return callsOn(arn, ["sns:Publish"]);
    case "s3":
      return [...callsOn(`${arn}/any`, ["s3:PutObject"]), ...callsOn(arn, ["s3:ListBucket"])];
    case "sqs":
      return callsOn(arn, ["sqs:SendMessage"]);
    default:
      return [];
  }
}
