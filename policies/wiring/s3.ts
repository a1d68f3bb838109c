import { callOf, letThrough } from "../aws/requests";
import { isElsewhere, statementsOf } from "../aws/roles";
import { bucketOf, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks, failedIf, type Rule, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { settingOf } from "../security/s3";
import { agingProblems } from "./iceberg-files";
import { networkProblems } from "./network-denial";

/** Settings of which a bucket has one, whoever writes it. */
const SINGLE_SETTINGS = [
  "aws_s3_bucket_accelerate_configuration",
  "aws_s3_bucket_acl",
  "aws_s3_bucket_cors_configuration",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_logging",
  "aws_s3_bucket_notification",
  "aws_s3_bucket_object_lock_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_replication_configuration",
  "aws_s3_bucket_request_payment_configuration",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_s3_bucket_website_configuration",
];

/** Buckets that have to keep versions before something is made, by its type. */
const VERSIONED: Readonly<Record<string, (values: Resource["values"]) => unknown[]>> = {
  aws_mwaa_environment: ({ source_bucket_arn: source }) => [source],
  aws_s3_bucket_lifecycle_configuration: ({ bucket }) => [bucket],
  aws_s3_bucket_object_lock_configuration: ({ bucket }) => [bucket],
  aws_s3_bucket_replication_configuration: ({ bucket, rule }) => [
    bucket,
    ...blocks(rule).map((one) => at(one, "destination", "bucket")),
  ],
};

/** Whether what belongs to buckets works, and keeps working. */
export const S3_WIRING: readonly Rule[] = [
  {
    id: "WIRE-S3-01",
    title: "Every setting of a bucket is written by one resource, over all stacks",
    severity: "critical",
    level: "error",
    types: SINGLE_SETTINGS,
    sources: [
      "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/s3_bucket_notification",
      "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html",
    ],
    remedy: "keep one of them and hand it what the others wanted; S3 takes the last one and forgets the rest",
    judge: (setting, { graph }) => {
      const keyOf = ({ values }: Resource) => bucketOf(values.bucket, graph)?.address ?? textOf(values.bucket, graph);
      const key = keyOf(setting);
      const writers = graph.ofType(setting.type).filter((other) => key !== undefined && keyOf(other) === key);
      const home = bucketOf(setting.values.bucket, graph)?.stack;
      const owner = writers.find(({ stack }) => stack === home) ?? writers[0];
      return failedIf(
        owner !== undefined && owner !== setting,
        `${owner?.address ?? ""} of ${owner?.stack ?? ""} writes the same setting of the same bucket`,
        "bucket",
      );
    },
  },
  {
    id: "WIRE-S3-04",
    title: "Buckets keep versions before something is made that needs them",
    severity: "high",
    level: "error",
    types: Object.keys(VERSIONED),
    sources: [
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
      "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/s3_bucket_lifecycle_configuration",
      "https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-s3-bucket.html",
    ],
    remedy: "enable the bucket's versioning, and order both with after()",
    judge: (user, { graph }) =>
      (VERSIONED[user.type]?.(user.values) ?? []).flatMap((value) => {
        const bucket = bucketOf(value, graph);
        return bucket === undefined ? [] : versioningProblems(user, bucket, graph);
      }),
  },
  {
    id: "WIRE-S3-05",
    title: "Buckets that access logs go to can receive them",
    severity: "high",
    level: "error",
    types: ["aws_s3_bucket", "aws_s3_bucket_logging"],
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html"],
    remedy: "log to modules/s3/log-bucket.ts, under accessLogPrefix()",
    judge: (resource, context) =>
      resource.type === "aws_s3_bucket"
        ? accessLogProblems(resource, context)
        : bucketOf(resource.values.target_bucket, context.graph) === undefined
          ? unknown("it logs to a bucket that is not ours to judge", "target_bucket")
          : [],
  },
  {
    id: "WIRE-S3-06",
    title: "Nothing deletes or archives files of Iceberg tables by their age",
    severity: "critical",
    level: "error",
    types: ["aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_intelligent_tiering_configuration"],
    sources: [
      "https://docs.aws.amazon.com/prescriptive-guidance/latest/apache-iceberg-on-aws/best-practices-storage.html",
      "https://docs.aws.amazon.com/athena/latest/ug/creating-tables.html",
    ],
    remedy: "leave ageRules of the bucket out: rows are deleted in the table, files when its snapshots expire",
    judge: agingProblems,
  },
  {
    id: "WIRE-S3-07",
    title: "A bucket that refuses other networks spares Terraform, and services that call from networks of their own",
    severity: "critical",
    level: "error",
    types: ["aws_s3_bucket_policy"],
    sources: [
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
      "https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html",
      "https://docs.aws.amazon.com/redshift/latest/mgmt/spectrum-enhanced-vpc.html",
    ],
    remedy: "use denyForeignNetworks() of modules/s3/bucket-statements.ts, and name roles with the platform's prefix",
    judge: networkProblems,
  },
];

function versioningProblems(user: Resource, bucket: Resource, graph: Graph): Verdict[] {
  const versionings = graph.referring("aws_s3_bucket_versioning", "bucket", bucket);
  const statuses = versionings.map(({ values }) => at(values, "versioning_configuration", "status"));
  const isEnabled = statuses.includes("Enabled");
  const isLate = isEnabled && !versionings.some((versioning) => graph.isBefore(versioning, user));
  const late = `nothing makes it wait for the versioning of ${bucket.address}`;
  if (user.type === "aws_s3_bucket_lifecycle_configuration") {
    const expires = blocks(user.values.rule).some((rule) => rule.noncurrent_version_expiration !== undefined);
    // that versions are kept at all is demanded of every bucket
    return warnIf(expires && isLate, late, "rule");
  }
  // S3 keeps versions of a bucket that is made with object lock, and never stops
  if (user.type === "aws_s3_bucket_object_lock_configuration" && bucket.values.object_lock_enabled === true) {
    return failedIf(
      statuses.includes("Suspended"),
      `${bucket.address} has object lock, its versioning cannot be suspended`,
    );
  }
  return [...failedIf(!isEnabled, `the versioning of ${bucket.address} is not enabled`), ...failedIf(isLate, late)];
}

function accessLogProblems(target: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const loggings = graph.referring("aws_s3_bucket_logging", "target_bucket", target);
  if (loggings.length === 0) {
    return [];
  }
  const lock = settingOf("aws_s3_bucket_object_lock_configuration", target, graph);
  const payment = settingOf("aws_s3_bucket_request_payment_configuration", target, graph);
  return [
    ...failedIf(
      target.values.object_lock_enabled === true || lock !== undefined,
      "access logs are not delivered to buckets with object lock",
    ),
    ...failedIf(payment?.values.payer === "Requester", "access logs are not delivered where the requester pays"),
    ...logProblems(loggings, target, context),
  ];
}

function logProblems(loggings: readonly Resource[], target: Resource, context: RuleContext): Verdict[] {
  const { graph, environment } = context;
  const policy = settingOf("aws_s3_bucket_policy", target, graph)?.values.policy;
  if (isElsewhere(policy)) {
    return unknown("its policy is not written out, whether it lets in logs cannot be told");
  }
  const statements = statementsOf(policy, graph);
  const isReceived = (logging: Resource) => {
    const resource = `${graph.arnOf(target)}/${exampleLog(logging, environment, graph)}`;
    const source = bucketArn(logging, target, graph);
    const service = "logging.s3.amazonaws.com";
    return letThrough(statements, callOf({ service, action: "s3:PutObject", resource, source }, context));
  };
  return loggings
    .filter((logging) => !isReceived(logging))
    .flatMap(({ address }) => failedIf(true, `its policy keeps out the logs of ${address}`));
}

/** A key that a log could get. */
function exampleLog(logging: Resource, { accountId, region }: RuleContext["environment"], graph: Graph): string {
  const { target_prefix: prefix, target_object_key_format: format } = logging.values;
  const folder = `${accountId}/${region}/${textOf(logging.values.bucket, graph) ?? ""}/2026/01/01/`;
  const isPartitioned = at(format, "partitioned_prefix") !== undefined;
  return `${textOf(prefix, graph) ?? ""}${isPartitioned ? folder : ""}2026-01-01-00-00-00-0123456789ABCDEF`;
}

/** The ARN of the bucket whose accesses are logged: in the partition of the other. */
function bucketArn(logging: Resource, target: Resource, graph: Graph): string {
  const source = bucketOf(logging.values.bucket, graph);
  const [, partition = ""] = graph.arnOf(target).split(":");
  return source === undefined
    ? `arn:${partition}:s3:::${textOf(logging.values.bucket, graph) ?? ""}`
    : graph.arnOf(source);
}
