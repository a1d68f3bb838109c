import { gzipSync } from "node:zlib";
import { outside } from "./support/load";
import { type ObjectStore, startObjectStore } from "./support/object-store";
import {
  ARRIVED_AT,
  column,
  contract,
  record,
  rowOf,
  startTransform,
  tableOf,
  textOf,
  type Transform,
} from "./support/transform";
import { aggregate } from "./support/aggregate";

let store: ObjectStore;
let transform: Transform;

beforeAll(async () => {
  store = await startObjectStore();
  transform = startTransform(store, contract());
});

afterAll(() => store.close());

test("a record becomes a row with all columns, for its table, replacing the row with its key", async () => {
  const [result] = await transform.send(record({ id: "a" }, { recordId: "1" }));
  expect(textOf(result)).toBe('{"id":"a","amount":null}');
  expect(result).toEqual({
    recordId: "1",
    result: "Ok",
    data: expect.any(String) as string,
    metadata: {
      otfMetadata: {
        destinationDatabaseName: "basin_dev_web_raw",
        destinationTableName: "clicks",
        operation: "update",
      },
    },
  });
});

test("rows of a dataset without a key are added", async () => {
  const [result] = await startTransform(store, contract({ primaryKey: [] })).send(record({ id: "a" }));
  expect(result).toMatchObject({ metadata: { otfMetadata: { operation: "insert" } } });
});

test("an empty batch has an empty response", async () => {
  expect(await transform.send()).toEqual([]);
});

test.each([
  ["compressed", gzipSync('{"id":"a"}')],
  ["compressed, and unpacked as large as may be", gzipSync(`{"id":"a"}${" ".repeat(1024 * 1024 - 10)}`)],
  ["compressed in two parts", Buffer.concat([gzipSync('{"id":'), gzipSync('"a"}')])],
  ["begun with a byte order mark", Buffer.from('\ufeff{"id":"a"}')],
  ["with white space around it", Buffer.from(' \r\n{ "id" : "a" }\n')],
  ["with an unknown field", Buffer.from('{"id":"a","__proto__":{"amount":7},"other":[{"id":1}]}')],
])("a record that is %s is read", async (_what, bytes) => {
  const [result] = await transform.send(record(bytes));
  expect([tableOf(result), textOf(result)]).toEqual(["clicks", '{"id":"a","amount":null}']);
});

const bomb = gzipSync(`{"id":"a"}${" ".repeat(1024 * 1024 - 9)}`);
const nested = (levels: number) => `{"id":"a","other":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

test.each([
  ["empty", Buffer.alloc(0), "empty", "the record has no bytes"],
  ["broken gzip", Buffer.from([0x1f, 0x8b, 8, 0]), "gzip-broken", "the record begins as gzip and cannot be unpacked"],
  [
    "gzip with something behind it",
    Buffer.concat([gzipSync('{"id":"a"}'), Buffer.from("rest")]),
    "gzip-broken",
    "the record begins as gzip and cannot be unpacked",
  ],
  ["a gzip bomb", bomb, "gzip-too-large", "the record is larger than 1048576 bytes when unpacked"],
  ["UTF-16", Buffer.from('\ufeff{"id":"a"}', "utf16le"), "not-utf8", "the record is not UTF-8"],
  ["Latin-1", Buffer.from('{"id":"Jürgen"}', "latin1"), "not-utf8", "the record is not UTF-8"],
  [
    "half a surrogate pair in UTF-8",
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    "not-utf8",
    "the record is not UTF-8",
  ],
  [
    "still aggregated",
    aggregate([Buffer.from("{}")]),
    "still-aggregated",
    "the record is an aggregate of the Kinesis Producer Library",
  ],
  ["cut off", Buffer.from('{"id":"a'), "not-json", "the record is not JSON"],
  ["white space only", Buffer.from("\n"), "not-json", "the record is not JSON"],
  ["NaN", Buffer.from('{"id":"a","amount":NaN}'), "not-json", "the record is not JSON"],
  [
    "lines of objects",
    Buffer.from('{"id":"a"}\n{"id":"b"}\n'),
    "several-objects",
    "the record holds several JSON objects, and one is one row",
  ],
  ["a list", Buffer.from('[{"id":"a"}]'), "not-an-object", "the record is JSON, but no object"],
  ["null", Buffer.from("null"), "not-an-object", "the record is JSON, but no object"],
  ["a number", Buffer.from("1e400"), "not-an-object", "the record is JSON, but no object"],
  [
    "17 levels deep",
    Buffer.from(nested(17)),
    "nested-too-deep",
    "the record nests more than 16 objects or arrays in each other",
  ],
  [
    "100,000 levels deep",
    Buffer.from(nested(100_000)),
    "nested-too-deep",
    "the record nests more than 16 objects or arrays in each other",
  ],
  [
    "a name that stands twice",
    Buffer.from('{"id":"a","amount":1,"amount":2}'),
    "name-repeated",
    "the record has an object with a name that stands there twice",
  ],
  [
    "a name that stands twice within, once escaped",
    Buffer.from('{"id":"a","other":[{"b":1,"\\u0062":"x:y"}]}'),
    "name-repeated",
    "the record has an object with a name that stands there twice",
  ],
])("a record that is %s is put aside as it came", async (_what, bytes, reason, detail) => {
  const [result] = await transform.send(record(bytes));
  expect(tableOf(result)).toBe("clicks_quarantine");
  const row = rowOf(result);
  expect([row?.reason, row?.field, row?.detail]).toEqual([reason, null, detail]);
  const kept =
    row?.record === null ? Buffer.from(row.record_base64 as string, "base64") : Buffer.from(row?.record as string);
  expect(kept.equals(bytes)).toBe(true);
});

test("16 levels are read", async () => {
  expect(tableOf((await transform.send(record(nested(16))))[0])).toBe("clicks");
});

test("what is no Base64 is put aside as it came, instead of without the signs that Node skips", async () => {
  const [result] = await transform.send(record("", { data: "eyJpZCI6ImEifQ=*" }));
  expect(rowOf(result)).toMatchObject({
    reason: "not-base64",
    detail: "the record did not arrive in Base64",
    record: "eyJpZCI6ImEifQ=*",
    record_base64: null,
  });
});

test("a row of the quarantine says what, where, when and why", async () => {
  const bad = record('{"amount":1}', { recordId: "2" });
  const [result] = await transform.send(bad);
  expect(result).toMatchObject({
    recordId: "2",
    metadata: {
      otfMetadata: {
        destinationDatabaseName: "basin_dev_web_raw",
        destinationTableName: "clicks_quarantine",
        operation: "update",
      },
    },
  });
  const { sequenceNumber, partitionKey } = bad.kinesisRecordMetadata ?? {};
  expect(rowOf(result)).toEqual({
    record_id: `shardId-000000000000/${sequenceNumber ?? ""}/0`,
    arrived_at: ARRIVED_AT * 1000,
    reason: "required-missing",
    field: "id",
    detail: "id has no value, and is required",
    partition_key: partitionKey,
    record: '{"amount":1}',
    record_base64: null,
    contract_version: "version-1",
  });
});

test("a record that our own code fails on is put aside, and the others are not", async () => {
  const { parse } = outside.JSON;
  const spy = jest.spyOn(outside.JSON, "parse").mockImplementation((text, reviver) => {
    if (text === '{"id":"poison"}') {
      throw new TypeError("a mistake");
    }
    return parse(text, reviver) as unknown;
  });
  try {
    const results = await transform.send(record({ id: "a" }), record({ id: "poison" }), record({ id: "b" }));
    expect(results.map(tableOf)).toEqual(["clicks", "clicks_quarantine", "clicks"]);
    expect(rowOf(results[1])).toMatchObject({
      reason: "internal-error",
      detail: "the record could not be worked on, for a mistake of the transformation",
      record: '{"id":"poison"}',
    });
  } finally {
    spy.mockRestore();
  }
});

test("columns are found by their own names, not by what objects inherit", async () => {
  const inherited = startTransform(store, contract({ columns: [column("constructor", "string")], primaryKey: [] }));
  expect(textOf((await inherited.send(record("{}")))[0])).toBe('{"constructor":null}');
  expect(textOf((await inherited.send(record('{"constructor":"a"}')))[0])).toBe('{"constructor":"a"}');
});
