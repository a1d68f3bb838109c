import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFolder, planFile, readBundle, verifyBundle, writeBundle } from "../../cli/deployment/bundle";
import { expectedOf } from "../../cli/deployment/expected";
import { beyond, objections } from "../../cli/deployment/guard";
import { applyOrder } from "../../cli/deployment/order";
import type { PlannedStack, StackPlan } from "../../cli/deployment/plan-stacks";
import type { State } from "../../cli/deployment/states";
import { type DeployedStack, digestOf, inOrder } from "../../cli/deployment/synthesis";
import type { PlanJson } from "../../cli/terraform/plan";
import { temporaryFolder } from "../support/checkout";

const BUCKET = "aws_s3_bucket.raw";

function planOf(
  changes: Readonly<Record<string, readonly string[]>>,
  outputs: Readonly<Record<string, readonly string[]>> = {},
): PlanJson {
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    resource_changes: Object.entries(changes).map(([address, actions]) => {
      const [type = "", name = ""] = address.split(".");
      const change = { actions, before: {}, after: {}, after_unknown: {}, after_sensitive: {} };
      return { address, mode: "managed", type, name, provider_name: "aws", change };
    }),
    output_changes: Object.fromEntries(Object.entries(outputs).map(([name, actions]) => [name, { actions }])),
  };
}

function stateOf(addresses: readonly string[], outputs: Readonly<Record<string, unknown>> = {}): State {
  return {
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "test",
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }])),
    resources: addresses.map((address) => {
      const [type = "", name = ""] = address.split(".");
      return { mode: "managed", type, name, instances: [{}] };
    }),
  };
}

describe("the order of an apply", () => {
  const foundation = { name: "foundation", kind: "planned", upstream: [] } as const;
  const lake = { name: "lake", kind: "planned", upstream: ["foundation"] } as const;
  const names = (stacks: Parameters<typeof applyOrder>[0]) => applyOrder(stacks).map(({ name }) => name);

  test("makes what is read before who reads it", () => {
    const plan = planOf({ [BUCKET]: ["create"] });

    expect(
      names([
        { ...lake, plan },
        { ...foundation, plan },
      ]),
    ).toEqual(["foundation", "lake"]);
  });

  test("removes what was read after those who read it have let go", () => {
    const removing = { ...foundation, plan: planOf({ [BUCKET]: ["delete"] }) };
    const losing = { ...foundation, plan: planOf({}, { arn: ["delete"] }) };

    expect(names([removing, { ...lake, plan: planOf({}) }])).toEqual(["lake", "foundation"]);
    expect(names([losing, { ...lake, plan: planOf({}) }])).toEqual(["lake", "foundation"]);
  });

  test("lets a stack that waits for an output follow it, whatever else is removed", () => {
    const plan = planOf({ [BUCKET]: ["delete", "create"] });

    expect(
      names([
        { ...foundation, plan },
        { ...lake, kind: "deferred" },
      ]),
    ).toEqual(["foundation", "lake"]);
  });

  test("ignores stacks that are not part of it", () => {
    expect(applyOrder([{ ...lake, plan: planOf({}) }])).toEqual([{ name: "lake", dependencies: [] }]);
  });
});

test("stacks come after those they depend on, in whatever order they are declared", () => {
  const stacks = [
    { name: "c", dependencies: ["a", "b"] },
    { name: "b", dependencies: ["a"] },
    { name: "a", dependencies: [] },
  ];

  expect(inOrder(stacks).map(({ name }) => name)).toEqual(["a", "b", "c"]);
});

describe("a plan", () => {
  const approvals = { names: [], maxLosses: 1 };

  test("needs approval for each loss of data, and for many losses", () => {
    const plan = planOf({ [BUCKET]: ["delete", "create"], "aws_route.a": ["delete"], "aws_sns_topic.a": ["create"] });

    expect(objections(plan, approvals)).toEqual([
      `${BUCKET} holds data, and the plan would replace it: --approve '${BUCKET}'`,
      "2 resources would be lost, more than 1: --max-losses 2",
    ]);
    expect(objections(plan, { names: [BUCKET], maxLosses: 2 })).toEqual([]);
  });

  test("that was deferred may do what was told of it, and nothing else", () => {
    const told = { creates: ["aws_route.new"], deletes: ["aws_route.old"], updates: [BUCKET] };
    const asTold = planOf({
      'aws_route.new["a"]': ["create"],
      "aws_route.old": ["delete"],
      [BUCKET]: ["update"],
      "aws_route.same": ["no-op"],
    });

    expect(beyond(asTold, told, [])).toEqual([]);
    expect(
      beyond(planOf({ [BUCKET]: ["delete", "create"], "aws_route.same": ["update"] }), told, ["aws_route.same"]),
    ).toEqual([`it would replace ${BUCKET}, of which the review said nothing: --approve '${BUCKET}'`]);
  });

  test("that cannot be made yet is told from the code and the state", () => {
    const waited = { stack: "dev-lake", output: "raw" };
    const reading = "${data.terraform_remote_state.cross-stack-reference-input-dev-lake.outputs.raw}";
    const json = {
      resource: {
        aws_sns_topic: { waits: { name: reading }, other: { name: `${reading.slice(0, -1)}-other}` } },
        aws_sns_topic_policy: { follows: { arn: "${aws_sns_topic.waits.arn}" }, new: { arn: reading } },
      },
    };
    const state = stateOf([
      "aws_sns_topic.waits",
      "aws_sns_topic.other",
      "aws_sns_topic_policy.follows",
      "aws_route.gone",
    ]);

    expect(expectedOf({ json } as unknown as DeployedStack, state, [waited])).toEqual({
      creates: ["aws_sns_topic_policy.new"],
      deletes: ["aws_route.gone"],
      updates: ["aws_sns_topic.waits", "aws_sns_topic_policy.follows"],
    });
  });
});

describe("a bundle", () => {
  const json = { resource: { aws_sns_topic: { a: { name: "a" } } } };

  function planned(plan = planOf({ "aws_sns_topic.a": ["create"] })): PlannedStack {
    const directory = temporaryFolder();
    writeFileSync(join(directory, "deploy.tfplan"), "a plan");
    writeFileSync(join(directory, ".terraform.lock.hcl"), "a lock");
    const reads = [{ stack: "dev-foundation", output: "arn" }];
    const stack = {
      name: "dev-lake",
      dependencies: ["dev-foundation"],
      json,
      directory,
      digest: digestOf(json),
      reads,
    };
    return { kind: "planned", stack, plan, planned: { warnings: [], refused: [] } };
  }

  function written(plans: readonly StackPlan[] = [planned()]) {
    const folder = bundleFolder(temporaryFolder(), "dev");
    const facts = { environment: "dev", accountId: "111111111111", commit: "c0ffee", terraformVersion: "1.11.4" };
    const states = new Map([["dev-foundation", stateOf([], { arn: "arn:aws:sns:::a" })]]);
    writeBundle(folder, { ...facts, plans, states });
    return { folder, facts, stacks: plans.map(({ stack }) => stack) };
  }

  test("is for its owner alone, and holds digests of what was planned and read", () => {
    const { folder } = written();
    const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

    expect(mode(folder)).toBe("700");
    expect(mode(planFile(folder, "dev-lake"))).toBe("600");
    expect(mode(join(folder, "manifest.json"))).toBe("600");
    expect(readBundle(folder).stacks).toEqual([
      expect.objectContaining({
        name: "dev-lake",
        hasChanges: true,
        inputs: [{ stack: "dev-foundation", output: "arn", digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
      }),
    ]);
  });

  test("is verified where nothing is different", () => {
    const { folder, facts, stacks } = written();

    expect(() => {
      verifyBundle(folder, { ...facts, manifest: readBundle(folder), stacks });
    }).not.toThrow();
  });

  test("tells everything that is different", () => {
    const { folder, facts, stacks } = written();
    chmodSync(planFile(folder, "dev-lake"), 0o600);
    writeFileSync(planFile(folder, "dev-lake"), "another plan");
    const here = { ...facts, commit: "beef", accountId: "222222222222" };

    expect(() => {
      verifyBundle(folder, { ...here, manifest: readBundle(folder), stacks });
    }).toThrow(
      `The plans in ${folder} are not applied:
  AWS account: planned for 111111111111, here is 222222222222
  commit: planned for c0ffee, here is beef
  dev-lake: its plan file is not the one that was reviewed
Plan again, and have it reviewed.`,
    );
    expect(() => {
      verifyBundle(folder, {
        ...facts,
        manifest: readBundle(folder),
        stacks: stacks.map((stack) => ({ ...stack, digest: digestOf({}) })),
      });
    }).toThrow("dev-lake: its code is another one than when it was planned");
  });

  test("takes the place of an older one, and of nothing else", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "thesis.txt"), "years of work");
    const facts = { environment: "dev", accountId: "1", commit: "c", terraformVersion: "1.11.4", states: new Map() };

    expect(() => writeBundle(folder, { ...facts, plans: [planned()] })).toThrow("exists, and is no bundle of plans");
    expect(readFileSync(join(folder, "thesis.txt"), "utf8")).toBe("years of work");
    const bundle = join(temporaryFolder(), "bundle");
    writeBundle(bundle, { ...facts, plans: [planned()] });
    writeBundle(bundle, { ...facts, plans: [] });
    expect(existsSync(planFile(bundle, "dev-lake"))).toBe(false);
  });

  test("that is not there, or damaged, is one message", () => {
    const folder = temporaryFolder();
    expect(() => readBundle(folder)).toThrow('holds no plans: "npm run plan" makes them.');
    writeFileSync(join(folder, "manifest.json"), '{"version":2}');
    expect(() => readBundle(folder)).toThrow("is damaged, or of another version of Basin. Plan again.");
  });
});
