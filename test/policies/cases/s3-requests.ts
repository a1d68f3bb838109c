import type { Case, Resources } from "../../support/cases";

const ARN = "arn:aws:s3:::basin-prod-lake-raw-333333333333";
const ENDPOINT = "${aws_vpc_endpoint.s3.id}";
const KEY = "${aws_kms_key.data.arn}";
const ALGORITHM = "s3:x-amz-server-side-encryption";
const KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER = "s3:x-amz-server-side-encryption-customer-algorithm";

const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** A bucket of the lake with a key, and statements of its policy. */
function bucket(
  statements: readonly object[],
  encryption: object = { sse_algorithm: "aws:kms", kms_master_key_id: KEY },
) {
  const reference = "${aws_s3_bucket.raw.bucket}";
  const rule = { apply_server_side_encryption_by_default: encryption, bucket_key_enabled: true };
  return {
    aws_s3_bucket: { raw: { bucket: "basin-prod-lake-raw-333333333333" } },
    aws_kms_key: { data: {} },
    aws_vpc_endpoint: { s3: {} },
    aws_s3_bucket_server_side_encryption_configuration: { raw: { bucket: reference, rule } },
    aws_s3_bucket_policy: { raw: { bucket: reference, policy: document(...statements) } },
  } satisfies Resources;
}

const deny = (change: object) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [ARN, `${ARN}/*`],
  ...change,
});
const denyUpload = (condition: object) =>
  deny({ Action: "s3:PutObject", Resource: "${aws_s3_bucket.raw.arn}/*", Condition: condition });

const lockout = (what: string, change: object, outcome: Case["outcome"]): Case => ({
  rule: "LAKE-S3-09",
  what,
  resources: bucket([deny(change)]),
  outcome,
});

const OTHER_ALGORITHM = { Null: { [ALGORITHM]: false }, StringNotEquals: { [ALGORITHM]: "aws:kms" } };
const NO_KEY = { Null: { [KEY_ID]: true }, StringEquals: { [ALGORITHM]: "aws:kms" } };
const OTHER_KEY = { Null: { [KEY_ID]: "false" }, StringNotEquals: { [KEY_ID]: KEY } };
const CUSTOMER_KEY = { Null: { [CUSTOMER]: false } };

const uploads = (what: string, conditions: readonly object[], outcome: Case["outcome"]): Case => ({
  rule: "LAKE-S3-12",
  what,
  resources: bucket(conditions.map(denyUpload)),
  outcome,
});

const FOREIGN = {
  StringNotEquals: { "aws:SourceVpce": [ENDPOINT, "vpce-of-the-office"] },
  BoolIfExists: { "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false" },
  ArnNotLikeIfExists: { "aws:PrincipalArn": "arn:aws:iam::333333333333:role/basin-prod-*" },
};

const networks = (what: string, statement: object, outcome: Case["outcome"]): Case => ({
  rule: "LAKE-S3-15",
  what,
  resources: bucket([deny({ Condition: FOREIGN, ...statement })]),
  outcome,
});

/** Which calls bucket policies refuse, and what a bucket is called. */
export const S3_REQUEST_CASES: readonly Case[] = [
  {
    rule: "LAKE-S3-03",
    what: "a key of ours with a bucket key",
    resources: bucket([]),
    outcome: "passed",
  },
  ...[
    {
      what: "S3's own key",
      rule: { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
      passes: true,
    },
    {
      what: "two layers, which know no bucket key",
      rule: { apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms:dsse", kms_master_key_id: KEY } },
      passes: true,
    },
    {
      what: "an alias of our key without a bucket key",
      rule: [
        { apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms", kms_master_key_id: "alias/basin" }] },
      ],
      passes: false,
    },
    {
      what: "a key of ours without a bucket key",
      rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms", kms_master_key_id: KEY }] }],
      passes: false,
    },
  ].map(({ what, rule, passes }): Case => ({
    rule: "LAKE-S3-03",
    what,
    resources: {
      ...bucket([]),
      aws_kms_alias: { data: { name: "alias/basin", target_key_id: "${aws_kms_key.data.key_id}" } },
      aws_s3_bucket_server_side_encryption_configuration: { raw: { rule } },
    },
    outcome: passes ? "passed" : "warning",
  })),

  ...["LAKE-S3-09", "LAKE-S3-12", "LAKE-S3-15"].map((rule): Case => ({
    rule,
    what: "a policy that is looked up",
    resources: {
      ...bucket([]),
      aws_s3_bucket_policy: {
        raw: { bucket: "${aws_s3_bucket.raw.bucket}", policy: "${data.aws_iam_policy_document.raw.json}" },
      },
    },
    outcome: "unknown",
  })),

  lockout("a Deny of requests without TLS", { Condition: { Bool: { "aws:SecureTransport": "false" } } }, "passed"),
  lockout("a Deny of objects", { Action: ["s3:GetObject", "s3:PutObject"] }, "passed"),
  lockout("a Deny for one role", { Principal: { AWS: "arn:aws:iam::333333333333:role/a" } }, "passed"),
  lockout("a Deny on objects alone", { Resource: `${ARN}/*` }, "passed"),
  lockout(
    "a Deny that leaves out a role",
    { Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::333333333333:role/breakglass" } } },
    "passed",
  ),
  lockout("a Deny of everything", {}, "warning"),
  lockout("a Deny of all but reading", { Action: undefined, NotAction: "s3:GetObject" }, "warning"),
  lockout("a Deny of other addresses", { Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }, "warning"),

  uploads("all four statements", [OTHER_ALGORITHM, NO_KEY, OTHER_KEY, CUSTOMER_KEY], "passed"),
  uploads("without the one on algorithms", [NO_KEY, OTHER_KEY, CUSTOMER_KEY], "warning"),
  uploads("without the one on other keys", [OTHER_ALGORITHM, NO_KEY, CUSTOMER_KEY], "warning"),
  uploads("without the one on the caller's keys", [OTHER_ALGORITHM, NO_KEY, OTHER_KEY], "warning"),
  uploads("no statement", [], "warning"),
  uploads(
    "every upload that names a key",
    [OTHER_ALGORITHM, NO_KEY, { Null: { [KEY_ID]: "false" } }, CUSTOMER_KEY],
    "warning",
  ),
  uploads("without the one on the key's absence", [OTHER_ALGORITHM, OTHER_KEY, CUSTOMER_KEY], "warning"),
  uploads(
    "none but uploads that name the key",
    [{ StringNotEquals: { [ALGORITHM]: "aws:kms" } }, NO_KEY, OTHER_KEY, CUSTOMER_KEY],
    "passed",
  ),
  uploads(
    "with the key of another bucket",
    [OTHER_ALGORITHM, NO_KEY, { StringNotEqualsIfExists: { [KEY_ID]: "${aws_kms_key.other.arn}" } }, CUSTOMER_KEY],
    "warning",
  ),
  ...(
    [
      ["an alias, its key being named in the policy", [OTHER_ALGORITHM, NO_KEY, OTHER_KEY, CUSTOMER_KEY], "passed"],
      ["an alias, and no statement", [], "warning"],
    ] as const
  ).map(([what, conditions, outcome]): Case => ({
    rule: "LAKE-S3-12",
    what,
    resources: {
      ...bucket(conditions.map(denyUpload), {
        sse_algorithm: "aws:kms",
        kms_master_key_id: "${aws_kms_alias.data.arn}",
      }),
      aws_kms_alias: { data: { name: "alias/basin", target_key_id: "${aws_kms_key.data.key_id}" } },
    },
    outcome,
  })),
  {
    rule: "LAKE-S3-12",
    what: "a bucket without a key of ours",
    resources: bucket([], { sse_algorithm: "AES256" }),
    outcome: "passed",
  },

  networks("a Deny of other networks, with a second endpoint", {}, "passed"),
  networks("a Deny of reading alone", { Action: "s3:GetObject" }, "failed"),
  networks("a Deny on a folder", { Resource: `${ARN}/folder/*` }, "failed"),
  networks(
    "a Deny under a condition that nobody can tell",
    { Condition: { ...FOREIGN, Bool: { "aws:x": "true" } } },
    "failed",
  ),
  networks("every endpoint", { Condition: { Null: { "aws:SourceVpce": "true" } } }, "failed"),
  networks("our VPC", { Condition: { StringNotEquals: { "aws:SourceVpc": "${aws_vpc.network.id}" } } }, "passed"),
  {
    rule: "LAKE-S3-15",
    what: "a bucket that is not of the lake",
    resources: { aws_s3_bucket: { logs: { bucket: "basin-prod-logs-333333333333" } } },
    outcome: "passed",
  },

  ...[
    { name: "basin-raw-333333333333", outcome: "passed" as const },
    { name: "basin-${aws_vpc.v.id}", outcome: "passed" as const },
    { name: "basin.raw", outcome: "warning" as const },
    { name: "xn--basin", outcome: "warning" as const },
    { name: "basin-s3alias", outcome: "warning" as const },
    { name: undefined, outcome: "passed" as const },
  ].map(({ name, outcome }): Case => ({
    rule: "LAKE-S3-16",
    what: `the name ${String(name)}`,
    resources: { aws_s3_bucket: { b: { bucket: name } } },
    outcome,
  })),
];
