import type { StackJson } from "../../../policies/graph";
import { type Case, casesOf, type Resources } from "../../support/cases";

const SETTINGS: Resources = {
  aws_lakeformation_data_lake_settings: { s: { admins: ["arn:aws:iam::333333333333:role/basin-prod-apply"] } },
};
const ANALYSTS = "arn:aws:iam::333333333333:role/analysts";
const TABLE = { database_name: "sales", name: "orders" };
const LOCATION = "s3://lake/sales/orders";

const allow = (actions: readonly string[] | string, resource: unknown = "*") => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
});
const database = (values: object = {}): Resources => ({
  aws_glue_catalog_database: { d: { name: "sales", ...values } },
});
const table = (location = LOCATION): Resources => ({
  aws_glue_catalog_table: { t: { ...TABLE, storage_descriptor: { location } } },
});
const REGISTERED: Resources = { aws_lakeformation_resource: { l: { arn: "arn:aws:s3:::lake" } } };
const grants = (...all: readonly object[]): Resources => ({
  aws_lakeformation_permissions: Object.fromEntries(
    all.map((values, index) => [
      `g${index}`,
      { principal: ANALYSTS, permissions: ["SELECT"], table: TABLE, ...values },
    ]),
  ),
});
const role = (name: string, ...statements: readonly object[]): Resources => ({
  aws_iam_role: { r: { name } },
  aws_iam_role_policy: { p: { role: "${aws_iam_role.r.name}", policy: JSON.stringify({ Statement: statements }) } },
});
const OWN = { principal: "${aws_iam_role.r.arn}" };
const output = (outputs: Readonly<Record<string, unknown>>): { readonly json: StackJson } => ({
  json: {
    output: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [
        name,
        { value: typeof value === "string" ? value : JSON.stringify({ Statement: value }) },
      ]),
    ),
  },
});
const READ = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"];
const ENOUGH = [allow("lakeformation:GetDataAccess"), allow(READ)];
const catalog = (path: string) => `arn:aws:glue:eu-west-1:333333333333:${path}`;
const lake = (...all: readonly object[]): Resources => ({ ...table(), ...REGISTERED, ...grants(...all) });

const GRANTEES: readonly Case[] = casesOf("WIRE-LF-04", [
  {
    what: "a role that may ask and look up",
    resources: { ...lake(OWN), ...role("job", allow(["lakeformation:GetDataAccess", "glue:GetTable"])) },
    outcome: "passed",
  },
  {
    what: "a role that may not ask",
    resources: { ...lake(OWN), ...role("job", allow("glue:GetTable")) },
    outcome: "failed",
  },
  {
    what: "a role that may ask of some, which AWS does not know",
    resources: {
      ...lake(OWN),
      ...role("job", allow("glue:*"), allow("lakeformation:GetDataAccess", catalog("table/*"))),
    },
    outcome: "failed",
  },
  {
    what: "a role that may not look up",
    resources: { ...lake(OWN), ...role("job", allow("lakeformation:GetDataAccess")) },
    outcome: "failed",
  },
  {
    what: "a role that may look up tables, and not their catalog",
    resources: {
      ...lake(OWN),
      ...role(
        "job",
        allow("lakeformation:GetDataAccess"),
        allow("glue:*", [catalog("database/sales"), catalog("table/sales/*")]),
      ),
    },
    outcome: "failed",
  },
  {
    what: "a role for a location that is not registered",
    resources: { ...table(), ...grants(OWN), ...role("job", allow("glue:GetTable")) },
    outcome: "passed",
  },
  {
    what: "a role that describes alone",
    resources: { ...lake({ ...OWN, permissions: ["DESCRIBE"] }), ...role("job") },
    outcome: "passed",
  },
  {
    what: "a consumer's role of ours that does not find its tables",
    resources: { ...lake(OWN), ...role("analysts", allow(["lakeformation:GetDataAccess", "glue:GetTable"])) },
    outcome: "failed",
  },
  {
    what: "a role with a policy of AWS",
    resources: {
      ...lake(OWN),
      ...role("job"),
      aws_iam_role_policy_attachment: {
        a: { role: "job", policy_arn: "arn:aws:iam::aws:policy/AWSLakeFormationDataAdmin" },
      },
    },
    outcome: "unknown",
  },
  {
    what: "a consumer for whom an output says enough",
    resources: lake({}),
    ...output({ consumer_policy_analysts: ENOUGH }),
    outcome: "passed",
  },
  { what: "a consumer for whom nothing is said", resources: lake({}), outcome: "failed" },
  {
    what: "a consumer for whom two outputs say enough",
    resources: lake({}),
    ...output({ consumer_policy_analysts: ENOUGH.slice(0, 1), consumer_policy_analysts_catalog: ENOUGH.slice(1) }),
    outcome: "passed",
  },
  {
    what: "a consumer for whom as for all an output says enough",
    resources: lake({}),
    ...output({ consumer_policy_query: ENOUGH }),
    outcome: "passed",
  },
  {
    what: "a consumer, and an output for another one",
    resources: lake({}),
    ...output({ consumer_policy_customer_care: ENOUGH }),
    outcome: "failed",
  },
  {
    what: "a consumer, and another output",
    resources: lake({}),
    ...output({ analysts_policy: ENOUGH }),
    outcome: "failed",
  },
  {
    what: "a consumer for whom an output says too little",
    resources: lake({}),
    ...output({ consumer_policy_analysts: [allow("lakeformation:GetDataAccess"), allow(READ.slice(1))] }),
    outcome: "failed",
  },
  {
    what: "a consumer for whom an output is known after an apply",
    resources: lake({}),
    ...output({ consumer_policy_analysts: "${data.aws_iam_policy_document.a.json}" }),
    outcome: "unknown",
  },
  {
    what: "a consumer that is named again",
    resources: lake({}, { permissions: ["INSERT"] }),
    ...output({ consumer_policy_analysts: ENOUGH }),
    outcome: "passed",
  },
  {
    what: "a group",
    resources: lake({ principal: "arn:aws:identitystore:::group/0f5c2a1e-6b7d-4c8e-9a10-2b3c4d5e6f03" }),
    outcome: "passed",
  },
  {
    what: "a role of elsewhere",
    resources: lake({ principal: "arn:aws:iam::333333333333:role/somebody" }),
    outcome: "warning",
  },
  {
    what: "a role of another account",
    resources: lake({ principal: "arn:aws:iam::444444444444:role/somebody" }),
    outcome: "passed",
  },
  { what: "whom an apply says", resources: lake({ principal: "${var.principal}" }), outcome: "unknown" },
]);

const MIGRATOR: Resources = {
  ...role("migrator"),
  aws_lambda_function: { m: { function_name: "migrator", role: "${aws_iam_role.r.arn}" } },
};
const call = (values: object = {}): Resources => ({
  aws_lambda_invocation: {
    i: {
      function_name: "${aws_lambda_function.m.function_name}",
      input: JSON.stringify({ tables: [{ database: "sales", table: "orders", location: LOCATION }] }),
      ...values,
    },
  },
});
const AFTER_GRANTS = { depends_on: ["aws_lakeformation_permissions.g0"] };
const MAKING = { ...OWN, table: undefined, permissions: ["CREATE_TABLE", "DESCRIBE"], database: { name: "sales" } };
const MAKING_BY_TAG = {
  ...MAKING,
  database: undefined,
  lf_tag_policy: { resource_type: "DATABASE", expression: [{ key: "zone", values: ["raw"] }] },
};
const AROUND = { location_uri: "s3://lake/sales/" };
const ZONE: Resources = {
  aws_lakeformation_resource_lf_tags: { t: { database: { name: "sales" }, lf_tag: [{ key: "zone", value: "raw" }] } },
};
/** Databases that are made after the settings, so that Lake Formation governs them. */
const governed = (...resources: readonly Resources[]) => [SETTINGS, Object.assign({}, ...resources) as Resources];

const MAKERS: readonly Case[] = casesOf("WIRE-LF-08", [
  { what: "a database that is open to IAM", resources: { ...database(), ...MIGRATOR, ...call() }, outcome: "passed" },
  {
    what: "who may make tables in it",
    resources: governed(database(), MIGRATOR, call(AFTER_GRANTS), grants(MAKING)),
    outcome: "passed",
  },
  { what: "who is granted nothing", resources: governed(database(), MIGRATOR, call()), outcome: "failed" },
  {
    what: "who may describe it alone",
    resources: governed(database(), MIGRATOR, call(AFTER_GRANTS), grants({ ...MAKING, permissions: ["DESCRIBE"] })),
    outcome: "failed",
  },
  {
    what: "who may make tables, and not describe them",
    resources: governed(database(), MIGRATOR, call(AFTER_GRANTS), grants({ ...MAKING, permissions: ["CREATE_TABLE"] })),
    outcome: "warning",
  },
  { what: "who may too late", resources: governed(database(), MIGRATOR, call(), grants(MAKING)), outcome: "failed" },
  {
    what: "who may by a tag",
    resources: governed(
      database(),
      MIGRATOR,
      call({ depends_on: [...AFTER_GRANTS.depends_on, "aws_lakeformation_resource_lf_tags.t"] }),
      grants(MAKING_BY_TAG),
      ZONE,
    ),
    outcome: "passed",
  },
  {
    what: "who may by a tag that comes too late",
    resources: governed(database(), MIGRATOR, call(AFTER_GRANTS), grants(MAKING_BY_TAG), ZONE),
    outcome: "failed",
  },
  {
    what: "who may by a tag that the database does not have",
    resources: governed(database(), MIGRATOR, call(AFTER_GRANTS), grants(MAKING_BY_TAG)),
    outcome: "failed",
  },
  {
    what: "an administrator",
    resources: [
      { aws_lakeformation_data_lake_settings: { s: { admins: ["${aws_iam_role.r.arn}"] } }, ...MIGRATOR },
      { ...database(), ...call() },
    ],
    outcome: "passed",
  },
  {
    what: "a registered location, around which its database is",
    resources: governed(database(AROUND), REGISTERED, MIGRATOR, call(AFTER_GRANTS), grants(MAKING)),
    outcome: "passed",
  },
  {
    what: "a registered location without a database around it",
    resources: governed(database(), REGISTERED, MIGRATOR, call(AFTER_GRANTS), grants(MAKING)),
    outcome: "failed",
  },
  {
    what: "a registered location to which it is granted access",
    resources: governed(
      database(),
      REGISTERED,
      MIGRATOR,
      call(AFTER_GRANTS),
      grants(MAKING, {
        ...OWN,
        table: undefined,
        permissions: ["DATA_LOCATION_ACCESS"],
        data_location: { arn: "arn:aws:s3:::lake" },
      }),
    ),
    outcome: "passed",
  },
  {
    what: "access to another folder",
    resources: governed(
      database(),
      REGISTERED,
      MIGRATOR,
      call(AFTER_GRANTS),
      grants(MAKING, {
        ...OWN,
        table: undefined,
        permissions: ["DATA_LOCATION_ACCESS"],
        data_location: { arn: "arn:aws:s3:::lake/web" },
      }),
    ),
    outcome: "failed",
  },
  {
    what: "a crawler that may",
    resources: governed(
      database(),
      role("crawler"),
      { aws_glue_crawler: { c: { role: "${aws_iam_role.r.arn}", database_name: "sales" } } },
      grants({ ...MAKING, permissions: ["ALTER", "CREATE_TABLE", "DESCRIBE"] }),
    ),
    outcome: "passed",
  },
  {
    what: "a crawler that may not make tables",
    resources: governed(
      database(),
      role("crawler"),
      { aws_glue_crawler: { c: { role: "${aws_iam_role.r.arn}", database_name: "sales" } } },
      grants({ ...MAKING, permissions: ["ALTER"] }),
    ),
    outcome: "failed",
  },
]);

const optimizer = (type = "compaction", id = "o"): Resources => ({
  aws_glue_catalog_table_optimizer: {
    [id]: {
      ...TABLE,
      name: undefined,
      table_name: "orders",
      type,
      configuration: [{ role_arn: "${aws_iam_role.r.arn}" }],
    },
  },
});
const UPKEEP = [database(), table(), role("upkeep")];
const WHOLE = ["ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT"];
const KEYS = { unique_keys: ["id"] };
const WHOLE_BY_TAG = {
  ...OWN,
  table: undefined,
  permissions: WHOLE,
  lf_tag_policy: { resource_type: "TABLE", expression: [{ key: "zone", values: ["raw"] }] },
};
const firehose = (values: object = {}, rest: object = {}): Resources => ({
  aws_kinesis_firehose_delivery_stream: {
    f: {
      ...rest,
      iceberg_configuration: {
        role_arn: "${aws_iam_role.r.arn}",
        destination_table_configuration: [{ database_name: "sales", table_name: "orders", ...values }],
      },
    },
  },
});

const WRITERS: readonly Case[] = casesOf("WIRE-LF-08", [
  {
    what: "an optimizer that may",
    resources: governed(...UPKEEP, optimizer(), grants({ ...OWN, permissions: WHOLE })),
    outcome: "passed",
  },
  { what: "an optimizer that is granted nothing", resources: governed(...UPKEEP, optimizer()), outcome: "failed" },
  {
    what: "an optimizer that may read alone",
    resources: governed(...UPKEEP, optimizer(), grants(OWN)),
    outcome: "failed",
  },
  {
    what: "an optimizer that may not change the table",
    resources: governed(...UPKEEP, optimizer(), grants({ ...OWN, permissions: ["INSERT", "SELECT"] })),
    outcome: "warning",
  },
  {
    what: "an optimizer of files without a table",
    resources: governed(...UPKEEP, optimizer("orphan_file_deletion"), grants({ ...OWN, permissions: ["DELETE"] })),
    outcome: "passed",
  },
  {
    what: "an optimizer of a table that is left to IAM",
    resources: governed(...UPKEEP, optimizer(), grants({ principal: "IAM_ALLOWED_PRINCIPALS", permissions: ["ALL"] })),
    outcome: "passed",
  },
  {
    what: "a delivery that may",
    resources: governed(...UPKEEP, firehose(), grants({ ...OWN, permissions: WHOLE })),
    outcome: "passed",
  },
  {
    what: "a delivery into a table that nobody knows",
    resources: governed(...UPKEEP, firehose({ table_name: "clicks" }), grants({ ...OWN, permissions: WHOLE })),
    outcome: "passed",
  },
  {
    what: "a delivery with keys, which is made after its grant",
    resources: governed(...UPKEEP, firehose(KEYS, AFTER_GRANTS), grants({ ...OWN, permissions: WHOLE })),
    outcome: "passed",
  },
  {
    what: "a delivery with keys, which may be made before its grant",
    resources: governed(...UPKEEP, firehose(KEYS), grants({ ...OWN, permissions: WHOLE })),
    outcome: "failed",
  },
  {
    what: "a delivery with keys, which is made after the tag of its database",
    resources: governed(
      ...UPKEEP,
      firehose(KEYS, { depends_on: [...AFTER_GRANTS.depends_on, "aws_lakeformation_resource_lf_tags.t"] }),
      grants(WHOLE_BY_TAG),
      ZONE,
    ),
    outcome: "passed",
  },
  {
    what: "a delivery with keys, which may be made before the tag of its database",
    resources: governed(...UPKEEP, firehose(KEYS, AFTER_GRANTS), grants(WHOLE_BY_TAG), ZONE),
    outcome: "failed",
  },
]);

/** Who uses what it is granted, and who needs a grant. */
export const LAKE_FORMATION_ACCESS_CASES: readonly Case[] = [...GRANTEES, ...MAKERS, ...WRITERS];
