import { type Case, casesOf, type Resources } from "../../support/cases";

const GRANTS = "aws_lakeformation_permissions";
const ANALYSTS = "arn:aws:iam::333333333333:role/analysts";
const TABLE = { database_name: "sales", name: "orders" };
const FILTER = { database_name: "sales", table_name: "orders", table_catalog_id: "333333333333", name: "german" };
const DATABASE: Resources = { aws_glue_catalog_database: { d: { name: "sales" } } };
const AFTER_TABLE = { depends_on: ["aws_lambda_invocation.i"] };

const grants = (...all: readonly object[]): Resources => ({
  [GRANTS]: Object.fromEntries(
    all.map((values, index) => [`g${index}`, { principal: ANALYSTS, permissions: ["SELECT"], ...values }]),
  ),
});
const made = (contract: object = {}, values: object = {}): Resources => ({
  aws_lambda_invocation: {
    i: {
      function_name: "${aws_lambda_function.m.function_name}",
      input: JSON.stringify({
        contract,
        tables: [{ database: "sales", table: "orders", location: "s3://lake/sales/orders" }],
      }),
      ...values,
    },
  },
});
const tags = (values: object): Resources => ({ aws_lakeformation_resource_lf_tags: { t: { ...values } } });
const filter = (values: object = AFTER_TABLE): Resources => ({
  aws_lakeformation_data_cells_filter: { f: { table_data: FILTER, ...values } },
});
const LOCATION: Resources = { aws_lakeformation_resource: { l: { arn: "arn:aws:s3:::lake" } } };
const ON_LOCATION = { permissions: ["DATA_LOCATION_ACCESS"], data_location: { arn: "arn:aws:s3:::lake/sales" } };

/** Grants whose shape or order Terraform or AWS does not take. */
export const LAKE_FORMATION_GRANT_CASES: readonly Case[] = casesOf("WIRE-LF-10", [
  {
    what: "a table that is waited for",
    resources: { ...made(), ...grants({ ...AFTER_TABLE, table: TABLE }) },
    outcome: "passed",
  },
  {
    what: "a table by reference",
    resources: {
      aws_glue_catalog_table: { t: TABLE },
      ...grants({ table: { ...TABLE, name: "${aws_glue_catalog_table.t.name}" } }),
    },
    outcome: "passed",
  },
  { what: "a table of an earlier stack", resources: [made(), grants({ table: TABLE })], outcome: "passed" },
  { what: "a table that is not waited for", resources: { ...made(), ...grants({ table: TABLE }) }, outcome: "failed" },
  {
    what: "a table in other words",
    resources: { ...made(), ...grants({ table: { database_name: "Sales", name: "ORDERS" } }) },
    outcome: "failed",
  },
  { what: "a table that nothing makes", resources: grants({ table: TABLE }), outcome: "warning" },
  {
    what: "a table that an apply says",
    resources: grants({ table: { ...TABLE, name: "${var.table}" } }),
    outcome: "unknown",
  },
  {
    what: "all columns of a table that is not waited for",
    resources: { ...made(), ...grants({ table_with_columns: { ...TABLE, wildcard: true } }) },
    outcome: "failed",
  },
  {
    what: "all tables of a database that is not waited for",
    resources: { ...DATABASE, ...grants({ table: { database_name: "sales", wildcard: true } }) },
    outcome: "failed",
  },
  {
    what: "all tables of a database by reference",
    resources: {
      ...DATABASE,
      ...grants({ table: { database_name: "${aws_glue_catalog_database.d.name}", wildcard: true } }),
    },
    outcome: "passed",
  },
  {
    what: "ALL on a table",
    resources: { ...made(), ...grants({ ...AFTER_TABLE, permissions: ["ALL"], table: TABLE }) },
    outcome: "failed",
  },
  {
    what: "ALL on tables by tags",
    resources: grants({
      permissions: ["ALL"],
      lf_tag_policy: { resource_type: "TABLE", expression: [{ key: "zone", values: ["raw"] }] },
    }),
    outcome: "warning",
  },
  {
    what: "ALL on databases by tags",
    resources: grants({
      permissions: ["ALL"],
      lf_tag_policy: { resource_type: "DATABASE", expression: [{ key: "zone", values: ["raw"] }] },
    }),
    outcome: "passed",
  },
  {
    what: "a table and columns of it for one principal",
    resources: {
      ...made(),
      ...grants(
        { ...AFTER_TABLE, permissions: ["DESCRIBE"], table: TABLE },
        { ...AFTER_TABLE, table_with_columns: { ...TABLE, column_names: ["id"] } },
      ),
    },
    outcome: "failed",
  },
  {
    what: "a table and columns of it for two principals",
    resources: {
      ...made(),
      ...grants(
        { ...AFTER_TABLE, table: TABLE },
        {
          ...AFTER_TABLE,
          principal: "arn:aws:identitystore:::group/a",
          table_with_columns: { ...TABLE, column_names: ["id"] },
        },
      ),
    },
    outcome: "passed",
  },
  {
    what: "tags of columns before their table",
    resources: { ...made(), ...tags({ table_with_columns: { ...TABLE, column_names: ["id"] } }) },
    outcome: "failed",
  },
  {
    what: "tags of columns after their table",
    resources: { ...made(), ...tags({ ...AFTER_TABLE, table_with_columns: { ...TABLE, column_names: ["id"] } }) },
    outcome: "passed",
  },
  {
    what: "tags of a database that is not waited for",
    resources: { ...DATABASE, ...tags({ database: { name: "sales" } }) },
    outcome: "failed",
  },
  {
    what: "tags of a database by reference",
    resources: { ...DATABASE, ...tags({ database: { name: "${aws_glue_catalog_database.d.name}" } }) },
    outcome: "passed",
  },
  { what: "a filter after its table", resources: { ...made(), ...filter() }, outcome: "passed" },
  { what: "a filter before its table", resources: { ...made(), ...filter({}) }, outcome: "failed" },
  {
    what: "a grant of a filter that is not waited for",
    resources: { ...made(), ...filter(), ...grants({ ...AFTER_TABLE, data_cells_filter: FILTER }) },
    outcome: "failed",
  },
  {
    what: "a grant of a filter by reference",
    resources: {
      ...made(),
      ...filter(),
      ...grants({
        data_cells_filter: { ...FILTER, name: "${aws_lakeformation_data_cells_filter.f.table_data[0].name}" },
        depends_on: ["aws_lakeformation_data_cells_filter.f"],
      }),
    },
    outcome: "passed",
  },
  { what: "a location before it is registered", resources: { ...LOCATION, ...grants(ON_LOCATION) }, outcome: "failed" },
  {
    what: "a location after it is registered",
    resources: { ...LOCATION, ...grants({ ...ON_LOCATION, depends_on: ["aws_lakeformation_resource.l"] }) },
    outcome: "passed",
  },
  {
    what: "an opt-in before its table",
    resources: { ...made(), aws_lakeformation_opt_in: { o: { resource_data: [{ table: [TABLE] }] } } },
    outcome: "failed",
  },
]);

const COLUMNS = {
  columns: [
    { name: "id", sensitivity: "internal" },
    { name: "total", sensitivity: "confidential" },
    { name: "email", sensitivity: "pii" },
  ],
};
const OPEN_COLUMNS = { columns: COLUMNS.columns.slice(0, 2) };
const sensitivity = (value: string) => [{ key: "sensitivity", value }];
const tagged = (table: string, columns: Readonly<Record<string, string>> = {}): Resources => ({
  aws_lakeformation_resource_lf_tags: {
    table: { table: TABLE, lf_tag: sensitivity(table) },
    ...Object.fromEntries(
      Object.entries(columns).map(([name, value]) => [
        name,
        { table_with_columns: { ...TABLE, column_names: [name] }, lf_tag: sensitivity(value) },
      ]),
    ),
  },
});
const evolved = (values: object): Resources => ({
  aws_glue_catalog_table: {
    t: { ...TABLE, storage_descriptor: { columns: [{ name: "id" }, { name: "email" }] }, ...values },
  },
});
const LEFT = { lifecycle: { ignore_changes: ["storage_descriptor"] } };

/** Tables whose columns engines add. */
export const NEW_COLUMN_CASES: readonly Case[] = casesOf("WIRE-LF-09", [
  {
    what: "the strictest at the table",
    resources: { ...made(COLUMNS), ...tagged("pii", { id: "internal" }) },
    outcome: "passed",
  },
  { what: "stricter than any column", resources: { ...made(OPEN_COLUMNS), ...tagged("pii") }, outcome: "passed" },
  { what: "no sensitivity at the table", resources: made(COLUMNS), outcome: "passed" },
  {
    what: "an open table with a column that is closed",
    resources: { ...made(COLUMNS), ...tagged("public", { email: "pii" }) },
    outcome: "failed",
  },
  {
    what: "a table that is more open than its contract",
    resources: { ...made(OPEN_COLUMNS), ...tagged("internal") },
    outcome: "failed",
  },
  {
    what: "a database that is",
    resources: {
      ...made(OPEN_COLUMNS),
      aws_lakeformation_resource_lf_tags: { d: { database: { name: "sales" }, lf_tag: sensitivity("public") } },
    },
    outcome: "failed",
  },
  {
    what: "a table that an apply tags",
    resources: { ...made(COLUMNS), ...tagged("${var.sensitivity}") },
    outcome: "unknown",
  },
  {
    what: "an open table whose columns Terraform writes",
    resources: { ...evolved({}), ...tagged("public", { email: "pii" }) },
    outcome: "passed",
  },
  {
    what: "an open table whose columns Terraform leaves alone",
    resources: { ...evolved(LEFT), ...tagged("public", { email: "pii" }) },
    outcome: "failed",
  },
  {
    what: "a closed table whose columns Terraform leaves alone",
    resources: { ...evolved(LEFT), ...tagged("pii", { id: "public" }) },
    outcome: "passed",
  },
]);
