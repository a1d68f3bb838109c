import Table from "cli-table3";
import { MADE, type MadeChange, REFUSED, type RefusedChange } from "./changes";
import { databaseOf, EmulatedLake, FETCHING_MS, newName, ORDERS, withNewColumn } from "./lake";
import { asAfter, insertion, ROWS } from "./rows";
import { differences, idsOf, shapeOf } from "./shapes";
import { Spark } from "./spark";

// the first statement of a Spark session takes half a minute, on a machine that does other things as well
jest.setTimeout(300_000);

const { signal } = new AbortController();

let lake: EmulatedLake;
let spark: Spark;

beforeAll(async () => {
  lake = await EmulatedLake.start(signal);
  spark = await Spark.start(lake.emulator, signal);
}, FETCHING_MS);

afterAll(() => spark.stop());
afterAll(() => lake.stop());

/** Every change that was tried on a table: what was expected, and what it was and is. */
const tried: [change: string, expected: string, before: string, after: string, readable: string][] = [];

afterAll(() => {
  const table = new Table({
    head: ["change", "expected", "before", "after", "rows readable"],
    style: { head: [], border: [] },
  });
  table.push(...tried);
  process.stdout.write(`${table.toString()}\n`);
});

/** Expects that jobs go on with a changed table: they merge by its key, and filter by what partitions are made of. */
async function expectUse(dataset: typeof ORDERS): Promise<void> {
  await spark.run(
    dataset,
    `MERGE INTO TABLE t USING (SELECT t.* FROM TABLE t WHERE order_id = 'b') s ON t.order_id = s.order_id
      WHEN MATCHED THEN UPDATE SET status = 'shipped' WHEN NOT MATCHED THEN INSERT *`,
  );
  const recent = "SELECT order_id, status FROM TABLE WHERE ordered_at >= TIMESTAMP '2024-02-01 00:00:00'";
  expect(await spark.run(dataset, recent)).toEqual([{ order_id: "b", status: "shipped" }]);
  expect(await spark.run(dataset, "SELECT count(*) AS files FROM TABLE.files")).not.toEqual([]);
}

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
  test.each(MADE)("$what", async ({ what, from = same, to, changes, holds }: MadeChange) => {
    const before = from({ ...ORDERS, name: newName() });
    const after = to(before);
    await lake.migrate(before);
    await spark.run(before, insertion(before));
    const was = await lake.describe(before);

    const [table] = await lake.migrate(after);

    const is = await lake.describe(after);
    const rows = await spark.run(after, "SELECT * FROM TABLE ORDER BY order_id");
    tried.push([what, "made", ...differences(was, is), `${rows.length} of ${ROWS.length}`]);
    expect(rows).toEqual(ROWS.map((row) => asAfter(row, after)));
    expect(table).toMatchObject({ outcome: "changed", changes });
    expect(is.commits).toBe(was.commits + 1);
    expect(idsOf(is)).toMatchObject(idsOf(was));
    expect(shapeOf(is)).toEqual(await shapeWhenNew(after));
    expect(await lake.migrate(after)).toMatchObject([{ outcome: "unchanged", metadataLocation: is.metadataLocation }]);
    expect((await lake.describe(after)).metadataFiles).toEqual(is.metadataFiles);
    await expectUse(after);
    if (holds !== undefined) {
      await spark.run(after, `UPDATE TABLE SET ${holds.column} = ${holds.value} WHERE order_id = 'b'`);
      const held = await spark.run(after, `SELECT ${holds.column} AS held FROM TABLE WHERE order_id = 'b'`);
      expect(held).toEqual([{ held: holds.reads }]);
    }
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
    await spark.run(before, insertion(before));
    const was = await lake.describe(before);

    const answer = await lake.handle(lake.event(to(before)));

    const is = await lake.describe(before);
    const rows = await spark.run(before, "SELECT * FROM TABLE ORDER BY order_id");
    tried.push([what, `refused: ${refused.join("; ")}`, ...differences(was, is), `${rows.length} of ${ROWS.length}`]);
    expect(rows).toEqual(ROWS.map((row) => asAfter(row, before)));
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

  type Partitions = (typeof ORDERS)["partitions"];
  const buckets = (count: number): Partitions => [{ transform: "bucket", column: "order_id", buckets: count }];
  test.each<[what: string, column: string, before: Partitions, after: Partitions]>([
    ["days, which are no longer", "ordered_at_day", ORDERS.partitions, []],
    ["buckets that were named anew", "order_id_bucket_8", buckets(4), buckets(8)],
  ])("a column with the name of a field of %s", async (what, column, before, after) => {
    const dataset = { ...ORDERS, name: newName(), partitions: before };
    await lake.migrate(dataset);
    await spark.run(dataset, insertion(dataset));
    const evolved = { ...dataset, partitions: after };
    await lake.migrate(evolved);
    const was = await lake.describe(evolved);

    const answer = await lake.handle(lake.event(withNewColumn(evolved, { name: column })));

    const rows = await spark.run(evolved, "SELECT * FROM TABLE ORDER BY order_id");
    const is = await lake.describe(evolved);
    const text = `columns.${column} has the name of a field that files are, or were, partitioned by`;
    const tells = [`name a column as ${what}`, `refused: ${text}`, ...differences(was, is)] as const;
    tried.push([...tells, `${rows.length} of ${ROWS.length}`] as (typeof tried)[number]);
    expect(answer.message?.split("\n")[1]).toBe(
      `  - ${databaseOf("curated")}.${dataset.name}: ${text}. Choose another name.`,
    );
    expect(is).toEqual(was);
    expect(rows).toEqual(ROWS.map((row) => asAfter(row, evolved)));
  });

  test("a column with the name of the field that partitions had until the same commit", async () => {
    const dataset = { ...ORDERS, name: newName() };
    await lake.migrate(dataset);
    const by = withNewColumn(dataset, { name: "ordered_at_day" });

    const answer = await lake.handle(lake.event({ ...by, partitions: [{ transform: "month", column: "ordered_at" }] }));

    expect(answer.message).toContain("columns.ordered_at_day has the name of a field");
  });

  test("files of a table that the catalog has lost: a new one would have them deleted", async () => {
    const dataset = { ...ORDERS, name: newName() };
    await lake.migrate(dataset);
    await spark.run(dataset, insertion(dataset));
    const before = { database: databaseOf("curated"), table: dataset.name };
    await lake.python.get("forgetTable", before);

    const answer = await lake.handle(lake.event(dataset, "raw", "curated"));

    expect(answer.message?.split("\n").slice(1)).toEqual([
      `  - ${databaseOf("curated")}.${dataset.name}: data is in s3://basin-test-lake/curated/${dataset.name}, though the catalog lists no table there. Register its newest metadata file, or move the folder away: what a new table does not know gets deleted.`,
    ]);
    expect(await lake.python.get("metadataFiles", `s3://basin-test-lake/raw/${dataset.name}`)).toEqual([]);
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

function same<T>(value: T): T {
  return value;
}

async function shapeWhenNew(dataset: typeof ORDERS): Promise<object> {
  const fresh = { ...dataset, name: newName() };
  await lake.migrate(fresh);
  return shapeOf(await lake.describe(fresh));
}

/** A text as a pattern that matches nothing else. */
function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
