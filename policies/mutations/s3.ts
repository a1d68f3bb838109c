import type { SynthesizedStack } from "../graph";
import { addedStatement, find, type Mutation, removed, set, statement } from "./mutation";

const RAW = "lake_raw_";
const RAW_ARN = "arn:aws:s3:::basin-prod-lake-raw-333333333333";
const ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration";
const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";
const rules = (change: (rule: Record<string, unknown>) => void) => (stacks: SynthesizedStack[]) => {
  (find(stacks, LIFECYCLE, RAW).values.rule as Record<string, unknown>[]).forEach(change);
};

/** Each weakens one thing of production, and says which rule notices. */
export const S3_MUTATIONS: readonly Mutation[] = [
  ...["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].map((name) => ({
    rule: "LAKE-S3-01",
    what: `${name} off`,
    edit: set("aws_s3_bucket_public_access_block", RAW, name, false),
  })),
  {
    rule: "LAKE-S3-01",
    what: "a public access block of another bucket",
    edit: set("aws_s3_bucket_public_access_block", RAW, "bucket", "another-bucket"),
  },
  {
    rule: "LAKE-S3-02",
    what: "encryption by S3's own key",
    edit: set(ENCRYPTION, RAW, "rule", [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }]),
  },
  {
    rule: "LAKE-S3-02",
    what: "encryption by the account's key",
    edit: set(ENCRYPTION, RAW, "rule", [
      { apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: "alias/aws/s3" } },
    ]),
  },
  {
    rule: "LAKE-S3-02",
    what: "a log bucket that access logs cannot be delivered to",
    edit: set(ENCRYPTION, "log-bucket", "rule", [
      { apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms" } },
    ]),
    found: ["aws_s3_bucket", "log-bucket"],
  },
  {
    rule: "LAKE-S3-04",
    what: "suspended versions",
    edit: set("aws_s3_bucket_versioning", RAW, "versioning_configuration", { status: "Suspended" }),
  },
  {
    rule: "LAKE-S3-05",
    what: "no access logs",
    edit: removed("aws_s3_bucket_logging", RAW),
  },
  {
    rule: "LAKE-S3-06",
    what: "requests without TLS",
    edit: statement("aws_s3_bucket_policy", RAW, "DenyPlainTransport"),
  },
  {
    rule: "LAKE-S3-06",
    what: "requests without TLS to objects",
    edit: statement("aws_s3_bucket_policy", RAW, "DenyPlainTransport", (found) => {
      found.Resource = (found.Resource as string[]).filter((resource) => !resource.endsWith("/*"));
    }),
  },
  {
    rule: "LAKE-S3-06",
    what: "requests with TLS 1.1",
    edit: statement("aws_s3_bucket_policy", RAW, "DenyOldTls", (found) => {
      found.Condition = { NumericLessThan: { "s3:TlsVersion": "1.1" } };
    }),
  },
  {
    rule: "LAKE-S3-06",
    what: "a refusal of reading alone",
    edit: statement("aws_s3_bucket_policy", RAW, "DenyPlainTransport", (found) => {
      found.Action = "s3:Get*";
    }),
  },
  {
    rule: "LAKE-S3-06",
    what: "a refusal that another condition confines",
    edit: statement("aws_s3_bucket_policy", RAW, "DenyPlainTransport", (found) => {
      found.Condition = { ...(found.Condition as object), StringEquals: { "aws:SourceVpc": "vpc-1" } };
    }),
  },
  {
    rule: "LAKE-S3-07",
    what: "access control lists",
    edit: set("aws_s3_bucket_ownership_controls", RAW, "rule", { object_ownership: "ObjectWriter" }),
  },
  {
    rule: "LAKE-S3-08",
    what: "an Allow for everybody",
    found: ["aws_s3_bucket_policy", RAW],
    edit: addedStatement("aws_s3_bucket_policy", RAW, {
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `${RAW_ARN}/*`,
      Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } },
    }),
  },
  {
    rule: "LAKE-S3-08",
    what: "a policy that another account may change",
    found: ["aws_s3_bucket_policy", RAW],
    edit: addedStatement("aws_s3_bucket_policy", RAW, {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::999999999999:root" },
      Action: "s3:PutBucketPolicy",
      Resource: RAW_ARN,
    }),
  },
  {
    rule: "LAKE-S3-10",
    what: "uploads that may stay incomplete for eight days",
    edit: rules((rule) => {
      rule.abort_incomplete_multipart_upload &&= { days_after_initiation: 8 };
    }),
  },
  {
    rule: "LAKE-S3-11",
    what: "old versions that stay for ever",
    edit: rules((rule) => {
      delete rule.noncurrent_version_expiration;
    }),
  },
  { rule: "LAKE-S3-13", what: "force_destroy", edit: set("aws_s3_bucket", RAW, "force_destroy", true) },
  {
    rule: "LAKE-S3-14",
    what: "a landing zone that retains nothing",
    found: ["aws_s3_bucket", "lake_landing_"],
    edit: removed("aws_s3_bucket_object_lock_configuration", "lake_landing_"),
  },
  {
    rule: "LAKE-S3-14",
    what: "a landing zone made without object lock",
    found: ["aws_s3_bucket", "lake_landing_"],
    edit: set("aws_s3_bucket", "lake_landing_", "object_lock_enabled", false),
  },
  {
    rule: "LAKE-S3-03",
    what: "a call of KMS for every object",
    found: [ENCRYPTION, RAW],
    edit: (stacks) => {
      const [rule] = find(stacks, ENCRYPTION, RAW).values.rule as [Record<string, unknown>];
      rule.bucket_key_enabled = false;
    },
  },
  {
    rule: "LAKE-S3-09",
    what: "a policy that nobody can change",
    edit: addedStatement("aws_s3_bucket_policy", RAW, {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutBucket*",
      Resource: RAW_ARN,
    }),
  },
  ...["DenyOtherEncryption", "DenyUnnamedKey", "DenyOtherKey", "DenyCustomerKey"].map((sid) => ({
    rule: "LAKE-S3-12",
    what: `uploads that ${sid} refused`,
    edit: statement("aws_s3_bucket_policy", RAW, sid),
  })),
  {
    rule: "LAKE-S3-12",
    what: "uploads that may name no key at all",
    edit: statement("aws_s3_bucket_policy", RAW, "DenyCustomerKey", (found) => {
      found.Condition = { Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" } };
    }),
  },
  { rule: "LAKE-S3-15", what: "any network", edit: statement("aws_s3_bucket_policy", RAW, "DenyForeignNetworks") },
  {
    rule: "LAKE-S3-15",
    what: "any role of the account",
    edit: statement("aws_s3_bucket_policy", RAW, "DenyForeignNetworks", (found) => {
      (found.Condition as Record<string, unknown>).ArnNotLikeIfExists = {
        "aws:PrincipalArn": "arn:aws:iam::333333333333:role/*",
      };
    }),
  },
  {
    rule: "LAKE-S3-15",
    what: "deletion from any network",
    edit: statement("aws_s3_bucket_policy", RAW, "DenyForeignNetworks", (found) => {
      found.Action = ["s3:GetObject*", "s3:PutObject*"];
    }),
  },
  {
    rule: "LAKE-S3-16",
    what: "a name with dots",
    edit: set("aws_s3_bucket", RAW, "bucket", "basin-prod-lake.raw-333333333333"),
  },
];
