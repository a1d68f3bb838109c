import type { Environment } from "../../../environments/schema";
import { environments } from "../../fixtures/environments";
import { type Case, casesOf, type Resources } from "../../support/cases";

const SETTINGS = "aws_lakeformation_data_lake_settings";
const APPLY = "arn:aws:iam::333333333333:role/basin-prod-apply";
const IAM_GROUP = "IAM_ALLOWED_PRINCIPALS";
const ANALYSTS = "arn:aws:iam::333333333333:role/analysts";
const BUCKET = "basin-prod-lake-raw-333333333333";

const settings = (values: object): Resources => ({ [SETTINGS]: { s: { ...values } } });
const grant = (values: object): Resources => ({ aws_lakeformation_permissions: { g: { ...values } } });

const DEFAULTS: readonly Case[] = casesOf("LAKE-LF-01", [
  { what: "no defaults", resources: settings({ admins: [APPLY] }), outcome: "passed" },
  {
    what: "defaults for a role",
    resources: settings({ create_table_default_permissions: [{ principal: APPLY, permissions: ["ALL"] }] }),
    outcome: "passed",
  },
  ...["create_database_default_permissions", "create_table_default_permissions"].flatMap((attribute) => [
    {
      what: `${attribute} for everybody`,
      resources: settings({ [attribute]: [{ principal: IAM_GROUP, permissions: ["ALL"] }] }),
      outcome: "failed" as const,
    },
    {
      what: `${attribute} for whom an apply says`,
      resources: settings({ [attribute]: [{ principal: "${var.principal}", permissions: ["ALL"] }] }),
      outcome: "unknown" as const,
    },
  ]),
  {
    what: "everybody as the API calls them",
    resources: settings({ create_table_default_permissions: { principal: "IAMAllowedPrincipals", permissions: [] } }),
    outcome: "failed",
  },
]);

const administrators = (...admins: readonly string[]): Resources => settings({ admins });

const ADMINISTRATORS: readonly Case[] = casesOf("LAKE-LF-02", [
  { what: "the role that deploys", resources: administrators(APPLY), outcome: "passed" },
  {
    what: "a role by reference beside it",
    resources: { ...administrators(APPLY, "${aws_iam_role.a.arn}"), aws_iam_role: { a: { name_prefix: "steward-" } } },
    outcome: "passed",
  },
  {
    what: "the role that deploys by reference",
    resources: { ...administrators("${aws_iam_role.a.arn}"), aws_iam_role: { a: { name: "basin-prod-apply" } } },
    outcome: "passed",
  },
  { what: "nobody", resources: settings({}), outcome: "failed" },
  {
    what: "others than who deploys",
    resources: administrators("arn:aws:iam::333333333333:role/steward"),
    outcome: "failed",
  },
  {
    what: "a user",
    resources: administrators(APPLY, "arn:aws:iam::333333333333:user/steward"),
    outcome: "failed",
  },
  {
    what: "a user by reference",
    resources: { ...administrators(APPLY, "${aws_iam_user.u.arn}"), aws_iam_user: { u: { name: "steward" } } },
    outcome: "failed",
  },
  { what: "the root user", resources: administrators(APPLY, "arn:aws:iam::333333333333:root"), outcome: "failed" },
  {
    what: "a role of another account",
    resources: administrators(APPLY, "arn:aws:iam::444444444444:role/steward"),
    outcome: "failed",
  },
  {
    what: "a user who may only look",
    resources: settings({ admins: [APPLY], read_only_admins: ["arn:aws:iam::333333333333:user/auditor"] }),
    outcome: "failed",
  },
  { what: "whom an apply says", resources: settings({ admins: "${var.admins}" }), outcome: "unknown" },
]);

const bucket = (name = BUCKET): Resources => ({ aws_s3_bucket: { b: { bucket: name } } });
const database = (location = `s3://${BUCKET}/sales/`): Resources => ({
  aws_glue_catalog_database: { d: { name: "sales_raw", location_uri: location } },
});
const location = (values: object = {}): Resources => ({
  aws_lakeformation_resource: {
    l: { arn: "${aws_s3_bucket.b.arn}", role_arn: "${aws_iam_role.r.arn}", hybrid_access_enabled: false, ...values },
  },
  aws_iam_role: { r: { name: "basin-prod-lake-raw" } },
});
const migratingUntil = (until: string): { readonly environment: Partial<Environment> } => ({
  environment: {
    lake: {
      ...environments.prod.lake,
      hybridAccess: { kind: "migration", until, reason: "jobs of the old lake still read files" },
    },
  },
});
const HYBRID = { hybrid_access_enabled: true };

const LOCATIONS: readonly Case[] = casesOf("LAKE-LF-03", [
  {
    what: "a bucket that is registered with a role of its own",
    resources: { ...bucket(), ...database(), ...location() },
    outcome: "passed",
  },
  { what: "a bucket without tables", resources: bucket(), outcome: "passed" },
  {
    what: "a bucket of another purpose",
    resources: { ...bucket("basin-prod-audit-333333333333"), ...database("s3://basin-prod-audit-333333333333/trail/") },
    outcome: "passed",
  },
  { what: "a bucket that is not registered", resources: { ...bucket(), ...database() }, outcome: "failed" },
  {
    what: "a folder that is not registered",
    resources: { ...bucket(), ...database(), ...location({ arn: `arn:aws:s3:::${BUCKET}/web` }) },
    outcome: "failed",
  },
  {
    what: "a table that a call makes elsewhere in the bucket",
    resources: {
      ...bucket(),
      ...database(),
      ...location({ arn: `arn:aws:s3:::${BUCKET}/sales` }),
      aws_lambda_invocation: {
        i: {
          input: JSON.stringify({
            tables: [{ database: "web", table: "clicks", location: `s3://${BUCKET}/web/clicks` }],
          }),
        },
      },
    },
    outcome: "failed",
  },
  {
    what: "the role of all locations",
    resources: { ...bucket(), ...location({ role_arn: undefined, use_service_linked_role: true }) },
    outcome: "failed",
  },
  { what: "no role", resources: { ...bucket(), ...location({ role_arn: undefined }) }, outcome: "failed" },
  {
    what: "one role for two locations",
    resources: {
      aws_lakeformation_resource: Object.fromEntries(
        ["a", "b"].map((name) => [
          name,
          { arn: `arn:aws:s3:::${name}`, role_arn: "${aws_iam_role.r.arn}", hybrid_access_enabled: false },
        ]),
      ),
      aws_iam_role: { r: { name: "r" } },
    },
    outcome: "failed",
  },
  { what: "a role that an apply tells", resources: location({ role_arn: "${var.role}" }), outcome: "unknown" },
  { what: "nothing said of IAM", resources: location({ hybrid_access_enabled: undefined }), outcome: "failed" },
  { what: "hybrid access in production", resources: location(HYBRID), outcome: "failed" },
  {
    what: "hybrid access before production",
    resources: location(HYBRID),
    environment: { stage: "staging" },
    outcome: "passed",
  },
  {
    what: "hybrid access on the last day of a migration",
    resources: location(HYBRID),
    ...migratingUntil("2026-11-22"),
    outcome: "passed",
  },
  {
    what: "hybrid access after a migration",
    resources: location(HYBRID),
    ...migratingUntil("2026-11-21"),
    outcome: "failed",
  },
  {
    what: "hybrid access that an apply decides",
    resources: location({ hybrid_access_enabled: "${var.hybrid}" }),
    outcome: "unknown",
  },
]);

const OF_TABLE = { table: { database_name: "sales_raw", name: "orders" } };
const table = (): Resources => ({
  aws_glue_catalog_table: {
    t: { database_name: "sales_raw", name: "orders", storage_descriptor: { location: `s3://${BUCKET}/sales/orders` } },
  },
});
const leftToIam = (values: object = OF_TABLE): Resources =>
  grant({ principal: IAM_GROUP, permissions: ["ALL"], ...values });

const OPEN_GRANTS: readonly Case[] = casesOf("LAKE-LF-04", [
  {
    what: "a grant to a role",
    resources: grant({ principal: ANALYSTS, permissions: ["SELECT"], ...OF_TABLE }),
    outcome: "passed",
  },
  {
    what: "a grant to a user by reference",
    resources: { ...grant({ principal: "${aws_iam_user.u.arn}" }), aws_iam_user: { u: { name: "u" } } },
    outcome: "passed",
  },
  { what: "a grant to everybody", resources: leftToIam(), outcome: "failed" },
  {
    what: "a grant to everybody as the API calls them",
    resources: grant({ principal: "IAMAllowedPrincipals" }),
    outcome: "failed",
  },
  { what: "a grant to whom an apply says", resources: grant({ principal: "${var.principal}" }), outcome: "unknown" },
  {
    what: "a table in a hybrid location while the lake migrates",
    resources: { ...leftToIam(), ...table(), ...bucket(), ...location(HYBRID) },
    ...migratingUntil("2026-12-31"),
    outcome: "passed",
  },
  {
    what: "a table in a hybrid location without a migration",
    resources: { ...leftToIam(), ...table(), ...bucket(), ...location(HYBRID) },
    outcome: "failed",
  },
  {
    what: "a table in a location that is not hybrid",
    resources: { ...leftToIam(), ...table(), ...bucket(), ...location() },
    ...migratingUntil("2026-12-31"),
    outcome: "failed",
  },
  {
    what: "a whole database while the lake migrates",
    resources: { ...leftToIam({ database: { name: "sales_raw" } }), ...table(), ...bucket(), ...location(HYBRID) },
    ...migratingUntil("2026-12-31"),
    outcome: "passed",
  },
  {
    what: "a whole database without a migration",
    resources: { ...leftToIam({ database: { name: "sales_raw" } }), ...table(), ...bucket(), ...location(HYBRID) },
    outcome: "failed",
  },
  {
    what: "all users and roles of the account, as grants call them",
    resources: grant({ principal: "333333333333:IAMPrincipals", permissions: ["SELECT"] }),
    outcome: "failed",
  },
]);

const CONSUMERS: readonly Case[] = casesOf("LAKE-LF-05", [
  ...(
    [
      ["a role that reads", ANALYSTS, ["SELECT", "DESCRIBE"], "passed"],
      ["a role that writes", ANALYSTS, ["SELECT", "INSERT"], "failed"],
      ["a role that may do everything", ANALYSTS, ["ALL"], "failed"],
      ["a role that may use a location", ANALYSTS, ["DATA_LOCATION_ACCESS"], "failed"],
      [
        "a group that reads",
        "arn:aws:identitystore:::group/0f5c2a1e-6b7d-4c8e-9a10-2b3c4d5e6f03",
        ["SELECT"],
        "passed",
      ],
      ["a group that drops", "arn:aws:identitystore:::group/0f5c2a1e-6b7d-4c8e-9a10-2b3c4d5e6f03", ["DROP"], "failed"],
      [
        "a group of dashboards that writes",
        "arn:aws:quicksight:eu-west-1:333333333333:group/default/finance",
        ["INSERT"],
        "failed",
      ],
      [
        "another group of dashboards that writes",
        "arn:aws:quicksight:eu-west-1:333333333333:group/default/sales",
        ["INSERT"],
        "failed",
      ],
      ["a role of nobody", "arn:aws:iam::333333333333:role/nobody", ["SELECT"], "failed"],
      ["a role of another account", "arn:aws:iam::999999999999:role/analysts", ["SELECT"], "failed"],
      ["another account", "999999999999", ["SELECT"], "failed"],
      ["what an apply says", ANALYSTS, ["${var.permission}"], "unknown"],
    ] as const
  ).map(([what, principal, permissions, outcome]) => ({
    what,
    resources: grant({ principal, permissions, ...OF_TABLE }),
    outcome,
  })),
  {
    what: "a role that hands on",
    resources: grant({ principal: ANALYSTS, permissions: ["SELECT"], permissions_with_grant_option: ["SELECT"] }),
    outcome: "failed",
  },
  {
    what: "a consumer that the environment goes without",
    resources: grant({ principal: ANALYSTS, permissions: ["ALL"] }),
    environment: { consumers: { analysts: { kind: "none", reason: "nobody analyses here" } } },
    outcome: "failed",
  },
  {
    what: "a role of the platform",
    resources: {
      ...grant({ principal: "${aws_iam_role.jobs.arn}", permissions: ["INSERT"], ...OF_TABLE }),
      aws_iam_role: { jobs: { name: "basin-prod-jobs" } },
    },
    outcome: "passed",
  },
]);

const ENGINES: readonly Case[] = casesOf("LAKE-LF-08", [
  { what: "nothing said", resources: settings({}), outcome: "passed" },
  { what: "no filtering elsewhere", resources: settings({ allow_external_data_filtering: false }), outcome: "passed" },
  { what: "filtering elsewhere", resources: settings({ allow_external_data_filtering: true }), outcome: "failed" },
  { what: "whole tables", resources: settings({ allow_full_table_external_data_access: true }), outcome: "failed" },
  {
    what: "what an apply says",
    resources: settings({ allow_external_data_filtering: "${var.a}" }),
    outcome: "unknown",
  },
]);

/** Settings, locations and grants of Lake Formation. */
export const LAKE_FORMATION_CASES: readonly Case[] = [
  ...DEFAULTS,
  ...ADMINISTRATORS,
  ...LOCATIONS,
  ...OPEN_GRANTS,
  ...CONSUMERS,
  ...ENGINES,
];
