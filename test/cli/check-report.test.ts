import { PLAN_GUARD } from "../../policies/plan-guard";
import type { Result } from "sarif";
import { renderControls } from "../../cli/report/controls";
import { explainRule, explainWaiting, renderCatalogue } from "../../cli/report/rules";
import { toSarif } from "../../cli/report/sarif";
import type { Finding, Report } from "../../policies/engine";
import type { ResourceRule, StackRule } from "../../policies/rule";

const RULE: ResourceRule = {
  id: "TEST-1",
  title: "No bucket is bad",
  severity: "high",
  level: "error",
  stages: ["production"],
  types: ["aws_s3_bucket"],
  sources: ["https://example.com/one", "https://example.com/two"],
  external: { checkov: ["CKV_1"], securityHub: ["S3.1"] },
  remedy: "make it good",
  judge: () => [],
};

const STACK_RULE: StackRule = {
  id: "TEST-2",
  title: "Stacks are stacks",
  severity: "low",
  level: "warning",
  sources: ["https://example.com"],
  remedy: "stack it",
  judgeStack: () => [],
};

const SUPPRESSION = {
  rule: "TEST-1",
  reason: "an old | odd one",
  owner: "platform@example.com",
  expires: "2027-01-31",
  scope: "prod-lake/lake/raw",
};

const finding = (address: string, more: Partial<Finding>): Finding => ({
  rule: RULE,
  environment: "prod",
  stack: "prod-lake",
  address,
  path: "prod-lake/lake/raw/bucket",
  outcome: "failed",
  text: "it is bad",
  ...more,
});

const CONTROL = { rule: RULE, passed: 3, failed: 2, suppressed: 1, unknown: 1 };

const REPORT: Report = {
  environment: "prod",
  findings: [
    finding("aws_s3_bucket.failed", {}),
    finding("aws_s3_bucket.warned", { level: "warning" }),
    finding("aws_s3_bucket.unknown", { outcome: "unknown" }),
    finding("aws_s3_bucket.suppressed", { suppression: SUPPRESSION, path: "prod-domain-sales/domain-sales/orders" }),
    finding("prod-lake", { rule: STACK_RULE, path: "prod-lake" }),
  ],
  suppressionProblems: [{ suppression: SUPPRESSION, environment: "prod", text: "it expired" }],
  controls: [CONTROL, { rule: STACK_RULE, passed: 4, failed: 1, suppressed: 0, unknown: 0 }],
};

describe("SARIF", () => {
  const [run] = toSarif([REPORT]).runs;
  const results = run?.results ?? [];
  const uri = ({ locations }: Result) => locations?.[0]?.physicalLocation?.artifactLocation?.uri;

  test("has every rule that was judged, with its help and severity", () => {
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual(["TEST-1", "TEST-2", "suppression"]);
    expect(run?.tool.driver.rules?.[0]).toMatchObject({
      helpUri: "https://example.com/one",
      help: { text: "make it good\n\nhttps://example.com/one\nhttps://example.com/two" },
      properties: { tags: ["reliability"] },
    });
    const { runs } = toSarif([{ ...REPORT, controls: [{ ...CONTROL, rule: { ...RULE, id: "LAKE-1" } }] }]);
    expect(runs[0]?.tool.driver.rules?.[0]?.properties).toEqual({ "security-severity": "8.0", tags: ["security"] });
  });

  test("tells what fails, what warns, what is unknown and what is suppressed", () => {
    // SARIF wants suppressions of all results or of none
    expect(results.map(({ level, suppressions }) => [level, suppressions?.length])).toEqual([
      ["error", 0],
      ["warning", 0],
      ["note", 0],
      ["error", 1],
      ["warning", 0],
      ["error", 0],
    ]);
    expect(results[3]?.suppressions).toEqual([
      { kind: "inSource", justification: "an old | odd one (platform@example.com, until 2027-01-31)" },
    ]);
  });

  test("points to the file that declares the layer", () => {
    expect(results.map(uri)).toEqual([
      "stacks/layers/lake.ts",
      "stacks/layers/lake.ts",
      "stacks/layers/lake.ts",
      "domains/sales.ts",
      "stacks/layers/lake.ts",
      "stacks/layers/lake.ts",
    ]);
  });

  test("keeps a finding recognizable from run to run, however it is worded, and apart from others", () => {
    const fingerprints = (findings: readonly Finding[]) =>
      toSarif([{ ...REPORT, findings, suppressionProblems: [] }]).runs[0]?.results?.map(
        ({ partialFingerprints: found }) => found?.primaryLocationLineHash,
      );
    const [first, ...others] = REPORT.findings.map((one) => ({ ...one, text: `${one.text}, as is said now` }));

    expect(fingerprints([...others, ...(first ? [first] : [])])).toEqual([
      ...(fingerprints(REPORT.findings)?.slice(1) ?? []),
      fingerprints(REPORT.findings)?.[0],
    ]);
    expect(new Set(fingerprints(REPORT.findings)).size).toBe(REPORT.findings.length);
  });
});

test("the control report has a row for each control and environment, and all that does not simply pass", () => {
  expect(renderControls([REPORT, { ...REPORT, environment: "dev", findings: [] }], new Date("2026-11-22T23:59:00Z")))
    .toBe(`# Controls of prod, dev

As of 2026-11-22. Counted are the resources that a control speaks of; a control that speaks of stacks counts these.

| control | demands | severity | also known as | environment | passed | failed | suppressed | unknown |
| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |
| TEST-1 | No bucket is bad | high | CKV_1, S3.1 | prod | 3 | 2 | 1 | 1 |
| TEST-1 | No bucket is bad | high | CKV_1, S3.1 | dev | 3 | 2 | 1 | 1 |
| TEST-2 | Stacks are stacks | low |  | prod | 4 | 1 | 0 | 0 |
| TEST-2 | Stacks are stacks | low |  | dev | 4 | 1 | 0 | 0 |

## Failed

- TEST-1 in prod: \`aws_s3_bucket.failed\`: it is bad
- TEST-1 in prod: \`aws_s3_bucket.warned\`: it is bad
- TEST-2 in prod: \`prod-lake\`: it is bad

## Unknown

- TEST-1 in prod: \`aws_s3_bucket.unknown\`: it is bad

## Suppressed

- TEST-1 in prod: \`aws_s3_bucket.suppressed\`: it is bad: an old | odd one (platform@example.com, until 2027-01-31, at prod-lake/lake/raw)
`);
});

test("the catalogue counts what is implemented, matching, mutated and waiting", () => {
  const waiting = [{ id: "TEST-3", title: "Later", types: ["aws_lambda_function"] }];
  const listed = renderCatalogue(
    { rules: [RULE, STACK_RULE], onPlans: [PLAN_GUARD], waiting, mutated: ["TEST-1", "TEST-1"] },
    [REPORT],
  );

  expect(listed).toMatch(/│ TEST-1 +│ error +│ high +│ +7 │ +2 │ No bucket is bad +│/);
  expect(listed).toMatch(/│ TEST-3 +│ waits .*│ Later \(waits for aws_lambda_function\) +│/);
  expect(
    Math.max(
      ...listed
        .split("\n")
        .slice(0, -1)
        .map(({ length }) => length),
    ),
  ).toBeLessThan(150);
  expect(listed.split("\n").at(-1)).toBe(
    "2 rules are implemented, 2 of them match something in prod, 1 are tried by 2 mutations; 1 is judged on plans; 1 wait for what is not there yet.",
  );
});

test("a rule is explained with all that is known of it", () => {
  expect(explainRule(RULE)).toBe(`TEST-1: No bucket is bad
  level:    error (high)
  judges:   aws_s3_bucket
  where:    in environments of the stages production
  also:     checkov CKV_1; securityHub S3.1
  source:   https://example.com/one
            https://example.com/two
  remedy:   make it good`);
  expect(explainRule(STACK_RULE)).toContain("judges:   every stack\n  where:    in every environment");
  expect(explainWaiting({ id: "TEST-3", title: "Later", types: ["aws_lambda_function"] })).toBe(
    "TEST-3: Later\n  waits:    for aws_lambda_function",
  );
});
