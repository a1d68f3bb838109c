import { type Mutation, set, stack } from "./mutation";

const STACK = "prod-lake";

type Block = Record<string, unknown>;

const backend = (change: Block) =>
  stack(STACK, ({ terraform }) => {
    Object.assign((terraform as { backend: { s3: Block } }).backend.s3, change);
  });

const provider = (change: Block) =>
  stack(STACK, (json) => {
    Object.assign((json.provider as { aws: [Block] }).aws[0], change);
  });

const ofStack = (rule: string, what: string, edit: Mutation["edit"]): Mutation => ({ rule, what, edit, found: STACK });

/** Each weakens one thing of production, and says which rule notices. */
export const STATE_MUTATIONS: readonly Mutation[] = [
  ofStack("LAKE-STATE-01", "a state that is not locked", backend({ use_lockfile: undefined })),
  ofStack("LAKE-STATE-01", "a lock in DynamoDB", backend({ dynamodb_table: "locks" })),
  ofStack("LAKE-STATE-02", "a plain state", backend({ encrypt: false })),
  ofStack("LAKE-STATE-02", "another key", backend({ kms_key_id: "alias/aws/s3" })),
  ofStack("LAKE-STATE-03", "a key of no stack", backend({ key: "prod/terraform.tfstate" })),
  ofStack("LAKE-STATE-03", "another environment's bucket", backend({ bucket: "basin-dev-state-111111111111" })),
  ofStack("LAKE-STATE-03", "a workspace prefix", backend({ workspace_key_prefix: "x" })),
  ofStack("LAKE-STATE-04", "a provider for any account", provider({ allowed_account_ids: undefined })),
  ofStack("LAKE-STATE-04", "a provider for two accounts", provider({ allowed_account_ids: ["333333333333", "1"] })),
  ofStack("LAKE-STATE-04", "a backend for another account", backend({ allowed_account_ids: ["111111111111"] })),
  ...["Environment", "Owner", "CostCentre", "ManagedBy"].map((key) =>
    ofStack(
      "LAKE-STATE-06",
      `no tag ${key}`,
      stack(STACK, (json) => {
        const [aws] = (json.provider as { aws: [{ default_tags: [{ tags: Block }] }] }).aws;
        aws.default_tags[0].tags[key] = " ";
      }),
    ),
  ),
  {
    rule: "LAKE-STATE-07",
    what: "a bucket that may be destroyed",
    edit: set("aws_s3_bucket", "lake_raw_", "lifecycle", {}),
  },
  {
    rule: "LAKE-STATE-07",
    what: "a database that may be destroyed",
    edit: set("aws_glue_catalog_database", "domain-web_database-raw", "lifecycle", { prevent_destroy: false }),
    found: ["aws_glue_catalog_database", "domain-web_database-raw"],
  },
  ofStack(
    "LAKE-STATE-05",
    "any newer Terraform",
    stack(STACK, ({ terraform }) => {
      Object.assign(terraform as Block, { required_version: ">= 1.11" });
    }),
  ),
  ofStack(
    "LAKE-STATE-05",
    "any provider",
    stack(STACK, ({ terraform }) => {
      delete (terraform as { required_providers: { aws: Block } }).required_providers.aws.version;
    }),
  ),
  ofStack(
    "LAKE-STATE-09",
    "another provider",
    stack(STACK, ({ terraform }) => {
      Object.assign((terraform as { required_providers: Block }).required_providers, {
        shell: { source: "scottwinkler/shell", version: "1.7.10" },
      });
    }),
  ),
  ofStack(
    "LAKE-STATE-09",
    "a program in a plan",
    stack(STACK, (json) => {
      json.data = { ...(json.data as Block), external: { run: { program: ["sh"] } } };
    }),
  ),
  ofStack(
    "LAKE-STATE-09",
    "a program after an apply",
    set("aws_s3_bucket", "lake_raw_", "provisioner", [{ "local-exec": { command: "sh" } }]),
  ),
  {
    rule: "LAKE-STATE-10",
    what: "a password",
    edit: set("aws_glue_catalog_database", "domain-web_database-raw", "parameters", { db_password: "hunter2" }),
    found: ["aws_glue_catalog_database", "domain-web_database-raw"],
  },
];
