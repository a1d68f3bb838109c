import { gzipSync } from "node:zlib";
import { type ObjectStore, startObjectStore } from "./support/object-store";
import { column, contract, record, rowOf, startTransform, tableOf, textOf, type Transform } from "./support/transform";

let store: ObjectStore;
let transform: Transform;

const columns = [
  column("id", "string", { required: true }),
  column("amount", "int"),
  column("ip_address", "string", { mask: "network" }),
  column("card", "string", { mask: "last4" }),
  column("secret", "bigint", { mask: "remove" }),
  column("phone", "bigint", { mask: "last4" }),
];

beforeAll(async () => {
  store = await startObjectStore();
  const quality = [{ rule: "matches", column: "card", pattern: "\\d+", onFailure: "reject" }];
  transform = startTransform(store, contract({ columns, quality }));
});

afterAll(() => store.close());

test.each([
  ["203.0.113.77", "203.0.113.0"],
  ["::ffff:203.0.113.77", "203.0.113.0"],
  ["0:0:0:0:0:FFFF:203.0.113.77", "203.0.113.0"],
  ["2001:DB8:1:2:3:4:5:6", "2001:db8:1::"],
  ["2001:db8:00a1::1", "2001:db8:a1::"],
  ["2001:db8::", "2001:db8::"],
  ["::1", "::"],
  ["64:ff9b::203.0.113.77", "64:ff9b::"],
  ["1:2::3:4:5:6.7.8.9", "1:2::"],
  ["fe80::1%eth0", "fe80::"],
  ["203.0.113.77:8080", null],
  ["203.0.113.256", null],
  ["unknown", null],
])("of the address %s only the network %s is written", async (address, network) => {
  const row = rowOf((await transform.send(record({ id: "a", ip_address: address })))[0]);
  expect(row?.ip_address).toBe(network);
});

test.each([
  ["4111111111111111", "****1111"],
  ["12345678", "****5678"],
  ["1234567", "****"],
])("of %s only %s is written", async (card, written) => {
  expect(rowOf((await transform.send(record({ id: "a", card })))[0])?.card).toBe(written);
});

test("what a mask has no notion of is removed", async () => {
  const row = rowOf((await transform.send(record({ id: "a", secret: 5, phone: 4_930_123_456_789 })))[0]);
  expect(row).toMatchObject({ secret: null, phone: null });
});

test("rules judge the value before it is masked", async () => {
  const [result] = await transform.send(record({ id: "a", card: "4111-1111" }));
  expect(tableOf(result)).toBe("clicks_quarantine");
  expect(rowOf(result)).toMatchObject({ reason: "rule-matches", detail: "card does not match its pattern" });
});

test("a record that is put aside is masked, and otherwise as it was sent", async () => {
  const text =
    ' {"ip_address" : "203.0.113.77","amount":1.50,\t"big":12345678901234567890,' +
    '"CARD":" 4111111111111111 ","secret":{"a":["}",1]},"phone":[1],"nested":{"card":"stays"},"\\u0063ard":null}';
  const [result] = await transform.send(record(text));
  expect(rowOf(result)).toMatchObject({
    reason: "required-missing",
    record:
      ' {"ip_address" : "203.0.113.0","amount":1.50,\t"big":12345678901234567890,' +
      '"CARD":"****1111","secret":null,"phone":null,"nested":{"card":"stays"},"\\u0063ard":null}',
    record_base64: null,
  });
});

test.each([
  ["name-repeated", '{"card":"4111111111111111","card":"4111111111112222"}', '{"card":"****1111","card":"****2222"}'],
  ["several-objects", '{"card":"4111111111111111"}\n{"secret":12}', '{"card":"****1111"}\n{"secret":null}'],
  ["not-an-object", '[{"card":"4111111111111111"},7]', '[{"card":"****1111"},7]'],
  [
    "nested-too-deep",
    `{"card":"4111111111111111","a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    `{"card":"****1111","a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
  ],
])("a record that is put aside for %s is masked, too", async (reason, text, masked) => {
  expect(rowOf((await transform.send(record(text)))[0])).toMatchObject({ reason, record: masked });
});

test("a packed record that is put aside is masked in its text, and its bytes are not kept", async () => {
  const [result] = await transform.send(record(gzipSync('\ufeff{"card":"4111111111111111"}')));
  expect(rowOf(result)).toMatchObject({ record: '{"card":"****1111"}', record_base64: null });
});

test("a text that cannot be parsed is kept as it is", async () => {
  const row = rowOf((await transform.send(record('{"card":"4111')))[0]);
  expect(row).toMatchObject({ reason: "not-json", record: '{"card":"4111' });
});

test("a required column that a mask leaves nothing of keeps the record out of the table", async () => {
  const required = contract({ columns: [column("ip", "string", { required: true, mask: "network" })], primaryKey: [] });
  const [result] = await startTransform(store, required).send(record({ ip: "somewhere" }));
  expect(rowOf(result)).toMatchObject({
    reason: "not-maskable",
    detail: "ip has nothing left once it is masked, and is required",
    record: '{"ip":null}',
  });
});

test("nothing that is masked is printed", async () => {
  const { result, lines } = await transform.run([
    record({ id: "a", card: "4111-1111-secret" }),
    record({ card: "4111" }),
  ]);
  expect(JSON.stringify(lines)).not.toContain("4111");
  expect(result.records.map(textOf).join()).not.toContain("4111");
});
