import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitForWriters } from "../../cli/deployment/locks";
import { States } from "../../cli/deployment/states";
import { ExitCode, InterruptedError } from "../../cli/exit-codes";
import type { Environment } from "../../environments/schema";
import { makeBucket, send } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { environments } from "../fixtures/environments";
import { temporaryFolder } from "../support/checkout";
import { BUCKET, SmallEnvironment, type SmallStack } from "../support/small-stacks";
import { until } from "../support/until";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const { dev } = environments;

/** A stack that tells another one what it is made with. */
const producer = (value: string): SmallStack => ({
  name: "producer",
  resources: { topic: value },
  outputs: { topic: "topic" },
});

const consumer: SmallStack = {
  name: "consumer",
  resources: { job: { stack: "producer", output: "topic" }, other: "own" },
};

describeTerraform("stacks with states of their own, in S3", () => {
  let emulator: Emulator;
  const before = { ...process.env };
  let count = 0;

  beforeAll(async () => {
    emulator = await startEmulator(dev);
    // the states are read by the AWS SDK, in this process
    Object.assign(process.env, emulator.variables, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" });
    await makeBucket(emulator, BUCKET);
  });

  afterAll(async () => {
    process.env = before;
    await emulator.stop();
  });

  /** An environment that holds nothing yet. */
  function nothing(changes: Partial<Environment> = {}): SmallEnvironment {
    count += 1;
    return new SmallEnvironment({ ...dev, name: `small${count}`, ...changes }, emulator);
  }

  async function holding(...stacks: readonly SmallStack[]): Promise<SmallEnvironment> {
    const machine = nothing();
    await machine.apply(stacks);
    return machine;
  }

  const put = (key: string, body: string) =>
    send(emulator, { service: "s3", method: "PUT", path: `/${BUCKET}/${key}`, body });

  const kinds = (outcomes: readonly { readonly name: string; readonly kind: string }[]) =>
    outcomes.map(({ name, kind }) => `${name.split("-")[1] ?? ""} ${kind}`);

  describe("where an output does not exist yet", () => {
    test("defer who reads it, and are applied one after the other", async () => {
      const machine = nothing();
      const { result: planned } = await machine.plan([producer("one"), consumer]);

      expect(kinds(planned)).toEqual(["producer planned", "consumer deferred"]);
      expect(planned[1]).toMatchObject({
        counts: { create: 2 },
        waitsFor: [`${machine.fullName("producer")}: terraform_data.topic.output`],
      });
      const { result: deployed } = await machine.deploy([producer("one"), consumer]);
      expect(kinds(deployed)).toEqual(["producer applied", "consumer applied"]);
      expect(await machine.deployed("consumer")).toEqual({ job: "one", other: "own" });
      // plans hold every value in plain text
      expect(readdirSync(machine.directory("producer")).filter((name) => name.endsWith(".tfplan"))).toEqual([]);
    });

    test("have nothing left to do in a second plan", async () => {
      const machine = await holding(producer("one"), consumer);
      const { result: planned } = await machine.plan([producer("one"), consumer]);

      expect(kinds(planned)).toEqual(["producer planned", "consumer planned"]);
      expect(planned.flatMap(({ counts }) => Object.values(counts)).every((number) => number === 0)).toBe(true);
      const { result: deployed } = await machine.deploy([producer("one"), consumer]);
      expect(kinds(deployed)).toEqual(["producer unchanged", "consumer unchanged"]);
    });
  });

  describe("where an output changes", () => {
    test("defer who reads it, which is applied with the new value", async () => {
      const machine = await holding(producer("one"), consumer);
      const { result: planned } = await machine.plan([producer("two"), consumer]);

      expect(kinds(planned)).toEqual(["producer planned", "consumer deferred"]);
      expect(planned[1]?.counts).toMatchObject({ create: 0, update: 1 });
      const { result: deployed } = await machine.deploy([producer("two"), consumer]);
      expect(kinds(deployed)).toEqual(["producer applied", "consumer applied"]);
      expect(await machine.deployed("consumer")).toEqual({ job: "two", other: "own" });
    });

    test("stop a deferred plan that does what was not told, until that is approved", async () => {
      const machine = await holding(producer("one"), consumer);
      await machine.plan([producer("two"), consumer]);
      // somebody else changes the consumer meanwhile
      const elsewhere = { ...consumer, resources: { ...consumer.resources, other: "foreign" } };
      await machine.apply([producer("one"), elsewhere], { bundle: join(temporaryFolder(), "bundle") });

      const stopped = await machine.deploy([producer("two"), consumer]);
      expect(kinds(stopped.result)).toEqual(["producer applied", "consumer unapproved"]);
      expect(stopped.result[1]?.reasons).toEqual([
        "it would update terraform_data.other, of which the review said nothing",
      ]);
      expect(stopped.error?.message).toMatch(/ --approve 'update terraform_data\.other'$/);
      expect(stopped.error?.exitCode).toBe(ExitCode.unapproved);
      expect(await machine.deployed("consumer")).toEqual({ job: "one", other: "foreign" });

      const changed = { ...consumer, resources: { ...consumer.resources, other: "unseen" } };
      const resumed = await machine.deploy([producer("two"), changed], { approve: ["update terraform_data.other"] });
      expect(resumed.error?.message).toContain("its code is another one than when it was planned");

      const approved = await machine.deploy([producer("two"), consumer], { approve: ["update terraform_data.other"] });
      expect(kinds(approved.result)).toEqual(["producer unchanged", "consumer applied"]);
      expect(approved.result[0]?.reasons).toEqual(["its plan was applied before"]);
      expect(await machine.deployed("consumer")).toEqual({ job: "two", other: "own" });
    });

    test("do not go on behind what somebody else has changed since", async () => {
      const machine = await holding(producer("one"), consumer);
      await machine.plan([producer("two"), consumer]);
      const bundle = join(temporaryFolder(), "bundle");
      const elsewhere = { ...consumer, resources: { ...consumer.resources, other: "foreign" } };
      await machine.apply([producer("one"), elsewhere], { bundle });
      await machine.deploy([producer("two"), consumer]);
      await machine.apply([producer("three"), elsewhere], { bundle, only: ["producer"] });

      const { result } = await machine.deploy([producer("two"), consumer], {
        approve: ["update terraform_data.other"],
      });
      expect(kinds(result)).toEqual(["producer refused", "consumer skipped"]);
      expect(result[0]?.reasons[0]).toBe("its plan was applied, and its state has changed since");
      expect(await machine.deployed("consumer")).toEqual({ job: "one", other: "foreign" });
    });
  });

  describe("where something goes", () => {
    test("let go of an output before it is removed", async () => {
      const machine = await holding(producer("one"), consumer);
      const silent: SmallStack = { name: "producer", resources: { other: "one" } };
      const free: SmallStack = { name: "consumer", resources: { other: "own" } };
      const { result: planned } = await machine.plan([silent, free]);
      const { result: deployed } = await machine.deploy([silent, free]);

      expect(kinds(planned)).toEqual(["producer planned", "consumer planned"]);
      expect(kinds(deployed)).toEqual(["consumer applied", "producer applied"]);
      const started = (stack: string) => beginning(machine, stack);
      expect(started("consumer") < started("producer")).toBe(true);
    });

    test("keep what is read no more until its reader has something else", async () => {
      const machine = await holding(producer("one"), consumer);
      const fresh: SmallStack = { ...producer("two"), name: "fresh" };
      const moved: SmallStack = { name: "consumer", resources: { job: { stack: "fresh", output: "topic" } } };
      const { result: planned } = await machine.plan([fresh, moved]);
      const approve = [machine.fullName("producer")];
      const { result: deployed } = await machine.deploy([fresh, moved], { approve });

      expect(kinds(planned)).toEqual(["fresh planned", "consumer deferred", "producer planned"]);
      expect(kinds(deployed)).toEqual(["fresh applied", "consumer applied", "producer applied"]);
      expect(beginning(machine, "consumer") < beginning(machine, "producer")).toBe(true);
      expect(await machine.deployed("consumer")).toEqual({ job: "two" });
    });

    test("keep what a moved block keeps", async () => {
      const machine = await holding({ name: "alone", resources: { old: "one" } });
      const stack: SmallStack = { name: "alone", resources: { renamed: "one" }, moved: { old: "renamed" } };
      const { result: planned } = await machine.plan([stack]);
      const { result: deployed } = await machine.deploy([stack]);

      expect(planned[0]?.others).toEqual(["move terraform_data.old to terraform_data.renamed"]);
      expect(kinds(deployed)).toEqual(["alone applied"]);
      expect(await machine.deployed("alone")).toEqual({ renamed: "one" });
    });

    test("are destroyed by their names, those who read first", async () => {
      const machine = await holding(producer("one"), consumer);
      const stacks = [producer("one"), consumer];
      await machine.plan(stacks, { purpose: "destroy" });
      const names = ["producer", "consumer"].map((name) => machine.fullName(name));

      expect((await machine.deploy(stacks)).error?.message).toContain("command: planned for destroy, here is deploy");
      const stopped = await machine.deploy(stacks, { purpose: "destroy", approve: names.slice(0, 1) });
      expect(kinds(stopped.result)).toEqual(["consumer unapproved", "producer skipped"]);
      const { result: destroyed } = await machine.deploy(stacks, { purpose: "destroy", approve: names });
      expect(kinds(destroyed)).toEqual(["consumer applied", "producer applied"]);
      expect(beginning(machine, "consumer") < beginning(machine, "producer")).toBe(true);
      expect(await machine.deployed("producer")).toEqual({});
    });

    test("are destroyed as a whole where their code is gone, on approval alone", async () => {
      const machine = await holding(producer("one"), consumer);
      const { result: planned } = await machine.plan([producer("one")]);
      expect(planned[1]).toMatchObject({
        name: machine.fullName("consumer"),
        kind: "planned",
        losses: ["delete terraform_data.job", "delete terraform_data.other"],
      });

      const stopped = await machine.deploy([producer("one")]);
      expect(kinds(stopped.result)).toEqual(["consumer unapproved", "producer skipped"]);
      expect(stopped.error?.exitCode).toBe(ExitCode.unapproved);
      expect(await machine.deployed("consumer")).not.toEqual({});

      const approve = [machine.fullName("consumer")];
      const { result: deployed } = await machine.deploy([producer("one")], { approve });
      expect(kinds(deployed)).toEqual(["producer unchanged", "consumer applied"]);
      expect(await machine.deployed("consumer")).toEqual({});
    });
  });

  describe("where a bundle is not what is here", () => {
    const stacks = [producer("one"), consumer];

    test("refuse it from another commit, and for another account", async () => {
      const machine = nothing();
      await machine.plan(stacks);

      const { error } = await machine.deploy(stacks, { commit: "beef" });
      expect(error?.message).toContain("commit: planned for c0ffee, here is beef");
      expect(error?.exitCode).toBe(ExitCode.invalid);
      expect(await machine.deployed("producer")).toEqual({});
      await expect(nothing({ accountId: "222222222222" }).states()).rejects.toThrow(
        "These are credentials of account 111111111111; ",
      );
    });

    test("refuse it where plans, or what it says of them, were tampered with", async () => {
      const machine = nothing();
      await machine.plan(stacks);
      const file = join(machine.bundle, `${machine.fullName("producer")}.tfplan`);
      const plan = readFileSync(file);
      writeFileSync(file, Buffer.concat([plan, Buffer.from("x")]));
      expect((await machine.deploy(stacks)).error?.message).toContain("its plan file is not the one that was reviewed");
      writeFileSync(file, plan);

      const { error } = await machine.deploy(stacks, { digest: "0".repeat(64) });
      expect(error?.message).toContain("is not the one that was reviewed: its SHA-256 is ");
      const code = [producer("other"), consumer];
      expect((await machine.deploy(code)).error?.message).toContain("its code is another one than when it was planned");
      expect(await machine.deployed("producer")).toEqual({});
    });

    test("refuse it where nothing makes what it waits for", async () => {
      const machine = nothing();
      expect((await machine.plan(stacks, { only: ["consumer"] })).error).toBeUndefined();

      expect((await machine.deploy(stacks)).error?.message).toBe(
        `${machine.fullName("consumer")} waits for outputs of ${machine.fullName("producer")}\n` +
          "Nothing in the bundle makes these. Plan those stacks as well, or all of them.",
      );
    });

    test("refuse a stale one, whoever was faster", async () => {
      const machine = nothing();
      await machine.plan(stacks);
      const older = join(temporaryFolder(), "older");
      cpSync(machine.bundle, older, { recursive: true });
      await machine.deploy(stacks);

      const { result, error } = await machine.deploy(stacks, { bundle: older });
      expect(kinds(result)).toEqual(["producer refused", "consumer skipped"]);
      expect(result[0]?.reasons[0]).toContain("its state has changed since it was planned");
      expect(error?.exitCode).toBe(ExitCode.failed);
    });

    test("refuse it where what it has read has changed since", async () => {
      const machine = await holding(...stacks);
      const more = { ...consumer, resources: { ...consumer.resources, more: "new" } };
      await machine.plan([producer("one"), more], { only: ["consumer"] });
      await machine.apply([producer("two"), more], { only: ["producer"], bundle: join(temporaryFolder(), "bundle") });

      const { result } = await machine.deploy([producer("one"), more]);
      expect(kinds(result)).toEqual(["consumer refused"]);
      expect(result[0]?.reasons[0]).toBe(
        `topic of ${machine.fullName("producer")} is no longer what it was planned with`,
      );
      expect(await machine.deployed("consumer")).toEqual({ job: "one", other: "own" });
    });
  });

  describe("where something fails", () => {
    test("stop those that depend on it, and no other", async () => {
      const machine = nothing();
      const failing: SmallStack = { ...producer("one"), commands: { topic: "echo too bad >&2; false" } };
      const independent: SmallStack = { name: "independent", resources: { own: "one" } };
      expect((await machine.plan([failing, consumer, independent])).error).toBeUndefined();
      const { result, error } = await machine.deploy([failing, consumer, independent]);

      expect(kinds(result)).toEqual(["producer failed", "consumer skipped", "independent applied"]);
      expect(result[0]?.reasons[0]).toContain("terraform_data.topic: local-exec provisioner error");
      expect(result[1]?.reasons).toEqual([`${machine.fullName("producer")} was not applied`]);
      expect(error?.exitCode).toBe(ExitCode.failed);
      expect(await machine.deployed("independent")).toEqual({ own: "one" });
      expect(await machine.apply([producer("one"), consumer, independent])).toMatchObject([
        { kind: "applied" },
        { kind: "applied" },
        { kind: "unchanged" },
      ]);
    });

    test("end in order where they are interrupted: the state is kept, the lock is not", async () => {
      const machine = nothing();
      const slow: SmallStack = {
        ...producer("one"),
        resources: { fast: "one", topic: "one" },
        commands: { topic: "sleep 3" },
      };
      await machine.plan([slow, consumer]);
      const interruption = new AbortController();
      const running = machine.deploy([slow, consumer], { signal: interruption.signal });
      await until(() => journalOf(machine, "producer").includes("terraform_data.topic: Creating"));
      interruption.abort();

      expect((await running).error).toBeInstanceOf(InterruptedError);
      expect((await (await machine.states()).locks()).size).toBe(0);
      expect(await machine.deployed("producer")).toHaveProperty("fast", "one");
      expect(journalOf(machine, "producer")).toMatch(/"id_key":"id","id_value":"[0-9a-f-]{36}"/);
      await machine.apply([producer("one"), consumer]);
      expect(await machine.deployed("consumer")).toEqual({ job: "one", other: "own" });
    });

    test("let exactly one of two deployments win", async () => {
      const slow: SmallStack = { name: "alone", resources: { own: "one" }, commands: { own: "sleep 2" } };
      const machine = nothing();
      expect((await machine.plan([slow])).error).toBeUndefined();
      const other = new SmallEnvironment(machine.environment, emulator);
      cpSync(machine.bundle, other.bundle, { recursive: true });
      const outcomes = await Promise.all([machine.deploy([slow]), other.deploy([slow])]);

      expect(
        outcomes.flatMap(({ result }) => result.map(({ kind }) => kind)).filter((kind) => kind === "applied"),
      ).toHaveLength(1);
      const reasons = outcomes.flatMap(({ result }) => result.flatMap((outcome) => outcome.reasons));
      expect(reasons[0]).toMatch(/Saved plan is stale|Error acquiring the state lock|its state has changed since/);
      expect(await machine.deployed("alone")).toEqual({ own: "one" });
    });
  });

  describe("where a state is not in order", () => {
    const context = { printError: () => undefined, signal: new AbortController().signal };

    test.each([
      ["", "is empty, which Terraform takes for no state at all: it would create everything again"],
      ['{"version":4,"terraform_', "is truncated or damaged"],
      ['{"version":5}', "has the form 5, newer than 4, which is the newest known here"],
    ])("refuse the state %p", async (content, message) => {
      const machine = nothing();
      const name = machine.fullName("producer");
      await put(`${machine.environment.name}/${name}/terraform.tfstate`, content);

      await expect(machine.plan([producer("one")])).rejects.toThrow(message);
    });

    test("tell who has locked one, and since when", async () => {
      const machine = nothing();
      const name = machine.fullName("producer");
      const lock = { ID: "4711", Operation: "OperationTypeApply", Who: "ann@desk", Created: "2026-11-22T08:00:00Z" };
      await put(`${machine.environment.name}/${name}/terraform.tfstate.tflock`, JSON.stringify(lock));
      const states = await machine.states();

      await expect(waitForWriters(states, { lockTimeoutSeconds: 1, context })).rejects.toThrow(
        `The state of ${name} is locked by ann@desk since 2026-11-22T08:00:00Z (OperationTypeApply, id 4711).`,
      );
    });

    test("do not wait for those who only plan", async () => {
      const machine = nothing();
      const lock = { ID: "1", Operation: "OperationTypePlan", Who: "ann@desk", Created: "2026-11-22T08:00:00Z" };
      const key = `${machine.environment.name}/${machine.fullName("producer")}/terraform.tfstate.tflock`;
      await put(key, JSON.stringify(lock));

      await expect(waitForWriters(await machine.states(), { lockTimeoutSeconds: 0, context })).resolves.toBeUndefined();
    });

    test("name the command that makes their bucket", async () => {
      const states = await States.open({ environment: dev, bucket: "basin-dev-nothing-111111111111" });

      await expect(states.names()).rejects.toThrow('"npm run bootstrap -- dev" makes it');
    });
  });
});

/** What Terraform has told of a stack's applies. */
function journalOf(machine: SmallEnvironment, stack: string): string {
  try {
    const files = readdirSync(machine.journals, { recursive: true, encoding: "utf8" });
    const own = files.filter((file) => file.endsWith(`${machine.fullName(stack)}.jsonl`)).sort();
    return readFileSync(join(machine.journals, own.at(-1) ?? ""), "utf8");
  } catch {
    // not begun yet
    return "";
  }
}

/** When the last apply of a stack began. */
function beginning(machine: SmallEnvironment, stack: string): string {
  return /"@timestamp":"([^"]+)"/.exec(journalOf(machine, stack))?.[1] ?? "";
}
