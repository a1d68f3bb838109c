import { failedIf, type Rule } from "../../policies/rule";
import type { AcceptedFinding } from "./accepted";
import { compare, type ComparisonProps, type Row } from "./comparison";

const rule: Rule = {
  id: "LAKE-TEST-01",
  title: "Every bucket keeps versions",
  severity: "high",
  level: "error",
  types: ["aws_s3_bucket"],
  external: { checkov: ["CKV_AWS_21"] },
  sources: [],
  remedy: "keep them",
  judge: () => failedIf(false, ""),
};

const found = { check: "CKV_AWS_21", address: "aws_s3_bucket.raw" };
const acceptance = { reason: "It is empty.", owner: "us@example.com", expires: "2026-12-31" };
const accepted: AcceptedFinding = { check: "CKV_AWS_21", addresses: /^aws_s3_bucket\.raw$/, ...acceptance };
const mutation = { what: "no versions", fired: [found], rules: ["LAKE-TEST-01"] };

function compared(changes: Partial<ComparisonProps>) {
  return compare({
    rules: [rule],
    environments: [],
    mutations: [],
    accepted: [],
    knownChecks: new Set(["CKV_AWS_21"]),
    today: "2026-11-22",
    ...changes,
  });
}

function environment(suppressions: readonly { rule: string; expires: string }[] = []) {
  return { name: "prod", failed: [found], passed: [], suppressions: new Map([[found.address, suppressions]]) };
}

describe("comparing findings", () => {
  test.each<[Row["verdict"], string, Partial<ComparisonProps>]>([
    ["agrees", "a mutation that both notice", { mutations: [mutation] }],
    ["MISSED", "a mutation that we do not notice", { mutations: [{ ...mutation, rules: ["LAKE-TEST-02"] }] }],
    ["narrower", "one that is accepted", { mutations: [{ ...mutation, rules: [], accepted: acceptance }] }],
    [
      "MISSED",
      "one that was accepted until yesterday",
      { mutations: [{ ...mutation, rules: [], accepted: { ...acceptance, expires: "2026-11-21" } }] },
    ],
    ["UNCLAIMED", "a mutation that only a check notices", { rules: [], mutations: [mutation] }],
    ["blind", "a check that notices nothing", {}],
    ["NO SUCH CHECK", "a check that does not exist", { knownChecks: new Set() }],
    ["OPEN", "a finding", { environments: [environment()] }],
    ["accepted", "a finding that is accepted", { rules: [], environments: [environment()], accepted: [accepted] }],
    [
      "OPEN",
      "a finding that was accepted until yesterday",
      { environments: [environment()], accepted: [{ ...accepted, expires: "2026-11-21" }] },
    ],
    [
      "OPEN",
      "a finding that is accepted elsewhere",
      { environments: [environment()], accepted: [{ ...accepted, addresses: /landing/ }] },
    ],
    [
      "blind",
      "a finding that is suppressed",
      { environments: [environment([{ rule: "LAKE-TEST-01", expires: "2026-12-31" }])] },
    ],
    [
      "OPEN",
      "a finding of which another rule is suppressed",
      { environments: [environment([{ rule: "LAKE-TEST-02", expires: "2026-12-31" }])] },
    ],
  ])("says %s of %s", (verdict, _, changes) => {
    expect(compared(changes).rows).toMatchObject([{ check: "CKV_AWS_21", verdict }]);
  });

  test.each<[string, Partial<AcceptedFinding>]>([
    ["it needs a reason and an owner", { reason: " " }],
    ["it needs a reason and an owner", { owner: "" }],
    ['its last day has to be a day as YYYY-MM-DD, not "soon"', { expires: "soon" }],
    ["it expired on 2026-11-21", { expires: "2026-11-21" }],
    ["nothing needs it any more: remove it", { addresses: /^landing$/ }],
  ])("of what is accepted says %s", (text, changes) => {
    const problems = compared({ environments: [environment()], accepted: [{ ...accepted, ...changes }] });

    expect(problems.acceptedProblems).toEqual([
      `CKV_AWS_21 ${String(changes.addresses ?? accepted.addresses)}: ${text}`,
    ]);
  });

  test("of a mutation says that it is noticed, and need not be accepted", () => {
    expect(compared({ mutations: [{ ...mutation, accepted: acceptance }] }).acceptedProblems).toEqual([
      "no versions: nothing needs it any more: remove it",
    ]);
  });
});
