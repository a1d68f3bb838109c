import { describeTotal, renderChanges, renderMarkdown, renderTable } from "../../cli/report/render";
import { layersByAddress, noteChanges, type PlanSummary, summarize } from "../../cli/report/summary";
import { type Change, formatDiagnostic, type PlanJson, type ResourceChange } from "../../cli/terraform/plan";

const LAYERS = ["foundation", "lake", "streaming"];

const layerOf = new Map([
  ["aws_vpc.foundation_vpc", "foundation"],
  ["aws_s3_bucket.lake_raw", "lake"],
  ["aws_s3_bucket.lake_old", "lake"],
  ["aws_kms_key.lake_key", "lake"],
]);

function change(
  address: string,
  actions: readonly string[],
  { mode = "managed", ...more }: { mode?: "managed" | "data" } & Partial<Change> = {},
): ResourceChange {
  const [type = "", name = ""] = address.split(".");
  const values = { before: {}, after: {}, after_unknown: {}, after_sensitive: {}, ...more };
  return {
    address,
    mode,
    type,
    name,
    provider_name: "registry.terraform.io/hashicorp/aws",
    change: { actions, ...values },
  };
}

function planOf(resource_changes: readonly ResourceChange[]): PlanJson {
  return { format_version: "1.2", terraform_version: "1.11.4", resource_changes };
}

const plan = planOf([
  change("aws_vpc.foundation_vpc", ["create"]),
  change('aws_s3_bucket.lake_raw["a"]', ["create"]),
  change('aws_s3_bucket.lake_raw["b"]', ["update"]),
  change("aws_s3_bucket.lake_old", ["delete"]),
  change("aws_kms_key.lake_key", ["delete", "create"]),
  change("aws_vpc.foundation_vpc", ["no-op"]),
  change("aws_vpc.foundation_vpc", ["read"], { mode: "data" }),
]);

const summary: PlanSummary = {
  environment: "dev",
  ...summarize(plan, layerOf, LAYERS),
  changes: [],
  warnings: ["warning: something is odd"],
  seconds: 4.2,
};

test("counts what happens to managed resources by layer, type and action", () => {
  expect(summary.layers).toEqual([
    {
      layer: "foundation",
      types: [{ type: "aws_vpc", counts: { create: 1, update: 0, replace: 0, delete: 0, forget: 0 } }],
      total: { create: 1, update: 0, replace: 0, delete: 0, forget: 0 },
    },
    {
      layer: "lake",
      types: [
        { type: "aws_kms_key", counts: { create: 0, update: 0, replace: 1, delete: 0, forget: 0 } },
        { type: "aws_s3_bucket", counts: { create: 1, update: 1, replace: 0, delete: 1, forget: 0 } },
      ],
      total: { create: 1, update: 1, replace: 1, delete: 1, forget: 0 },
    },
  ]);
  expect(summary.total).toEqual({ create: 2, update: 1, replace: 1, delete: 1, forget: 0 });
});

test("refuses a plan with a resource that no layer knows, rather than leaving it out", () => {
  const stranger = planOf([change("aws_vpc.stranger", ["create"])]);
  expect(() => summarize(stranger, layerOf, LAYERS)).toThrow(
    "aws_vpc.stranger is in the plan, but in none of the layers foundation, lake, streaming",
  );
});

test("reads the layer of a resource from the path of its construct", () => {
  const resource = { "//": { metadata: { path: "dev/lake/raw/bucket" } } };
  expect(layersByAddress({ resource: { aws_s3_bucket: { lake_raw: resource } } })).toEqual(
    new Map([["aws_s3_bucket.lake_raw", "lake"]]),
  );
  expect(() => layersByAddress({ resource: { aws_s3_bucket: { lake_raw: {} } } })).toThrow(
    "aws_s3_bucket.lake_raw was synthesized without the path of its construct",
  );
});

test("the table has a row for each type, totals, and a column for each action that occurs", () => {
  const rows = renderTable(summary)
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) =>
      line
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual([
    ["layer", "resource type", "create", "update", "replace", "delete"],
    ["foundation", "aws_vpc", "1", "0", "0", "0"],
    ["", "all of the layer", "1", "0", "0", "0"],
    ["lake", "aws_kms_key", "0", "0", "1", "0"],
    ["", "aws_s3_bucket", "1", "1", "0", "1"],
    ["", "all of the layer", "1", "1", "1", "1"],
    ["total", "", "2", "1", "1", "1"],
  ]);
});

test("a plan that only creates has only that column", () => {
  const onlyCreates = summarize(planOf([change("aws_vpc.foundation_vpc", ["create"])]), layerOf, LAYERS);
  expect(renderTable({ ...summary, ...onlyCreates })).not.toContain("update");
  expect(describeTotal({ ...summary, ...onlyCreates })).toBe("dev: 1 to create, in 1 layer.");
});

test("the Markdown report holds layers, totals and warnings", () => {
  expect(renderMarkdown(summary)).toBe(`# Plan of dev

dev: 2 to create, 1 to update, 1 to replace, 1 to delete, in 2 layers.

## foundation

| resource type | create | update | replace | delete |
| --- | ---: | ---: | ---: | ---: |
| \`aws_vpc\` | 1 | 0 | 0 | 0 |
| **all** | 1 | 0 | 0 | 0 |

## lake

| resource type | create | update | replace | delete |
| --- | ---: | ---: | ---: | ---: |
| \`aws_kms_key\` | 0 | 0 | 1 | 0 |
| \`aws_s3_bucket\` | 1 | 1 | 0 | 1 |
| **all** | 1 | 1 | 1 | 1 |

## Warnings

- warning: something is odd
`);
});

describe("what a plan does to a deployment", () => {
  const changes = noteChanges(
    planOf([
      change("aws_vpc.foundation_vpc", ["update"], {
        before: { id: "vpc-1", tags: { a: "1" }, policy: "old" },
        after: { id: "vpc-1", tags: { a: "2" } },
        after_unknown: { policy: true, tags: {} },
      }),
      change("aws_s3_bucket.lake_raw", ["create"]),
      change("aws_kms_key.lake_key", ["create", "delete"], {
        replace_paths: [["rule", 0, "name"], ["spec"], ["spec"]],
      }),
      change("aws_s3_bucket.lake_old", ["delete"]),
    ]),
    layerOf,
    LAYERS,
    ["aws_kms_key.lake_key"],
  );
  const against = { ...summary, base: { ref: "main", commit: "0123456789abcdef" }, changes };

  test("comes by layer, what is lost before what is made", () => {
    expect(changes.map(({ layer, action, address, attributes }) => [layer, action, address, attributes])).toEqual([
      ["foundation", "update", "aws_vpc.foundation_vpc", ["policy", "tags"]],
      ["lake", "delete", "aws_s3_bucket.lake_old", []],
      ["lake", "replace", "aws_kms_key.lake_key", ["rule[0].name", "spec"]],
      ["lake", "create", "aws_s3_bucket.lake_raw", []],
    ]);
  });

  test("is told with the attributes, what is lost, and what is refused", () => {
    expect(renderChanges(against)).toBe(`foundation
  update   aws_vpc.foundation_vpc: policy, tags
lake
  delete   aws_s3_bucket.lake_old: it holds data; its protection goes with its code
  replace  aws_kms_key.lake_key: forced by rule[0].name, spec; it holds data; REFUSED by prevent_destroy
  create   aws_s3_bucket.lake_raw`);
    expect(describeTotal(against)).toContain("Terraform refuses it for 1, and what depends on these is not shown.");
    expect(renderMarkdown(against)).toContain("## Changes\n\n```text\nfoundation\n  update");
    expect(describeTotal(against)).toMatch(/^dev against main \(0123456789ab\): 2 to create/);
    expect(describeTotal({ ...against, layers: [] })).toBe("dev against main (0123456789ab): nothing changes.");
  });
});

test("what is deleted and created under one name is told to be the same thing", () => {
  const renamed = planOf([
    change("aws_s3_bucket.lake_old", ["delete"], { before: { bucket: "raw" }, after: null }),
    change("aws_s3_bucket.lake_raw", ["create"], { before: null, after: { bucket: "raw" } }),
    change("aws_kms_key.lake_key", ["delete"], { before: { name: "raw" }, after: null }),
  ]);

  const changes = noteChanges(renamed, layerOf, LAYERS, []);

  expect(changes.map(({ address, renamedTo }) => [address, renamedTo])).toEqual([
    ["aws_kms_key.lake_key", undefined],
    ["aws_s3_bucket.lake_old", "aws_s3_bucket.lake_raw"],
    ["aws_s3_bucket.lake_raw", undefined],
  ]);
  expect(renderChanges({ ...summary, changes })).toContain("a moved block to aws_s3_bucket.lake_raw would keep it");
});

test("resources of which only tags change are counted", () => {
  const retagged = (address: string) =>
    change(address, ["update"], { before: { tags_all: { a: "1" } }, after: { tags_all: { a: "2" } } });
  const plan = planOf([retagged("aws_s3_bucket.lake_raw"), retagged("aws_kms_key.lake_key")]);

  expect(renderChanges({ ...summary, changes: noteChanges(plan, layerOf, LAYERS, []) })).toBe(
    "lake\n  update   tags of 2 resources",
  );
});

test("what is forgotten is told, and an action that is not known is never left out", () => {
  const forgotten = planOf([change("aws_vpc.foundation_vpc", ["forget"])]);

  expect(summarize(forgotten, layerOf, LAYERS).total.forget).toBe(1);
  expect(() => summarize(planOf([change("aws_vpc.foundation_vpc", ["teleport"])]), layerOf, LAYERS)).toThrow(
    "aws_vpc.foundation_vpc has actions that are not known here: teleport",
  );
});

test("a diagnostic is one line with the resource it is about", () => {
  expect(
    formatDiagnostic({ severity: "error", summary: "Invalid CIDR", detail: "two\n  lines", address: "aws_vpc.x" }),
  ).toBe("error: aws_vpc.x: Invalid CIDR: two lines");
  expect(formatDiagnostic({ severity: "warning", summary: "Deprecated", detail: "" })).toBe("warning: Deprecated");
});
