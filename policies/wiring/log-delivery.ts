import { callOf, letThrough } from "../aws/requests";
import { isElsewhere, statementsOf } from "../aws/roles";
import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, failedIf, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { settingOf } from "../security/s3";

/** What keeps logs that CloudWatch delivers to a bucket from arriving: flow logs and those of brokers. */
export function deliveryProblems(log: Resource, context: RuleContext): Verdict[] {
  const destination = destinationOf(log, context);
  return destination === undefined ? [] : destinationProblems(log, destination, context);
}

/** Who delivers logs, and for what. */
export function deliveryOf(graph: Graph) {
  return { service: "delivery.logs.amazonaws.com", source: graph.arnIn("logs", "*") };
}

interface LogDestination {
  /** The bucket, where it is ours. */
  readonly bucket: Resource | undefined;
  /** A key that a log could get. */
  readonly key: string;
}

/** Where a flow log, or the logs of brokers, are delivered by CloudWatch; undefined where they do not go to S3. */
function destinationOf(log: Resource, { graph, environment }: RuleContext): LogDestination | undefined {
  const { accountId, region } = environment;
  const buckets = graph.ofType("aws_s3_bucket");
  const folderOf = (path: string) => path.replace(/^\/*(.*?)\/*$/, "$1/").replace(/^\/$/, "");
  if (log.type === "aws_msk_cluster") {
    const s3 = at(log.values.logging_info, "broker_logs", "s3");
    const bucket = buckets.find((one) => graph.refersTo(at(s3, "bucket"), one));
    const folder = folderOf(textOf(at(s3, "prefix"), graph) ?? "");
    return at(s3, "enabled") === true
      ? { bucket, key: `${folder}AWSLogs/${accountId}/KafkaBrokerLogs/${region}/any` }
      : undefined;
  }
  if (log.values.log_destination_type !== "s3") {
    return undefined;
  }
  const destination = textOf(log.values.log_destination, graph) ?? "";
  const bucket = buckets.find((one) => `${destination}/`.startsWith(`${graph.arnOf(one)}/`));
  const folder = bucket === undefined ? "" : folderOf(destination.slice(graph.arnOf(bucket).length));
  const isHive = at(log.values.destination_options, "hive_compatible_partitions") === true;
  const account = isHive ? `aws-account-id=${accountId}` : `${accountId}/vpcflowlogs`;
  return { bucket, key: `${folder}AWSLogs/${account}/any` };
}

function destinationProblems(log: Resource, { bucket, key }: LogDestination, context: RuleContext): Verdict[] {
  const { graph } = context;
  const policy = bucket && settingOf("aws_s3_bucket_policy", bucket, graph);
  if (bucket === undefined || isElsewhere(policy?.values.policy)) {
    return unknown("it logs to a bucket of which the policy is not ours to judge");
  }
  const arn = graph.arnOf(bucket);
  const statements = statementsOf(policy?.values.policy, graph);
  const isAllowed = (action: string, resource: string) => {
    const facts = { "s3:x-amz-acl": action === "s3:PutObject" ? "bucket-owner-full-control" : undefined };
    return letThrough(statements, callOf({ ...deliveryOf(graph), action, resource, facts }, context));
  };
  return [
    ...failedIf(!isAllowed("s3:PutObject", `${arn}/${key}`), `${bucket.address} does not let in its logs`),
    ...failedIf(!isAllowed("s3:GetBucketAcl", arn), `${bucket.address} does not let the delivery look at its ACL`),
    ...warnIf(!isAllowed("s3:ListBucket", arn), `${bucket.address} does not let the delivery list it`),
    ...failedIf(
      policy !== undefined && !graph.isBefore(policy, log),
      `nothing makes it wait for ${policy?.address ?? ""}, which AWS then overwrites`,
    ),
  ];
}
