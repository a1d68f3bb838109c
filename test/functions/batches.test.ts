import { randomBytes } from "node:crypto";
import { contractOf } from "../../domains/contract";
import { web } from "../../domains/web";
import { outside, startFunction } from "./support/load";
import { type ObjectStore, startObjectStore } from "./support/object-store";
import { column, contract, record, rowOf, startTransform, tableOf, type Transform } from "./support/transform";

let store: ObjectStore;
let transform: Transform;

const columns = [column("id", "string", { required: true }), column("amount", "int")];
const quality = [{ rule: "between", column: "amount", minimum: 0, onFailure: "drop" }];

beforeAll(async () => {
  store = await startObjectStore();
  transform = startTransform(store, contract({ columns, quality }));
  // before another contract takes its place
  await transform.send();
});

afterAll(() => store.close());

test("the contract is read once, in the version that the function was deployed with", async () => {
  const before = store.requests.length;
  const fresh = startTransform(store, contract({ columns }));
  await Promise.all([fresh.send(record({ id: "a" })), fresh.send(record({ id: "b" }))]);
  await fresh.send(record({ id: "c" }));
  expect(store.requests.slice(before)).toEqual(["GET /artifacts/contracts/web/clicks.json?versionId=version-1"]);
});

test("a contract that could not be read is read on the next call", async () => {
  store.failWith(403);
  const fresh = startTransform(store, contract({ columns }));
  await expect(fresh.send(record({ id: "a" }))).rejects.toThrow("InternalError");
  store.failWith(undefined);
  expect((await fresh.send(record({ id: "a" }))).map(tableOf)).toEqual(["clicks"]);
});

test("the contract of a dataset that is declared is read", async () => {
  const [clickstream] = web.datasets;
  const of = clickstream === undefined ? {} : contractOf(web, clickstream);
  const fields = { event_id: "a", event_type: "view", occurred_at: "2026-11-20T10:15:30Z" };
  const row = rowOf((await startTransform(store, of).send(record(fields)))[0]);
  expect(row).toMatchObject({ event_id: "a", event_type: "view", occurred_at: 1_795_169_730_000_000 });
});

test("of web.clickstream only what its own monitoring has sent is dropped", async () => {
  const [clickstream] = web.datasets;
  const of = clickstream === undefined ? {} : contractOf(web, clickstream);
  const fields = { event_id: "a", event_type: "view", occurred_at: "2026-11-20T10:15:30Z" };
  const sessions = ["probe-1", "a probe-1", "a\nb"].map((session_id) => record({ ...fields, session_id }));
  const results = await startTransform(store, of).send(...sessions);
  expect(results.map(tableOf)).toEqual(["Dropped", "clicks", "clicks"]);
});

test("a variable that is not set is named", async () => {
  outside.process.env.CONTRACT_BUCKET = "";
  const { handler } = startFunction("pipelines/functions/transform/index.ts", {}) as {
    handler: (event: object) => Promise<unknown>;
  };
  await expect(handler({ records: [] })).rejects.toThrow("the environment variable CONTRACT_BUCKET is not set");
});

test("all that happened is counted, by domain and dataset and nothing else", async () => {
  const records = [
    record({ id: "a", amount: 1 }),
    record({ id: "a", amount: 1, other: true }),
    record({ id: "b", amount: -1 }),
    record("no JSON"),
  ];
  expect(await transform.metricsOf(...records)).toEqual({
    namespace: "Basin",
    dimensions: [["Domain", "Dataset"]],
    Domain: "web",
    Dataset: "clicks",
    RecordsRead: 4,
    RecordsGood: 2,
    RecordsQuarantined: 1,
    RecordsDropped: 1,
    RecordsFailed: 0,
    RecordsWarned: 0,
    RecordsWithUnknownFields: 1,
    EnrichmentMisses: 0,
    SnapshotUnavailable: 0,
    FailedRecordShare: 25,
  });
});

test("an empty batch counts nothing, and has no share that failed", async () => {
  const metrics = await transform.metricsOf();
  expect(metrics).toMatchObject({ RecordsRead: 0, RecordsGood: 0 });
  expect(metrics).not.toHaveProperty("FailedRecordShare");
});

test("records with one key in a batch are all handed on, in their order", async () => {
  const results = await transform.send(record({ id: "a", amount: 1 }), record({ id: "a", amount: 2 }));
  expect(results.map(rowOf)).toEqual([
    { id: "a", amount: 1 },
    { id: "a", amount: 2 },
  ]);
});

test("a batch that is delivered twice has the same response, byte for byte", async () => {
  const records = [record({ id: "a" }), record("x"), record({ id: "b", amount: -1 }), record(randomBytes(100))];
  const [first, second] = [await transform.send(...records), await transform.send(...records)];
  expect(JSON.stringify(second)).toBe(JSON.stringify(first));
});

test("a row above 1,000,000 bytes fails, good or bad, and one below does not", async () => {
  const overhead = '{"id":"","amount":null}'.length;
  const tooLarge = record({ id: "x".repeat(1_000_001 - overhead) });
  const results = await transform.send(
    record({ id: "x".repeat(1_000_000 - overhead) }),
    tooLarge,
    record(`{"id":"${"x".repeat(1_000_000)}`),
    record({ id: "ü".repeat(500_000) }),
  );
  expect(results.map(tableOf)).toEqual(["clicks", "ProcessingFailed", "ProcessingFailed", "ProcessingFailed"]);
  expect(results[1]).toEqual({ recordId: tooLarge.recordId, result: "ProcessingFailed" });
  expect(await transform.metricsOf(tooLarge)).toMatchObject({
    RecordsFailed: 1,
    RecordsGood: 0,
    FailedRecordShare: 100,
  });
});

test("a response stays below 5,500,000 bytes, and what finds no room in it fails", async () => {
  const large = Array.from({ length: 9 }, () => record({ id: "x".repeat(700_000) }));
  const small = Array.from({ length: 100 }, (_, index) => record({ id: `small-${index}` }));
  const { result, lines } = await transform.run([...large, ...small]);
  expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(5_500_000);
  expect(result.records.map(tableOf)).toEqual([
    ...Array.from({ length: 5 }, () => "clicks"),
    ...Array.from({ length: 4 }, () => "ProcessingFailed"),
    ...Array.from({ length: 100 }, () => "clicks"),
  ]);
  expect(lines).toContainEqual(expect.objectContaining({ RecordsGood: 105, RecordsFailed: 4 }));
});

test("a response is filled to the last byte", async () => {
  const records = Array.from({ length: 30_000 }, (_, index) => record({ id: `${index}` }));
  const { result } = await transform.run(records);
  const bytes = Buffer.byteLength(JSON.stringify(result));
  expect(bytes).toBeLessThanOrEqual(5_500_000);
  expect(bytes).toBeGreaterThan(5_500_000 - 400);
  expect(result.records.map(({ recordId }) => recordId)).toEqual(records.map(({ recordId }) => recordId));
});

test("a record that did not come through a stream is told by its own id", async () => {
  const direct = record("{}", { recordId: "direct", kinesisRecordMetadata: undefined });
  expect(rowOf((await transform.send(direct))[0])).toMatchObject({ record_id: "direct", partition_key: null });
});
