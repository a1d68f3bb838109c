import type { SynthesizedStack } from "../graph";
import { added, type Edit, find, inOrder, type Mutation, set, stack } from "./mutation";

const SETTINGS = ["aws_lakeformation_data_lake_settings", "lake_"] as const;
const RAW = ["aws_lakeformation_resource", "lake_raw-location_"] as const;
const OF_CUSTOMERS = "domain-sales_customers_access_published_";
const TO_ANALYSTS = ["aws_lakeformation_permissions", `${OF_CUSTOMERS}select-analysts_`] as const;
const TO_CARE = ["aws_lakeformation_permissions", `${OF_CUSTOMERS}select-customer-care_`] as const;
const WORKGROUP = ["aws_athena_workgroup", "workgroup-analysts_"] as const;
const IAM_GROUP = "IAM_ALLOWED_PRINCIPALS";

interface Condition {
  readonly key: string;
  values: string[];
}

/** Changes the conditions of a grant by LF-Tags, by what their keys refer to. */
const conditions =
  ([type, part]: readonly [string, string], change: (found: Condition[]) => Condition[]): Edit =>
  (stacks) => {
    const { values } = find(stacks, type, part);
    const policy = values.lf_tag_policy as { expression: Condition[] };
    policy.expression = change(policy.expression);
  };

/** Lets a condition on a tag have one value more. */
const more = (grant: readonly [string, string], tag: string, value: string): Edit =>
  conditions(grant, (found) =>
    found.map((one) => (one.key.includes(tag) ? { ...one, values: [...one.values, value] } : one)),
  );

/** Changes an object in the configuration of the analysts' workgroup. */
const configured = (change: (configuration: Record<string, unknown>) => void) => (stacks: SynthesizedStack[]) => {
  change(find(stacks, ...WORKGROUP).values.configuration as Record<string, unknown>);
};

/** Each opens the lake to somebody, and says which rule notices. */
export const LAKE_FORMATION_MUTATIONS: readonly Mutation[] = [
  {
    rule: "LAKE-LF-01",
    what: "new tables that IAM alone decides about",
    edit: set(...SETTINGS, "create_table_default_permissions", [{ principal: IAM_GROUP, permissions: ["ALL"] }]),
    found: SETTINGS,
  },
  {
    rule: "LAKE-LF-02",
    what: "a root user who administers the lake",
    edit: (stacks) => {
      const { admins } = find(stacks, ...SETTINGS).values;
      (admins as string[]).push("arn:aws:iam::333333333333:root");
    },
    found: SETTINGS,
  },
  {
    rule: "LAKE-LF-02",
    what: "settings that lock out who deploys",
    edit: set(...SETTINGS, "admins", ["arn:aws:iam::333333333333:role/basin-prod-break-glass"]),
    found: SETTINGS,
  },
  {
    rule: "LAKE-LF-03",
    what: "a zone that does not say whether IAM decides as well",
    edit: set(...RAW, "hybrid_access_enabled", undefined),
    found: RAW,
  },
  {
    rule: "LAKE-LF-04",
    what: "a database for everybody whom IAM lets in",
    edit: added("prod-lake", "aws_lakeformation_permissions", "open", {
      principal: IAM_GROUP,
      permissions: ["DESCRIBE"],
      database: { name: "default" },
    }),
    found: "aws_lakeformation_permissions.open",
  },
  {
    rule: "LAKE-LF-05",
    what: "a consumer who hands on",
    edit: set(...TO_ANALYSTS, "permissions_with_grant_option", ["SELECT"]),
    found: TO_ANALYSTS,
  },
  {
    rule: "LAKE-LF-06",
    what: "a value that its tag does not have",
    edit: more(TO_ANALYSTS, "sensitivity", "restricted"),
    found: TO_ANALYSTS,
  },
  {
    rule: "LAKE-LF-07",
    what: "addresses of customers that are tagged as anything else",
    edit: (stacks) => {
      const { values } = find(stacks, "aws_lakeformation_resource_lf_tags", `${OF_CUSTOMERS}column-segment_`);
      (values.table_with_columns as { column_names: string[] }).column_names.push("email");
    },
    found: ["aws_lambda_invocation", "domain-sales_customers_"],
  },
  {
    rule: "LAKE-LF-07",
    what: "a consumer who is granted whatever a table has",
    edit: conditions(TO_ANALYSTS, (found) => found.filter(({ key }) => !key.includes("sensitivity"))),
    found: TO_ANALYSTS,
  },
  {
    rule: "LAKE-LF-07",
    what: "a filter that shows every column",
    edit: (stacks) => {
      const { table_data: data } = find(stacks, "aws_lakeformation_data_cells_filter", "domain-sales_orders_").values;
      const [filter] = data as Record<string, unknown>[];
      Object.assign(filter ?? {}, { column_names: undefined, column_wildcard: [{}] });
    },
    found: ["aws_lakeformation_data_cells_filter", "domain-sales_orders_"],
  },
  {
    rule: "LAKE-LF-08",
    what: "engines of others that filter for themselves",
    edit: set(...SETTINGS, "allow_external_data_filtering", true),
    found: SETTINGS,
  },
  {
    rule: "LAKE-LF-09",
    what: "a filter beside tags that show what it hides",
    edit: inOrder(more(TO_CARE, "domain-sales", "orders"), more(TO_CARE, "zone", "published-filtered")),
    found: ["aws_lakeformation_permissions", "domain-sales_orders_access_published_select-customer-care_"],
  },
  {
    rule: "LAKE-ATH-01",
    what: "a workgroup whose settings clients overrule",
    edit: configured((configuration) => {
      configuration.enforce_workgroup_configuration = false;
    }),
    found: WORKGROUP,
  },
  {
    rule: "LAKE-ATH-02",
    what: "results with S3's own key",
    edit: configured(({ result_configuration: results }) => {
      Object.assign(results as object, { encryption_configuration: { encryption_option: "SSE_S3" } });
    }),
    found: WORKGROUP,
  },
  {
    rule: "LAKE-ATH-02",
    what: "results in anybody's bucket",
    edit: configured(({ result_configuration: results }) => {
      Object.assign(results as object, { expected_bucket_owner: undefined });
    }),
    found: WORKGROUP,
  },
  {
    rule: "LAKE-ATH-03",
    what: "queries without end",
    edit: configured((configuration) => {
      delete configuration.bytes_scanned_cutoff_per_query;
    }),
    found: WORKGROUP,
  },
  {
    rule: "LAKE-ATH-03",
    what: "queries that read more than the environment lets them",
    edit: configured((configuration) => {
      configuration.bytes_scanned_cutoff_per_query = Number.MAX_SAFE_INTEGER;
    }),
    found: WORKGROUP,
  },
  {
    rule: "WIRE-ATH-01",
    what: "a consumer who is not told to let results be written",
    edit: told("s3:PutObject"),
    found: WORKGROUP,
  },
  {
    rule: "WIRE-LF-04",
    what: "a consumer who is not told to let Lake Formation be asked",
    edit: told("lakeformation:GetDataAccess"),
    found: ["aws_lakeformation_permissions", "domain-reference_countries_access_published_select-analysts_"],
  },
];

/** Leaves an action out of what those who own the analysts' role are told. */
function told(action: string): Edit {
  return stack("prod-lake", (json) => {
    const { output } = json as unknown as { output: Record<string, { value: string }> };
    const policy = output.consumer_policy_analysts;
    if (!policy?.value.includes(`"${action}"`)) {
      throw new Error(`consumer_policy_analysts does not have ${action}`);
    }
    policy.value = policy.value.replace(`"${action}"`, '"sts:GetCallerIdentity"');
  });
}
