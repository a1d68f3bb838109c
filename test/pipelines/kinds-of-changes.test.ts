import { contractChanges, worstClass } from "../../domains/contract-changes";
import { Guide } from "../support/guide";
import { MADE, REFUSED } from "./changes";
import { contractOfShop, ORDERS } from "./lake";

const ROWS = new Guide("change-a-dataset.md").rows();

/** Changes by the beginning of their row in the guide. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "add a column, or": ["add a column", "add a field in a struct of a list", "add a column of structs before others"],
  widen: [
    "widen int to bigint",
    "widen float to double",
    "widen a decimal",
    "widen within lists and maps",
    "widen a column that partitions are made of",
  ],
  reorder: ["reorder columns"],
  reword: ["reword a comment", "reword the description"],
  "no longer require": ["no longer require a column"],
  "partition otherwise": [
    "partition by month instead of day",
    "partition into other buckets",
    "partition no longer",
    "partition by a new column, too",
  ],
  "tell age": ["tell age by another column"],
  drop: ["drop a column", "drop a field in a struct of a list"],
  rename: ["rename a column"],
  narrow: [
    "narrow bigint to int",
    "narrow a decimal",
    "change the scale of a decimal",
    "make a number a text",
    "change the key of a map",
  ],
  "require a column": ["require an optional column"],
  "add a column that is required": ["add a required column"],
  "choose another key": ["give it another key"],
};
const SEVERAL = ["all at once", "several of them, with some that alone would be made"];

/** What the migrator says of the changes that it makes; nothing of those that it refuses. */
const CHANGES = [
  ...MADE.map((change) => ({ made: change.changes, ...change })),
  ...REFUSED.map((change) => ({ made: undefined, ...change })),
];

test("docs/change-a-dataset.md knows every change that is made or refused", () => {
  const starts = Object.keys(KINDS);
  expect(ROWS.map(([kind = ""]) => starts.find((start) => kind.startsWith(start)))).toEqual(starts);
  expect([...Object.values(KINDS).flat(), ...SEVERAL].sort()).toEqual(CHANGES.map(({ what }) => what).sort());
});

test.each(
  Object.values(KINDS).flatMap((changes, index) =>
    CHANGES.filter(({ what }) => changes.includes(what)).map((change) => ({ row: ROWS[index] ?? [], ...change })),
  ),
)("it says of $what what the contract diff and the migrator do", ({ row, from = same, to, made }) => {
  const before = from(ORDERS);
  const [, documentedClass, tables] = row;

  expect(documentedClass).toBe(worstClass(contractChanges([contractOfShop(before)], [contractOfShop(to(before))])));
  const isForNewFiles = made?.some((change) => change.endsWith("for new files")) === true;
  expect(tables).toMatch(made === undefined ? /^refused: / : isForNewFiles ? /^made, for new files$/ : /^made$/);
});

function same<T>(value: T): T {
  return value;
}
