import type { StackPlan } from "../../cli/deployment/plan-stacks";
import type { DeployedStack } from "../../cli/deployment/synthesis";
import { renderStacks, renderStacksMarkdown, summarizeStack } from "../../cli/report/plan-summary";
import type { PlanJson, ResourceChange } from "../../cli/terraform/plan";

const stack = (name: string) => ({ name }) as DeployedStack;

function change(address: string, actions: readonly string[], more: Partial<ResourceChange> = {}): ResourceChange {
  const [type = "", name = ""] = address.split(".");
  const values = { actions, before: {}, after: {}, after_unknown: {}, after_sensitive: {} };
  return { address, mode: "managed", type, name, provider_name: "aws", change: values, ...more };
}

const plan: PlanJson = {
  format_version: "1.2",
  terraform_version: "1.11.4",
  resource_changes: [
    change("aws_sns_topic.alerts", ["create"]),
    change("aws_route.out", ["delete"]),
    change("aws_s3_bucket.raw", ["delete", "create"]),
    change("aws_iam_role_policy.job", ["update"]),
    change("aws_kms_key.data", ["update"]),
    change("aws_vpc.same", ["no-op"]),
    change("aws_sqs_queue.new", ["no-op"], { previous_address: "aws_sqs_queue.old" }),
  ],
};

const planned: StackPlan = { kind: "planned", stack: stack("dev-lake"), plan, planned: { warnings: [], refused: [] } };

const deferred: StackPlan = {
  kind: "deferred",
  stack: stack("dev-web"),
  waitsFor: [
    { stack: "dev-lake", output: "cross-stack-output-x", expression: "aws_s3_bucket.raw.bucket" },
    { stack: "dev-lake", output: "plain" },
  ],
  expected: { creates: ["aws_iam_role.web", "aws_sqs_queue.web"], deletes: ["aws_s3_bucket.web"], updates: [] },
};

test("a plan is told by what matters: losses, those of data first, then permissions, then the rest", () => {
  expect(summarizeStack(planned)).toMatchObject({
    counts: { create: 1, update: 2, replace: 1, delete: 1, forget: 0 },
    losses: ["replace aws_s3_bucket.raw", "delete aws_route.out"],
    permissions: ["update aws_iam_role_policy.job", "update aws_kms_key.data"],
    others: ["create aws_sns_topic.alerts", "move aws_sqs_queue.old to aws_sqs_queue.new"],
  });
});

test("a deferred stack is told as a plan is, with what it waits for", () => {
  expect(summarizeStack(deferred)).toMatchObject({
    counts: { create: 2, update: 0, replace: 0, delete: 1, forget: 0 },
    losses: ["delete aws_s3_bucket.web"],
    permissions: ["create aws_iam_role.web"],
    others: ["create aws_sqs_queue.web"],
    waitsFor: ["dev-lake: aws_s3_bucket.raw.bucket", "dev-lake: plain"],
  });
});

test("a terminal gets a line a stack, and all but the rest", () => {
  const text = renderStacks([planned, deferred].map(summarizeStack));

  expect(text).toMatch(/│ dev-lake +│ planned +│ +1 │ +2 │ +1 │ +1 │ +0 │/);
  expect(text).toContain("dev-lake: lost\n  replace aws_s3_bucket.raw\n  delete aws_route.out\n");
  expect(text).toContain("dev-web: waits for\n  dev-lake: aws_s3_bucket.raw.bucket\n");
  expect(text).not.toContain("aws_sns_topic.alerts");
});

test("a pull request gets all of it, the rest folded, and the digest that a deployment may be held to", () => {
  const facts = { environment: "dev", purpose: "deploy", commit: "c0ffee".repeat(7), digest: "d".repeat(64) } as const;
  const text = renderStacksMarkdown(facts, [planned, deferred].map(summarizeStack));
  const parts = [
    "# Plan of dev at c0ffeec0ffee",
    facts.digest,
    "## Lost",
    "## Permissions",
    "## Waits for",
    "<details>",
  ];

  const places = parts.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect([...places].sort((one, other) => one - other)).toEqual(places);
  expect(text.indexOf("create aws_sns_topic.alerts")).toBeGreaterThan(text.indexOf("<details>"));
  expect(renderStacksMarkdown({ ...facts, purpose: "destroy" }, [])).toContain("# Destruction of dev");
});
