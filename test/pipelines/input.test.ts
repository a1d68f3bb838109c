import { EmulatedLake, FETCHING_MS, newName, ORDERS } from "./lake";

let lake: EmulatedLake;

beforeAll(async () => {
  lake = await EmulatedLake.start(new AbortController().signal);
}, FETCHING_MS);

afterAll(() => lake.stop());

describe("what the function is called with", () => {
  test("has to be a contract, whose every problem is told with its path, value, limit and remedy", async () => {
    const { contract, tables } = lake.event({ ...ORDERS, name: newName() });
    const good = contract as { columns: object[] };
    const columns = good.columns.map((column, index) =>
      index === 3 ? { ...column, icebergType: "list<tuple>", required: "no" } : column,
    );
    const bad = {
      ...good,
      name: "orders",
      contractVersion: 2,
      columns: [...columns, good.columns[0]],
      primaryKey: ["total"],
      partitions: [
        { transform: "week", column: "ordered_at" },
        { transform: "bucket", column: "none", buckets: 0 },
      ],
      retention: { kind: "days" },
    };

    expect(await lake.handle({ contract: bad, tables })).toEqual({
      error: "InvalidInputError",
      message: [
        "The contract of shop.orders cannot be used; nothing was changed:",
        "  - contractVersion: must be 1, got 2. Deploy the function and the contracts from the same revision.",
        '  - columns[3].required: must be true or false, got "no". Correct it in the file of its domain, in domains/.',
        '  - columns[3].icebergType: must be a type of Iceberg, got "list<tuple>". It has the unknown type "tuple". Declare one that domains/column-type.ts lists.',
        '  - columns[8].name: must be a name that no other column has, got "order_id". Rename it.',
        '  - primaryKey[0]: must be the name of a column that is required, got "total". Declare it as required, or leave it out; required are order_id, ordered_at, status, order_id.',
        '  - partitions[0].transform: must be one of identity, year, month, day, hour, bucket, truncate, got "week". Choose one.',
        '  - partitions[1].column: must be the name of a column, got "none". The columns are order_id, ordered_at, status, quantity, weight, total, lines, labels, order_id.',
        "  - partitions[1].buckets: must be a whole number above 0, got 0. Correct it in the file of its domain, in domains/.",
        "  - retention.column: must be the name of a column, got null. The columns are order_id, ordered_at, status, quantity, weight, total, lines, labels, order_id.",
      ].join("\n"),
    });
  });

  test.each([
    ["nothing", null, "tables: must be a list of 1 or more, got null. Name the table of each zone."],
    [
      "a table at the root of a bucket",
      { tables: [{ zone: "gold", database: "Sales", table: "orders", location: "s3://bucket/" }] },
      'tables[0].location: must be a folder of a bucket as s3://BUCKET/FOLDER, got "s3://bucket/". Correct what calls the function.',
    ],
    [
      "an unknown zone",
      { tables: [{ zone: "gold", database: "sales", table: "orders", location: "s3://bucket/orders" }] },
      'tables[0].zone: must be one of raw, curated, published, got "gold". Correct what calls the function.',
    ],
    [
      "a folder within another table's",
      {
        tables: [
          { zone: "raw", database: "sales", table: "orders", location: "s3://bucket/orders" },
          { zone: "curated", database: "sales", table: "new", location: "s3://bucket/orders/new/" },
        ],
      },
      'tables[1].location: must be a folder that neither holds another table\'s nor is in it, got "s3://bucket/orders/new/". Give each table its own.',
    ],
    [
      "no contract",
      { tables: [{ zone: "raw", database: "sales", table: "orders", location: "s3://bucket/orders" }] },
      "contract: must be an object, got null. Pass the contract of the dataset.",
    ],
    [
      "files without a table",
      {
        contract: { contractVersion: 1, name: "invoices", domain: "shop", description: "PDFs", retention: {} },
        tables: [{ zone: "raw", database: "sales", table: "orders", location: "s3://bucket/orders" }],
      },
      "columns: must be a list, got null. Pass the contract of a table; files without one have no columns.",
    ],
  ])("is refused with its problem: %s", async (_, event, problem) => {
    const answer = await lake.handle(event);

    expect(answer.error).toBe("InvalidInputError");
    expect(answer.message?.split("\n")).toContain(`  - ${problem}`);
  });

  test("has to name a database that exists", async () => {
    const { contract, tables } = lake.event({ ...ORDERS, name: "orders" });
    const elsewhere = tables.map((table) => ({ ...table, database: "none" }));

    // the raw zone comes first, and would have been changed by then
    const raw = lake.event({ ...ORDERS, name: "orders" }, "raw").tables;
    expect(await lake.handle({ contract, tables: [...raw, ...elsewhere] })).toEqual({
      error: "MigrationError",
      message: "none.orders cannot be created: there is no database none. Deploy the domain's first.",
    });
    expect(await lake.python.get("metadataFiles", "s3://basin-test-lake/raw/orders")).toEqual([]);
  });
});
