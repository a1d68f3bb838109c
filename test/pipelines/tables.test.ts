import Table from "cli-table3";
import { MADE, type MadeChange, REFUSED, type RefusedChange } from "./changes";
import { databaseOf, type Described, EmulatedLake, ORDERS, withNewColumn } from "./lake";

const FETCHING_MS = 600_000;

const { signal } = new AbortController();

let lake: EmulatedLake;

beforeAll(async () => {
  lake = await EmulatedLake.start(signal);
  // its packages have to be fetched the first time
}, FETCHING_MS);

afterAll(() => lake.stop());

/** Every change that was tried on a table: what was expected, and what it was and is. */
const tried: [change: string, expected: string, before: string, after: string][] = [];

afterAll(() => {
  const table = new Table({ head: ["change", "expected", "before", "after"], style: { head: [], border: [] } });
  table.push(...tried);
  process.stdout.write(`${table.toString()}\n`);
});

/** A dataset of its own for each test, under a name that says nothing. */
let datasets = 0;
const newName = () => `orders_${++datasets}`;

describe("a table that does not exist", () => {
  test("is created as its contract says", async () => {
    const dataset = { ...ORDERS, name: newName() };

    const [table] = await lake.migrate(dataset);

    const made = await lake.describe(dataset);
    expect(table).toEqual({
      zone: "curated",
      table: `${databaseOf("curated")}.${dataset.name}`,
      outcome: "created",
      changes: [],
      metadataLocation: made.metadataLocation,
    });
    expect(made).toMatchObject({
      columns: [
        { id: 1, name: "order_id", type: "string", required: true, comment: "The shop's number" },
        { id: 2, name: "ordered_at", type: "timestamp", required: true, comment: "When, in UTC" },
        { id: 3, name: "status", type: "string", required: true, comment: "Where it stands" },
        { id: 4, name: "quantity", type: "int", required: false, comment: "How many articles" },
        { id: 5, name: "weight", type: "float", required: false, comment: "In kilograms" },
        { id: 6, name: "total", type: "decimal(12, 2)", required: false, comment: "With taxes" },
        { id: 7, name: "lines", required: false, comment: "Articles" },
        { id: 8, name: "labels", required: false, comment: "By name" },
      ],
      key: ["order_id"],
      partitions: ["ordered_at_day=day"],
      sortedBy: ["order_id asc nulls-first"],
      formatVersion: 2,
      location: `s3://basin-test-lake/curated/${dataset.name}`,
    });
    expect(made.properties).toEqual({
      Description: "Orders of the shop",
      comment: "Orders of the shop",
      "write.format.default": "parquet",
      "write.parquet.compression-codec": "zstd",
      "write.metadata.delete-after-commit.enabled": "true",
      "write.metadata.previous-versions-max": "100",
    });
    expect(made.catalog).toEqual({
      description: "Orders of the shop",
      location: made.location,
      columns: [
        ["order_id", "string", "The shop's number"],
        ["ordered_at", "timestamp", "When, in UTC"],
        ["status", "string", "Where it stands"],
        ["quantity", "int", "How many articles"],
        ["weight", "float", "In kilograms"],
        ["total", "decimal(12,2)", "With taxes"],
        ["lines", "array<struct<sku:string,quantity:int>>", "Articles"],
        ["labels", "map<string,struct<score:float>>", "By name"],
      ],
    });
  });

  test("takes rows as they arrive in the raw zone, and the dataset's rules in the others", async () => {
    const dataset = { ...ORDERS, name: newName() };

    const tables = await lake.migrate(dataset, "raw", "curated", "published");

    expect(tables.map(({ zone, outcome }) => [zone, outcome])).toEqual([
      ["raw", "created"],
      ["curated", "created"],
      ["published", "created"],
    ]);
    const [raw, curated, published] = await Promise.all([
      lake.describe(dataset, "raw"),
      lake.describe(dataset, "curated"),
      lake.describe(dataset, "published"),
    ]);
    expect(raw).toMatchObject({ key: [], sortedBy: [], partitions: ["ordered_at_day=day"] });
    expect(raw.columns.filter(({ required }) => required)).toEqual([]);
    expect(shapeOf(published)).toEqual(shapeOf(curated));
  });
});

describe("a change that leaves every row readable is made:", () => {
  test.each(MADE)("$what", async ({ what, from = same, to, changes }: MadeChange) => {
    const before = from({ ...ORDERS, name: newName() });
    const after = to(before);
    await lake.migrate(before);
    const was = await lake.describe(before);

    const [table] = await lake.migrate(after);

    const is = await lake.describe(after);
    tried.push([what, "made", ...differences(was, is)]);
    expect(table).toMatchObject({ outcome: "changed", changes });
    expect(is.commits).toBe(was.commits + 1);
    expect(idsOf(is)).toMatchObject(idsOf(was));
    expect(shapeOf(is)).toEqual(await shapeWhenNew(after));
    expect(await lake.migrate(after)).toMatchObject([{ outcome: "unchanged", metadataLocation: is.metadataLocation }]);
    expect((await lake.describe(after)).metadataFiles).toEqual(is.metadataFiles);
  });

  test("back and forth, without anything new", async () => {
    const before = { ...ORDERS, name: newName(), partitions: [] };
    const after = { ...ORDERS, name: before.name, columns: ORDERS.columns.toReversed() };
    await lake.migrate(before);
    await lake.migrate(after);
    const was = await lake.describe(before);

    await lake.migrate(before);
    await lake.migrate(after);

    const is = await lake.describe(before);
    expect(is).toEqual({
      ...was,
      commits: was.commits + 2,
      metadataLocation: is.metadataLocation,
      metadataFiles: is.metadataFiles,
    });
  });

  test("of a table that somebody else has made in an older format version, whose own properties stay", async () => {
    const dataset = { ...ORDERS, name: newName() };
    await lake.python.get("createElsewhere", { event: lake.event(dataset) });
    const was = await lake.describe(dataset);
    expect(was).toMatchObject({ formatVersion: 1, partitions: [], properties: { owner: "somebody" } });

    await lake.migrate(dataset);

    const is = await lake.describe(dataset);
    expect(shapeOf(is)).toEqual(await shapeWhenNew(dataset));
    expect(is).toMatchObject({ formatVersion: 2, properties: { owner: "somebody" } });
  });
});

describe("a change that would break a table is refused, with everything that would, before anything is changed:", () => {
  test.each(REFUSED)("$what", async ({ what, from = same, to, refused }: RefusedChange) => {
    const before = from({ ...ORDERS, name: newName() });
    await lake.migrate(before);
    const was = await lake.describe(before);

    const answer = await lake.handle(lake.event(to(before)));

    const is = await lake.describe(before);
    tried.push([what, `refused: ${refused.join("; ")}`, ...differences(was, is)]);
    expect(is).toEqual(was);
    expect(answer.error).toBe("RefusedChangesError");
    const [heading, ...lines] = (answer.message ?? "").split("\n");
    expect(heading).toBe(`The tables of shop.${before.name} cannot follow their contract; nothing was changed:`);
    const where = `${databaseOf("curated")}.${before.name}`;
    expect(lines).toEqual(
      refused.map((text): unknown => expect.stringMatching(`^  - ${literally(`${where}: ${text}`)}. [A-Z]`)),
    );
  });

  test("a refusal in one zone leaves the tables of the others as they are", async () => {
    const before = { ...ORDERS, name: newName() };
    await lake.migrate(before, "raw", "curated");
    const was = await lake.describe(before, "raw");
    // the raw zone knows no key, and could follow
    const after = { ...withNewColumn(before, { name: "coupon" }), primaryKey: ["status"] };

    const answer = await lake.handle(lake.event(after, "raw", "curated"));

    expect(answer.message?.split("\n")).toHaveLength(2);
    expect(await lake.describe(before, "raw")).toEqual(was);
  });

  test("a table of the catalog that is no Iceberg table", async () => {
    const dataset = { ...ORDERS, name: newName() };
    const input = {
      Name: dataset.name,
      TableType: "EXTERNAL_TABLE",
      StorageDescriptor: { Location: "s3://old/orders" },
    };
    await lake.python.get("putTable", { database: databaseOf("curated"), input });

    expect(await lake.handle(lake.event(dataset))).toEqual({
      error: "RefusedChangesError",
      message: [
        `The tables of shop.${dataset.name} cannot follow their contract; nothing was changed:`,
        `  - ${databaseOf("curated")}.${dataset.name}: table is in the catalog, but no Iceberg table (EXTERNAL_TABLE, at s3://old/orders). Whoever made it has to remove or rename it: nothing is dropped here.`,
      ].join("\n"),
    });
  });

  test("another folder", async () => {
    const dataset = { ...ORDERS, name: newName() };
    await lake.migrate(dataset);
    const { contract, tables } = lake.event(dataset);
    const moved = tables.map((table) => ({ ...table, location: "s3://basin-test-lake/elsewhere/orders" }));

    const answer = await lake.handle({ contract, tables: moved });

    expect(answer.message).toContain(
      `location was s3://basin-test-lake/curated/${dataset.name}, would be s3://basin-test-lake/elsewhere/orders: files do not move`,
    );
  });
});

describe("runs that meet", () => {
  test("create a table once", async () => {
    const dataset = { ...ORDERS, name: newName() };

    const runs = await lake.python.get<Run[]>("atOnce", {
      runs: 2,
      operation: "CreateTable",
      event: lake.event(dataset),
    });

    expect(runs.map(({ result }) => result?.[0]).sort()).toEqual(["created", "unchanged"]);
    expect(runs.flatMap(({ lost }) => lost)).toEqual(["AlreadyExistsException"]);
    expect(await lake.describe(dataset)).toMatchObject({ schemas: 1, commits: 0 });
  });

  test("change a table once", async () => {
    const before = { ...ORDERS, name: newName() };
    const after = withNewColumn(before, { name: "coupon" });
    await lake.migrate(before);

    const event = lake.event(after);
    const runs = await lake.python.get<Run[]>("atOnce", { runs: 3, operation: "UpdateTable", event });

    expect(runs.map(({ result }) => result?.[0]).sort()).toEqual(["changed", "unchanged", "unchanged"]);
    expect(runs.flatMap(({ lost }) => lost)).toEqual([
      "ConcurrentModificationException",
      "ConcurrentModificationException",
    ]);
    const is = await lake.describe(before);
    expect(is).toMatchObject({ schemas: 2, commits: 1 });
    expect(is.columns.map(({ name }) => name)).toEqual(after.columns.map(({ name }) => name));
  });

  test("give up at a table that others keep changing, and say so", async () => {
    const before = { ...ORDERS, name: newName() };
    await lake.migrate(before);
    const was = await lake.describe(before);

    const event = lake.event(withNewColumn(before, { name: "coupon" }));

    expect(await lake.python.ask("alwaysLate", { event })).toEqual({
      error: "MigrationError",
      message: `${databaseOf("curated")}.${before.name} was changed by others in each of 8 attempts. Run it again when they are done.`,
    });
    expect((await lake.describe(before)).columns).toEqual(was.columns);
  });
});

describe("a run that is killed between its metadata file and the catalog", () => {
  const SIGKILL = -9;

  test("leaves a file and no table, which the next run creates", async () => {
    const dataset = { ...ORDERS, name: newName() };

    const event = lake.event(dataset);
    expect(await lake.python.get("crash", { operation: "CreateTable", event })).toBe(SIGKILL);

    await expect(lake.describe(dataset)).rejects.toThrow("NoSuchTableError");
    expect(await lake.python.get("metadataFiles", `s3://basin-test-lake/curated/${dataset.name}`)).toHaveLength(1);
    expect(await lake.migrate(dataset)).toMatchObject([{ outcome: "created" }]);
  });

  test("leaves a file and the table as it was, which the next run changes", async () => {
    const before = { ...ORDERS, name: newName() };
    const after = withNewColumn(before, { name: "coupon" });
    await lake.migrate(before);
    const was = await lake.describe(before);

    const event = lake.event(after);
    expect(await lake.python.get("crash", { operation: "UpdateTable", event })).toBe(SIGKILL);

    const between = await lake.describe(before);
    expect(between).toEqual({ ...was, metadataFiles: between.metadataFiles });
    expect(between.metadataFiles).toHaveLength(2);
    expect(await lake.migrate(after)).toMatchObject([{ outcome: "changed" }]);
    expect(await lake.describe(after)).toMatchObject({ schemas: 2, commits: 1 });
  });
});

describe("what the function is called with", () => {
  test("may name a version of a contract in its bucket", async () => {
    const before = { ...ORDERS, name: newName() };
    const contract = (dataset: typeof before) => (lake.event(dataset).contract as { inline: object }).inline;
    const first = await lake.putContract(JSON.stringify(contract(before)));
    await lake.putContract(JSON.stringify(contract(withNewColumn(before, { name: "coupon" }))));

    await lake.python.get("handle", { ...lake.event(before), contract: first });

    expect((await lake.describe(before)).columns).toHaveLength(before.columns.length);
  });

  test("says when Terraform removes the call, which drops nothing", async () => {
    const dataset = { ...ORDERS, name: newName() };
    await lake.migrate(dataset);
    const was = await lake.describe(dataset);

    const event = { ...lake.event(dataset), tf: { action: "delete", prev_input: null } };
    expect(await lake.handle(event)).toEqual({ result: { tables: [] } });

    expect(await lake.describe(dataset)).toEqual(was);
  });

  test("has to be a contract, whose every problem is told with its path, value, limit and remedy", async () => {
    const { contract, tables } = lake.event({ ...ORDERS, name: newName() });
    const { inline } = contract as { inline: { columns: object[] } };
    const columns = inline.columns.map((column, index) =>
      index === 3 ? { ...column, icebergType: "list<tuple>", required: "no" } : column,
    );
    const bad = {
      ...inline,
      name: "orders",
      contractVersion: 2,
      columns: [...columns, inline.columns[0]],
      primaryKey: ["total"],
      partitions: [
        { transform: "week", column: "ordered_at" },
        { transform: "bucket", column: "none", buckets: 0 },
      ],
      retention: { kind: "days" },
    };

    expect(await lake.handle({ contract: { inline: bad }, tables })).toEqual({
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
      "a contract without its version",
      {
        contract: { bucket: "b", key: "k" },
        tables: [{ zone: "raw", database: "sales", table: "orders", location: "s3://bucket/orders" }],
      },
      "contract.versionId: must be a text, got null. Name the very version: the key is that of all versions.",
    ],
    [
      "no contract",
      { tables: [{ zone: "raw", database: "sales", table: "orders", location: "s3://bucket/orders" }] },
      "contract: must be an object, got null. Name bucket, key and versionId of the contract, or pass it as inline.",
    ],
    [
      "files without a table",
      {
        contract: {
          inline: { contractVersion: 1, name: "invoices", domain: "shop", description: "PDFs", retention: {} },
        },
        tables: [{ zone: "raw", database: "sales", table: "orders", location: "s3://bucket/orders" }],
      },
      "columns: must be a list, got null. Pass the contract of a table; files without one have no columns.",
    ],
  ])("is refused with its problem: %s", async (_, event, problem) => {
    const answer = await lake.handle(event);

    expect(answer.error).toBe("InvalidInputError");
    expect(answer.message?.split("\n")).toContain(`  - ${problem}`);
  });

  test("cannot be a contract that nobody finds, or that is no JSON", async () => {
    const { tables } = lake.event({ ...ORDERS, name: newName() });
    const contract = await lake.putContract("{");

    expect(await lake.handle({ contract, tables })).toMatchObject({
      error: "InvalidInputError",
      message: expect.stringContaining("must be JSON") as string,
    });
    expect(await lake.handle({ contract: { ...contract, key: "contracts/none.json" }, tables })).toMatchObject({
      error: "MigrationError",
      message: expect.stringContaining("The contract s3://basin-test-lake/contracts/none.json, version") as string,
    });
  });

  test("has to name a database that exists", async () => {
    const { contract, tables } = lake.event({ ...ORDERS, name: "orders" });
    const elsewhere = tables.map((table) => ({ ...table, database: "none" }));

    expect(await lake.handle({ contract, tables: elsewhere })).toEqual({
      error: "MigrationError",
      message: "none.orders cannot be created: there is no database none. Deploy the domain's first.",
    });
  });
});

/** What a run that met others came to. */
interface Run {
  readonly result?: readonly string[];
  /** Codes of the errors with which the catalog told that it was too late. */
  readonly lost: readonly string[];
}

function same<T>(value: T): T {
  return value;
}

/** What does not depend on how a table came to be what it is. */
function shapeOf({ columns, key, partitions, sortedBy, properties, formatVersion, catalog }: Described): object {
  return {
    columns: columns.map(({ name, type, required, comment }) => ({ name, type: withoutIds(type), required, comment })),
    key,
    transforms: partitions.map((field) => field.split("=")[1]),
    sortedBy,
    properties: { ...properties, owner: undefined },
    formatVersion,
    catalog: { ...catalog, location: undefined },
  };
}

async function shapeWhenNew(dataset: typeof ORDERS): Promise<object> {
  const fresh = { ...dataset, name: newName() };
  await lake.migrate(fresh);
  return shapeOf(await lake.describe(fresh));
}

function withoutIds(type: string): string {
  return type.replaceAll(/\d+: /g, "");
}

function idsOf({ columns }: Described): Record<string, number> {
  return Object.fromEntries(columns.map(({ name, id }) => [name, id]));
}

/** What a table was and is, as far as the two differ. */
function differences(was: Described, is: Described): [before: string, after: string] {
  const [before, after] = [factsOf(was), factsOf(is)];
  const only = (facts: readonly string[], others: readonly string[]) => facts.filter((fact) => !others.includes(fact));
  const [gone, come] = [only(before, after), only(after, before)];
  if (gone.length + come.length > 0) {
    return [gone.join("\n"), come.join("\n")];
  }
  const [order, newOrder] = [was, is].map(({ columns }) => columns.map(({ name }) => name).join("\n"));
  return order === newOrder ? ["as it was", "as it was"] : [order ?? "", newOrder ?? ""];
}

function factsOf({ columns, partitions, sortedBy, catalog }: Described): string[] {
  return [
    ...columns.map(({ name, type, required }) => `${name}: ${withoutIds(type)}${required ? ", required" : ""}`),
    ...columns.map(({ name, comment }) => `${name}: "${comment ?? ""}"`),
    `partitions: ${partitions.join(", ")}`,
    `sorted by: ${sortedBy.join(", ")}`,
    `"${catalog.description}"`,
  ];
}

/** A text as a pattern that matches nothing else. */
function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
