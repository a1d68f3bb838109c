import { consumerPolicy } from "../../cli/access/consumer-policy";
import { matrixSchema } from "../../cli/access/form";
import { nameOfCell } from "../../cli/access/agreement";
import { renderColumn, renderMatrix, renderOne } from "../../cli/access/render";
import { ofColumn, ofPrincipal } from "../../cli/access/select";
import { Graph } from "../../policies/graph";
import { byFilter, byName, byTags, EMPTY, GROUP, matrixOf, namesOf } from "../support/access";
import { ACCOUNT, arnOf } from "../support/lake-formation";

const UP_TO_CONFIDENTIAL = byTags("analysts", "published", ["public", "internal", "confidential"]);
const STEPS = [UP_TO_CONFIDENTIAL, ...byFilter(GROUP, "country_code = 'DE'")];
const MATRIX = matrixOf(STEPS);
const PUBLISHED = { database: "basin_dev_sales_published", table: "orders" };

describe("the matrix", () => {
  test("has columns with the same rows and reasons together, with where their grant stands", () => {
    expect(MATRIX.principals.find(({ id }) => id === "analysts")).toEqual({
      id: "analysts",
      name: "analysts",
      consumers: ["analysts"],
      arn: arnOf("analysts"),
      tables: [
        {
          id: "sales.orders",
          dataset: "sales.orders",
          zone: "published",
          ...PUBLISHED,
          permissions: ["DESCRIBE", "SELECT"],
          reads: [
            {
              columns: ["order_id", "country_code", "total"],
              rows: "all",
              reasons: [
                {
                  kind: "tags",
                  text: "zone=published, sensitivity=public|internal|confidential",
                  principal: arnOf("analysts"),
                  grant: "aws_lakeformation_permissions.s0",
                  path: "aws_lakeformation_permissions.s0",
                },
              ],
            },
          ],
          shown: [],
          hidden: ["delivery_note"],
        },
      ],
    });
  });

  test("tells columns of one table apart by their rows", () => {
    const filter = byFilter("analysts", "country_code = 'DE'");
    const [table] = matrixOf([byTags("analysts", "published", ["internal"]), ...filter]).principals[0]?.tables ?? [];

    expect(table?.reads.map(({ columns, rows }) => ({ columns, rows }))).toEqual([
      { columns: ["order_id", "country_code"], rows: "all" },
      { columns: ["total"], rows: ["country_code = 'DE'"] },
    ]);
  });

  test("has consumers first, those that read nothing as well", () => {
    const ids = (steps: typeof STEPS) => matrixOf(steps).principals.map(({ id }) => id);

    expect(ids([byName("an_intern", ["SELECT"])])).toEqual([
      "analysts",
      "customer-care",
      "role an_intern",
      "role boss",
      "role table-maker",
    ]);
  });

  test("has what is declared for a cell, and keeps it apart from others", () => {
    const cell = { principal: arnOf("analysts"), ...PUBLISHED, column: "total" };
    const declared = new Map([[nameOfCell(cell), "sales.orders readers[0]: analysts up to confidential"]]);
    const matrix = matrixOf(STEPS, { declared });

    expect(matrix.principals[0]?.tables[0]?.reads.map(({ columns, declared: text }) => [columns, text])).toEqual([
      [["order_id", "country_code"], undefined],
      [["total"], "sales.orders readers[0]: analysts up to confidential"],
    ]);
    expect(renderMatrix(matrix, new Map())).toContain(
      "             declared: sales.orders readers[0]: analysts up to confidential\n",
    );
  });

  test("has columns that nobody reads, who reads past grants, and grants that are refused", () => {
    const matrix = matrixOf([byName("analysts", ["SUPER_USER"])], { settings: { admins: ["boss"] }, principals: {} });

    expect(matrix.refused).toEqual([
      {
        address: "aws_lakeformation_permissions.s0",
        path: "aws_lakeformation_permissions.s0",
        reason: "SUPER_USER cannot be granted on the default catalog",
      },
    ]);
    expect(matrix.withoutGrant.map(({ kind, name, tables, isCertain }) => [kind, name, tables, isCertain])).toEqual([
      ["administrator", "boss", ["sales.orders", "sales.orders (curated)"], true],
      ["creator", "table-maker", ["sales.orders", "sales.orders (curated)"], true],
      ["registration", "registration", ["sales.orders", "sales.orders (curated)"], true],
    ]);
    // their maker holds everything, and is no consumer
    expect(matrix.unread).toMatchObject([
      { id: "sales.orders", columns: ["order_id", "country_code", "total", "delivery_note"] },
    ]);
    const tables = { "crm.people": { location: "s3://lake/people", columns: { email: {} }, partitionKeys: [] } };
    expect(matrixOf([], { tables, databases: { crm: {} } }).unread).toEqual([
      { id: "crm.people", database: "crm", table: "people", columns: ["email"] },
    ]);
  });

  test("has the form that is documented, whatever order things are found in", () => {
    const json = JSON.parse(JSON.stringify(MATRIX)) as unknown;
    expect(matrixSchema.parse(json)).toEqual(json);
    const turned = { ...EMPTY, tables: Object.fromEntries(Object.entries(EMPTY.tables).reverse()) };
    expect(matrixOf(STEPS, turned)).toEqual(MATRIX);
  });
});

test("names are the same in every environment, where they can be", () => {
  const consumers = {
    reports: { kind: "quicksight-group", namespace: "default", groupName: "finance" } as const,
    boards: { kind: "iam-role", roleName: "team/boards" } as const,
    pages: { kind: "iam-role", roleName: "team/boards" } as const,
  };
  const prod = namesOf("prod", "333333333333", consumers);
  const role = (name: string, account = "333333333333") => prod.principal(`arn:aws:iam::${account}:role/${name}`);

  expect(role("team/boards")).toMatchObject({ id: "boards+pages", name: "boards, pages" });
  expect(prod.principal("arn:aws:quicksight:us-east-1:333333333333:group/default/finance").id).toBe("reports");
  expect(role("basin-prod-table-upkeep")).toMatchObject({
    id: "role ENVIRONMENT-table-upkeep",
    name: "basin-prod-table-upkeep",
  });
  expect(role("basin-prod-x", "444444444444").id).toBe("arn:aws:iam::444444444444:role/ENVIRONMENT-x");
  expect(prod.principal("333333333333:IAMPrincipals").id).toBe("ACCOUNT:IAMPrincipals");
  expect(prod.table("basin_prod_web_raw", "clickstream").id).toBe("web.clickstream (raw)");
  expect(prod.table("basin_prod_trail", "events").id).toBe("ENVIRONMENT_trail.events");
});

test("people read who may read what, and why", () => {
  expect(renderMatrix(MATRIX, namesOf().absent)).toBe(`Who may read what in dev, and why.

analysts (arn:aws:iam::111122223333:role/analysts)
  sales.orders (basin_dev_sales_published.orders)
    reads    order_id, country_code, total
    rows     all
    because  LF-Tags zone=published, sensitivity=public|internal|confidential
               aws_lakeformation_permissions.s0
    hidden   delivery_note

customer-care (${GROUP})
  sales.orders (basin_dev_sales_published.orders)
    reads    order_id, country_code, total
    rows     country_code = 'DE'
    because  the data filter some
               aws_lakeformation_permissions.s2
    hidden   delivery_note

boss (arn:aws:iam::111122223333:role/boss)
  sales.orders, sales.orders (curated)
    reads    nothing; names and types of columns are shown

table-maker (arn:aws:iam::111122223333:role/table-maker)
  sales.orders (basin_dev_sales_published.orders)
    reads    every column
    rows     all
    because  has made basin_dev_sales_published.orders
  sales.orders (curated) (basin_dev_sales_curated.orders)
    reads    every column
    rows     all
    because  has made basin_dev_sales_curated.orders

dev goes without these consumers:
  finance-reports: nobody looks at them here

No consumer reads these columns:
  sales.orders: delivery_note

Reads without a grant:
  administrator  certain      boss (arn:aws:iam::111122223333:role/boss)
    is an administrator of Lake Formation, and can grant itself everything
    of sales.orders, sales.orders (curated)
  creator        certain      table-maker (arn:aws:iam::111122223333:role/table-maker)
    has made the table, and holds everything on it
    of sales.orders, sales.orders (curated)
  registration   certain      registration (arn:aws:iam::111122223333:role/registration)
    is the role of the registered location, which reads every file in it
    of sales.orders, sales.orders (curated)`);
});

test("people read what is shown of columns that are closed", () => {
  const matrix = matrixOf([byTags("boss", "published", ["internal"])]);

  expect(renderMatrix(matrix, new Map())).toContain(
    "    reads    order_id, country_code\n    rows     all\n" +
      "    because  LF-Tags zone=published, sensitivity=internal\n               aws_lakeformation_permissions.s0\n" +
      "    sees     only name and type of total, delivery_note\n",
  );
});

describe("--who", () => {
  const readers = (column: string) =>
    ofColumn(MATRIX, column)
      .principals.filter(({ tables }) => tables.some(({ reads }) => reads.length > 0))
      .map(({ name }) => name);

  test.each([
    ["sales.orders.total", ["analysts", "customer-care", "table-maker"]],
    ["Sales.Orders.Total", ["analysts", "customer-care", "table-maker"]],
    ["basin_dev_sales_published.orders.total", ["analysts", "customer-care", "table-maker"]],
    ["basin_dev_sales_curated.orders.total", ["table-maker"]],
    // one dataset's: what is published
    ["orders.delivery_note", ["table-maker"]],
  ])("%s is read by %s", (column, names) => {
    expect(readers(column)).toEqual(names);
  });

  test.each([
    [
      "orders.totl",
      'There is no column "orders.totl" in dev. There are sales.orders.country_code, sales.orders.delivery_note, ' +
        "sales.orders.order_id, sales.orders.total.",
    ],
    ["total", 'There is no column "total" in dev. There are sales.orders.total.'],
    ["nothing", 'There is no column "nothing" in dev. Tables are sales.orders (curated), sales.orders.'],
  ])("%s is one error with what may have been meant", (column, message) => {
    expect(() => ofColumn(MATRIX, column)).toThrow(expect.objectContaining({ message, exitCode: 2 }) as Error);
  });

  test("a name that several tables have is one error with all of them", () => {
    const column = { location: "s3://lake/x", columns: { id: {} } };
    const matrix = matrixOf([], { databases: { a: {}, b: {} }, tables: { "a.orders": column, "b.orders": column } });

    expect(() => ofColumn(matrix, "orders.id")).toThrow(
      '"orders.id" is the name of several columns: a.orders.id, b.orders.id. Name one of them.',
    );
  });

  test("tells of the column alone", () => {
    expect(renderColumn(ofColumn(MATRIX, "sales.orders.total"))).toMatch(
      /^Who may read sales\.orders\.total in dev:\n\nanalysts \(arn.*\n {2}rows {5}all\n {2}because {2}LF-Tags .*\n.*s0\n\ncustomer-care /,
    );
  });

  test("says nobody where nobody is granted it, and who sees it", () => {
    const lake = { databases: { crm: {} }, tables: { "crm.people": { columns: { email: {} }, partitionKeys: [] } } };
    const matrix = matrixOf([], lake);

    expect(renderColumn(ofColumn(matrix, "people.email"))).toMatch(
      /^Who may read crm\.people\.email in dev: nobody is granted it\.\n\nThese see its name and type:\n {2}boss \(/,
    );
  });
});

describe("--what", () => {
  test.each([["analysts"], [arnOf("analysts")], ["role boss"], ["boss"], ["registration"]])("knows %s", (name) => {
    const { only, principals, withoutGrant } = ofPrincipal(MATRIX, name, namesOf());

    expect(new Set([...principals, ...withoutGrant].map((principal) => principal.name))).toEqual(new Set([only]));
  });

  test("tells what one principal reads", () => {
    expect(renderOne(ofPrincipal(MATRIX, "analysts", namesOf()))).toMatch(
      /^What analysts may read in dev, and why\.\n\nanalysts \(.*\n {2}sales\.orders \(basin_dev_sales_published\.orders\)\n/,
    );
    expect(renderOne(ofPrincipal(MATRIX, "registration", namesOf()))).toContain("registration is granted nothing.");
    expect(renderOne(ofPrincipal(matrixOf([]), "analysts", namesOf()))).toContain("  reads nothing");
  });

  test.each([
    [
      "analyst",
      'Nobody who has access in dev is called "analyst". There are analysts, customer-care, boss, table-maker, registration.',
    ],
    ["finance-reports", "dev goes without finance-reports: nobody looks at them here."],
  ])("%s is one error", (name, message) => {
    expect(() => ofPrincipal(MATRIX, name, namesOf())).toThrow(
      expect.objectContaining({ message, exitCode: 2 }) as Error,
    );
  });
});

describe("--policy", () => {
  const stack = (value: unknown) => ({
    name: "dev-domain-sales",
    dependencies: [],
    json: {
      output: { consumer_policy_analysts: { value } },
      resource: { aws_s3_bucket: { b: { bucket: "lake" } }, aws_kms_key: { k: {} } },
    },
  });
  const policy = (consumer: string, value: unknown) =>
    consumerPolicy(consumer, new Graph([stack(value)], ACCOUNT), namesOf());

  test("has names in place of references, and IAM's own variables as they are", () => {
    const { document, open } = policy(
      "analysts",
      '{"Resource":["${aws_s3_bucket.b.arn}/*","${aws_kms_key.k.arn}","home/$${aws:username}"]}',
    );

    expect(JSON.parse(document)).toEqual({
      Resource: ["arn:aws:s3:::lake/*", "${aws_kms_key.k.arn}", "home/${aws:username}"],
    });
    expect(open).toEqual(["aws_kms_key.k.arn"]);
  });

  test.each([
    ["customer-care", `customer-care (${GROUP}) has no policy: none is written for it. Those that have one: analysts.`],
    ["finance-reports", "dev goes without finance-reports: nobody looks at them here. Those that have one: analysts."],
    ["nobody", 'dev has no consumer "nobody". Those that have one: analysts.'],
  ])("of %s is one error", (consumer, message) => {
    expect(() => policy(consumer, "{}")).toThrow(expect.objectContaining({ message, exitCode: 2 }) as Error);
  });

  test("that Terraform alone works out says where to read it", () => {
    expect(() => policy("analysts", "${jsonencode(local.policy)}")).toThrow(
      'read it with "terraform output -raw consumer_policy_analysts"',
    );
  });
});
