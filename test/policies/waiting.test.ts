import { RULES } from "../../policies";
import { WAITING } from "../../policies/waiting";
import { stacksOf } from "../support/policies";

const ids = WAITING.map(({ id }) => id);

test("every rule waits once", () => {
  expect(ids).toEqual([...new Set(ids)]);
});

test("no rule waits that is judged", () => {
  const judged = RULES.map(({ id }) => id);

  expect(ids.filter((id) => judged.includes(id))).toEqual([]);
});

test("no rule waits for types that production has, unless it says for what else", () => {
  const present = stacksOf("prod").flatMap(({ json }) => Object.keys(json.resource ?? {}));
  const ready = WAITING.filter(
    ({ types, because }) => because === undefined && types.every((type) => present.includes(type)),
  );

  expect(present).toContain("aws_s3_bucket");
  expect(ready.map(({ id }) => id)).toEqual([]);
});
