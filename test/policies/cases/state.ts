import type { StackJson } from "../../../policies/graph";
import { environments } from "../../fixtures/environments";
import type { Case, Resources } from "../../support/cases";

type Outcomes = readonly (readonly [what: string, json: Case["json"], outcome: Case["outcome"]])[];

const BACKEND = {
  allowed_account_ids: ["333333333333"],
  bucket: "basin-prod-state-333333333333",
  encrypt: true,
  key: "prod/prod-lake/terraform.tfstate",
  kms_key_id: "arn:aws:kms:eu-west-1:333333333333:alias/basin-prod-state",
  use_lockfile: true,
};
const TAGS = { CostCentre: "4711", Environment: "prod", ManagedBy: "terraform", Owner: "data-platform" };
const PROVIDER = { region: "eu-west-1", allowed_account_ids: ["333333333333"], default_tags: [{ tags: TAGS }] };

const backend = (changes: object = {}, provider: object = PROVIDER) => ({
  terraform: { backend: { s3: { ...BACKEND, ...changes } } },
  provider: { aws: [{ ...provider }] },
});
const key = (id: unknown) => backend({ kms_key_id: id });
const tagged = (tags: object) => backend({}, { default_tags: [{ tags }] });
const LOCAL = { terraform: { backend: { local: {} } }, provider: { aws: [PROVIDER] } };

const LOCKS: Outcomes = [
  ["by a file", backend(), "passed"],
  ["not said, which is none", backend({ use_lockfile: undefined }), "failed"],
  ["none", backend({ use_lockfile: false }), "failed"],
  ["by a table as well", backend({ dynamodb_table: "locks" }), "failed"],
  ["a state on a disk", LOCAL, "failed"],
  ["no backend", { provider: { aws: [PROVIDER] } }, "failed"],
];

const ENCRYPTION: Outcomes = [
  ["the state key", backend(), "passed"],
  ["not said, which is none", backend({ encrypt: undefined }), "failed"],
  ["S3's own key", key(undefined), "failed"],
  ["the key of another environment", key("arn:aws:kms:eu-west-1:333333333333:alias/basin-dev-state"), "failed"],
  ["the key of another account", key("arn:aws:kms:eu-west-1:111111111111:alias/basin-prod-state"), "failed"],
  ["an alias that only begins so", key(`${BACKEND.kms_key_id}-old`), "failed"],
  ["a state on a disk", LOCAL, "failed"],
];

const ADDRESSES: Outcomes = [
  ["of environment and stack", backend(), "passed"],
  ["another stack's", backend({ key: "prod/prod-foundation/terraform.tfstate" }), "failed"],
  ["another environment's", backend({ key: "dev/prod-lake/terraform.tfstate" }), "failed"],
  ["another environment's bucket", backend({ bucket: "basin-dev-state-333333333333" }), "failed"],
  ["another account's bucket", backend({ bucket: "basin-prod-state-111111111111" }), "failed"],
  ["one for each workspace", backend({ workspace_key_prefix: "env" }), "failed"],
  ["a state on a disk", LOCAL, "failed"],
];

const ACCOUNTS: Outcomes = [
  ["the environment's in both", backend(), "passed"],
  [
    "the environment's in two providers",
    { ...backend(), provider: { aws: [PROVIDER, { ...PROVIDER, alias: "us", region: "us-east-1" }] } },
    "passed",
  ],
  ["any in the provider", backend({}, { region: "eu-west-1" }), "failed"],
  ["any in the second of two providers", { ...backend(), provider: { aws: [PROVIDER, { alias: "us" }] } }, "failed"],
  ["no provider", { terraform: backend().terraform }, "failed"],
  ["another's in the provider", backend({}, { allowed_account_ids: ["111111111111"] }), "failed"],
  ["one of two in the provider", backend({}, { allowed_account_ids: ["333333333333", "111111111111"] }), "failed"],
  ["any in the backend", backend({ allowed_account_ids: undefined }), "failed"],
  ["none in the backend", backend({ allowed_account_ids: [] }), "failed"],
  ["all but one", backend({ allowed_account_ids: undefined, forbidden_account_ids: ["111111111111"] }), "failed"],
];

const TAGGING: Outcomes = [
  ["all four", backend(), "passed"],
  ["all four and more, once", backend({}, { default_tags: { tags: { ...TAGS, Platform: "basin" } } }), "passed"],
  ["no tags", backend({}, {}), "failed"],
  ["no owner", tagged({ ...TAGS, Owner: undefined }), "failed"],
  ["an owner of blanks", tagged({ ...TAGS, Owner: " " }), "failed"],
  ["a centre of more than AWS takes", tagged({ ...TAGS, CostCentre: "4".repeat(257) }), "failed"],
  ["a key in another case", tagged({ ...TAGS, CostCentre: undefined, costcentre: "4711" }), "failed"],
  [
    "no tags in the second of two providers",
    { ...backend(), provider: { aws: [PROVIDER, { alias: "us" }] } },
    "failed",
  ],
];

const of = (type: string, values: object = {}) => ({ [type]: { one: { ...values } } });

const DESTRUCTION: readonly Case[] = (
  [
    ["a bucket that is kept", of("aws_s3_bucket", { lifecycle: { prevent_destroy: true } }), "passed"],
    ["a key that is kept, in a list", of("aws_kms_key", { lifecycle: [{ prevent_destroy: true }] }), "passed"],
    ["a bucket", of("aws_s3_bucket"), "failed"],
    ["a key that is not kept", of("aws_kms_key", { lifecycle: { prevent_destroy: false } }), "failed"],
    [
      "a database with other settings",
      of("aws_glue_catalog_database", { lifecycle: { create_before_destroy: true } }),
      "failed",
    ],
    ["what holds no data", of("aws_sns_topic"), "passed"],
    ["a bucket in staging", of("aws_s3_bucket"), "failed", "staging"],
    ["a bucket in development", of("aws_s3_bucket"), "passed", "development"],
  ] as const
).map(([what, resources, outcome, stage = "production" as const]): Case => ({
  rule: "LAKE-STATE-07",
  what,
  resources,
  outcome,
  environment: { stage },
}));

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

const REST: readonly Case[] = [
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
  secret("aws_lambda_function", { environment: { variables: { SECRET: "basin/prod/kafka" } } }, "passed"),
  secret("aws_lambda_function", { environment: { variables: { SECRET: "aGk/dGhlcmU" } } }, "failed"),
  secret("aws_lambda_function", { environment: { variables: { SECRET: "hunter2" } } }, "failed"),
  secret("aws_lambda_function", { environment: { variables: { DB_PASSWORD: "a/b" } } }, "failed"),
  secret("aws_glue_job", { default_arguments: { "--db-password": "hunter2" } }, "failed"),
  secret("aws_efs_file_system", { creation_token: "basin" }, "passed"),
  secret("aws_lambda_function", { environment: { variables: { API_KEY: "arn:aws:secretsmanager:x" } } }, "passed"),
  secret("aws_s3_bucket", { tags: { token: "abc" } }, "failed"),
];

const OUTCOMES: Readonly<Record<string, Outcomes>> = {
  "LAKE-STATE-01": LOCKS,
  "LAKE-STATE-02": ENCRYPTION,
  "LAKE-STATE-03": ADDRESSES,
  "LAKE-STATE-04": ACCOUNTS,
  "LAKE-STATE-06": TAGGING,
};

export const STATE_CASES: readonly Case[] = [
  ...Object.entries(OUTCOMES).flatMap(([rule, outcomes]) =>
    outcomes.map(([what, json, outcome]): Case => ({ rule, what, resources: {}, ...(json && { json }), outcome })),
  ),
  {
    rule: "LAKE-STATE-03",
    what: "two stacks at one address",
    resources: [{}, {}],
    json: backend(),
    outcome: "failed",
    says: "its state has the address of prod-1",
  },
  {
    rule: "LAKE-STATE-04",
    what: "the account the environment was in",
    resources: {},
    json: backend(),
    environment: { ...environments.prod, accountId: "444444444444" },
    outcome: "failed",
  },
  ...DESTRUCTION,
  ...REST,
];
