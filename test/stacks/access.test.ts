import { type Dataset, type Domain, isTable, type TableDataset } from "../../domains/schema";
import type { Environment } from "../../environments/schema";
import { domains } from "../fixtures/domains";
import { environments } from "../fixtures/environments";
import { addresses, namedEnvironments, synthesize, synthesizeDomain } from "../support/environments";
import { address, resources, statements } from "../support/synth";

const { dev, prod } = environments;
const { sales } = domains;

const migrating = (environment: Environment): Environment => ({
  ...environment,
  lake: {
    ...environment.lake,
    hybridAccess: { kind: "migration", until: "2027-03-31", reason: "dashboards move in March" },
  },
});

const synthesized = new Map<string, string>();

/** An environment with one domain, in one stack. The same is not synthesized twice. */
function synth(environment: Environment = dev, domain: Domain = sales): string {
  const key = JSON.stringify([environment, domain]);
  const json = synthesized.get(key) ?? synthesizeDomain(domain, environment);
  synthesized.set(key, json);
  return json;
}

/** All resources of a type, with the names that references stand for. */
function plain(json: string, type: string): Record<string, unknown>[] {
  const text = JSON.stringify(Object.values(resources(json, type))).replace(
    /\$\{(\w+)\.([\w-]+)\.(\w+)\}/g,
    (reference, other: string, id: string, attribute: string) => {
      const value = resources(json, other)[id]?.[attribute];
      return typeof value === "string" ? value : reference;
    },
  );
  return JSON.parse(text) as Record<string, unknown>[];
}

interface Assignment {
  readonly database?: { readonly name: string };
  readonly table?: { readonly database_name: string; readonly name: string };
  readonly table_with_columns?: {
    readonly database_name: string;
    readonly name: string;
    readonly column_names: readonly string[];
  };
  readonly lf_tag: readonly { readonly key: string; readonly value: string }[];
}

/** Tags as "key=value" by what they are on: "database", "database.table" or "database.table.column". */
function tagsIn(json: string): Record<string, string[]> {
  const places = (plain(json, "aws_lakeformation_resource_lf_tags") as unknown as Assignment[]).map(
    ({ database, table, table_with_columns: columns, lf_tag: tags }): [string, string[]] => [
      [
        database?.name ?? table?.database_name ?? columns?.database_name,
        table?.name ?? columns?.name,
        ...(columns?.column_names ?? []),
      ]
        .filter((name) => name !== undefined)
        .join("."),
      tags.map(({ key, value }) => `${key}=${value}`),
    ],
  );
  return Object.fromEntries(places);
}

interface Grant {
  readonly principal: string;
  readonly permissions: readonly string[];
  readonly lf_tag_policy?: {
    readonly resource_type: string;
    readonly expression: readonly { readonly key: string; readonly values: readonly string[] }[];
  };
  readonly data_cells_filter?: { readonly table_name: string };
  readonly database?: { readonly name: string };
}

/** What is granted to a principal on tables, with the expression as text. */
function grantsTo(json: string, principal: string): [permissions: string, on: string | undefined][] {
  return (plain(json, "aws_lakeformation_permissions") as unknown as Grant[])
    .filter((grant) => grant.principal === principal)
    .map(({ permissions, lf_tag_policy: policy, data_cells_filter: filter, database }) => [
      permissions.join(),
      // a reference to the database
      (database && "the database") ??
        filter?.table_name ??
        policy?.expression.map(({ key, values }) => `${key}=${values.join("|")}`).join(" & "),
    ]);
}

const withOrders = (change: (orders: TableDataset) => Partial<TableDataset>): Domain => ({
  ...sales,
  datasets: sales.datasets.map((dataset): Dataset =>
    dataset.name === "orders" && isTable(dataset) ? { ...dataset, ...change(dataset) } : dataset,
  ),
});

const ANALYSTS = "arn:aws:iam::111111111111:role/analysts";
const CARE = "arn:aws:iam::111111111111:role/customer-care";
const FINANCE = "arn:aws:quicksight:eu-west-1:333333333333:group/default/finance";
const SHOWN = ["DESCRIBE", "the database"];
const UP_TO_CONFIDENTIAL = "sensitivity=public|internal|confidential";

describe("the lake", () => {
  test("is administered by who deploys and, if need be, people, and looked at by who plans", () => {
    const [settings] = plain(synth(), "aws_lakeformation_data_lake_settings");
    const roles = (...names: string[]) => names.map((name) => `arn:aws:iam::111111111111:role/basin-dev-${name}`);

    expect(settings).toMatchObject({
      admins: roles("apply", "break-glass"),
      read_only_admins: roles("drift", "plan"),
      create_database_default_permissions: [],
      create_table_default_permissions: [],
    });
  });

  test("registers the bucket of each zone with tables with a role of its own, and no other bucket", () => {
    const json = synth();
    const roles = resources(json, "aws_iam_role");
    const registered = Object.values(resources(json, "aws_lakeformation_resource")).map(({ arn, role_arn: role }) => {
      const id = (text: unknown) => /\.([\w-]+)\.arn\}$/.exec(String(text))?.[1] ?? "";
      return [resources(json, "aws_s3_bucket")[id(arn)]?.bucket, roles[id(role)]?.name];
    });

    expect(registered).toEqual(
      ["curated", "published", "raw"].map((zone) => [`basin-dev-lake-${zone}-111111111111`, `basin-dev-lake-${zone}`]),
    );
  });

  test("lets who deploys make databases in them, and waits for it", () => {
    const json = synth();
    const uses = ["apply", "break-glass"].flatMap((name) =>
      ["raw", "curated", "published"].map((zone) =>
        address(json, "aws_lakeformation_permissions", `lake_${name}-uses-${zone}`),
      ),
    );
    const databases = Object.values(resources(json, "aws_glue_catalog_database"));

    expect(databases).toHaveLength(3);
    for (const { depends_on: earlier } of databases) {
      expect(earlier).toEqual(expect.arrayContaining(uses));
      expect(earlier).toContain(address(json, "aws_lakeformation_data_lake_settings", "lake_lake-formation_settings"));
    }
  });

  test("has tags for zones and for sensitivity, the domain one for its tables", () => {
    const tags = plain(synth(), "aws_lakeformation_lf_tag").map(({ key, values }) => [key, values]);

    expect(Object.fromEntries(tags)).toEqual({
      zone: ["raw", "curated", "published", "published-filtered"],
      sensitivity: ["public", "internal", "confidential", "pii"],
      "domain-sales": ["orders", "customers"],
    });
  });
});

describe("what works on all tables", () => {
  const ALL = "zone=raw|curated|published|published-filtered";

  test.each([
    ["migrator", "table-migrator", "CREATE_TABLE,DESCRIBE", "ALTER,DESCRIBE"],
    ["upkeep", "table-upkeep", "DESCRIBE", "ALTER,DELETE,DESCRIBE,INSERT,SELECT"],
  ])("the %s is granted what it needs by zone, once for all domains", (_id, role, onDatabases, onTables) => {
    const json = synth();
    const [roleId] =
      Object.entries(resources(json, "aws_iam_role")).find(([, { name }]) => name === `basin-dev-${role}`) ?? [];
    const principal = `\${aws_iam_role.${roleId ?? ""}.arn}`;
    const granted = grantsTo(json, principal).filter(([, on]) => on !== undefined);

    expect(granted).toEqual([
      [onDatabases, ALL],
      [onTables, ALL],
    ]);
  });

  test.each([
    [
      "aws_lambda_invocation",
      ["migrator-tables", "migrator-databases", "migrator-uses-raw", "migrator-uses-published"],
    ],
    ["aws_glue_catalog_table_optimizer", ["upkeep-tables", "upkeep-databases"]],
  ])("begins when it is granted: %s", (type, ids) => {
    const json = synth();
    const granted = Object.keys(resources(json, "aws_lakeformation_permissions"))
      .filter((id) => ids.some((name) => id.startsWith(`processing_${name}`)))
      .map((id) => `aws_lakeformation_permissions.${id}`);

    expect(granted).toHaveLength(ids.length);
    for (const { depends_on: earlier } of Object.values(resources(json, type))) {
      expect(earlier).toEqual(expect.arrayContaining(granted));
    }
  });
});

describe("tags", () => {
  test("of a database close its tables until they have their own", () => {
    const tags = tagsIn(synth());

    for (const zone of ["raw", "curated", "published"]) {
      expect(tags[`basin_dev_sales_${zone}`]).toEqual([`zone=${zone}`, "sensitivity=pii"]);
    }
  });

  test("of tables say which dataset they are, those of readers with a filter that no other grant is on them", () => {
    const tags = tagsIn(synth());

    expect(tags["basin_dev_sales_published.orders"]).toEqual([
      "domain-sales=orders",
      "sensitivity=pii",
      "zone=published-filtered",
    ]);
    expect(tags["basin_dev_sales_published.customers"]).not.toContain("zone=published-filtered");
    for (const zone of ["raw", "curated", "published"]) {
      expect(tags[`basin_dev_sales_${zone}.customers`]).toContain("domain-sales=customers");
    }
    for (const zone of ["raw", "curated"]) {
      expect(tags[`basin_dev_sales_${zone}.orders`]).not.toContain("zone=published-filtered");
    }
  });

  test("of published columns relax the table's, column by column; nobody reads those of other zones", () => {
    const columns = Object.entries(tagsIn(synth())).filter(([place]) => /\.(orders|customers)\./.test(place));

    expect(Object.fromEntries(columns)).toEqual(
      Object.fromEntries([
        ...["order_id", "customer_id", "ordered_at", "status", "country_code", "currency_code"].map((name) => [
          `basin_dev_sales_published.orders.${name}`,
          ["sensitivity=internal"],
        ]),
        ...["total", "lines"].map((name) => [`basin_dev_sales_published.orders.${name}`, ["sensitivity=confidential"]]),
        ...["customer_id", "country_code", "updated_at"].map((name) => [
          `basin_dev_sales_published.customers.${name}`,
          ["sensitivity=internal"],
        ]),
        ["basin_dev_sales_published.customers.segment", ["sensitivity=confidential"]],
      ]),
    );
  });

  test("of tables and columns come when the migrator has made them", () => {
    const json = synth();
    const ofTables = Object.entries(resources(json, "aws_lakeformation_resource_lf_tags")).filter(
      ([, { database }]) => database === undefined,
    );

    expect(ofTables.length).toBeGreaterThan(6);
    for (const [id, { depends_on: earlier }] of ofTables) {
      const [, dataset = ""] = /^domain-sales_(\w+?)_access_/.exec(id) ?? [];
      expect(earlier).toContain(
        address(json, "aws_lambda_invocation", `domain-sales_${dataset}_tables_migration_invocation`),
      );
    }
  });
});

describe("readers", () => {
  test("read published tables of their datasets up to their level", () => {
    expect(grantsTo(synth(), ANALYSTS)).toEqual([
      ["DESCRIBE,SELECT", `domain-sales=customers & ${UP_TO_CONFIDENTIAL} & zone=published`],
      SHOWN,
      ["DESCRIBE,SELECT", `domain-sales=orders & ${UP_TO_CONFIDENTIAL} & zone=published-filtered`],
    ]);
  });

  test("of some rows read them through a filter, and hold no grant by tags on the table", () => {
    const json = synth();
    const [filter] = plain(json, "aws_lakeformation_data_cells_filter") as { table_data: unknown }[];

    expect(plain(json, "aws_lakeformation_data_cells_filter")).toHaveLength(1);
    expect(filter?.table_data).toEqual([
      {
        table_catalog_id: "111111111111",
        database_name: "basin_dev_sales_published",
        table_name: "orders",
        name: "customer-care",
        column_names: [
          ...["order_id", "customer_id", "ordered_at", "status", "country_code", "currency_code"],
          ...["total", "lines", "delivery_note"],
        ],
        row_filter: [{ filter_expression: "status IN ('paid', 'shipped', 'returned')" }],
      },
    ]);
    expect(grantsTo(json, CARE)).toEqual([
      ["DESCRIBE,SELECT", "domain-sales=customers & sensitivity=public|internal|confidential|pii & zone=published"],
      SHOWN,
      ["SELECT", "orders"],
    ]);
  });

  test("of some rows read columns up to their level", () => {
    const rows: TableDataset["readers"][number]["rows"] = [
      { rule: "between", column: "total", minimum: -0.5, maximum: 100 },
      { rule: "oneOf", column: "delivery_note", values: ["it's urgent"] },
    ];
    const json = synth(
      dev,
      withOrders(() => ({ readers: [{ consumer: "analysts", upTo: "internal", rows }] })),
    );
    const [filter] = plain(json, "aws_lakeformation_data_cells_filter");

    expect(filter?.table_data).toMatchObject([
      {
        column_names: ["order_id", "customer_id", "ordered_at", "status", "country_code", "currency_code"],
        row_filter: [{ filter_expression: "(total >= -0.5) AND (total <= 100) AND (delivery_note = 'it''s urgent')" }],
      },
    ]);
  });

  test("that an environment does not have get nothing, and no table is closed on their account", () => {
    const without: Environment = {
      ...dev,
      consumers: { ...dev.consumers, "customer-care": { kind: "none", reason: "nobody calls about test data" } },
    };
    const json = synth(without);

    expect(resources(json, "aws_lakeformation_data_cells_filter")).toEqual({});
    expect(Object.values(tagsIn(json)).flat()).not.toContain("zone=published-filtered");
    expect(grantsTo(json, CARE)).toEqual([]);
    expect(grantsTo(json, ANALYSTS)).toEqual([
      ["DESCRIBE,SELECT", `domain-sales=customers & ${UP_TO_CONFIDENTIAL} & zone=published`],
      SHOWN,
      ["DESCRIBE,SELECT", `domain-sales=orders & ${UP_TO_CONFIDENTIAL} & zone=published`],
    ]);
  });

  test("get nothing of a dataset that the environment disables, nor is it a value of the domain's tag", () => {
    const json = synth({ ...dev, disabledDatasets: { "sales.orders": "the shop of dev has none" } });

    expect(Object.keys(tagsIn(json)).filter((place) => place.includes(".orders"))).toEqual([]);
    expect(resources(json, "aws_lakeformation_data_cells_filter")).toEqual({});
    expect(grantsTo(json, ANALYSTS)).toEqual([
      ["DESCRIBE,SELECT", `domain-sales=customers & ${UP_TO_CONFIDENTIAL} & zone=published`],
      SHOWN,
    ]);
    expect(plain(json, "aws_lakeformation_lf_tag").find(({ key }) => key === "domain-sales")?.values).toEqual([
      "customers",
    ]);
  });

  test("of a domain without tables get nothing, for which it needs no tag", () => {
    const json = synth(dev, { ...sales, datasets: sales.datasets.filter((dataset) => !isTable(dataset)) });

    expect(plain(json, "aws_lakeformation_lf_tag").map(({ key }) => key)).toEqual(["sensitivity", "zone"]);
    expect(grantsTo(json, ANALYSTS)).toEqual([]);
  });

  test("are known by ARNs of roles with their path, and of groups where those are", () => {
    const json = synth({
      ...prod,
      consumers: {
        ...prod.consumers,
        analysts: { kind: "iam-role", roleName: "teams/data/analysts" },
        "finance-reports": {
          kind: "quicksight-group",
          namespace: "reports",
          groupName: "finance",
          identityRegion: "us-east-1",
        },
      },
    });

    expect(grantsTo(synth(prod), FINANCE)).toHaveLength(2);
    expect(grantsTo(json, "arn:aws:iam::333333333333:role/teams/data/analysts")).toHaveLength(3);
    expect(grantsTo(json, "arn:aws:quicksight:us-east-1:333333333333:group/reports/finance")).toHaveLength(2);
  });
});

describe("who queries with Athena", () => {
  const limited: Environment = {
    ...prod,
    consumers: {
      ...prod.consumers,
      analysts: { kind: "iam-role", roleName: "analysts", scanLimitBytes: 50_000_000_000 },
    },
  };
  const workgroupsOf = (environment: Environment) =>
    Object.fromEntries(
      plain(synth(environment), "aws_athena_workgroup").map(({ name, force_destroy: force, configuration }) => {
        const { bytes_scanned_cutoff_per_query: limit, result_configuration: results } = configuration as {
          readonly bytes_scanned_cutoff_per_query: number;
          readonly result_configuration: { readonly output_location: string };
        };
        return [String(name), { force, limit, location: results.output_location }];
      }),
    );
  const outputsOf = (environment: Environment) =>
    (JSON.parse(synth(environment)) as { output?: Record<string, { description: string; value: string }> }).output ??
    {};

  test("has a workgroup with a folder for results and a limit, which may be the environment's", () => {
    const results = "s3://basin-prod-query-results-333333333333";

    expect(workgroupsOf(limited)).toEqual({
      "basin-prod-analysts": { force: false, limit: 50_000_000_000, location: `${results}/analysts/` },
      "basin-prod-customer-care": { force: false, limit: 1_000_000_000_000, location: `${results}/customer-care/` },
      "basin-prod-finance-reports": {
        force: false,
        limit: 1_000_000_000_000,
        location: `${results}/finance-reports/`,
      },
    });
  });

  test("is neither a group of Identity Center nor nobody", () => {
    const group = { kind: "identity-center-group", groupId: "0f5c2a1e-6b7d-4c8e-9a10-2b3c4d5e6f01" } as const;
    const grouped = { ...dev, consumers: { ...dev.consumers, "customer-care": group } };

    expect(workgroupsOf(grouped)).toEqual({
      "basin-dev-analysts": {
        force: true,
        limit: 100_000_000_000,
        location: "s3://basin-dev-query-results-111111111111/analysts/",
      },
    });
    expect(Object.keys(outputsOf(grouped))).toEqual(["consumer_policy_analysts"]);
  });

  test("is told what to be allowed in IAM: to look tables up, ask for data and query, in no bucket but of results", () => {
    const json = synth(prod);
    const { consumer_policy_finance_reports: output, ...others } = outputsOf(prod);
    const policy = statements(output?.value);
    const results = `\${${address(json, "aws_s3_bucket", "lake_query-results_bucket")}.arn}`;

    expect(Object.keys(others)).toEqual(["consumer_policy_analysts", "consumer_policy_customer_care"]);
    expect(output?.description).toBe(
      "What the role of finance-reports has to be allowed in IAM to query what is granted to it",
    );
    expect(policy.map(({ Sid }) => Sid)).toEqual([
      ...["LookUpTables", "AskForData"],
      ...["Query", "BrowseCatalog", "ListCatalogs", "FindResults", "UseResults", "EncryptResults"],
    ]);
    const onS3 = policy.filter(({ Action }) => [Action].flat().some((action) => String(action).startsWith("s3:")));
    expect(onS3.flatMap(({ Resource }) => Resource)).toEqual([results, `${results}/finance-reports/*`]);
  });
});

describe("in a migration to Lake Formation", () => {
  test("tables are left to IAM, each by itself, but for readers, who have opted in", () => {
    const json = synth(migrating(dev));
    const left = plain(json, "aws_lakeformation_permissions").filter(
      ({ principal }) => principal === "IAM_ALLOWED_PRINCIPALS",
    );
    const tables = ["customers", "orders"].flatMap((name) =>
      ["curated", "published", "raw"].map((zone) => ({ database_name: `basin_dev_sales_${zone}`, name })),
    );

    expect(left.flatMap(({ table }) => table ?? [])).toEqual(tables);
    expect(left.filter(({ database }) => database !== undefined)).toHaveLength(3);
    expect(left.map(({ permissions }) => permissions)).toEqual(left.map(() => ["ALL"]));
    expect(plain(json, "aws_lakeformation_resource").map((location) => location.hybrid_access_enabled)).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      plain(json, "aws_lakeformation_opt_in").map(({ principal, resource_data: data }) => [principal, data]),
    ).toEqual(
      ["customers", "orders"].flatMap((name) =>
        [ANALYSTS, CARE].map((principal) => [
          [{ data_lake_principal_identifier: principal }],
          [{ table: [{ catalog_id: "111111111111", database_name: "basin_dev_sales_published", name }] }],
        ]),
      ),
    );
  });

  test("that ends nothing is left to IAM, while locations still heed the opt-ins of readers", () => {
    const ending = { kind: "ending", until: "2027-03-31", reason: "dashboards have moved" } as const;
    const json = synth({ ...dev, lake: { ...dev.lake, hybridAccess: ending } });

    expect(plain(json, "aws_lakeformation_permissions").map(({ principal }) => principal)).not.toContain(
      "IAM_ALLOWED_PRINCIPALS",
    );
    expect(plain(json, "aws_lakeformation_resource").map((location) => location.hybrid_access_enabled)).toEqual([
      true,
      true,
      true,
    ]);
    expect(plain(json, "aws_lakeformation_opt_in")).toHaveLength(4);
  });

  test.each(namedEnvironments)("%s is synthesized in both layouts, with the same addresses", (_name, environment) => {
    const [layered, single] = (["layered", "single"] as const).map((layout) =>
      addresses(synthesize(migrating(environment), layout).values()),
    );

    expect(single).toEqual(layered);
    expect(single?.filter((found) => found.startsWith("aws_lakeformation_opt_in."))).not.toEqual([]);
  });
});

test.each(namedEnvironments)("%s exports what consumers need in IAM from the lake alone", (name, environment) => {
  const exported = [...synthesize(environment, "layered")].flatMap(([stack, { output }]) =>
    Object.keys(output ?? {})
      .filter((key) => key.startsWith("consumer_policy_"))
      .map((key) => `${stack} ${key}`),
  );
  const querying = Object.entries(environment.consumers).filter(([, { kind }]) =>
    /^(iam-role|quicksight-group)$/.test(kind),
  );

  expect(exported.sort()).toEqual(
    querying.map(([consumer]) => `${name}-lake consumer_policy_${consumer.replaceAll("-", "_")}`).sort(),
  );
});
