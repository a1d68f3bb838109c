import { type ObjectStore, startObjectStore } from "./support/object-store";
import {
  ARRIVED_AT,
  column,
  contract,
  record,
  rowOf,
  startTransform,
  tableOf,
  type Transform,
} from "./support/transform";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let store: ObjectStore;

beforeAll(async () => {
  store = await startObjectStore();
});

afterAll(() => store.close());

/** A dataset with a column for each thing that may happen to a value which breaks the rule. */
function withRule(type: string, rule: object): Transform {
  const outcomes = ["reject", "warn", "drop"];
  const columns = [column("id", "string"), ...outcomes.map((name) => column(name, type))];
  const quality = outcomes.map((onFailure) => ({ ...rule, column: onFailure, onFailure }));
  return startTransform(store, contract({ columns, quality }));
}

const at = (milliseconds: number) => new Date(milliseconds).toISOString();

const RULES = [
  { type: "int", rule: { rule: "notNull" }, good: 0, bad: null, reason: "rule-not-null", detail: "has no value" },
  {
    type: "int",
    rule: { rule: "between", minimum: 0, maximum: 10 },
    good: 10,
    bad: 11,
    reason: "rule-between",
    detail: "is above 10",
  },
  {
    type: "string",
    rule: { rule: "oneOf", values: ["view", "click"] },
    good: " click ",
    bad: "Click",
    reason: "rule-one-of",
    detail: "is not one of the values that the contract lists",
  },
  {
    type: "string",
    rule: { rule: "matches", pattern: "a|b+" },
    good: "bb",
    bad: "ab",
    reason: "rule-matches",
    detail: "does not match its pattern",
  },
  {
    type: "timestamp",
    rule: { rule: "recent", withinHours: 48 },
    good: at(ARRIVED_AT - 2 * DAY),
    bad: at(ARRIVED_AT - 2 * DAY - 1),
    reason: "rule-recent",
    detail: "is older than 48 hours at its arrival",
  },
];

describe.each(RULES)("the rule $rule.rule", ({ type, rule, good, bad, reason, detail }) => {
  let transform: Transform;
  const all = { id: "a", reject: good, warn: good, drop: good };

  beforeAll(() => {
    transform = withRule(type, rule);
  });

  test("lets a value pass that keeps it, whatever would happen to others", async () => {
    const metrics = await transform.metricsOf(record(all));
    expect(metrics).toMatchObject({ RecordsGood: 1, RecordsWarned: 0, RecordsDropped: 0, RecordsQuarantined: 0 });
  });

  test("puts a record aside that breaks it, with the reason", async () => {
    const [result] = await transform.send(record({ ...all, reject: bad }));
    expect(tableOf(result)).toBe("clicks_quarantine");
    expect(rowOf(result)).toMatchObject({ reason, field: "reject", detail: `reject ${detail}` });
  });

  test("leaves a record out that breaks it, and counts it", async () => {
    const broken = record({ ...all, drop: bad });
    const { result, lines } = await transform.run([broken]);
    expect(result.records).toEqual([{ recordId: broken.recordId, result: "Dropped" }]);
    expect(lines).toContainEqual(expect.objectContaining({ RecordsRead: 1, RecordsDropped: 1, FailedRecordShare: 0 }));
    expect(lines).toContainEqual(expect.objectContaining({ reasons: { [`dropped: ${rule.rule} drop`]: 1 } }));
  });

  test("lets a record pass that breaks it, and counts it", async () => {
    const { result, lines } = await transform.run([record({ ...all, warn: bad })]);
    expect(result.records.map(tableOf)).toEqual(["clicks"]);
    expect(lines).toContainEqual(expect.objectContaining({ RecordsGood: 1, RecordsWarned: 1, FailedRecordShare: 0 }));
    expect(lines).toContainEqual(expect.objectContaining({ reasons: { [`warned: ${rule.rule} warn`]: 1 } }));
  });
});

const CASES = [
  ["int", { rule: "between", minimum: 5 }, "null", "4"],
  ["int", { rule: "oneOf", values: [5] }, "null", "4"],
  ["bigint", { rule: "between", minimum: 9_007_199_254_740_992 }, '"9007199254740993"', '"9007199254740991"'],
  ["decimal(20,2)", { rule: "between", minimum: 0.005 }, '"0.01"', '"0.00"'],
  ["decimal(20,2)", { rule: "between", maximum: 100_000_000_000 }, '"100000000000.00"', '"100000000000.01"'],
  ["double", { rule: "between", maximum: 0.5 }, "0.5", "0.5000001"],
  ["date", { rule: "between", minimum: "2020-01-01" }, '"2020-01-01"', '"2019-12-31"'],
  [
    "timestamp",
    { rule: "between", maximum: "2020-01-01T00:00:00Z" },
    '"2020-01-01T01:00:00+01:00"',
    '"2020-01-01T00:00:00.000001Z"',
  ],
  ["timestamp", { rule: "between", minimum: "2020-01-01" }, '"2020-01-01T00:00:00Z"', '"2019-12-31T23:59:59.999999Z"'],
  ["decimal(10,2)", { rule: "oneOf", values: [1, 2.5] }, '"2.50"', '"2.51"'],
  ["bigint", { rule: "oneOf", values: [1, 2] }, '"2"', "3"],
  ["timestamp", { rule: "recent", withinHours: 1 }, `"${at(ARRIVED_AT + HOUR)}"`, `"${at(ARRIVED_AT + HOUR + 1)}"`],
  ["date", { rule: "recent", withinHours: 24 }, '"2026-11-19"', '"2026-11-18"'],
  ["string", { rule: "matches", pattern: "x+" }, `"${"x".repeat(8192)}"`, `"${"x".repeat(8193)}"`],
  ["string", { rule: "matches", pattern: "x+" }, '" x"', '"x\\nx"'],
] as const;

describe("rules of many types", () => {
  let transform: Transform;

  beforeAll(() => {
    const columns = CASES.map(([type], index) => column(`column_${index}`, type));
    const quality = CASES.map(([, rule], index) => ({ ...rule, column: `column_${index}`, onFailure: "reject" }));
    transform = startTransform(store, contract({ columns, quality, primaryKey: [] }));
  });

  test.each(CASES.map(([type, rule, good, bad], index) => [type, rule, good, bad, index] as const))(
    "of the type %s, %j takes %.40s and not %.40s",
    async (_type, _rule, good, bad, index) => {
      const results = await transform.send(record(`{"column_${index}":${good}}`), record(`{"column_${index}":${bad}}`));
      expect(results.map(tableOf)).toEqual(["clicks", "clicks_quarantine"]);
      expect(rowOf(results[1])?.field).toBe(`column_${index}`);
    },
  );

  test("what is too new, or too long to match, says so", async () => {
    const results = await transform.send(
      record({ column_11: at(ARRIVED_AT + HOUR + 1) }),
      record({ column_13: "x".repeat(8193) }),
    );
    expect(results.map((result) => rowOf(result)?.detail)).toEqual([
      "column_11 is more than an hour after its arrival",
      "column_13 is longer than 8192 characters, and not matched",
    ]);
  });
});

test("what is too long to match is put aside where the rule drops: it may be what the rule keeps", async () => {
  const transform = withRule("string", { rule: "matches", pattern: "x+" });
  const results = await transform.send(
    record({ id: "a", drop: "x".repeat(8193) }),
    record({ id: "b", warn: "x".repeat(8193) }),
  );
  expect(results.map(tableOf)).toEqual(["clicks_quarantine", "clicks"]);
  expect(rowOf(results[0])).toMatchObject({ reason: "too-long-to-match", field: "drop" });
});

test("the first rule that keeps a record out decides, and warnings count for rows only", async () => {
  const quality = [
    { rule: "between", column: "amount", minimum: 1, onFailure: "warn" },
    { rule: "between", column: "amount", minimum: 0, onFailure: "drop" },
    { rule: "between", column: "amount", minimum: 0, onFailure: "reject" },
    { rule: "unique", columns: ["id"], onFailure: "stop" },
  ];
  const metrics = await startTransform(store, contract({ quality })).metricsOf(
    record({ id: "a", amount: -1 }),
    record({ id: "b", amount: 0 }),
  );
  expect(metrics).toMatchObject({ RecordsDropped: 1, RecordsQuarantined: 0, RecordsWarned: 1, RecordsGood: 1 });
});

test.each([
  [{ contractVersion: 2 }, "the contract has the version 2, and this function reads 1"],
  [{ domain: undefined }, "the contract lacks domain, name or source"],
  [{ columns: undefined }, "the contract has no list columns"],
  [
    { quality: [{ rule: "median", column: "amount", onFailure: "warn" }] },
    'the contract has the rule "median", which this function does not know',
  ],
  [{ primaryKey: ["other"] }, "the contract names the column other, which it does not have"],
])("a contract that it would misread is refused: %j", async (changes, message) => {
  await expect(startTransform(store, contract(changes)).send(record({ id: "a" }))).rejects.toThrow(message);
});
