import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "../../cli/command-context";
import { affected } from "../../cli/deployment/affected";
import {
  bundleFolder,
  forgetBundle,
  hasChanges,
  planFile,
  readBundle,
  verifyBundle,
  writeBundle,
} from "../../cli/deployment/bundle";
import { type DeployProps, deployStacks } from "../../cli/deployment/deploy-stacks";
import { expectedOf } from "../../cli/deployment/expected";
import { approvalArguments, beyond, meaningless, objections } from "../../cli/deployment/guard";
import { applyOrder, type Orderable } from "../../cli/deployment/order";
import type { PlannedStack, StackPlan } from "../../cli/deployment/plan-stacks";
import { selectStacks } from "../../cli/deployment/select-stacks";
import type { Session } from "../../cli/deployment/session";
import type { State } from "../../cli/deployment/states";
import { type DeployedStack, digestOf, inOrder } from "../../cli/deployment/synthesis";
import type { PlanJson } from "../../cli/terraform/plan";
import type { StackJson } from "../../policies/graph";
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
  const stack = (name: string, upstream: readonly string[] = [], more: Partial<Orderable> = {}): Orderable => ({
    ...{ name, kind: "planned", upstream, upstreamBefore: upstream, plan: planOf({}) },
    ...more,
  });
  const deferred = { kind: "deferred", plan: undefined } as const;
  const losing = { plan: planOf({}, { arn: ["delete"] }) };
  const names = (stacks: readonly Orderable[], purpose: "deploy" | "destroy" = "deploy") =>
    applyOrder(stacks, purpose).map(({ name }) => name);

  test("makes what is read before who reads it", () => {
    expect(names([stack("lake", ["foundation"]), stack("foundation")])).toEqual(["foundation", "lake"]);
  });

  test("takes an output away after those who read it have let go", () => {
    expect(names([stack("foundation", [], losing), stack("lake", ["foundation"])])).toEqual(["lake", "foundation"]);
  });

  test("lets a stack that waits for an output follow it, whatever else is removed", () => {
    const lake = stack("lake", ["foundation"], deferred);

    expect(names([stack("foundation", [], losing), lake])).toEqual(["foundation", "lake"]);
  });

  test.each([
    ["vanished, while its reader waits for another one", losing, deferred],
    ["deferred itself", deferred, {}],
  ])("keeps what is read no more until its reader is applied, where that is %s", (_what, old, reader) => {
    // consumer has moved from "old" to "fresh"
    const consumer = stack("consumer", ["fresh"], { upstreamBefore: ["old"], ...reader });

    expect(names([stack("old", [], old), stack("fresh"), consumer])).toEqual(["fresh", "consumer", "old"]);
  });

  test("follows the code where a dependency is turned round", () => {
    const turned = stack("b", ["a"], { upstreamBefore: [] });

    expect(names([stack("a", [], { upstreamBefore: ["b"] }), turned])).toEqual(["a", "b"]);
    expect(names([stack("a", [], { upstreamBefore: ["b"] }), { ...turned, ...deferred }])).toEqual(["a", "b"]);
  });

  test("lets no stack wait for itself, whatever is removed", () => {
    // domain follows lake without reading it, lake waits for foundation, foundation removes what domain read
    const foundation = stack("foundation", [], losing);
    const lake = stack("lake", ["foundation"], deferred);
    expect(names([foundation, lake, stack("domain", ["foundation", "lake"])])).toEqual([
      "foundation",
      "lake",
      "domain",
    ]);

    // consumer read foundation, and reads it by way of between now
    const consumer = stack("consumer", ["between"], { upstreamBefore: ["foundation"] });
    const between = stack("between", ["foundation"], deferred);
    expect(names([foundation, between, consumer])).toEqual(["foundation", "between", "consumer"]);
  });

  test("destroys what has no code last, unless what it read removes something", () => {
    const gone = stack("gone", [], { upstreamBefore: ["foundation"], ...losing });

    expect(names([gone, stack("foundation"), stack("lake", ["foundation"])])).toEqual(["foundation", "gone", "lake"]);
    expect(names([stack("foundation", [], deferred), gone])).toEqual(["gone", "foundation"]);
    // two that read each other
    const other = stack("foundation", [], { upstreamBefore: ["gone"], ...losing });
    expect(names([gone, other])).toHaveLength(2);
  });

  test("destroys whoever reads before what is read, now or once", () => {
    const moved = stack("domain", ["foundation"], { upstreamBefore: ["lake"] });

    expect(names([stack("foundation"), stack("lake", ["foundation"]), moved], "destroy")).toEqual([
      "domain",
      "lake",
      "foundation",
    ]);
  });

  test("ignores stacks that are not part of it", () => {
    expect(applyOrder([stack("lake", ["foundation"])], "deploy")).toEqual([{ name: "lake", dependencies: [] }]);
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

describe("a selection of stacks", () => {
  const names = ["dev-foundation", "dev-lake"];
  const session = { environment: { name: "dev" }, stacks: names.map((name) => ({ name })) } as unknown as Session;

  test("takes names with and without the environment's, in the order of the stacks", () => {
    expect(selectStacks(session, ["lake", "dev-foundation"]).map(({ name }) => name)).toEqual(names);
    expect(selectStacks(session, []).map(({ name }) => name)).toEqual(names);
  });

  test("refuses a name that is no stack's", () => {
    expect(() => selectStacks(session, ["lagoon"])).toThrow(
      'There is no stack "dev-lagoon". dev has dev-foundation, dev-lake.',
    );
  });
});

describe("stacks affected by a change", () => {
  const now = [
    { name: "foundation", dependencies: [], digest: "1" },
    { name: "lake", dependencies: ["foundation"], digest: "1" },
    { name: "sales", dependencies: ["lake"], digest: "1" },
    { name: "web", dependencies: ["lake"], digest: "1" },
  ];
  const before = (changed: string) =>
    now.map(({ name, digest }) => ({ name, digest: name === changed ? "0" : digest }));

  test.each([
    ["foundation", ["foundation", "lake", "sales", "web"]],
    ["lake", ["lake", "sales", "web"]],
    ["web", ["web"]],
    ["nothing", []],
  ])("are %s and what depends on it", (changed, expected) => {
    expect([...affected(now, before(changed))].sort()).toEqual(expected);
  });

  test("are those that are new, too", () => {
    expect([...affected(now, before("").slice(0, 3))]).toEqual(["web"]);
  });
});

test("a stack is another one where a file that it uploads is", () => {
  const directory = temporaryFolder();
  const asset = join(directory, "assets", "job", "1");
  mkdirSync(asset, { recursive: true });
  const digest = (content: string) => {
    writeFileSync(join(asset, "job.py"), content);
    return digestOf({ "//": { metadata: "changes nothing" } } as StackJson, directory);
  };

  expect(digest("print(1)")).toBe(digest("print(1)"));
  expect(digest("print(1)")).not.toBe(digest("print(2)"));
  expect(digestOf({}, temporaryFolder())).not.toBe(digest("print(1)"));
});

describe("a plan", () => {
  const approvals = { names: [], maxLosses: 1 };

  test("needs approval for each loss of data, and for many losses", () => {
    const plan = planOf({ [BUCKET]: ["delete", "create"], "aws_route.a": ["delete"], "aws_sns_topic.a": ["create"] });

    expect(objections(plan, approvals)).toEqual([
      { text: `${BUCKET} holds data, and the plan would replace it`, approval: ["--approve", `replace ${BUCKET}`] },
      { text: "2 resources would be lost, more than 1", approval: ["--max-losses", "2"] },
    ]);
    expect(objections(plan, { names: [`replace ${BUCKET}`], maxLosses: 2 })).toEqual([]);
    // who approved another change of it has not approved this one
    expect(objections(plan, { names: [BUCKET, `update ${BUCKET}`], maxLosses: 2 })).toHaveLength(1);
  });

  test("loses nothing by calls that are made once more", () => {
    const calls = ["a", "b", "c"].map((name) => [`aws_lambda_invocation.${name}`, ["delete", "create"]] as const);

    expect(objections(planOf(Object.fromEntries(calls)), approvals)).toEqual([]);
  });

  test("that was deferred may do what was told of it, and nothing else", () => {
    const told = { creates: ["aws_route.new"], deletes: ["aws_route.old"], updates: [BUCKET] };
    const asTold = planOf({
      'aws_route.new["a"]': ["create"],
      "aws_route.old": ["delete"],
      [BUCKET]: ["update"],
      "aws_route.same": ["no-op"],
    });

    expect(beyond(asTold, told, approvals)).toEqual([]);
    expect(
      beyond(planOf({ [BUCKET]: ["delete", "create"], "aws_route.same": ["update"] }), told, {
        ...approvals,
        names: ["update aws_route.same"],
      }),
    ).toEqual([
      {
        text: `it would replace ${BUCKET}, of which the review said nothing`,
        approval: ["--approve", `replace ${BUCKET}`],
      },
    ]);
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

  test("that cannot be made yet keeps what a moved block keeps", () => {
    const json = {
      resource: { aws_sns_topic: { here: { name: "a" } } },
      moved: [
        { from: "aws_sns_topic.there", to: "aws_sns_topic.between" },
        { from: "aws_sns_topic.between", to: "aws_sns_topic.here" },
      ],
    };

    expect(expectedOf({ json } as unknown as DeployedStack, stateOf(["aws_sns_topic.there"]), [])).toEqual({
      creates: [],
      deletes: [],
      updates: ["aws_sns_topic.here"],
    });
  });

  test("that moves a resource, or takes it over, changes the state if nothing else", () => {
    const [change] = planOf({ [BUCKET]: ["no-op"] }).resource_changes ?? [];
    const planWith = (more: object, importing = {}): PlanJson => ({
      ...planOf({}),
      resource_changes: change && [{ ...change, ...more, change: { ...change.change, ...importing } }],
    });

    expect(hasChanges(planWith({}))).toBe(false);
    expect(hasChanges(planWith({ previous_address: BUCKET }))).toBe(false);
    expect(hasChanges(planWith({ previous_address: "aws_s3_bucket.old" }))).toBe(true);
    expect(hasChanges(planWith({}, { importing: { id: "raw" } }))).toBe(true);
  });

  test("is approved by one command, with what was approved before", () => {
    const found = objections(planOf({ [BUCKET]: ["delete"], 'aws_s3_bucket.a["it\'s"]': ["delete"] }), approvals);

    expect(approvalArguments(found, { names: ["dev-web"] })).toBe(
      `--max-losses 2 --approve 'dev-web' 'delete ${BUCKET}' 'delete aws_s3_bucket.a["it'\\''s"]'`,
    );
  });

  test("takes no approval that approves nothing", () => {
    const names = ["dev-lake", "delete aws_route.a", "aws_route.a", "dev-lagoon"];

    expect(meaningless({ names, maxLosses: 0 }, ["dev-lake"])).toEqual(["aws_route.a", "dev-lagoon"]);
  });
});

describe("a destruction that was planned", () => {
  const name = "dev-lake";
  const entry = {
    kind: "planned" as const,
    ...{ name, digest: "1", planDigest: "2", planJsonDigest: "3", providerLockDigest: "4" },
    ...{ inputs: [], state: null, hasChanges: true },
  };
  const props: Omit<DeployProps, "approvals" | "isProtected" | "vanished"> = {
    manifest: {
      ...{
        version: 1,
        purpose: "destroy",
        environment: "dev",
        accountId: "1",
        commit: "c",
        terraformVersion: "1.11.4",
      },
      stacks: [entry],
    },
    folder: temporaryFolder(),
    stacks: [],
    steps: [{ name, dependencies: [] }],
    plans: new Map([[name, planOf({ [BUCKET]: ["delete"] })]]),
    states: { read: () => Promise.resolve(undefined) },
    prepare: () => Promise.reject(new Error("it got through")),
    lockTimeoutSeconds: 0,
    journal: join(temporaryFolder(), "journal"),
    context: { display: () => Promise.reject(new Error("it got through")) } as unknown as CommandContext,
  };
  const maxLosses = Number.POSITIVE_INFINITY;

  test.each([
    ["where the environment protects what holds data", { isProtected: true, vanished: [] }],
    ["where the code is gone, which protected it", { isProtected: false, vanished: [name] }],
  ])("takes more than the stack's name %s", async (_where, protection) => {
    const [outcome] = await deployStacks({ ...props, ...protection, approvals: { names: [name], maxLosses } });

    const text = `${BUCKET} holds data, and the plan would delete it`;
    const objection = { text, approval: ["--approve", `delete ${BUCKET}`] };
    expect(outcome).toEqual({ name, kind: "unapproved", reasons: [text], objections: [objection] });
  });

  test("takes the stack's name, and nothing else where nothing is protected", async () => {
    const open = { ...props, isProtected: false, vanished: [] };
    const [outcome] = await deployStacks({ ...open, approvals: { names: [], maxLosses } });

    expect(outcome?.reasons).toEqual(["everything it has deployed would be destroyed"]);
    expect(approvalArguments(outcome?.objections ?? [], { names: ["dev-web"] })).toBe(`--approve 'dev-web' '${name}'`);
    await expect(deployStacks({ ...open, approvals: { names: [name], maxLosses } })).rejects.toThrow("it got through");
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
      digest: digestOf(json, directory),
      reads,
    };
    return { kind: "planned", stack, plan, planned: { warnings: [], refused: [] } };
  }

  function written(plans: readonly StackPlan[] = [planned()]) {
    const folder = bundleFolder(temporaryFolder(), "dev", "deploy");
    const facts = {
      purpose: "deploy" as const,
      environment: "dev",
      accountId: "111111111111",
      commit: "c0ffee",
      terraformVersion: "1.11.4",
    };
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
    expect(readBundle(folder, "deploy").stacks).toEqual([
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
      verifyBundle(folder, { ...facts, manifest: readBundle(folder, "deploy"), stacks });
    }).not.toThrow();
  });

  test("tells everything that is different", () => {
    const { folder, facts, stacks } = written();
    chmodSync(planFile(folder, "dev-lake"), 0o600);
    writeFileSync(planFile(folder, "dev-lake"), "another plan");
    const here = { ...facts, commit: "beef", accountId: "222222222222" };

    expect(() => {
      verifyBundle(folder, { ...here, manifest: readBundle(folder, "deploy"), stacks });
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
        manifest: readBundle(folder, "deploy"),
        stacks: stacks.map((stack) => ({ ...stack, digest: digestOf({}, folder) })),
      });
    }).toThrow("dev-lake: its code is another one than when it was planned");
  });

  test("takes the place of an older one, and of nothing else", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "thesis.txt"), "years of work");
    const { facts: common } = written();
    const facts = { ...common, states: new Map() };

    expect(() => writeBundle(folder, { ...facts, plans: [planned()] })).toThrow("exists, and is no bundle of plans");
    writeFileSync(join(folder, "manifest.json"), '{"name":"of another program"}');
    expect(() => writeBundle(folder, { ...facts, plans: [planned()] })).toThrow("exists, and is no bundle of plans");
    expect(readFileSync(join(folder, "thesis.txt"), "utf8")).toBe("years of work");
    const bundle = temporaryFolder();
    writeBundle(bundle, { ...facts, plans: [planned()] });
    writeBundle(bundle, { ...facts, plans: [] });
    expect(existsSync(planFile(bundle, "dev-lake"))).toBe(false);
  });

  test("that is not there, or damaged, is one message", () => {
    const folder = temporaryFolder();
    expect(() => readBundle(folder, "deploy")).toThrow('holds no plans: "npm run plan" makes them.');
    for (const content of ['{"version":2,"purpose":"deploy"}', '{"version":']) {
      writeFileSync(join(folder, "manifest.json"), content);
      expect(() => readBundle(folder, "deploy")).toThrow("is damaged, or of another version of Basin. Plan again.");
      // that has to be possible
      forgetBundle(folder);
      mkdirSync(folder);
    }
  });
});
