import { added, addedStatement, type Edit, find, type Mutation, set, statement } from "./mutation";

const RAW = "lake_raw_";
const LANDING = "lake_landing_";
const RAW_NAME = "basin-prod-lake-raw-333333333333";
const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";
const POLICY = "aws_s3_bucket_policy";
const LOG_BUCKET = ["aws_s3_bucket", "log-bucket"] as const;

const lifecycleRule =
  (more: Record<string, unknown>): Edit =>
  (stacks) => {
    const { values } = find(stacks, LIFECYCLE, RAW);
    values.rule = [...(values.rule as unknown[]), { id: "more", status: "Enabled", filter: [{ prefix: "" }], ...more }];
  };

const denial = (change: (found: Record<string, unknown>, condition: Record<string, unknown>) => void): Edit =>
  statement(POLICY, RAW, "DenyForeignNetworks", (found) => {
    change(found, found.Condition as Record<string, unknown>);
  });

/** Each breaks the wiring of one of production's buckets, and says which rule notices. */
export const S3_WIRING_MUTATIONS: readonly Mutation[] = [
  {
    rule: "WIRE-S3-01",
    what: "a setting that a domain writes too",
    found: "aws_s3_bucket_versioning.second",
    edit: added("prod-domain-sales", "aws_s3_bucket_versioning", "second", {
      bucket: RAW_NAME,
      versioning_configuration: { status: "Enabled" },
    }),
  },
  {
    rule: "WIRE-S3-01",
    what: "a setting that the same layer writes twice",
    found: "aws_s3_bucket_logging.second",
    edit: (stacks) => {
      added("prod-lake", "aws_s3_bucket_logging", "second", find(stacks, "aws_s3_bucket_logging", RAW).values)(stacks);
    },
  },
  {
    rule: "WIRE-S3-04",
    what: "a lock that does not wait for versions",
    found: "aws_s3_bucket_object_lock_configuration.second",
    edit: added("prod-lake", "aws_s3_bucket_object_lock_configuration", "second", { bucket: RAW_NAME }),
  },
  {
    rule: "WIRE-S3-04",
    what: "replication that does not wait for versions",
    found: "aws_s3_bucket_replication_configuration.second",
    edit: added("prod-lake", "aws_s3_bucket_replication_configuration", "second", {
      bucket: RAW_NAME,
      role: "arn:aws:iam::333333333333:role/replication",
      rule: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::elsewhere" } }],
    }),
  },
  {
    rule: "WIRE-S3-04",
    what: "a lifecycle that does not wait for versions",
    found: [LIFECYCLE, RAW],
    edit: set(LIFECYCLE, RAW, "depends_on", []),
  },
  {
    rule: "WIRE-S3-05",
    what: "access logs that nobody lets in",
    found: LOG_BUCKET,
    edit: statement(POLICY, "log-bucket", "DeliverAccessLogs"),
  },
  {
    rule: "WIRE-S3-05",
    what: "access logs of other buckets",
    found: LOG_BUCKET,
    edit: statement(POLICY, "log-bucket", "DeliverAccessLogs", (found) => {
      found.Condition = { ArnLike: { "aws:SourceArn": "arn:aws:s3:::basin-staging-*" } };
    }),
  },
  {
    rule: "WIRE-S3-05",
    what: "access logs in a folder that is closed",
    found: LOG_BUCKET,
    edit: set("aws_s3_bucket_logging", RAW, "target_prefix", "elsewhere/raw/"),
  },
  {
    rule: "WIRE-S3-05",
    what: "a refusal of other networks that hits the log delivery",
    found: LOG_BUCKET,
    edit: addedStatement(POLICY, "log-bucket", {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::basin-prod-logs-333333333333/s3-access/*",
      Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" }, Null: { "aws:SourceVpce": "true" } },
    }),
  },
  {
    rule: "WIRE-S3-05",
    what: "a log bucket with object lock",
    found: LOG_BUCKET,
    edit: set(...LOG_BUCKET, "object_lock_enabled", true),
  },
  {
    rule: "WIRE-S3-06",
    what: "tables of which the files expire",
    found: [LIFECYCLE, RAW],
    edit: lifecycleRule({ expiration: [{ days: 30 }] }),
  },
  {
    rule: "WIRE-S3-06",
    what: "tables of which the files go to an archive",
    found: [LIFECYCLE, RAW],
    edit: lifecycleRule({ transition: [{ days: 90, storage_class: "GLACIER" }] }),
  },
  {
    rule: "WIRE-S3-06",
    what: "tables of which the files are tiered into an archive",
    found: "aws_s3_bucket_intelligent_tiering_configuration.second",
    edit: added("prod-lake", "aws_s3_bucket_intelligent_tiering_configuration", "second", {
      bucket: RAW_NAME,
      name: "archive",
      tiering: [{ access_tier: "ARCHIVE_ACCESS", days: 125 }],
    }),
  },
  {
    rule: "WIRE-S3-07",
    what: "a refusal that locks out Terraform",
    found: [POLICY, RAW],
    edit: denial((found, condition) => {
      found.Action = "s3:*";
      found.Resource = [String(found.Resource), String(found.Resource).replace("/*", "")];
      delete condition.ArnNotLikeIfExists;
    }),
  },
  {
    rule: "WIRE-S3-07",
    what: "a refusal that hits Athena",
    found: [POLICY, RAW],
    edit: denial((_, condition) => {
      condition.BoolIfExists = { "aws:PrincipalIsAWSService": "false" };
    }),
  },
  {
    rule: "WIRE-S3-07",
    what: "a refusal that hits the role with which Lake Formation reads",
    found: [POLICY, LANDING],
    edit: (stacks) => {
      added("prod-lake", "aws_lakeformation_resource", "second", {
        arn: `\${${find(stacks, "aws_s3_bucket", LANDING).address}.arn}`,
        role_arn: "arn:aws:iam::333333333333:role/lake-of-before",
        hybrid_access_enabled: false,
      })(stacks);
    },
  },
];
