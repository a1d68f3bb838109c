import { type ObjectStore, startObjectStore } from "./support/object-store";
import { column, contract, record, rowOf, startTransform, textOf, type Transform } from "./support/transform";

const TYPES = {
  string: "string",
  boolean: "boolean",
  int: "int",
  bigint: "bigint",
  float: "float",
  double: "double",
  decimal: "decimal(12,2)",
  whole: "decimal(38,0)",
  date: "date",
  time: "time",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  binary: "binary",
  fixed: "fixed[2]",
  uuid: "uuid",
  list: "array<int>",
  texts: "array<string>",
  map: "map<string,string>",
  numbered: "map<int,boolean>",
  struct: "struct<sku:string,price:decimal(6,2),tags:array<map<string,bigint>>>",
};

let store: ObjectStore;
let transform: Transform;

beforeAll(async () => {
  store = await startObjectStore();
  const columns = Object.entries(TYPES).map(([name, type]) => column(name, type));
  transform = startTransform(store, contract({ columns, primaryKey: [] }));
});

afterAll(() => store.close());

/** What stands in the row for a value written as JSON. */
async function written(name: keyof typeof TYPES, json: string): Promise<string> {
  const [result] = await transform.send(record(`{"${name}":${json}}`));
  const text = textOf(result);
  const names = Object.keys(TYPES);
  const next = names[names.indexOf(name) + 1];
  const start = text.indexOf(`"${name}":`) + `"${name}":`.length;
  expect(rowOf(result)).not.toHaveProperty("reason");
  return text.slice(start, next === undefined ? -1 : text.indexOf(`,"${next}":null`, start));
}

test.each([
  ["string", '"\\u00a0 a  b\\u0085\\u3000\\n"', '"a  b"'],
  ["string", '" \\t"', "null"],
  ["string", '""', "null"],
  ["string", '"a\\"b\\\\c\\u0000\\u001f\\ud83d\\ude00ü"', '"a\\"b\\\\c\\u0000\\u001f😀ü"'],
  ["string", '"123"', '"123"'],
  ["boolean", "true", "true"],
  ["boolean", '" false "', "false"],
  ["boolean", '""', "null"],
  ["int", "-2147483648", "-2147483648"],
  ["int", '" 2147483647 "', "2147483647"],
  ["int", "1.0", "1"],
  ["int", '"1.0"', "1"],
  ["int", "1e3", "1000"],
  ["int", '"1e3"', "1000"],
  ["int", "-0", "0"],
  ["int", "1.00000000000000000000", "1"],
  ["int", '""', "null"],
  ["bigint", "9007199254740991", "9007199254740991"],
  ["bigint", '"9007199254740993"', "9007199254740993"],
  ["bigint", '"9223372036854775807"', "9223372036854775807"],
  ["bigint", '"-9223372036854775808"', "-9223372036854775808"],
  ["bigint", '"9.223372036854775807e18"', "9223372036854775807"],
  ["bigint", "9007199254740993.0", "9007199254740993"],
  ["float", "0.1", "0.1"],
  ["double", "-0.0", "-0.0"],
  ["double", '"1e-7"', "1e-7"],
  ["double", "1.7976931348623157e308", "1.7976931348623157e+308"],
  ["double", "0.30000000000000004", "0.30000000000000004"],
  ["decimal", "12.5", '"12.50"'],
  ["decimal", '" -0.05 "', '"-0.05"'],
  ["decimal", "-0", '"0.00"'],
  ["decimal", "12.5000000000000000000", '"12.50"'],
  ["decimal", "1234567890.12", '"1234567890.12"'],
  ["decimal", '"1.2e3"', '"1200.00"'],
  ["whole", '"99999999999999999999999999999999999999"', '"99999999999999999999999999999999999999"'],
  ["whole", "1e2", '"100"'],
  ["date", '"1970-01-01"', "0"],
  ["date", '"2024-02-29"', "19782"],
  ["date", '"0001-01-01"', "-719162"],
  ["date", '"9999-12-31"', "2932896"],
  ["time", '"23:59:59.000001"', "86399000001"],
  ["time", '"10:15"', "36900000000"],
  ["timestamp", '"2026-11-20T10:15:30.123Z"', "1795169730123000"],
  ["timestamp", '"2026-11-20T10:15:30"', "1795169730000000"],
  ["timestamp", '" 2026-11-20 10:15z "', "1795169700000000"],
  ["timestamp", '"2026-11-20T10:15:30.1234569+05:30"', "1795149930123456"],
  ["timestamp", '"2026-11-20t10:15:30,5-0800"', "1795198530500000"],
  ["timestamp", '"2026-11-20T10:15:30+01"', "1795166130000000"],
  ["timestamp", '"1969-12-31T23:59:59.999999Z"', "-1"],
  ["timestamp", '"0001-01-01T00:00:00Z"', "-62135596800000000"],
  ["timestamp", '"9999-12-31T23:59:59.999999Z"', "253402300799999999"],
  ["timestamptz", '"2026-11-20T10:15:30.123Z"', "1795169730123000"],
  ["timestamp", "1795169730", "1795169730000000"],
  ["timestamp", "1795169730123", "1795169730123000"],
  ["timestamp", "1795169730123456", "1795169730123456"],
  ["timestamp", "1795169730.123456", "1795169730123456"],
  ["timestamp", "1795169730.1234567891", "1795169730123456"],
  ["timestamp", "1795169730123.5", "1795169730123500"],
  ["timestamp", "0", "0"],
  ["timestamp", "-0.0000001", "-1"],
  ["timestamp", "99999999999", "99999999999000000"],
  ["timestamp", "100000000000", "100000000000000"],
  ["timestamp", "100000000000000", "100000000000000"],
  ["binary", '"/+8="', '"/+8="'],
  ["fixed", '"/+8="', '"/+8="'],
  ["uuid", '"0193D0A2-7B1C-7000-8000-0123456789AB"', '"0193d0a2-7b1c-7000-8000-0123456789ab"'],
  ["list", '[1,"2",null,""]', "[1,2,null,null]"],
  ["list", "[]", "[]"],
  ["map", '{" a ":" x ","__proto__":"y","b":null,"1":""}', '{"1":null,"a":"x","__proto__":"y","b":null}'],
  ["map", "{}", "{}"],
  ["numbered", '{"7":true," 8 ":"false"}', '{"7":true,"8":false}'],
  [
    "struct",
    '{"price":"1.5","other":1,"tags":[{"a":"9007199254740993"}]}',
    '{"sku":null,"price":"1.50","tags":[{"a":9007199254740993}]}',
  ],
] as const)("of the type %s, %s is written as %s", async (name, json, expected) => {
  expect(await written(name, json)).toBe(expected);
});

const NOT_A_TIMESTAMP = "is no date and time in ISO 8601, from 0001 to 9999, nor a number since 1970";
const NOT_A_DATE = "is no day of the calendar as YYYY-MM-DD, from 0001 to 9999";
const NOT_EXACT = "is a number above 2^53, whose last digits JSON does not keep: producers send it as a string";
const OUT_OF_RANGE = "is outside the range of its type";
const TOO_FINE = "has more digits behind the point than its type, and is not rounded";
const NOT_A_BOOLEAN = 'is neither true nor false, nor "true" or "false"';

const timestamps = [
  '"2026-02-30T10:15:30Z"',
  '"2025-02-29T10:15:30Z"',
  '"2026-11-20T24:00:00Z"',
  '"2026-12-31T23:59:60Z"',
  '"2026-11-20T10:60:00Z"',
  '"2026-11-20"',
  '"2026-11-20T10"',
  '"2026-11-20T10:15:30.Z"',
  '"2026-11-20T10:15:30+19:00"',
  '"2026-11-20T10:15:30+05:3"',
  '"2026-11-20T10:15:30 +05:30"',
  '"2026-11-20T10:15:30Zulu"',
  '"0000-12-31T23:59:59Z"',
  '"0001-01-01T00:00:00+01:00"',
  '"9999-12-31T23:59:59-01:00"',
  '"10000-01-01T00:00:00Z"',
  '"1795169730"',
  '"20261120T101530Z"',
  "-99999999999",
  "9007199254740993",
  "1e400",
  "true",
];

test.each([
  ["string", "1", "not-a-string", "string is not a string"],
  ["string", '"\\ud83d"', "lone-surrogate", "string has half a surrogate pair, which no encoding can write"],
  ["boolean", "1", "not-a-boolean", `boolean ${NOT_A_BOOLEAN}`],
  ["boolean", '"True"', "not-a-boolean", `boolean ${NOT_A_BOOLEAN}`],
  ["int", "2147483648", "out-of-range", `int ${OUT_OF_RANGE}`],
  ["int", '"1e99999999999"', "out-of-range", `int ${OUT_OF_RANGE}`],
  ["int", "1.5", "not-whole", "int is not a whole number"],
  ["int", "1.0000000000000000001", "not-whole", "int is not a whole number"],
  ...['"0x10"', '"007"', '"+1"', '"1 000"', '"1,5"', '".5"', '"5."', '"1e"', '"Infinity"', "[1]", "{}", "true"].map(
    (json) => ["int", json, "not-a-number", "int is not a number"] as const,
  ),
  ["bigint", "9007199254740992", "not-exact", `bigint ${NOT_EXACT}`],
  ["bigint", "9007199254740993", "not-exact", `bigint ${NOT_EXACT}`],
  ["bigint", '"9223372036854775808"', "out-of-range", `bigint ${OUT_OF_RANGE}`],
  ["bigint", "1e400", "out-of-range", `bigint ${OUT_OF_RANGE}`],
  ["float", "3.5e38", "out-of-range", `float ${OUT_OF_RANGE}`],
  ["double", "1e400", "out-of-range", `double ${OUT_OF_RANGE}`],
  ["double", '"-1e400"', "out-of-range", `double ${OUT_OF_RANGE}`],
  ["double", '"NaN"', "not-a-number", "double is not a number"],
  ["decimal", "0.001", "too-many-fraction-digits", `decimal ${TOO_FINE}`],
  ["decimal", "0.1000000000000000055", "too-many-fraction-digits", `decimal ${TOO_FINE}`],
  ["decimal", '"1e-99999999999"', "too-many-fraction-digits", `decimal ${TOO_FINE}`],
  ["decimal", "12345678901.5", "too-many-digits", "decimal has more digits before the point than its type"],
  ["whole", "1000000000000000000.01", "too-many-fraction-digits", `whole ${TOO_FINE}`],
  ["whole", "9007199254740993", "not-exact", `whole ${NOT_EXACT}`],
  ...[
    '"2026-02-30"',
    '"2026-13-01"',
    '"1900-02-29"',
    '"0000-01-01"',
    '"2026-11-20T00:00:00Z"',
    '"20261120"',
    "20412",
  ].map((json) => ["date", json, "not-a-date", `date ${NOT_A_DATE}`] as const),
  ["time", '"24:00"', "not-a-time", "time is no time of day as HH:MM:SS"],
  ...timestamps.map((json) => ["timestamp", json, "not-a-timestamp", `timestamp ${NOT_A_TIMESTAMP}`] as const),
  ["binary", '"/+8"', "not-binary", "binary is not Base64 with its padding"],
  ["binary", '"a!=="', "not-binary", "binary is not Base64 with its padding"],
  ["fixed", '"/w=="', "wrong-length", "fixed is not 2 bytes long"],
  ["uuid", '"0193d0a2"', "not-a-uuid", "uuid is not a UUID"],
  ["list", "1", "not-a-list", "list is not a list"],
  ["list", '[1,2,"x"]', "not-a-number", "list[2] is not a number"],
  ["map", "[]", "not-a-map", "map is not an object, which a map is in JSON"],
  ["map", '{"a":1}', "not-a-string", "map{value} is not a string"],
  ["map", '{" ":"x"}', "map-key-empty", "map has an empty key"],
  ["map", '{" a":"x","a ":"y"}', "map-key-repeated", "map has two keys that are the same value"],
  ["map", '{"\\ud800":"x"}', "lone-surrogate", "map{key} has half a surrogate pair, which no encoding can write"],
  ["numbered", '{"1":true,"1.0":true}', "map-key-repeated", "numbered has two keys that are the same value"],
  ["numbered", '{"a":true}', "not-a-number", "numbered{key} is not a number"],
  ["struct", "1.00000000000000001", "not-a-struct", "struct is not an object, which a struct is in JSON"],
  ["struct", '{"tags":[{"a":true}]}', "not-a-number", "struct.tags[0]{value} is not a number"],
] as const)("of the type %s, %s is put aside as %s", async (name, json, reason, detail) => {
  const text = `{"${name}":${json}}`;
  const row = rowOf((await transform.send(record(text)))[0]);
  expect([row?.reason, row?.field, row?.detail, row?.record]).toEqual([reason, name, detail, text]);
});

test("a map of 50,000 entries keeps them all", async () => {
  const entries = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key-${index}`, "x"]));
  const row = rowOf((await transform.send(record({ map: entries })))[0]);
  expect(row?.map).toEqual(entries);
});

test("nothing that a record is called gets into what all objects inherit", async () => {
  await transform.send(
    record('{"__proto__":{"polluted":1},"map":{"__proto__":"x"},"struct":{"__proto__":{"sku":"a"}}}'),
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
