import type { SynthesizedStack } from "../graph";
import { added, find, hastily, inOrder, type Mutation, set, withoutActions } from "./mutation";

const SETTINGS = ["aws_lakeformation_data_lake_settings", "lake_"] as const;
const TAGS = "aws_lakeformation_resource_lf_tags";
const GRANTS = "aws_lakeformation_permissions";
const OF_CLICKS = "domain-web_clickstream_access_published_";
const BREAK_GLASS = "arn:aws:iam::333333333333:role/basin-prod-break-glass";

/** Gives something another sensitivity. */
const tagged = (part: string, value: string) => (stacks: SynthesizedStack[]) => {
  const tags = find(stacks, TAGS, part).values.lf_tag as { key: string; value: string }[];
  tags.filter(({ key }) => key.includes("sensitivity")).forEach((tag) => (tag.value = value));
};

/** Each breaks what Lake Formation needs to work, and says which rule notices. */
export const LAKE_FORMATION_WIRING_MUTATIONS: readonly Mutation[] = [
  {
    rule: "WIRE-LF-01",
    what: "a database before the settings",
    edit: (stacks) => {
      const { address } = find(stacks, "aws_glue_data_catalog_encryption_settings", "lake_");
      added("prod-lake", "aws_glue_catalog_database", "early", {
        name: "early",
        depends_on: [address],
        lifecycle: { prevent_destroy: true },
      })(stacks);
    },
    found: "aws_glue_catalog_database.early",
  },
  {
    rule: "WIRE-LF-02",
    what: "a tag that may be assigned before it is made",
    edit: (stacks) => {
      const { values } = find(stacks, TAGS, "domain-web_clickstream_access_raw_tags_");
      const tags = values.lf_tag as { key: string }[];
      tags.filter(({ key }) => key.includes("domain-web")).forEach((tag) => (tag.key = "domain-web"));
      hastily(TAGS, "domain-web_clickstream_access_raw_tags_", "aws_lakeformation_lf_tag.")(stacks);
    },
    found: [TAGS, "domain-web_clickstream_access_raw_tags_"],
  },
  {
    rule: "WIRE-LF-03",
    what: "a location whose role may not write",
    edit: withoutActions(["aws_iam_role_policy", "lake_raw-location_"], /^s3:PutObject$/),
    found: ["aws_lakeformation_resource", "lake_raw-location_"],
  },
  {
    rule: "WIRE-LF-05",
    what: "an opt-in where Lake Formation decides for everybody",
    edit: (stacks) => {
      const { values } = find(stacks, TAGS, "domain-web_clickstream_access_raw_tags_");
      added("prod-domain-web", "aws_lakeformation_opt_in", "needless", {
        principal: [{ data_lake_principal_identifier: "arn:aws:iam::333333333333:role/analysts" }],
        resource_data: [{ table: [values.table] }],
        depends_on: values.depends_on,
      })(stacks);
    },
    found: "aws_lakeformation_opt_in.needless",
  },
  {
    rule: "WIRE-LF-06",
    what: "a grant to an administrator",
    edit: added("prod-lake", GRANTS, "implicit", {
      principal: BREAK_GLASS,
      permissions: ["DESCRIBE"],
      database: { name: "default" },
    }),
    found: `${GRANTS}.implicit`,
  },
  {
    rule: "WIRE-LF-07",
    what: "a role that plans blindly",
    edit: set(...SETTINGS, "read_only_admins", ["arn:aws:iam::333333333333:role/basin-prod-drift"]),
    found: SETTINGS,
  },
  {
    rule: "WIRE-LF-08",
    what: "a migrator that may make no tables",
    edit: set(GRANTS, "processing_migrator-databases_", "permissions", ["DESCRIBE"]),
    found: ["aws_lambda_invocation", "domain-reference_countries_"],
  },
  {
    rule: "WIRE-LF-08",
    what: "an upkeep that may only read",
    edit: set(GRANTS, "processing_upkeep-tables_", "permissions", ["DESCRIBE", "SELECT"]),
    found: ["aws_glue_catalog_table_optimizer", "domain-reference_countries_tables_curated_compaction"],
  },
  {
    rule: "WIRE-LF-08",
    what: "a database that may get its tags after its tables",
    edit: hastily("aws_lambda_invocation", "clickstream_tables_migration_", "database-raw_lf-tags_"),
    found: ["aws_lambda_invocation", "clickstream_tables_migration_"],
  },
  {
    rule: "WIRE-LF-08",
    what: "a delivery that may look at its tables before it is granted any",
    edit: hastily("aws_kinesis_firehose_delivery_stream", "clickstream_", "deliver_permissions_"),
    found: ["aws_kinesis_firehose_delivery_stream", "clickstream_"],
  },
  {
    rule: "WIRE-LF-09",
    what: "a table that is more open than one of its columns",
    edit: inOrder(
      tagged(`${OF_CLICKS}tags_`, "confidential"),
      // the column that was open is as its table is, the one with personal data is tagged by itself
      tagged(`${OF_CLICKS}column-properties_`, "pii"),
      (stacks) => {
        const { values } = find(stacks, TAGS, `${OF_CLICKS}column-properties_`);
        (values.table_with_columns as { column_names: string[] }).column_names = ["ip_address"];
      },
    ),
    found: ["aws_lambda_invocation", "clickstream_tables_migration_"],
  },
  {
    rule: "WIRE-LF-10",
    what: "a column that may be tagged before its table is made",
    edit: hastily(TAGS, `${OF_CLICKS}column-properties_`, ""),
    found: [TAGS, `${OF_CLICKS}column-properties_`],
  },
  {
    rule: "WIRE-LF-10",
    what: "everything on tables, which every plan grants anew",
    edit: set(GRANTS, "processing_upkeep-tables_", "permissions", ["ALL"]),
    found: [GRANTS, "processing_upkeep-tables_"],
  },
];
