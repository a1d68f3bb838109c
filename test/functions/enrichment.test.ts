import { outside } from "./support/load";
import { type ObjectStore, startObjectStore } from "./support/object-store";
import { column, contract, record, rowOf, startTransform, type Transform } from "./support/transform";

const SNAPSHOT = "/artifacts/snapshots/reference/countries.json";
const MINUTE = 60_000;

let store: ObjectStore;

beforeEach(async () => {
  store = await startObjectStore();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await store.close();
});

const columns = [
  column("id", "string"),
  column("country_code", "string"),
  column("country_name", "string"),
  column("members", "int"),
];

function start(changes: object = {}): Transform {
  const take = [
    { column: "country_name", from: "name" },
    { column: "members", from: "members" },
  ];
  const snapshot = SNAPSHOT.replace("/artifacts/", "");
  const enrich = [{ dataset: "reference.countries", column: "country_code", key: "code", take, snapshot }];
  return startTransform(store, contract({ columns, source: { kind: "stream", enrich }, ...changes }));
}

function putSnapshot(rows: object[], changes: object = {}): void {
  const snapshot = { snapshotVersion: 1, dataset: "reference.countries", takenAt: "2026-11-20T00:00:00Z", rows };
  store.put(SNAPSHOT, JSON.stringify({ ...snapshot, ...changes }));
}

function pass(minutes: number): void {
  const now = outside.Date.now();
  jest.spyOn(outside.Date, "now").mockReturnValue(now + minutes * MINUTE);
}

async function nameOf(transform: Transform, country: string | null = "DE"): Promise<unknown> {
  return rowOf((await transform.send(record({ id: "a", country_code: country })))[0])?.country_name;
}

test("columns are filled from the row with the record's key, as values of their types", async () => {
  putSnapshot([
    { code: " DE ", name: " Germany ", members: "83" },
    { code: "FR", name: "France", members: "many" },
    { code: "DE", name: "again" },
    { name: "nowhere" },
  ]);
  const transform = start();
  const { result, lines } = await transform.run([
    record({ id: "a", country_code: "DE" }),
    record({ id: "b", country_code: "FR", country_name: "sent" }),
  ]);
  expect(result.records.map(rowOf)).toEqual([
    { id: "a", country_code: "DE", country_name: "Germany", members: 83 },
    { id: "b", country_code: "FR", country_name: "France", members: null },
  ]);
  expect(lines).toContainEqual(
    expect.objectContaining({
      message: "The snapshot of a dataset has rows that are not as they should be",
      problems: { "a code that another row has": 1, "no code": 1, "no value of the column members": 1 },
    }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ EnrichmentMisses: 0, SnapshotUnavailable: 0, RecordsWithUnknownFields: 1 }),
  );
});

test("a key that no row has leaves columns empty and is counted, an absent one is not", async () => {
  putSnapshot([{ code: "DE", name: "Germany" }]);
  const transform = start();
  const records = [record({ id: "a", country_code: "XX" }), record({ id: "b" })];
  expect(await transform.metricsOf(...records)).toMatchObject({
    EnrichmentMisses: 1,
    SnapshotUnavailable: 0,
    RecordsGood: 2,
  });
  expect((await transform.send(...records)).map((result) => rowOf(result)?.country_name)).toEqual([null, null]);
});

test("without a snapshot columns stay empty, which is counted and told of, and no record waits", async () => {
  const { result, lines } = await start().run([record({ id: "a", country_code: "DE" })]);
  expect(rowOf(result.records[0])).toMatchObject({ id: "a", country_name: null });
  expect(lines).toContainEqual(
    expect.objectContaining({ RecordsGood: 1, EnrichmentMisses: 0, SnapshotUnavailable: 1 }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: "ERROR",
      message: "The snapshot of a dataset cannot be read",
      isKeepingOld: false,
    }),
  );
});

test("the snapshot is asked for once for batches at the same time, and again after five minutes", async () => {
  putSnapshot([{ code: "DE", name: "Germany" }]);
  const transform = start();
  const asked = () => store.requests.filter((request) => request === `GET ${SNAPSHOT}`).length;
  await Promise.all([nameOf(transform), nameOf(transform), nameOf(transform)]);
  await nameOf(transform);
  expect(asked()).toBe(1);
  putSnapshot([{ code: "DE", name: "Deutschland" }]);
  pass(4.9);
  expect([await nameOf(transform), asked()]).toEqual(["Germany", 1]);
  pass(0.2);
  expect([await nameOf(transform), asked()]).toEqual(["Deutschland", 2]);
  pass(5.1);
  expect([await nameOf(transform), asked()]).toEqual(["Deutschland", 3]);
});

test("until there is a snapshot, it is asked for every ten seconds", async () => {
  const transform = start();
  expect(await nameOf(transform)).toBeNull();
  putSnapshot([{ code: "DE", name: "Germany" }]);
  pass(0.1);
  expect(await nameOf(transform)).toBeNull();
  pass(0.1);
  expect(await nameOf(transform)).toBe("Germany");
});

test.each([
  [
    "vanished",
    () => {
      store.remove(SNAPSHOT);
    },
  ],
  [
    "is no JSON",
    () => {
      store.put(SNAPSHOT, "{");
    },
  ],
  [
    "is of another dataset",
    () => {
      putSnapshot([], { dataset: "reference.cities" });
    },
  ],
  [
    "is of another version",
    () => {
      putSnapshot([], { snapshotVersion: 2 });
    },
  ],
  [
    "is forbidden",
    () => {
      store.failWith(403);
    },
  ],
])("a snapshot that %s leaves the one that was read before", async (_what, breakIt) => {
  putSnapshot([{ code: "DE", name: "Germany" }]);
  const transform = start();
  await nameOf(transform);
  pass(5.1);
  breakIt();
  const metrics = await transform.metricsOf(record({ id: "a", country_code: "XX" }));
  expect(metrics).toMatchObject({ SnapshotUnavailable: 1, EnrichmentMisses: 1 });
  expect(await nameOf(transform)).toBe("Germany");
  for (const minutes of [1, 5.1]) {
    pass(minutes);
    expect(await transform.metricsOf()).toMatchObject({ SnapshotUnavailable: 1 });
  }
  store.failWith(undefined);
  putSnapshot([{ code: "DE", name: "Deutschland" }]);
  pass(5.1);
  expect(await nameOf(transform)).toBe("Deutschland");
  expect(await transform.metricsOf()).toMatchObject({ SnapshotUnavailable: 0 });
});

test("rules judge what was filled, and a required column that was not keeps the record out", async () => {
  putSnapshot([{ code: "DE", name: "Germany" }]);
  const quality = [{ rule: "oneOf", column: "country_name", values: ["France"], onFailure: "reject" }];
  const judged = await start({ quality }).send(record({ id: "a", country_code: "DE" }));
  expect(rowOf(judged[0])).toMatchObject({ reason: "rule-one-of", field: "country_name" });
  const needed = columns.map((each) =>
    "name" in each && each.name === "members" ? { ...each, required: true } : each,
  );
  const missing = await start({ columns: needed }).send(record({ id: "a", country_code: "DE" }));
  expect(rowOf(missing[0])).toMatchObject({ reason: "required-missing", field: "members" });
});
