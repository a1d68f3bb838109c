import type { Matrix } from "../../cli/access/form";
import { accessMatrix, type MatrixProps } from "../../cli/access/matrix";
import { Names } from "../../cli/access/names";
import type { Environment } from "../../environments/schema";
import { domains } from "../fixtures/domains";
import { ACCOUNT, graphOf, type Lake } from "./lake-formation";

const TABLE = { database_name: "basin_dev_sales_published", name: "orders" };

const COLUMNS = {
  order_id: { sensitivity: "internal" },
  country_code: { sensitivity: "internal" },
  total: { sensitivity: "confidential" },
  delivery_note: { sensitivity: "pii" },
};

/** Orders as they are and as they are published; nothing is granted. */
export const EMPTY: Lake = {
  settings: { admins: ["boss"] },
  locations: { "arn:aws:s3:::lake": "registered" },
  databases: { basin_dev_sales_curated: {}, basin_dev_sales_published: {} },
  tables: {
    "basin_dev_sales_curated.orders": {
      location: "s3://lake/curated/orders",
      tags: { zone: "curated", sensitivity: "pii" },
      columns: COLUMNS,
    },
    "basin_dev_sales_published.orders": {
      location: "s3://lake/published/orders",
      tags: { zone: "published", sensitivity: "pii" },
      columns: COLUMNS,
    },
  },
  steps: [],
  principals: {},
};

/** Lets somebody read what LF-Tags match. */
export function byTags(principal: string, zone: string, sensitivities: readonly string[]): Lake["steps"][number] {
  const expression = [
    { key: "zone", values: [zone] },
    { key: "sensitivity", values: sensitivities },
  ];
  const lf_tag_policy = { resource_type: "TABLE", expression };
  return { type: "permissions", values: { principal, permissions: ["SELECT", "DESCRIBE"], lf_tag_policy } };
}

/** Lets somebody read some rows of published orders, all columns but delivery notes. */
export function byFilter(principal: string, rows: string): Lake["steps"] {
  const named = { ...TABLE, table_catalog_id: ACCOUNT.accountId };
  const filter = {
    database_name: named.database_name,
    table_name: named.name,
    name: "some",
    table_catalog_id: ACCOUNT.accountId,
  };
  return [
    {
      type: "data_cells_filter",
      values: {
        table_data: {
          ...filter,
          column_wildcard: { excluded_column_names: ["delivery_note"] },
          row_filter: { filter_expression: rows },
        },
      },
    },
    { type: "permissions", values: { principal, permissions: ["SELECT"], data_cells_filter: filter } },
  ];
}

/** Lets somebody do things to published orders by name. */
export function byName(principal: string, permissions: readonly string[]): Lake["steps"][number] {
  return { type: "permissions", values: { principal, permissions, table: TABLE } };
}

export const GROUP = "arn:aws:identitystore:::group/0f5c2a1e-6b7d-4c8e-9a10-2b3c4d5e6f01";

const CONSUMERS: Environment["consumers"] = {
  analysts: { kind: "iam-role", roleName: "analysts" },
  "customer-care": { kind: "identity-center-group", groupId: GROUP.replace(/.*\//, "") },
  "finance-reports": { kind: "none", reason: "nobody looks at them here" },
};

/** Names of an environment in which test lakes are. */
export function namesOf(name = "dev", accountId = ACCOUNT.accountId, consumers = CONSUMERS): Names {
  return new Names({
    platform: { name: "basin" },
    environment: { name, accountId, region: ACCOUNT.region, consumers },
    domains: Object.values(domains),
  });
}

/** What is worked out of a lake of "dev", whose tables a function makes. */
export function matrixOf(steps: Lake["steps"], more: Partial<Lake & Omit<MatrixProps, "graph">> = {}): Matrix {
  const { names = namesOf(), declared, ...lake } = more;
  const graph = graphOf({ ...EMPTY, ...lake, steps }, "contract");
  return accessMatrix({ graph, names, ...(declared && { declared }) });
}
