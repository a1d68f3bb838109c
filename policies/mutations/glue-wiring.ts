import type { SynthesizedStack } from "../graph";
import { added, addedStatement, find, type Mutation, set, statement } from "./mutation";

const POLICY = ["aws_iam_role_policy", "lake_catalog-encryption"] as const;
const OPTIMIZER = ["aws_glue_catalog_table_optimizer", "domain-sales_orders_tables_raw_compaction"] as const;
const SETTINGS = ["aws_glue_data_catalog_encryption_settings", "lake_"] as const;

/** Encrypts the catalog without a role of its own, and lets another one use it. */
const user = (change: (found: Record<string, unknown>, key: unknown) => void) => (stacks: SynthesizedStack[]) => {
  const { data_catalog_encryption_settings: settings } = find(stacks, ...SETTINGS).values;
  const { encryption_at_rest: atRest } = settings as { encryption_at_rest: Record<string, unknown> };
  atRest.catalog_encryption_mode = "SSE-KMS";
  delete atRest.catalog_encryption_service_role;
  // others use the catalog too, and would be found beside the one who is meant
  for (const [type, part, sid] of OTHERS) {
    statement(type, part, sid)(stacks);
  }
  for (const role of ["processing_table-migrator_", "processing_table-upkeep_", "clickstream_delivery_"]) {
    const use = { Effect: "Allow", Action: USE, Resource: atRest.sse_aws_kms_key_id };
    addedStatement("aws_iam_role_policy", role, use)(stacks);
  }
  statement(...POLICY, "UseKeyCatalog", (found) => {
    change(found, found.Resource);
  })(stacks);
};

const USE = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];

const OTHERS = [
  ["aws_iam_policy", "bootstrap_read-configuration_", "ReadCatalog"],
  ["aws_iam_policy", "bootstrap_change-services_", "ChangeCatalog"],
  ["aws_iam_role_policy", "bootstrap_break-glass_", "DropTables"],
] as const;

/** Each breaks the use of the Data Catalog, and says which rule notices. */
export const GLUE_WIRING_MUTATIONS: readonly Mutation[] = [
  {
    rule: "WIRE-GLUE-05",
    what: "a reader of the catalog without its key",
    edit: user((found) => Object.assign(found, { Action: "glue:GetTable", Resource: "arn:aws:glue:*:*:table/*" })),
    found: ["aws_iam_role", "lake_catalog-encryption"],
  },
  {
    rule: "WIRE-GLUE-05",
    what: "a writer of the catalog that may only decrypt",
    edit: user((found) => Object.assign(found, { Action: ["glue:UpdateTable", "kms:Decrypt"] })),
    found: ["aws_iam_role", "lake_catalog-encryption"],
  },
  {
    rule: "WIRE-GLUE-05",
    what: "a catalog whose own role may only decrypt",
    edit: statement(...POLICY, "UseKeyCatalog", (found) => {
      found.Action = ["kms:Decrypt", "kms:DescribeKey"];
    }),
    found: ["aws_iam_role", "lake_catalog-encryption"],
  },
  {
    rule: "WIRE-GLUE-05",
    what: "a database before its encryption",
    edit: (stacks) => {
      added("prod-lake", "aws_glue_catalog_database", "early", {
        name: "basin_prod_early",
        lifecycle: { prevent_destroy: true },
        depends_on: [find(stacks, "aws_lakeformation_data_lake_settings", "lake_").address],
      })(stacks);
    },
    found: "aws_glue_catalog_database.early",
  },
  {
    rule: "WIRE-GLUE-06",
    what: "an optimizer that does not wait for its table",
    edit: set(...OPTIMIZER, "depends_on", []),
    found: OPTIMIZER,
  },
  {
    rule: "WIRE-GLUE-06",
    what: "an optimizer of another table",
    edit: set(...OPTIMIZER, "table_name", "elsewhere"),
    found: OPTIMIZER,
  },
];
