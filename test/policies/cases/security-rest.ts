import type { Case, Resources } from "../../support/cases";
import type { StackJson } from "../../../policies/graph";

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

const BUCKETS: Case[] = [
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
      what: "a key of ours without a bucket key",
      rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms", kms_master_key_id: KEY }] }],
      passes: false,
    },
  ].map(({ what, rule, passes }): Case => ({
    rule: "LAKE-S3-03",
    what,
    resources: {
      ...bucket([]),
      aws_s3_bucket_server_side_encryption_configuration: { raw: { rule } },
    },
    outcome: passes ? "passed" : "warning",
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

const administration = (what: string, statement: object, outcome: Case["outcome"]): Case => ({
  rule: "LAKE-KMS-05",
  what,
  resources: {
    aws_kms_key: { a: { policy: document({ Effect: "Allow", Action: "kms:*", Resource: "*", ...statement }) } },
  },
  outcome,
});

const KEYS: Case[] = [
  administration("the account's root", { Principal: { AWS: "arn:aws:iam::333333333333:root" } }, "passed"),
  administration("the account", { Principal: { AWS: ["333333333333"] } }, "passed"),
  administration("another account's root", { Principal: { AWS: "arn:aws:iam::444444444444:root" } }, "warning"),
  administration("a role", { Principal: { AWS: "arn:aws:iam::333333333333:role/a" } }, "warning"),
  administration(
    "a role that uses it",
    { Principal: { AWS: "a" }, Action: ["kms:Decrypt", "kms:Describe*"] },
    "passed",
  ),
  administration("a role that administers it", { Principal: { AWS: "a" }, Action: ["kms:Put*", "kms:Tag*"] }, "passed"),
  administration("a role that is denied both", { Principal: { AWS: "a" }, Effect: "Deny" }, "passed"),
  {
    rule: "LAKE-KMS-05",
    what: "a policy beside the key",
    resources: {
      aws_kms_key_policy: {
        a: { policy: document({ Effect: "Allow", Principal: { AWS: "a" }, NotAction: "kms:Encrypt", Resource: "*" }) },
      },
    },
    outcome: "warning",
  },
];

const ROLES: Case[] = [
  { rule: "LAKE-IAM-05", what: "a role", resources: { aws_iam_role: { a: {} } }, outcome: "passed" },
  { rule: "LAKE-IAM-05", what: "a key of a user", resources: { aws_iam_access_key: { a: {} } }, outcome: "failed" },
];

const endpoint = (what: string, statements: readonly object[], outcome: Case["outcome"]): Case => ({
  rule: "LAKE-VPC-09",
  what,
  resources: { aws_vpc_endpoint: { a: { policy: document(...statements) } } },
  outcome,
});
const allow = (change: object) => ({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*", ...change });

/** A VPC with a private subnet in each zone, and a public one in another. */
const zones = (...names: readonly string[]): Resources => {
  const vpc = "${aws_vpc.v.id}";
  const subnets = names.map((name, index) => [`private-${index}`, { vpc_id: vpc, availability_zone: name }] as const);
  return {
    aws_vpc: { v: {} },
    aws_internet_gateway: { g: {} },
    aws_subnet: { ...Object.fromEntries(subnets), public: { vpc_id: vpc, availability_zone: "eu-west-1z" } },
    aws_route_table: { t: {} },
    aws_route: { r: { route_table_id: "${aws_route_table.t.id}", gateway_id: "${aws_internet_gateway.g.id}" } },
    aws_route_table_association: {
      a: { route_table_id: "${aws_route_table.t.id}", subnet_id: "${aws_subnet.public.id}" },
    },
  };
};

const NETWORKS: Case[] = [
  {
    rule: "LAKE-VPC-06",
    what: "a group with a description",
    resources: { aws_security_group: { a: { description: "Endpoints" } } },
    outcome: "passed",
  },
  {
    rule: "LAKE-VPC-06",
    what: "a group with the provider's own description",
    resources: { aws_security_group: { a: {} } },
    outcome: "warning",
  },
  {
    rule: "LAKE-VPC-06",
    what: "a rule with an empty description",
    resources: { aws_vpc_security_group_egress_rule: { a: { description: " " } } },
    outcome: "warning",
  },
  endpoint(
    "our account",
    [allow({ Condition: { StringEquals: { "aws:PrincipalAccount": "333333333333" } } })],
    "passed",
  ),
  endpoint("our organization", [allow({ Condition: { StringEquals: { "aws:ResourceOrgID": "o-1" } } })], "passed"),
  endpoint(
    "a bucket of AWS's own",
    [allow({ Resource: "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*" })],
    "passed",
  ),
  endpoint("a role", [allow({ Principal: { AWS: "arn:aws:iam::333333333333:role/a" } })], "passed"),
  endpoint("everybody", [allow({})], "warning"),
  endpoint("everybody over TLS", [allow({ Condition: { Bool: { "aws:SecureTransport": "true" } } })], "warning"),
  {
    rule: "LAKE-VPC-09",
    what: "no policy, in development",
    resources: { aws_vpc_endpoint: { a: {} } },
    environment: { stage: "development" },
    outcome: "passed",
  },
  { rule: "LAKE-VPC-11", what: "two zones", resources: zones("eu-west-1a", "eu-west-1b"), outcome: "passed" },
  { rule: "LAKE-VPC-11", what: "one zone twice", resources: zones("eu-west-1a", "eu-west-1a"), outcome: "warning" },
];

const versions = (what: string, terraform: unknown, aws: unknown, outcome: Case["outcome"]): Case => ({
  rule: "LAKE-STATE-05",
  what,
  resources: {},
  json: { terraform: { required_version: terraform, required_providers: { aws: { version: aws } } } },
  outcome,
});

const programs = (what: string, json: StackJson, outcome: Case["outcome"], resources: Resources = {}): Case => ({
  rule: "LAKE-STATE-09",
  what,
  resources,
  json,
  outcome,
});

const secret = (type: string, values: Readonly<Record<string, unknown>>, outcome: Case["outcome"]): Case => ({
  rule: "LAKE-STATE-10",
  what: `${type} ${JSON.stringify(values)}`,
  resources: { [type]: { a: values } },
  outcome,
});

const STATES: Case[] = [
  versions("pins", "~> 1.11", "5.100.0", "passed"),
  versions("a range with an end", "~> 1.11.0, != 1.11.3", "5.100.0", "warning"),
  versions("anything newer", "> 1.11", "5.100.0", "warning"),
  versions("a provider of any version", "~> 1.11", undefined, "warning"),
  versions("any Terraform", undefined, "~> 5.100", "warning"),

  programs("the provider by its full name", { provider: { aws: [{}] } }, "passed"),
  programs("states of other stacks", { data: { terraform_remote_state: { a: {} } } }, "passed"),
  programs("another provider", { provider: { random: [{}] } }, "failed"),
  programs(
    "somebody's provider of AWS",
    { terraform: { required_providers: { aws: { source: "somebody/aws" } } } },
    "failed",
  ),
  programs("a request over HTTP", { data: { http: { a: {} } } }, "failed"),
  programs("a provisioner", {}, "failed", { aws_s3_bucket: { a: { provisioner: [{ "remote-exec": {} }] } } }),

  secret("aws_redshift_cluster", { manage_master_password: true, master_username: "admin" }, "passed"),
  secret("aws_redshift_cluster", { master_password: "${random_password.p.result}" }, "passed"),
  secret("aws_redshift_cluster", { master_password: "hunter2" }, "failed"),
  secret("aws_redshiftserverless_namespace", { admin_user_password_wo: "hunter2" }, "failed"),
  secret("aws_secretsmanager_secret_version", { secret_string: '{"user":"a"}' }, "failed"),
  secret("aws_ssm_parameter", { type: "String", value: "eu-west-1" }, "passed"),
  secret("aws_ssm_parameter", { type: "SecureString", value: "hunter2" }, "failed"),
  secret("aws_glue_connection", { connection_properties: { SECRET_ID: "basin/db", PASSWORD: "" } }, "passed"),
  secret("aws_glue_connection", { connection_properties: { PASSWORD: "hunter2" } }, "failed"),
  secret("aws_glue_job", { default_arguments: { "--db-password": "hunter2" } }, "failed"),
  secret("aws_efs_file_system", { creation_token: "basin" }, "passed"),
  secret("aws_lambda_function", { environment: { variables: { API_KEY: "arn:aws:secretsmanager:x" } } }, "passed"),
  secret("aws_s3_bucket", { tags: { token: "abc" } }, "failed"),
];

/** Rules on security that come last in the catalogue. */
export const SECURITY_REST_CASES: readonly Case[] = [...BUCKETS, ...KEYS, ...ROLES, ...NETWORKS, ...STATES];
