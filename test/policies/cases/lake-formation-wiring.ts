import { type Case, casesOf, type Resources } from "../../support/cases";

const SETTINGS = "aws_lakeformation_data_lake_settings";
const GRANTS = "aws_lakeformation_permissions";
const ANALYSTS = "arn:aws:iam::333333333333:role/analysts";
const APPLY = "arn:aws:iam::333333333333:role/basin-prod-apply";
const BREAK_GLASS = "arn:aws:iam::333333333333:role/basin-prod-break-glass";
const IAM_GROUP = [{ principal: "IAM_ALLOWED_PRINCIPALS", permissions: ["ALL"] }];
const TABLE = { database_name: "sales", name: "orders" };

const settings = (values: object = {}): Resources => ({ [SETTINGS]: { s: { admins: [APPLY], ...values } } });
const AFTER_SETTINGS = { depends_on: [`${SETTINGS}.s`] };
const database = (values: object = {}): Resources => ({
  aws_glue_catalog_database: { d: { name: "sales", ...values } },
});
const grant = (values: object): Resources => ({
  [GRANTS]: { g: { principal: ANALYSTS, permissions: ["SELECT"], ...values } },
});

const FIRST: readonly Case[] = casesOf("WIRE-LF-01", [
  { what: "no settings", resources: database(), outcome: "passed" },
  { what: "a database after them", resources: { ...settings(), ...database(AFTER_SETTINGS) }, outcome: "passed" },
  { what: "a database of a later stack", resources: [settings(), database()], outcome: "passed" },
  { what: "a database beside them", resources: { ...settings(), ...database() }, outcome: "failed" },
  {
    what: "a table beside them",
    resources: { ...settings(), aws_glue_catalog_table: { t: TABLE } },
    outcome: "failed",
  },
  {
    what: "a link to a database",
    resources: { ...settings(), ...database({ target_database: { catalog_id: "444444444444", database_name: "a" } }) },
    outcome: "passed",
  },
  {
    what: "a link to a table",
    resources: { ...settings(), aws_glue_catalog_table: { t: { ...TABLE, target_table: [{ name: "a" }] } } },
    outcome: "passed",
  },
  {
    what: "settings of another account",
    resources: [settings({ provider: "aws.other" }), database()],
    json: {
      provider: { aws: [{ alias: "other", assume_role: [{ role_arn: "arn:aws:iam::444444444444:role/deploy" }] }] },
    },
    outcome: "passed",
  },
  {
    what: "a database that opens its tables again",
    resources: {
      ...settings(),
      ...database({
        ...AFTER_SETTINGS,
        create_table_default_permission: [
          { principal: { data_lake_principal_identifier: "IAM_ALLOWED_PRINCIPALS" }, permissions: ["ALL"] },
        ],
      }),
    },
    outcome: "failed",
  },
  {
    what: "a database that opens its tables to a role",
    resources: {
      ...settings(),
      ...database({
        ...AFTER_SETTINGS,
        create_table_default_permission: [
          { principal: { data_lake_principal_identifier: ANALYSTS }, permissions: ["ALL"] },
        ],
      }),
    },
    outcome: "passed",
  },
  {
    what: "a database that keeps to what holds without settings",
    resources: database({ create_table_default_permission: IAM_GROUP }),
    outcome: "passed",
  },
]);

const TAG: Resources = { aws_lakeformation_lf_tag: { z: { key: "zone", values: ["raw"] } } };
const REFERENCE = "${aws_lakeformation_lf_tag.z.key}";
const assigned = (key: string, values: object = {}): Resources => ({
  aws_lakeformation_resource_lf_tags: {
    t: { database: { name: "sales" }, lf_tag: [{ key, value: "raw" }], ...values },
  },
});
const byTag = (key: string): Resources =>
  grant({ lf_tag_policy: { resource_type: "TABLE", expression: [{ key, values: ["raw"] }] } });
const STEWARD = {
  provider: { aws: [{ alias: "steward", assume_role: [{ role_arn: "arn:aws:iam::333333333333:role/steward" }] }] },
};
const BY_STEWARD = { provider: "aws.steward" };

const TAGS: readonly Case[] = casesOf("WIRE-LF-02", [
  { what: "a tag by reference", resources: { ...TAG, ...assigned(REFERENCE) }, outcome: "passed" },
  {
    what: "a tag that is waited for",
    resources: { ...TAG, ...assigned("zone", { depends_on: ["aws_lakeformation_lf_tag.z"] }) },
    outcome: "passed",
  },
  { what: "a tag of an earlier stack", resources: [TAG, assigned("zone")], outcome: "passed" },
  { what: "a tag by its name", resources: { ...TAG, ...assigned("zone") }, outcome: "failed" },
  { what: "an expression by reference", resources: { ...TAG, ...byTag(REFERENCE) }, outcome: "passed" },
  { what: "an expression by its name", resources: { ...TAG, ...byTag("zone") }, outcome: "failed" },
  {
    what: "a grant on a tag by its name",
    resources: { ...TAG, ...grant({ permissions: ["ASSOCIATE"], lf_tag: { key: "zone", values: ["raw"] } }) },
    outcome: "failed",
  },
  { what: "a key that an apply says", resources: { ...TAG, ...assigned("${var.key}") }, outcome: "unknown" },
  {
    what: "an assignment by who is no administrator",
    resources: [{ ...TAG, ...settings() }, assigned("zone", BY_STEWARD)],
    json: STEWARD,
    outcome: "failed",
  },
  {
    what: "an assignment by who may associate",
    resources: [
      {
        ...TAG,
        ...settings(),
        ...grant({
          principal: "arn:aws:iam::333333333333:role/steward",
          permissions: ["ASSOCIATE"],
          lf_tag: { key: REFERENCE, values: ["raw"] },
        }),
      },
      assigned("zone", BY_STEWARD),
    ],
    json: STEWARD,
    outcome: "passed",
  },
  {
    what: "an assignment by an administrator",
    resources: [
      { ...TAG, ...settings({ admins: ["arn:aws:iam::333333333333:role/steward"] }) },
      assigned("zone", BY_STEWARD),
    ],
    json: STEWARD,
    outcome: "passed",
  },
]);

const BUCKET: Resources = {
  aws_s3_bucket: { b: { bucket: "lake" } },
  aws_kms_key: { k: {} },
  aws_s3_bucket_server_side_encryption_configuration: {
    e: {
      bucket: "${aws_s3_bucket.b.id}",
      rule: [{ apply_server_side_encryption_by_default: { kms_master_key_id: "${aws_kms_key.k.arn}" } }],
    },
  },
};
const location = (values: object = {}): Resources => ({
  ...BUCKET,
  aws_lakeformation_resource: { l: { arn: "${aws_s3_bucket.b.arn}", role_arn: "${aws_iam_role.r.arn}", ...values } },
});
const OBJECTS = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"];
const KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
const STATEMENTS = {
  objects: { Effect: "Allow", Action: OBJECTS, Resource: "${aws_s3_bucket.b.arn}/*" },
  bucket: { Effect: "Allow", Action: "s3:ListBucket", Resource: "${aws_s3_bucket.b.arn}" },
  key: { Effect: "Allow", Action: KEY, Resource: "${aws_kms_key.k.arn}" },
};
const role = (changes: Partial<Record<keyof typeof STATEMENTS, object>> = {}): Resources => ({
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: {
    p: {
      role: "${aws_iam_role.r.name}",
      policy: JSON.stringify({ Statement: Object.values({ ...STATEMENTS, ...changes }) }),
    },
  },
});

const ROLES: readonly Case[] = casesOf("WIRE-LF-03", [
  { what: "a role that may", resources: { ...location(), ...role() }, outcome: "passed" },
  {
    what: "a folder of the bucket",
    resources: { ...location({ arn: "${aws_s3_bucket.b.arn}/sales/" }), ...role() },
    outcome: "passed",
  },
  {
    what: "a bucket by its name",
    resources: { ...location({ arn: "arn:aws:s3:::lake" }), ...role() },
    outcome: "failed",
  },
  {
    what: "a role that may not write",
    resources: { ...location(), ...role({ objects: { ...STATEMENTS.objects, Action: "s3:GetObject" } }) },
    outcome: "failed",
  },
  {
    what: "a role for another folder",
    resources: { ...location(), ...role({ objects: { ...STATEMENTS.objects, Resource: "arn:aws:s3:::lake/web/*" } }) },
    outcome: "failed",
  },
  {
    what: "a role that may not list",
    resources: { ...location(), ...role({ bucket: STATEMENTS.objects }) },
    outcome: "failed",
  },
  {
    what: "a role that may only decrypt",
    resources: { ...location(), ...role({ key: { ...STATEMENTS.key, Action: "kms:Decrypt" } }) },
    outcome: "failed",
  },
  { what: "no role", resources: location({ role_arn: undefined, use_service_linked_role: true }), outcome: "passed" },
  {
    what: "a role of elsewhere",
    resources: location({ role_arn: "arn:aws:iam::333333333333:role/x" }),
    outcome: "passed",
  },
  {
    what: "a role that an apply tells",
    resources: location({ role_arn: "${var.role}" }),
    outcome: "unknown",
  },
  {
    what: "a location that an apply tells",
    resources: { ...location({ arn: "${var.arn}" }), ...role() },
    outcome: "unknown",
  },
  {
    what: "a role with a policy of AWS",
    resources: {
      ...location(),
      ...role({ key: STATEMENTS.bucket }),
      aws_iam_role_policy_attachment: { a: { role: "r", policy_arn: "arn:aws:iam::aws:policy/AmazonS3FullAccess" } },
    },
    outcome: "unknown",
  },
]);

const OWN_TABLE: Resources = {
  aws_glue_catalog_table: { t: { ...TABLE, storage_descriptor: { location: "s3://lake/sales/orders" } } },
};
const hybrid = (isHybrid: boolean): Resources => ({
  ...settings(),
  aws_glue_catalog_database: { d: { name: "sales", ...AFTER_SETTINGS } },
  ...OWN_TABLE,
  aws_lakeformation_resource: { l: { arn: "arn:aws:s3:::lake", hybrid_access_enabled: isHybrid } },
});
const optIn = (data: object, principal = ANALYSTS): Resources => ({
  aws_lakeformation_opt_in: {
    o: { principal: [{ data_lake_principal_identifier: principal }], resource_data: [data] },
  },
});

const OPT_INS: readonly Case[] = casesOf("WIRE-LF-05", [
  { what: "no hybrid access", resources: { ...hybrid(false), ...grant({ table: TABLE }) }, outcome: "passed" },
  { what: "hybrid access, and nothing granted", resources: hybrid(true), outcome: "passed" },
  { what: "a grant without an opt-in", resources: { ...hybrid(true), ...grant({ table: TABLE }) }, outcome: "failed" },
  {
    what: "a grant with one for the table",
    resources: { ...hybrid(true), ...grant({ table: TABLE }), ...optIn({ table: [TABLE] }) },
    outcome: "passed",
  },
  {
    what: "a grant with one for all tables",
    resources: {
      ...hybrid(true),
      ...grant({ table: TABLE }),
      ...optIn({ table: [{ database_name: "sales", wildcard: true }] }),
    },
    outcome: "passed",
  },
  {
    what: "a grant with one of somebody else",
    resources: { ...hybrid(true), ...grant({ table: TABLE }), ...optIn({ table: [TABLE] }, BREAK_GLASS) },
    outcome: "failed",
  },
  {
    what: "a grant with one by LF-Tags, of which AWS says nothing",
    resources: {
      ...hybrid(true),
      ...grant({ table: TABLE }),
      ...optIn({ lf_tag_policy: [{ resource_type: "TABLE" }] }),
    },
    outcome: "unknown",
  },
  {
    what: "a table that is left to IAM",
    resources: {
      ...hybrid(true),
      ...grant({ principal: "IAM_ALLOWED_PRINCIPALS", permissions: ["ALL"], table: TABLE }),
    },
    outcome: "passed",
  },
  {
    what: "an opt-in where Lake Formation decides anyway",
    resources: { ...hybrid(false), ...optIn({ table: [TABLE] }) },
    outcome: "warning",
  },
]);

const ADMINISTRATED = settings({ admins: [APPLY, BREAK_GLASS] });

const IMPLICIT: readonly Case[] = casesOf("WIRE-LF-06", [
  { what: "a consumer", resources: { ...ADMINISTRATED, ...grant({ table: TABLE }) }, outcome: "passed" },
  {
    what: "an administrator",
    resources: { ...ADMINISTRATED, ...grant({ principal: BREAK_GLASS, table: TABLE }) },
    outcome: "failed",
  },
  {
    what: "an administrator on columns",
    resources: {
      ...ADMINISTRATED,
      ...grant({ principal: BREAK_GLASS, table_with_columns: { ...TABLE, column_names: ["id"] } }),
    },
    outcome: "failed",
  },
  {
    what: "an administrator on a database",
    resources: {
      ...ADMINISTRATED,
      ...grant({ principal: BREAK_GLASS, permissions: ["DESCRIBE"], database: { name: "sales" } }),
    },
    outcome: "failed",
  },
  {
    what: "an administrator on a location",
    resources: {
      ...ADMINISTRATED,
      ...grant({
        principal: BREAK_GLASS,
        permissions: ["DATA_LOCATION_ACCESS"],
        data_location: { arn: "arn:aws:s3:::lake" },
      }),
    },
    outcome: "passed",
  },
  {
    what: "an administrator by tags",
    resources: {
      ...ADMINISTRATED,
      ...byTag("zone"),
      ...grant({
        principal: BREAK_GLASS,
        lf_tag_policy: { resource_type: "TABLE", expression: [{ key: "zone", values: ["raw"] }] },
      }),
    },
    outcome: "passed",
  },
  { what: "who deploys", resources: grant({ principal: APPLY, table: TABLE }), outcome: "failed" },
  {
    what: "who grants",
    resources: {
      ...settings(),
      ...grant({ principal: "arn:aws:iam::333333333333:role/steward", table: TABLE, ...BY_STEWARD }),
    },
    json: STEWARD,
    outcome: "failed",
  },
]);

const planners = (...names: readonly string[]): Resources =>
  settings({ read_only_admins: names.map((name) => `arn:aws:iam::333333333333:role/basin-prod-${name}`) });

const PLANNERS: readonly Case[] = casesOf("WIRE-LF-07", [
  { what: "who plans and who watches", resources: { ...planners("plan", "drift"), ...TAG }, outcome: "passed" },
  {
    what: "administrators who plan",
    resources: {
      ...settings({
        admins: [APPLY, "arn:aws:iam::333333333333:role/basin-prod-plan"],
        read_only_admins: ["${aws_iam_role.d.arn}"],
      }),
      ...TAG,
      aws_iam_role: { d: { name: "basin-prod-drift" } },
    },
    outcome: "passed",
  },
  { what: "nobody who plans", resources: { ...settings(), ...TAG }, outcome: "failed" },
  { what: "nobody who watches", resources: { ...planners("plan"), ...TAG }, outcome: "failed" },
  { what: "nothing to plan", resources: settings(), outcome: "passed" },
  {
    what: "whom an apply says",
    resources: { ...settings({ read_only_admins: ["${var.plan}"] }), ...TAG },
    outcome: "unknown",
  },
]);

/** Settings, tags, locations and who decides, over all stacks. */
export const LAKE_FORMATION_WIRING_CASES: readonly Case[] = [
  ...FIRST,
  ...TAGS,
  ...ROLES,
  ...OPT_INS,
  ...IMPLICIT,
  ...PLANNERS,
];
