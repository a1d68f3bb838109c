import { isTable, type Sensitivity, type TableReader } from "../../domains/schema";
import { platform } from "../../environments/platform";
import type { SynthesizedStack } from "../../policies/graph";
import { domains } from "../fixtures/domains";
import { environments } from "../fixtures/environments";
import { checkAgreement } from "../support/access-property";
import { type Declared, disagreements } from "../../cli/access/agreement";
import { graphOf, stacksOf } from "../support/declared-stacks";

const environment = environments.prod;

// customer-care reads some rows of orders and all of customers; the others all rows, of some columns
const declared = declaredWith((reader) => (reader.consumer === "analysts" ? { ...reader, upTo: "internal" } : reader));
const stacks = stacksOf(declared);

/** The platform with other readers of orders. */
function declaredWith(change: (reader: TableReader) => TableReader): Declared {
  const { sales, reference } = domains;
  const datasets = sales.datasets.map((dataset) =>
    isTable(dataset) && dataset.name === "orders" ? { ...dataset, readers: dataset.readers.map(change) } : dataset,
  );
  return { platform, environment, domains: [{ ...sales, datasets }, reference] };
}

type Values = Record<string, unknown>;

/** A resource by the end of its address, without cdktf's hash. */
type Edit = (resources: Record<string, Record<string, Values>>) => void;

function found(resources: Record<string, Record<string, Values>>, end: string) {
  const [match, ...others] = Object.entries(resources).flatMap(([type, byId]) =>
    Object.keys(byId)
      .filter((id) => `${type}.${id}`.replace(/_[0-9A-F]{8}$/, "").endsWith(end))
      .map((id) => ({ type, id })),
  );
  if (match === undefined || others.length > 0) {
    throw new Error(`there is not one resource "${end}", but ${match === undefined ? 0 : others.length + 1}`);
  }
  return match;
}

function dropped(end: string): Edit {
  return (resources) => {
    const { type, id } = found(resources, end);

    delete resources[type]?.[id];
  };
}

/** Replaces text in the JSON of a resource. */
function edited(end: string, from: string | RegExp, to: string): Edit {
  return (resources) => {
    const { type, id } = found(resources, end);
    const text = JSON.stringify(resources[type]?.[id]);
    const changed = text.replace(from, to);
    if (changed === text) {
      throw new Error(`${end} does not have ${String(from)}: ${text}`);
    }
    (resources[type] ??= {})[id] = JSON.parse(changed) as Values;
  };
}

function added(type: string, values: Values): Edit {
  return (resources) => {
    (resources[type] ??= {}).added = values;
  };
}

function all(type: string, edit: (values: Values) => void): Edit {
  return (resources) => {
    Object.values(resources[type] ?? {}).forEach(edit);
  };
}

const PUBLISHED = "basin_prod_sales_published";
const ANALYSTS = "arn:aws:iam::333333333333:role/analysts";
const CARE = "arn:aws:iam::333333333333:role/customer-care";
const FINANCE = "arn:aws:quicksight:eu-west-1:333333333333:group/default/finance";
const UPKEEP = "arn:aws:iam::333333333333:role/basin-prod-table-upkeep";
const PAID = "status IN ('paid', 'shipped', 'returned')";

const gained = (who: string, cell: string, rows = "all") =>
  `${who} ${PUBLISHED}.${cell}: declared none, granted ${rows}`;
const lost = (who: string, cell: string, rows = "all") => `${who} ${PUBLISHED}.${cell}: declared ${rows}, granted none`;

/** What is done to the stacks, and a line that has to be among those told. */
const BROKEN_STACKS: [string, Edit, string][] = [
  ["a column has no tag", dropped("orders_access_published_column-status"), lost(ANALYSTS, "orders.status")],
  [
    "a column has the tag of a less sensitive one",
    edited("orders_access_published_column-total", '"confidential"', '"internal"'),
    gained(ANALYSTS, "orders.total"),
  ],
  [
    "a table has the tag of a less sensitive one",
    edited("orders_access_published_tags", '"pii"', '"confidential"'),
    gained(FINANCE, "orders.delivery_note"),
  ],
  ["a table has no tags", dropped("customers_access_published_tags"), lost(ANALYSTS, "customers.segment")],
  [
    "a table with a filter is in the zone of those without",
    edited("orders_access_published_tags", '"published-filtered"', '"published"'),
    lost(ANALYSTS, "orders.status"),
  ],
  [
    "a table has the tag of another dataset",
    edited("customers_access_published_tags", '"customers"', '"orders"'),
    lost(ANALYSTS, "customers.segment"),
  ],
  [
    "a raw table is in the zone of published ones",
    edited("domain-sales_database-raw_lf-tags", '"raw"', '"published"'),
    `${CARE} basin_prod_sales_raw.customers.email: declared none, granted all`,
  ],
  [
    "an expression names a more sensitive value",
    edited("orders_access_published_select-analysts_permissions", '"internal"]', '"internal","pii"]'),
    gained(ANALYSTS, "orders.delivery_note"),
  ],
  [
    "an expression names a less sensitive value only",
    edited("orders_access_published_select-finance-reports_permissions", ',"confidential"]', "]"),
    lost(FINANCE, "orders.total"),
  ],
  [
    "an expression names another dataset and zone too, on which a filter stands",
    (resources) => {
      const grant = "customers_access_published_select-customer-care_permissions";
      edited(grant, '["customers"]', '["customers","orders"]')(resources);
      edited(grant, '["published"]', '["published","published-filtered"]')(resources);
    },
    `${CARE} ${PUBLISHED}.orders.status: all rows in spite of a filter`,
  ],
  [
    "an expression lacks the dataset",
    edited(
      "customers_access_published_select-customer-care_permissions",
      /\{"key":"[^"]*","values":\["customers"\]\},/,
      "",
    ),
    `${CARE} basin_prod_reference_published.exchange_rates.rate: declared none, granted all`,
  ],
  [
    "a grant is only for looking",
    edited("orders_access_published_select-analysts_permissions", '["DESCRIBE","SELECT"]', '["DESCRIBE"]'),
    lost(ANALYSTS, "orders.status"),
  ],
  ["a grant is gone", dropped("orders_access_published_select-analysts_permissions"), lost(ANALYSTS, "orders.status")],
  [
    "a grant is somebody else's",
    edited("orders_access_published_select-analysts_permissions", "role/analysts", "role/guests"),
    gained("arn:aws:iam::333333333333:role/guests", "orders.status"),
  ],
  [
    "a filter shows all rows",
    edited(
      "orders_access_published_filter-customer-care",
      /"row_filter":\[\{[^}]*\}\]/,
      '"row_filter":[{"all_rows_wildcard":[{}]}]',
    ),
    `${CARE} ${PUBLISHED}.orders.status: declared ${PAID}, granted all`,
  ],
  [
    "a filter shows other rows",
    edited("orders_access_published_filter-customer-care", "'paid', ", ""),
    `${CARE} ${PUBLISHED}.orders.status: declared ${PAID}, granted status IN ('shipped', 'returned')`,
  ],
  [
    "a filter lacks a column",
    edited("orders_access_published_filter-customer-care", ',"delivery_note"]', "]"),
    lost(CARE, "orders.delivery_note", PAID),
  ],
  [
    "a filter is not made",
    dropped("orders_access_published_filter-customer-care"),
    `${CARE} ${PUBLISHED}.orders.status: all rows in spite of a filter`,
  ],
  [
    "a filter is granted to nobody",
    dropped("orders_access_published_select-customer-care"),
    lost(CARE, "orders.status", PAID),
  ],
  [
    "somebody is granted a table by its name",
    added("aws_lakeformation_permissions", {
      principal: FINANCE,
      permissions: ["SELECT"],
      table: { database_name: PUBLISHED, name: "customers" },
    }),
    gained(FINANCE, "customers.email"),
  ],
  [
    "IAM decides too, because databases do not wait for the settings",
    all("aws_glue_catalog_database", (values) => {
      const { depends_on: earlier = [] } = values as { depends_on?: string[] };
      values.depends_on = earlier.filter((address) => !address.startsWith("aws_lakeformation_"));
    }),
    gained("IAM_ALLOWED_PRINCIPALS", "orders.delivery_note"),
  ],
  [
    "IAM decides too, because settings say so of new tables",
    all("aws_lakeformation_data_lake_settings", (values) => {
      values.create_table_default_permissions = [{ principal: "IAM_ALLOWED_PRINCIPALS", permissions: ["ALL"] }];
    }),
    gained("IAM_ALLOWED_PRINCIPALS", "orders.delivery_note"),
  ],
  [
    "a consumer administers the lake",
    all("aws_lakeformation_data_lake_settings", (values) => {
      values.admins = [...(values.admins as string[]), ANALYSTS];
    }),
    `${ANALYSTS} reads without a grant, as administrator`,
  ],
  [
    "a consumer reads the files of a bucket",
    all("aws_s3_bucket_policy", (values) => {
      const policy = JSON.parse(String(values.policy)) as { Statement: Values[] };
      const open = { Effect: "Allow", Principal: { AWS: ANALYSTS }, Action: "s3:GetObject", Resource: "*" };
      values.policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, open] });
    }),
    `${ANALYSTS} reads without a grant, as files`,
  ],
  [
    "the role that keeps tables small may not ask for data",
    all("aws_iam_role_policy", (values) => {
      values.policy = String(values.policy).replaceAll(
        "lakeformation:GetDataAccess",
        "lakeformation:GetEffectivePermissionsForPath",
      );
    }),
    lost(UPKEEP, "orders.status"),
  ],
  [
    "the location of a zone is not registered",
    dropped("lake_published-location"),
    `${PUBLISHED}.orders is none: its readers have no right on its files`,
  ],
  [
    "the location of a zone is left to IAM",
    edited("lake_published-location", '"hybrid_access_enabled":false', '"hybrid_access_enabled":true'),
    `${PUBLISHED}.orders is hybrid: its readers have no right on its files`,
  ],
  [
    "a grant is one that Lake Formation refuses",
    added("aws_lakeformation_permissions", {
      principal: ANALYSTS,
      permissions: ["SUPER_USER"],
      catalog_resource: true,
    }),
    "aws_lakeformation_permissions.added is refused",
  ],
];

const of = (name: string, change: Partial<TableReader>) =>
  declaredWith((reader) =>
    reader.consumer === name
      ? { ...reader, ...change }
      : reader.consumer === "analysts"
        ? { ...reader, upTo: "internal" }
        : reader,
  );

const upTo = (name: string, level: Sensitivity) => of(name, { upTo: level });

/** The platform with other declarations than its stacks were made from, and a line that has to be among those told. */
const BROKEN_DECLARATIONS: [string, Declared, string][] = [
  ["a reader is declared up to less", upTo("finance-reports", "internal"), gained(FINANCE, "orders.total")],
  [
    "a reader of some rows is declared up to less",
    upTo("customer-care", "confidential"),
    gained(CARE, "orders.delivery_note", PAID),
  ],
  ["a reader is declared up to more", upTo("finance-reports", "pii"), lost(FINANCE, "orders.delivery_note")],
  [
    "a reader is declared to read all rows",
    of("customer-care", { rows: undefined }),
    `${CARE} ${PUBLISHED}.orders.total: declared all, granted ${PAID}`,
  ],
  [
    "a reader is declared to read some rows",
    of("finance-reports", { rows: [{ rule: "oneOf", column: "status", values: ["paid"] }] }),
    `${FINANCE} ${PUBLISHED}.orders.total: all rows in spite of a filter`,
  ],
  [
    "a reader is declared to read other rows",
    of("customer-care", { rows: [{ rule: "oneOf", column: "status", values: ["paid", "shipped"] }] }),
    `${CARE} ${PUBLISHED}.orders.total: declared status IN ('paid', 'shipped'), granted ${PAID}`,
  ],
  [
    "a consumer is another one",
    {
      ...declared,
      environment: {
        ...environment,
        consumers: { ...environment.consumers, analysts: { kind: "iam-role", roleName: "guests" } },
      },
    },
    lost("arn:aws:iam::333333333333:role/guests", "orders.status"),
  ],
  [
    "an environment has nobody of a name",
    {
      ...declared,
      environment: {
        ...environment,
        consumers: { ...environment.consumers, analysts: { kind: "none", reason: "nobody analyses" } },
      },
    },
    gained(ANALYSTS, "orders.status"),
  ],
  [
    "a dataset is disabled",
    { ...declared, environment: { ...environment, disabledDatasets: { "sales.customers": "not wanted here" } } },
    gained(CARE, "customers.email"),
  ],
];

function edit(change: Edit): SynthesizedStack[] {
  // JSON's own copy: structuredClone makes objects of another realm
  const copy = JSON.parse(JSON.stringify(stacks)) as SynthesizedStack[];
  copy.forEach(({ json }) => {
    change(json.resource ?? {});
  });
  return copy;
}

describe("declarations and stacks agree", () => {
  test("as they are", () => {
    expect(disagreements(declared, graphOf(declared, stacks))).toEqual([]);
  });

  test.each(BROKEN_STACKS)("not where %s", (_, change, line) => {
    expect(disagreements(declared, graphOf(declared, edit(change))).join("\n")).toContain(line);
  });

  test.each(BROKEN_DECLARATIONS)("not where %s", (_, other, line) => {
    expect(disagreements(other, graphOf(declared, stacks)).join("\n")).toContain(line);
  });
});

test("a platform that fails is told with what does not agree, and how to have it again", () => {
  const check = () => checkAgreement({ seed: 1, platforms: 3 }, () => ["somebody reads something"]);

  expect(check).toThrow(/^seed 1, path \S+, platform 1, .*:\nsomebody reads something\n\{\n {2}"consumers": \{/);
});
