import { databaseOf, EmulatedLake, FETCHING_MS, newName, ORDERS, withNewColumn } from "./lake";

let lake: EmulatedLake;

beforeAll(async () => {
  lake = await EmulatedLake.start(new AbortController().signal);
}, FETCHING_MS);

afterAll(() => lake.stop());

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

  // the last is that of the commit itself
  test.each([1, 2, 3, 4])("change a table once, where another run comes before look %d at it", async (look) => {
    const before = { ...ORDERS, name: newName() };
    const after = { ...withNewColumn(before, { name: "coupon" }), partitions: [] };
    await lake.migrate(before);

    expect(await lake.python.get("overtaken", { look, event: lake.event(after) })).toEqual(["unchanged"]);

    expect(await lake.describe(before)).toMatchObject({ schemas: 2, commits: 1 });
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

/** What a run that met others came to. */
interface Run {
  readonly result?: readonly string[];
  /** Codes of the errors with which the catalog told that it was too late. */
  readonly lost: readonly string[];
}
