import { type Case, casesOf, type Resources } from "../../support/cases";

const ANALYSTS = "arn:aws:iam::333333333333:role/analysts";
const TABLE = { database_name: "sales", name: "orders" };
const FILTER = { database_name: "sales", table_name: "orders", table_catalog_id: "333333333333", name: "german" };

const TAGS: Resources = {
  aws_lakeformation_lf_tag: {
    zone: { key: "zone", values: ["raw", "published", "published-filtered"] },
    sensitivity: { key: "sensitivity", values: ["public", "internal", "confidential", "pii"] },
  },
};
const tag = (key: string, value: string) => ({ key, value });
const assigned = (...all: readonly object[]): Resources => ({
  aws_lakeformation_resource_lf_tags: Object.fromEntries(all.map((values, index) => [`t${index}`, { ...values }])),
});
const onTable = (...tags: readonly object[]) => ({ table: TABLE, lf_tag: tags });
const onColumns = (columns: readonly string[], value: string) => ({
  table_with_columns: { ...TABLE, column_names: columns },
  lf_tag: [tag("sensitivity", value)],
});
const byTags = (expression: Readonly<Record<string, readonly string[]>>, principal = ANALYSTS) => ({
  principal,
  permissions: ["SELECT", "DESCRIBE"],
  lf_tag_policy: {
    resource_type: "TABLE",
    expression: Object.entries(expression).map(([key, values]) => ({ key, values })),
  },
});
const grants = (...all: readonly object[]): Resources => ({
  aws_lakeformation_permissions: Object.fromEntries(all.map((values, index) => [`g${index}`, { ...values }])),
});
const named = (values: object, principal = ANALYSTS) => ({ principal, permissions: ["SELECT"], ...values });
const filter = (columns: object, rows: object = { all_rows_wildcard: {} }): Resources => ({
  aws_lakeformation_data_cells_filter: { f: { table_data: { ...FILTER, row_filter: rows, ...columns } } },
});
const GERMAN = { filter_expression: "country = 'DE'" };

const VALUES: readonly Case[] = casesOf("LAKE-LF-06", [
  {
    what: "values that are declared",
    resources: { ...TAGS, ...assigned(onTable(tag("zone", "raw"))), ...grants(byTags({ zone: ["published"] })) },
    outcome: "passed",
  },
  {
    what: "a key by reference",
    resources: { ...TAGS, ...assigned(onTable(tag("${aws_lakeformation_lf_tag.zone.key}", "raw"))) },
    outcome: "passed",
  },
  {
    what: "a value that is not",
    resources: { ...TAGS, ...assigned(onTable(tag("zone", "landing"))) },
    outcome: "failed",
  },
  {
    what: "a value in another case",
    resources: { ...TAGS, ...assigned(onTable(tag("zone", "Raw"))) },
    outcome: "failed",
  },
  { what: "a key that is not", resources: { ...TAGS, ...assigned(onTable(tag("domain", "raw"))) }, outcome: "failed" },
  {
    what: "a value of an expression that is not",
    resources: { ...TAGS, ...grants(byTags({ zone: ["raw", "gold"] })) },
    outcome: "failed",
  },
  {
    what: "a value that may be associated, and is not",
    resources: { ...TAGS, ...grants(named({ permissions: ["ASSOCIATE"], lf_tag: { key: "zone", values: ["gold"] } })) },
    outcome: "failed",
  },
  {
    what: "a key that an apply says",
    resources: { ...TAGS, ...assigned(onTable(tag("${var.key}", "raw"))) },
    outcome: "unknown",
  },
  {
    what: "a value that an apply says",
    resources: { ...TAGS, ...assigned(onTable(tag("zone", "${var.zone}"))) },
    outcome: "unknown",
  },
  {
    what: "a key in upper case",
    resources: { aws_lakeformation_lf_tag: { z: { key: "Zone", values: ["raw"] } } },
    outcome: "failed",
  },
  {
    what: "a value in upper case",
    resources: { aws_lakeformation_lf_tag: { z: { key: "zone", values: ["RAW"] } } },
    outcome: "failed",
  },
  {
    what: "two values for a table",
    resources: { ...TAGS, ...assigned(onTable(tag("zone", "raw")), onTable(tag("zone", "published"))) },
    outcome: "failed",
  },
  {
    what: "two values in one assignment",
    resources: { ...TAGS, ...assigned(onTable(tag("zone", "raw"), tag("zone", "published"))) },
    outcome: "failed",
  },
  {
    what: "two values for a column",
    resources: { ...TAGS, ...assigned(onColumns(["id", "total"], "public"), onColumns(["total"], "internal")) },
    outcome: "failed",
  },
  {
    what: "a table's value for all tables and another for one",
    resources: {
      ...TAGS,
      ...assigned(
        { table: { database_name: "sales", wildcard: true }, lf_tag: [tag("zone", "raw")] },
        onTable(tag("zone", "published")),
      ),
    },
    outcome: "failed",
  },
  {
    what: "a value of a table and another of its column",
    resources: { ...TAGS, ...assigned(onTable(tag("sensitivity", "pii")), onColumns(["id"], "public")) },
    outcome: "passed",
  },
  {
    what: "values of different columns",
    resources: { ...TAGS, ...assigned(onColumns(["id"], "public"), onColumns(["total"], "internal")) },
    outcome: "passed",
  },
]);

const CONTRACT = {
  columns: [
    { name: "id", sensitivity: "internal" },
    { name: "country", sensitivity: "internal" },
    { name: "email", sensitivity: "pii" },
  ],
};
const made = (contract: unknown = CONTRACT): Resources => ({
  aws_lambda_invocation: {
    i: {
      function_name: "migrator",
      input: JSON.stringify({ contract, tables: [{ database: "sales", table: "orders" }] }),
    },
  },
});
const ROLE: Resources = { aws_iam_role: { r: { name: "basin-prod-table-upkeep" } } };
/** The table is tagged by its most sensitive column, others are relaxed. */
const TAGGED = assigned(
  onTable(tag("zone", "published"), tag("sensitivity", "pii")),
  onColumns(["id", "country"], "internal"),
);
const lake = (more: Resources = {}): Resources => ({ ...made(), ...TAGGED, ...more });

const PERSONAL: readonly Case[] = casesOf("LAKE-LF-07", [
  { what: "a column with the tag of its table", resources: lake(), outcome: "passed" },
  {
    what: "a column with a tag of its own",
    resources: { ...made(), ...assigned(onTable(tag("sensitivity", "internal")), onColumns(["email"], "pii")) },
    outcome: "passed",
  },
  {
    what: "a tag of its database",
    resources: {
      ...made(),
      ...assigned({ database: { name: "sales" }, lf_tag: [tag("sensitivity", "pii")] }),
    },
    outcome: "passed",
  },
  { what: "no tags", resources: made(), outcome: "failed" },
  { what: "a contract without columns", resources: made({ source: "objects" }), outcome: "passed" },
  {
    what: "a contract without personal data",
    resources: made({ columns: [{ name: "id", sensitivity: "confidential" }] }),
    outcome: "passed",
  },
  {
    what: "a column that is relaxed",
    resources: { ...made(), ...assigned(onTable(tag("sensitivity", "pii")), onColumns(["id", "email"], "internal")) },
    outcome: "failed",
  },
  {
    what: "a column with two tags",
    resources: { ...made(), ...assigned(onTable(tag("sensitivity", "pii")), onTable(tag("sensitivity", "public"))) },
    outcome: "failed",
  },
  {
    what: "a tag that an apply says",
    resources: { ...made(), ...assigned(onTable(tag("sensitivity", "${var.sensitivity}"))) },
    outcome: "unknown",
  },
  {
    what: "an expression without personal data",
    resources: lake(grants(byTags({ zone: ["published"], sensitivity: ["public", "internal"] }))),
    outcome: "passed",
  },
  {
    what: "an expression with it",
    resources: lake(grants(byTags({ zone: ["published"], sensitivity: ["internal", "pii"] }))),
    outcome: "passed",
  },
  {
    what: "an expression that says nothing of sensitivity",
    resources: lake(grants(byTags({ zone: ["published"] }))),
    outcome: "failed",
  },
  {
    what: "such an expression for a group",
    resources: lake(grants(byTags({ zone: ["published"] }, "arn:aws:identitystore:::group/a"))),
    outcome: "failed",
  },
  {
    what: "such an expression for a role of the platform",
    resources: lake({ ...grants(byTags({ zone: ["published"] }, "${aws_iam_role.r.arn}")), ...ROLE }),
    outcome: "passed",
  },
  {
    what: "such an expression that describes alone",
    resources: lake(grants({ ...byTags({ zone: ["published"] }), permissions: ["DESCRIBE"] })),
    outcome: "passed",
  },
  {
    what: "an expression that an apply says",
    resources: lake(grants(byTags({ sensitivity: ["${var.sensitivity}"] }))),
    outcome: "unknown",
  },
  { what: "the whole table", resources: lake(grants(named({ table: TABLE }))), outcome: "failed" },
  {
    what: "all tables of the database",
    resources: lake(grants(named({ table: { database_name: "sales", wildcard: true } }))),
    outcome: "failed",
  },
  {
    what: "the column by its name",
    resources: lake(grants(named({ table_with_columns: { ...TABLE, column_names: ["id", "email"] } }))),
    outcome: "passed",
  },
  {
    what: "all columns but others",
    resources: lake(grants(named({ table_with_columns: { ...TABLE, wildcard: true, excluded_column_names: ["id"] } }))),
    outcome: "failed",
  },
  {
    what: "all columns but this",
    resources: lake(
      grants(named({ table_with_columns: { ...TABLE, wildcard: true, excluded_column_names: ["email"] } })),
    ),
    outcome: "passed",
  },
  { what: "a filter on every column", resources: lake(filter({ column_wildcard: {} })), outcome: "failed" },
  {
    what: "a filter on every column but this",
    resources: lake(filter({ column_wildcard: { excluded_column_names: ["email"] } })),
    outcome: "passed",
  },
  { what: "a filter that names it", resources: lake(filter({ column_names: ["id", "email"] })), outcome: "passed" },
  {
    what: "a grant of a filter that names it",
    resources: lake({ ...filter({ column_names: ["id", "email"] }), ...grants(named({ data_cells_filter: FILTER })) }),
    outcome: "passed",
  },
  {
    what: "a filter of elsewhere",
    resources: lake(grants(named({ data_cells_filter: FILTER }))),
    outcome: "unknown",
  },
]);

const FILTERED = named({ data_cells_filter: FILTER });
const ROWS = filter({ column_names: ["id", "country"] }, GERMAN);

const FILTERS: readonly Case[] = casesOf("LAKE-LF-09", [
  { what: "a filter alone", resources: lake({ ...ROWS, ...grants(FILTERED) }), outcome: "passed" },
  {
    what: "tags that the table does not have",
    resources: lake({ ...ROWS, ...grants(FILTERED, byTags({ zone: ["raw"] })) }),
    outcome: "passed",
  },
  {
    what: "tags that it has",
    resources: lake({ ...ROWS, ...grants(FILTERED, byTags({ sensitivity: ["internal"] })) }),
    outcome: "failed",
  },
  {
    what: "tags that it has, for others",
    resources: lake({
      ...ROWS,
      ...grants(FILTERED, byTags({ sensitivity: ["internal"] }, "arn:aws:identitystore:::group/a")),
    }),
    outcome: "passed",
  },
  {
    what: "tags that it has, to describe alone",
    resources: lake({
      ...ROWS,
      ...grants(FILTERED, { ...byTags({ sensitivity: ["internal"] }), permissions: ["DESCRIBE"] }),
    }),
    outcome: "passed",
  },
  {
    what: "the table by name for all roles of the account",
    resources: lake({ ...ROWS, ...grants(FILTERED, named({ table: TABLE }, "333333333333:IAMPrincipals")) }),
    outcome: "failed",
  },
  {
    what: "a column that the filter hides",
    resources: lake({
      ...ROWS,
      ...grants(FILTERED, named({ table_with_columns: { ...TABLE, column_names: ["email"] } })),
    }),
    outcome: "failed",
  },
  {
    what: "another filter on other rows",
    resources: lake({
      aws_lakeformation_data_cells_filter: {
        f: { table_data: { ...FILTER, row_filter: GERMAN, column_names: ["id"] } },
        o: {
          table_data: {
            ...FILTER,
            name: "french",
            row_filter: { filter_expression: "country = 'FR'" },
            column_names: ["id", "country"],
          },
        },
      },
      ...grants(FILTERED, named({ data_cells_filter: { ...FILTER, name: "french" } })),
    }),
    outcome: "passed",
  },
  {
    what: "another filter on all rows",
    resources: lake({
      aws_lakeformation_data_cells_filter: {
        f: { table_data: { ...FILTER, row_filter: GERMAN, column_names: ["id"] } },
        o: { table_data: { ...FILTER, name: "all", row_filter: { all_rows_wildcard: {} }, column_names: ["id"] } },
      },
      ...grants(FILTERED, named({ data_cells_filter: { ...FILTER, name: "all" } })),
    }),
    outcome: "failed",
  },
  {
    what: "a filter of elsewhere",
    resources: lake(grants(FILTERED, byTags({ sensitivity: ["internal"] }))),
    outcome: "passed",
  },
]);

/** LF-Tags, personal data and data filters. */
export const LF_TAG_CASES: readonly Case[] = [...VALUES, ...PERSONAL, ...FILTERS];
