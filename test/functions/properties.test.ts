import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import type { FirehoseRecord, FirehoseResult } from "../../pipelines/functions/transform/events";
import { metricsIn } from "./support/load";
import { type ObjectStore, startObjectStore } from "./support/object-store";
import { column, contract, record, rowOf, startTransform, tableOf, textOf, type Transform } from "./support/transform";

const RUNS = 60;

/** Whether the text of a value in a row is one of the type, told by its form alone. */
const FORMS: Readonly<Record<string, RegExp>> = {
  id: /^"(?!\s).*(?<!\s)"$/su,
  count: /^(null|0|-?[1-9]\d{0,9})$/,
  big: /^(null|0|-?[1-9]\d{0,18})$/,
  price: /^(null|"-?(0|[1-9]\d{0,7})\.\d\d")$/,
  share: /^(null|-?\d+(\.\d+)?(e[+-]\d+)?)$/,
  day: /^(null|0|-?[1-9]\d{0,6})$/,
  at: /^(null|0|-?[1-9]\d{0,17})$/,
  flag: /^(null|true|false)$/,
  tags: /^(null|\{.*\})$/su,
  items: /^(null|\[.*\])$/su,
};

const columns = [
  column("id", "string", { required: true }),
  column("count", "int"),
  column("big", "bigint"),
  column("price", "decimal(10,2)"),
  column("share", "double"),
  column("day", "date"),
  column("at", "timestamp"),
  column("flag", "boolean"),
  column("tags", "map<string,string>"),
  column("items", "array<struct<sku:string,n:int>>"),
];
const quality = [
  { rule: "between", column: "count", minimum: -1000, onFailure: "drop" },
  { rule: "notNull", column: "flag", onFailure: "warn" },
  { rule: "between", column: "big", minimum: 0, onFailure: "reject" },
];

let store: ObjectStore;
let transform: Transform;

beforeAll(async () => {
  store = await startObjectStore();
  transform = startTransform(store, contract({ columns, quality }));
  await transform.send();
});

afterAll(() => store.close());

const date = fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31T23:59:59.999Z") });

const valid = fc.record(
  {
    id: fc.string({ unit: "binary", minLength: 1 }),
    count: fc.oneof(fc.integer({ min: -3000, max: 3000 }), fc.integer({ min: 0 }).map(String), fc.maxSafeInteger()),
    big: fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: -9n, max: 2n ** 63n + 9n }).map(String)),
    price: fc.oneof(fc.double(), {
      arbitrary: fc.integer({ min: -99_999_999, max: 99_999_999 }).map((cents) => (cents / 100).toFixed(2)),
      weight: 9,
    }),
    share: fc.double({ noDefaultInfinity: true, noNaN: true }),
    day: date.map((each) => each.toISOString().slice(0, 10)),
    at: fc.oneof(
      date.map((each) => each.toISOString()),
      fc.integer(),
    ),
    flag: fc.oneof(fc.boolean(), fc.constantFrom("true", "false", " true ", "", "TRUE")),
    tags: fc.dictionary(
      fc.oneof(fc.string({ unit: "binary" }), fc.constant("__proto__")),
      fc.string({ unit: "binary" }),
    ),
    items: fc.array(fc.record({ sku: fc.string(), n: fc.integer() }, { requiredKeys: [] })),
  },
  { requiredKeys: ["id"] },
);

/** A valid record with one field exchanged for anything. */
const mutated = fc
  .tuple(valid, fc.constantFrom(...Object.keys(FORMS), "constructor", "other"), fc.jsonValue())
  .map(([fields, name, value]) => ({ ...fields, [name]: value }));

const text = fc.oneof(
  { arbitrary: valid.map((fields) => JSON.stringify(fields)), weight: 3 },
  { arbitrary: mutated.map((fields) => JSON.stringify(fields)), weight: 4 },
  fc.json(),
  fc.string({ unit: "binary" }),
  // cut, or with a piece of it twice
  fc.tuple(valid, fc.nat(200)).map(([fields, at]) => JSON.stringify(fields).slice(0, at)),
  fc.tuple(valid, fc.nat(50), fc.nat(50)).map(([fields, from, to]) => {
    const whole = JSON.stringify(fields);
    return whole.slice(0, from) + whole.slice(to);
  }),
);

const bytes = fc.oneof(
  { arbitrary: text.map((content) => Buffer.from(content)), weight: 8 },
  fc.uint8Array({ maxLength: 60 }).map((content) => Buffer.from(content)),
  text.map((content) => gzipSync(content)),
  text.map((content) => Buffer.from(content, "utf16le")),
);

const batches = fc
  .array(bytes, { maxLength: 12 })
  .map((all) => all.map((content) => ({ content, sent: record(content) })));

/** What a quarantined record was, byte for byte. */
function original(row: Readonly<Record<string, unknown>>): Buffer {
  return typeof row.record === "string" ? Buffer.from(row.record) : Buffer.from(row.record_base64 as string, "base64");
}

/** Names and texts of the values of a row, whose JSON has no white space. */
function valuesOf(row: string): Record<string, string> {
  const names = Object.keys(JSON.parse(row) as object);
  const starts = names.map((name, index) => row.indexOf(`${index === 0 ? "{" : ","}"${name}":`));
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      row.slice((starts[index] ?? 0) + name.length + 4, index + 1 < names.length ? starts[index + 1] : -1),
    ]),
  );
}

function expectRow(result: FirehoseResult | undefined): void {
  const row = textOf(result);
  const parsed = JSON.parse(row) as Record<string, unknown>;
  expect(Object.keys(parsed)).toEqual(Object.keys(FORMS));
  // a text may look like the next column: then only what JSON says of it can be compared
  const values = JSON.stringify(parsed).includes('\\"') ? {} : valuesOf(row);
  for (const [name, value] of Object.entries(values)) {
    expect([name, value]).toEqual([name, expect.stringMatching(FORMS[name] ?? /^$/)]);
  }
  const within = (name: string, least: number, most: number) =>
    parsed[name] === null || (Number(parsed[name]) >= least && Number(parsed[name]) <= most);
  expect(within("count", -1000, 2 ** 31 - 1) && within("big", 0, 2 ** 63)).toBe(true);
  expect(within("at", -62_135_596_800e6, 253_402_300_800e6) && within("day", -719_162, 2_932_896)).toBe(true);
  for (const item of (parsed.items ?? []) as (Record<string, unknown> | null)[]) {
    expect(item === null || Object.keys(item).join() === "sku,n").toBe(true);
  }
}

/** What the fields of a record that was taken say, which the row has to say as well. */
function expectSame(result: FirehoseResult | undefined, content: Buffer): void {
  const plain = content[0] === 0x1f ? gunzipSync(content) : content;
  const sent = JSON.parse(plain.toString().replace(/^\ufeff/, "")) as Record<string, unknown>;
  const row = rowOf(result) ?? {};
  expect(row.id).toBe((sent.id as string).replace(/^[\s\u0085]+|[\s\u0085]+$/gu, ""));
  if (typeof sent.big === "string" && sent.big.trim() !== "" && /^-?\d+$/.test(sent.big.trim())) {
    expect(textOf(result)).toContain(`"big":${BigInt(sent.big)},`);
  }
  if (typeof sent.share === "number") {
    expect(row.share).toBe(sent.share);
  }
  if (typeof sent.at === "string" && sent.at.endsWith("Z") && sent.at.length === 24) {
    expect(row.at).toBe(Date.parse(sent.at) * 1000);
  }
  expect(Object.keys(row.tags ?? {})).toHaveLength(Object.keys(sent.tags ?? {}).length);
  expect(((row.items ?? []) as unknown[]).length).toBe(((sent.items ?? []) as unknown[]).length);
}

async function expectBatch(batch: readonly { content: Buffer; sent: FirehoseRecord }[]): Promise<void> {
  const records = batch.map(({ sent }) => sent);
  const { result, lines } = await transform.run(records);
  const { records: results } = result;
  expect(results.map(({ recordId }) => recordId)).toEqual(records.map(({ recordId }) => recordId));
  for (const [index, { content }] of batch.entries()) {
    const one = results[index];
    const row = rowOf(one);
    switch (tableOf(one)) {
      case "clicks":
        expectRow(one);
        expectSame(one, content);
        break;
      case "clicks_quarantine":
        expect(row?.reason).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(row?.reason).not.toBe("internal-error");
        expect(original(row ?? {}).equals(content)).toBe(true);
        break;
      case "Dropped":
        expect(content.toString().includes("count") || content[0] === 0x1f).toBe(true);
        break;
      default:
        expect([one?.result, content.length > 999_000]).toEqual(["ProcessingFailed", true]);
    }
  }
  const tables = results.map(tableOf);
  const count = (name: string) => tables.filter((table) => table === name).length;
  expect(metricsIn(lines)[0]).toMatchObject({
    RecordsRead: records.length,
    RecordsGood: count("clicks"),
    RecordsQuarantined: count("clicks_quarantine"),
    RecordsDropped: count("Dropped"),
    RecordsFailed: count("ProcessingFailed"),
  });
  expect(await transform.send(...records)).toEqual(results);
}

test("every record comes out once, as a row that is one, put aside as it came, dropped by a rule, or too large", async () => {
  await fc.assert(fc.asyncProperty(batches, expectBatch), { numRuns: RUNS });
});

test("records that are right become rows, and not only bad ones are tried", async () => {
  const fields = { id: "a", count: 1, big: "5", price: "1.00", flag: true, tags: { a: "b" }, items: [{ sku: "x" }] };
  const sent = Buffer.from(JSON.stringify(fields));
  await expectBatch([{ content: sent, sent: record(sent) }]);
  const results = await transform.send(
    ...fc.sample(valid, { numRuns: 1000, seed: 9 }).map((each) => record(JSON.stringify(each))),
  );
  expect(results.filter((result) => tableOf(result) === "clicks").length).toBeGreaterThan(3);
  expect(results.filter((result) => tableOf(result) === "Dropped").length).toBeGreaterThan(3);
});
