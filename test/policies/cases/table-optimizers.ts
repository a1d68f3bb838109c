import { type Case, casesOf, type Resources } from "../../support/cases";

const OPTIMIZER = "aws_glue_catalog_table_optimizer";
const TABLE = { database: "sales", table: "orders", location: "s3://lake/sales/orders" };
const AFTER = { depends_on: ["aws_lambda_invocation.i"] };

const optimizer = (values: object = {}, type = "compaction"): Resources => ({
  aws_glue_catalog_database: { d: { name: "sales" } },
  [OPTIMIZER]: {
    o: {
      catalog_id: "333333333333",
      database_name: "${aws_glue_catalog_database.d.name}",
      table_name: "orders",
      type,
      configuration: [{ enabled: true, role_arn: "${aws_iam_role.r.arn}" }],
      ...values,
    },
  },
});
const made = (...tables: readonly object[]): Resources => ({
  aws_lambda_invocation: { i: { function_name: "migrator", input: JSON.stringify({ tables, contract: {} }) } },
});
const OF_TABLE = ["catalog", "database/sales", "table/sales/*"].map(
  (name) => `arn:aws:glue:eu-west-1:333333333333:${name}`,
);
const LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const allow = (actions: readonly string[], resource: string | readonly string[]) => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
});
const STATEMENTS = {
  catalog: allow(["glue:GetTable", "glue:UpdateTable"], OF_TABLE),
  objects: allow(["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], "arn:aws:s3:::lake/*"),
  bucket: allow(["s3:ListBucket"], "arn:aws:s3:::lake"),
  logs: allow(LOGS, "arn:aws:logs:eu-west-1:333333333333:log-group:/aws-glue/iceberg-*"),
};
const role = (statements: Partial<Record<keyof typeof STATEMENTS, object>> = {}): Resources => ({
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: {
    r: {
      role: "${aws_iam_role.r.name}",
      policy: JSON.stringify({ Statement: Object.values({ ...STATEMENTS, ...statements }) }),
    },
  },
});
const DELETING = {
  catalog: allow(["glue:GetTable"], OF_TABLE),
  objects: allow(["s3:DeleteObject", "s3:GetObject"], "arn:aws:s3:::lake/*"),
};
const declared = (values: object): Resources => ({
  aws_glue_catalog_table: {
    t: {
      database_name: "sales",
      name: "orders",
      storage_descriptor: { location: TABLE.location },
      ...values,
    },
  },
});
const BEHIND_TABLE = { table_name: "${aws_glue_catalog_table.t.name}" };
const REGISTERED: Resources = { aws_lakeformation_resource: { l: { arn: "arn:aws:s3:::lake" } } };

/** Optimizers of tables, what makes these, and the roles. */
export const TABLE_OPTIMIZER_CASES: readonly Case[] = casesOf("WIRE-GLUE-06", [
  {
    what: "a table that a call makes",
    resources: { ...optimizer(AFTER), ...made(TABLE), ...role() },
    outcome: "passed",
  },
  {
    what: "a table of which the database is referred to",
    resources: {
      ...optimizer(AFTER),
      ...made({ ...TABLE, database: "${aws_glue_catalog_database.d.name}" }),
      ...role(),
    },
    outcome: "passed",
  },
  {
    what: "a call that it does not wait for",
    resources: { ...optimizer(), ...made(TABLE), ...role() },
    outcome: "failed",
  },
  {
    what: "a call for another table",
    resources: { ...optimizer(AFTER), ...made({ ...TABLE, table: "customers" }), ...role() },
    outcome: "failed",
  },
  {
    what: "a call for a table of that name in another database",
    resources: { ...optimizer(AFTER), ...made({ ...TABLE, database: "web" }), ...role() },
    outcome: "failed",
  },
  {
    what: "a call of which the input is an expression",
    resources: {
      ...optimizer(AFTER),
      ...role(),
      aws_lambda_invocation: { i: { function_name: "migrator", input: "${jsonencode({})}" } },
    },
    outcome: "failed",
  },
  { what: "no call", resources: { ...optimizer(), ...role() }, outcome: "failed" },
  {
    what: "a table that an apply decides",
    resources: { ...optimizer({ table_name: "${var.table}" }), ...role() },
    outcome: "unknown",
  },
  {
    what: "a table of Iceberg",
    resources: { ...optimizer(BEHIND_TABLE), ...declared({ open_table_format_input: {} }), ...role() },
    outcome: "passed",
  },
  { what: "a plain table", resources: { ...optimizer(BEHIND_TABLE), ...declared({}), ...role() }, outcome: "failed" },
  {
    what: "a table that is named as a literal",
    resources: { ...optimizer(), ...declared({ open_table_format_input: {} }), ...role() },
    outcome: "failed",
  },
  {
    what: "a role of elsewhere",
    resources: {
      ...optimizer({ ...AFTER, configuration: { role_arn: "arn:aws:iam::333333333333:role/x" } }),
      ...made(TABLE),
    },
    outcome: "passed",
  },
  {
    what: "a role that may not change the table",
    resources: { ...optimizer(AFTER), ...made(TABLE), ...role(DELETING) },
    outcome: "failed",
  },
  {
    what: "orphans, and a role that may delete alone",
    resources: { ...optimizer(AFTER, "orphan_file_deletion"), ...made(TABLE), ...role(DELETING) },
    outcome: "passed",
  },
  {
    what: "snapshots, and a role that may delete alone",
    resources: { ...optimizer(AFTER, "retention"), ...made(TABLE), ...role(DELETING) },
    outcome: "failed",
  },
  {
    what: "a role for another bucket",
    resources: {
      ...optimizer(AFTER),
      ...made(TABLE),
      ...role({ objects: allow(["s3:*"], "arn:aws:s3:::other/*") }),
    },
    outcome: "failed",
  },
  {
    what: "a role that may not list",
    resources: {
      ...optimizer(AFTER),
      ...made(TABLE),
      ...role({ bucket: allow(["s3:ListBucket"], "arn:aws:s3:::other") }),
    },
    outcome: "failed",
  },
  {
    what: "a role for logs of another kind",
    resources: {
      ...optimizer(AFTER, "retention"),
      ...made(TABLE),
      ...role({ logs: allow(LOGS, "arn:aws:logs:*:*:log-group:/aws-glue/iceberg-compaction/*") }),
    },
    outcome: "failed",
  },
  {
    what: "a role for the table without its database",
    resources: { ...optimizer(AFTER), ...made(TABLE), ...role({ catalog: allow(["glue:*"], OF_TABLE.slice(2)) }) },
    outcome: "failed",
  },
  {
    what: "a registered location, and a role that Lake Formation lets in",
    resources: {
      ...optimizer(AFTER),
      ...made(TABLE),
      ...REGISTERED,
      ...role({ objects: allow(["lakeformation:GetDataAccess"], "*") }),
    },
    outcome: "passed",
  },
  {
    what: "a registered location, and a role that reads objects",
    resources: { ...optimizer(AFTER), ...made(TABLE), ...REGISTERED, ...role() },
    outcome: "failed",
  },
  {
    what: "a role with a policy of AWS",
    resources: {
      ...optimizer(AFTER),
      ...made(TABLE),
      ...role(DELETING),
      aws_iam_role_policy_attachment: {
        a: { role: "r", policy_arn: "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole" },
      },
    },
    outcome: "unknown",
  },
]);
