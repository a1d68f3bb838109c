import { ACCOUNT, type Lake } from "../../support/lake-formation";

export const IAM_GROUP = "IAM_ALLOWED_PRINCIPALS";
export const OTHER_ACCOUNT = "444455556666";
export const TABLE = { database_name: "sales", name: "orders" };

/** One table whose columns are tagged as they are called; analysts may do by IAM what Lake Formation lets them. */
export const lake = (steps: readonly object[], changes: Partial<Lake> = {}): Lake => ({
  locations: { "arn:aws:s3:::lake": "registered" },
  databases: { sales: { tags: { zone: "curated" } } },
  tables: {
    "sales.orders": {
      location: "s3://lake/sales/orders",
      tags: { sensitivity: "pii" },
      columns: { id: { sensitivity: "public" }, country: { sensitivity: "internal" }, email: {} },
    },
  },
  steps: steps.map((values): Lake["steps"][number] =>
    "type" in values ? (values as Lake["steps"][number]) : { type: "permissions", values: { ...values } },
  ),
  principals: { analyst: { iam: ["catalog", "data"] } },
  ...changes,
});
export const select = (values: object, principal = "analyst") => ({ principal, permissions: ["SELECT"], ...values });
export const tagged = (expression: Readonly<Record<string, readonly string[]>>, resourceType = "TABLE") => ({
  lf_tag_policy: {
    resource_type: resourceType,
    expression: Object.entries(expression).map(([key, values]) => ({ key, values })),
  },
});
const filter = (name: string, rows: object, columns: object = { column_wildcard: [{}] }) => ({
  type: "data_cells_filter",
  values: {
    table_data: [
      {
        database_name: "sales",
        table_name: "orders",
        table_catalog_id: ACCOUNT.accountId,
        name,
        row_filter: [rows],
        ...columns,
      },
    ],
  },
});
export const filtered = (name: string) => ({
  data_cells_filter: { database_name: "sales", table_name: "orders", table_catalog_id: ACCOUNT.accountId, name },
});
export const GERMAN = filter("german", { filter_expression: "country = 'DE'" });

export const ALL = { id: "all", country: "all", email: "all" };

/** What somebody reads of the table, with the rows of each column. */
interface Edge {
  readonly what: string;
  readonly steps: readonly object[];
  readonly reads: Readonly<Record<string, string>>;
  readonly principal?: string;
  readonly changes?: Partial<Lake>;
}

const optIn = (data: object, more: object = {}) => ({
  type: "opt_in",
  values: { principal: "analyst", resource_data: [data], ...more },
});
const LEFT_TO_IAM = { principal: IAM_GROUP, permissions: ["ALL"], table: TABLE };
const HYBRID: Partial<Lake> = { locations: { "arn:aws:s3:::lake": "hybrid" } };
const SHARED = { ...select({ table: TABLE }, OTHER_ACCOUNT), permissions_with_grant_option: ["SELECT"] };
const PARTNER = `arn:aws:iam::${OTHER_ACCOUNT}:role/partner`;
const BY_STEWARD = `arn:aws:iam::${OTHER_ACCOUNT}:role/steward`;

/** What the cited cases leave out. */
export const EDGES: readonly Edge[] = [
  // names
  {
    what: "all columns by a wildcard",
    steps: [select({ table_with_columns: { ...TABLE, wildcard: true } })],
    reads: ALL,
  },
  {
    what: "a column that is not there",
    steps: [select({ table_with_columns: { ...TABLE, column_names: ["ssn"] } })],
    reads: {},
  },
  {
    what: "a field of a nested column, which is as good as the column",
    steps: [select({ table_with_columns: { ...TABLE, column_names: ['"email"."host"'] } })],
    reads: { email: "all" },
  },
  {
    what: "a nested column without one of its fields",
    steps: [
      select({ table_with_columns: { ...TABLE, wildcard: true, excluded_column_names: ["id", '"email"."host"'] } }),
    ],
    reads: { country: "all", email: "all" },
  },
  { what: "names in another case", steps: [select({ table: { database_name: "Sales", name: "ORDERS" } })], reads: ALL },
  { what: "ALL_TABLES for all tables", steps: [select({ table: { ...TABLE, name: "ALL_TABLES" } })], reads: ALL },
  {
    what: "ALL on some columns, of which SELECT is what can be had",
    steps: [{ principal: "analyst", permissions: ["ALL"], table_with_columns: { ...TABLE, column_names: ["id"] } }],
    reads: { id: "all" },
  },
  { what: "SUPER, as the console says", steps: [{ ...select({ table: TABLE }), permissions: ["SUPER"] }], reads: ALL },
  { what: "DESCRIBE alone", steps: [{ ...select({ table: TABLE }), permissions: ["DESCRIBE"] }], reads: {} },
  {
    what: "SELECT that may be passed on, and is said to be that only",
    steps: [{ principal: "analyst", permissions: [], permissions_with_grant_option: ["SELECT"], table: TABLE }],
    reads: ALL,
  },
  {
    what: "a table of another catalog",
    steps: [select({ table: { ...TABLE, catalog_id: OTHER_ACCOUNT } })],
    reads: {},
  },
  {
    what: "SUPER_USER on our catalog",
    steps: [{ ...select({ catalog_resource: true }), permissions: ["SUPER_USER"] }],
    reads: {},
  },
  { what: "ALL on the catalog", steps: [{ ...select({ catalog_resource: true }), permissions: ["ALL"] }], reads: {} },
  // tags
  {
    what: "a tag that columns relax",
    steps: [select(tagged({ sensitivity: ["public", "internal"] }))],
    reads: { id: "all", country: "all" },
  },
  {
    what: "the table's tag, for columns without one of their own",
    steps: [select(tagged({ sensitivity: ["pii"] }))],
    reads: { email: "all" },
  },
  {
    what: "a tag of the database, joined with one of a column",
    steps: [select(tagged({ zone: ["curated"], sensitivity: ["public"] }))],
    reads: { id: "all" },
  },
  { what: "a key that nothing has", steps: [select(tagged({ zone: ["curated"], domain: ["sales"] }))], reads: {} },
  { what: "an expression without keys", steps: [select(tagged({}))], reads: {} },
  { what: "a tag on databases", steps: [select(tagged({ zone: ["curated"] }, "DATABASE"))], reads: {} },
  {
    what: "a value that an apply decides",
    steps: [select(tagged({ sensitivity: ["${data.aws_ssm_parameter.open.value}"] }))],
    reads: ALL,
  },
  {
    what: "a key that an apply decides",
    steps: [select(tagged({ "${data.aws_ssm_parameter.key.value}": ["public"] }))],
    reads: { id: "all" },
  },
  {
    what: "a tag whose value an apply decides",
    steps: [select(tagged({ zone: ["raw"] }))],
    changes: { databases: { sales: { tags: { zone: "${data.aws_ssm_parameter.zone.value}" } } } },
    reads: ALL,
  },
  // unions
  {
    what: "a column by name beside those by tag",
    steps: [
      select(tagged({ sensitivity: ["public"] })),
      select({ table_with_columns: { ...TABLE, column_names: ["email"] } }),
    ],
    reads: { id: "all", email: "all" },
  },
  // filters
  {
    what: "a filter",
    steps: [GERMAN, select(filtered("german"))],
    reads: { id: "country = 'DE'", country: "country = 'DE'", email: "country = 'DE'" },
  },
  {
    what: "a filter that a tag makes void for some columns",
    steps: [GERMAN, select(filtered("german")), select(tagged({ sensitivity: ["public"] }))],
    reads: { id: "all", country: "country = 'DE'", email: "country = 'DE'" },
  },
  {
    what: "filters on different columns",
    steps: [
      filter("a", { filter_expression: "country = 'DE'" }, { column_names: ["id", "country"] }),
      filter(
        "b",
        { filter_expression: "country = 'FR'" },
        { column_wildcard: [{ excluded_column_names: ["email", "country"] }] },
      ),
      select(filtered("a")),
      select(filtered("b")),
    ],
    reads: { id: "(country = 'DE') OR (country = 'FR')", country: "country = 'DE'" },
  },
  {
    what: "the same predicate twice",
    steps: [
      GERMAN,
      filter("again", { filter_expression: "country = 'DE' " }),
      select(filtered("german")),
      select(filtered("again")),
    ],
    reads: { id: "country = 'DE'", country: "country = 'DE'", email: "country = 'DE'" },
  },
  {
    what: "a filter on all rows",
    steps: [filter("f", { all_rows_wildcard: [{}] }), select(filtered("f"))],
    reads: ALL,
  },
  {
    what: "a filter that is true",
    steps: [filter("f", { filter_expression: "TRUE" }), select(filtered("f"))],
    reads: ALL,
  },
  { what: "a filter that nothing here makes", steps: [select(filtered("elsewhere"))], reads: ALL },
  {
    what: "DESCRIBE on a filter",
    steps: [GERMAN, { ...select(filtered("german")), permissions: ["DESCRIBE"] }],
    reads: {},
  },
  // principals
  {
    what: "all users and roles of the account",
    steps: [select({ table: TABLE }, `${ACCOUNT.accountId}:IAMPrincipals`)],
    reads: ALL,
  },
  {
    what: "all users and roles of another account",
    steps: [select({ table: TABLE }, `${OTHER_ACCOUNT}:IAMPrincipals`)],
    reads: {},
  },
  {
    what: "our account by its id, whose roles are granted nothing by it",
    steps: [select({ table: TABLE }, ACCOUNT.accountId)],
    reads: {},
  },
  ...[
    `arn:aws:iam::${ACCOUNT.accountId}:saml-provider/idp:group/analysts`,
    `arn:aws:quicksight:eu-west-1:${ACCOUNT.accountId}:group/default/analysts`,
    "arn:aws:identitystore:::group/analysts",
    `arn:aws:iam::${ACCOUNT.accountId}:user/analyst`,
    "${aws_iam_user.analyst.arn}",
  ].map((principal) => ({
    what: `who is ${principal}, of whose policies nothing is known`,
    steps: [select({ table: TABLE }, principal)],
    principal,
    reads: ALL,
  })),
  // other accounts
  { what: "an account that was given a table", steps: [SHARED], principal: OTHER_ACCOUNT, reads: ALL },
  { what: "a principal of an account that was given it", steps: [SHARED], principal: PARTNER, reads: {} },
  {
    what: "a principal to whom that account has passed a column on",
    steps: [
      SHARED,
      {
        type: "permissions",
        by: BY_STEWARD,
        values: select(
          { table_with_columns: { ...TABLE, catalog_id: ACCOUNT.accountId, column_names: ["id"] } },
          PARTNER,
        ),
      },
    ],
    principal: PARTNER,
    reads: { id: "all" },
  },
  {
    what: "a principal to whom an account that was given some rows passes all of them on",
    steps: [
      GERMAN,
      { ...select(filtered("german"), OTHER_ACCOUNT), permissions_with_grant_option: ["SELECT"] },
      {
        type: "permissions",
        by: BY_STEWARD,
        values: select({ table: { ...TABLE, catalog_id: ACCOUNT.accountId } }, PARTNER),
      },
    ],
    principal: PARTNER,
    reads: { id: "country = 'DE'", country: "country = 'DE'", email: "country = 'DE'" },
  },
  {
    what: "a principal to whom an account of an organization that was given a table passes it on",
    steps: [
      { ...SHARED, principal: "arn:aws:organizations::777777777777:organization/o-abcdefghij" },
      {
        type: "permissions",
        by: BY_STEWARD,
        values: select({ table: { ...TABLE, catalog_id: ACCOUNT.accountId } }, PARTNER),
      },
    ],
    principal: PARTNER,
    reads: ALL,
  },
  {
    what: "a principal of our account, to whom versions of sharing are nothing",
    steps: [select({ table: TABLE })],
    changes: { settings: { crossAccountVersion: 1 } },
    reads: ALL,
  },
  // grantors
  {
    what: "a tag that is granted by who is no administrator, of whose rights on tags nothing is asked",
    steps: [{ type: "permissions", by: "steward", values: select(tagged({ sensitivity: ["public"] })) }],
    reads: { id: "all" },
  },
  {
    what: "a table that is granted by who has been granted it to pass on by somebody who may",
    steps: [
      { type: "permissions", by: "deputy", values: select({ table: TABLE }) },
      {
        type: "permissions",
        by: "steward",
        values: { ...select({ table: TABLE }, "deputy"), permissions_with_grant_option: ["SELECT"] },
      },
      { ...select({ table: TABLE }, "steward"), permissions_with_grant_option: ["SELECT"] },
    ],
    reads: ALL,
  },
  {
    what: "an account, before a principal of it could be shared with",
    steps: [SHARED],
    principal: OTHER_ACCOUNT,
    changes: { settings: { crossAccountVersion: 2 } },
    reads: ALL,
  },
  {
    what: "a principal to whom an account passes on what it may not",
    steps: [
      select({ table: TABLE }, OTHER_ACCOUNT),
      {
        type: "permissions",
        by: BY_STEWARD,
        values: select({ table: { ...TABLE, catalog_id: ACCOUNT.accountId } }, PARTNER),
      },
    ],
    principal: PARTNER,
    reads: {},
  },
  {
    what: "a principal of another account, before that could be shared with",
    steps: [select({ table: TABLE }, PARTNER)],
    principal: PARTNER,
    changes: { settings: { crossAccountVersion: 2 } },
    reads: {},
  },
  // IAM
  { what: "a table that is left to IAM, by the rights to ask for data", steps: [LEFT_TO_IAM], reads: ALL },
  { what: "any permission of the group", steps: [{ ...LEFT_TO_IAM, permissions: ["DESCRIBE"] }], reads: ALL },
  { what: "all whom IAM allows, as themselves", steps: [LEFT_TO_IAM], principal: IAM_GROUP, reads: ALL },
  { what: "the group by the API's name", steps: [{ ...LEFT_TO_IAM, principal: "IAM_Allowed_Principals" }], reads: ALL },
  {
    what: "a principal of another account, whom the group has not",
    steps: [LEFT_TO_IAM, select({ table_with_columns: { ...TABLE, column_names: ["id"] } }, PARTNER)],
    principal: PARTNER,
    reads: { id: "all" },
  },
  {
    what: "an opt-in for a database, which is none for its tables",
    steps: [LEFT_TO_IAM, optIn({ database: [{ name: "sales" }] })],
    changes: { principals: { analyst: { iam: ["catalog", "files"] } }, ...HYBRID },
    reads: ALL,
  },
  {
    what: "an opt-in by LF-Tags, of which nobody says what it does",
    steps: [LEFT_TO_IAM, optIn({ lf_tag_policy: [{ resource_type: "TABLE" }] })],
    changes: { principals: { analyst: { iam: ["catalog", "files"] } }, ...HYBRID },
    reads: ALL,
  },
  {
    what: "an opt-in by LF-Tags, beside a grant",
    steps: [
      LEFT_TO_IAM,
      optIn({ lf_tag_policy: [{ resource_type: "TABLE" }] }),
      select({ table_with_columns: { ...TABLE, column_names: ["id"] } }),
    ],
    changes: HYBRID,
    reads: { id: "all" },
  },
  {
    what: "an opt-in on a condition",
    steps: [LEFT_TO_IAM, optIn({ table: [TABLE] }, { condition: [{ expression: "x" }] })],
    changes: { principals: { analyst: { iam: ["catalog", "files"] } }, ...HYBRID },
    reads: ALL,
  },
  { what: "an opt-in on a location that is not hybrid", steps: [LEFT_TO_IAM, optIn({ table: [TABLE] })], reads: ALL },
  {
    what: "an opt-in on a location that is",
    steps: [LEFT_TO_IAM, optIn({ table: [TABLE] })],
    changes: HYBRID,
    reads: {},
  },
];
