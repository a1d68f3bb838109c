import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { Terraform } from "../../cli/terraform/terraform";
import { loadConfiguration } from "../../stacks/configuration";
import { callJson, callQuery, send } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { type Removed, removeTypes, type StackJson, type UnsupportedType } from "../emulator/remove-types";
import unsupportedTypes from "../emulator/unsupported-types.json";
import { copyCheckout, edit } from "../support/checkout";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";
import { nativeVariables, runNativeCli } from "./native-cli";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const UNSUPPORTED: readonly UnsupportedType[] = unsupportedTypes;

/** Most of an apply is the provider waiting for resources to settle. */
const PARALLELISM = 30;
const STACKS_AT_ONCE = 2;

/** Of what was synthesized before; the lock of all platforms would be fetched from the registry. */
const DEPLOY_OPTIONS = ["--skip-synth", "--skip-provider-lock", "--auto-approve", "--no-color"];

interface Stack {
  readonly name: string;
  /** Names of the stacks whose outputs it reads. */
  readonly dependencies: readonly string[];
  readonly directory: string;
  /** Number of managed resources. */
  readonly size: number;
}

interface Run {
  readonly emulator: Emulator;
  readonly terraform: Terraform;
  readonly stacks: readonly Stack[];
  readonly removed: readonly Removed[];
  readonly checkout: string;
  /** Names of the environment's stacks, as the native CLI takes them. */
  readonly pattern: string;
}

const { signal } = new AbortController();

describeTerraform("the layered stacks of dev, on the emulator", () => {
  let run: Run;
  const started: Run[] = [];
  const applied = new Map<string, number>();
  const planned = new Map<string, number>();
  const destroyed = new Map<string, number>();

  beforeAll(async () => {
    run = await prepare("dev");
    started.push(run);
  });

  afterAll(async () => {
    for (const { emulator, stacks, removed } of started) {
      process.stdout.write(report({ stacks, removed }, { applied, planned, destroyed }));
      await emulator.stop();
    }
  });

  test("are deployed by the native CLI, each after those it depends on", async () => {
    const parallelism = ["--parallelism", String(STACKS_AT_ONCE), "--terraform-parallelism", String(PARALLELISM)];
    const output = await native(run, ["deploy", run.pattern, ...DEPLOY_OPTIONS, ...parallelism]);
    run.stacks.forEach(({ name }) => applied.set(name, managed(run, name)));

    expect(applied).toEqual(sizes(run));
    const complete = output.matchAll(/Apply complete! Resources: (\d+) added, 0 changed, 0 destroyed/g);
    const added = [...complete].map(([, count]) => Number(count));
    expect(added.sort()).toEqual([...sizes(run).values()].sort());
    expect(Object.values(await leftovers(run.emulator))).not.toContainEqual([]);
  });

  test("have nothing left to do in a second plan", async () => {
    await inOrder(
      // all are there: no order is needed
      run.stacks.map((stack) => ({ ...stack, dependencies: [] })),
      async (stack) => {
        // exit code 2, with changes, is an error here
        const output = await terraform(run, stack, ["plan", "-detailed-exitcode", `-parallelism=${PARALLELISM}`]);
        planned.set(stack.name, output.includes("No changes.") ? 0 : NaN);
      },
    );

    expect(planned).toEqual(new Map(run.stacks.map(({ name }) => [name, 0])));
  });

  test("are destroyed again, each before those it depends on", async () => {
    await inOrder(reversed(run.stacks), async (stack) => {
      const output = await terraform(run, stack, ["destroy", "-auto-approve", `-parallelism=${PARALLELISM}`]);
      destroyed.set(stack.name, Number(/Destroy complete! Resources: (\d+) destroyed/.exec(output)?.[1]));
    });

    expect(destroyed).toEqual(sizes(run));
    for (const { name } of run.stacks) {
      expect({ name, resources: stateOf(run, name) }).toEqual({ name, resources: [] });
    }
  });

  test("leave nothing behind in the account", async () => {
    const nothing = Object.keys(await leftovers(run.emulator)).map((kind): [string, string[]] => [kind, []]);

    expect(await leftovers(run.emulator)).toEqual(Object.fromEntries(nothing));
  });
});

/** Synthesizes the stacks of an environment in a checkout, without what an emulator cannot carry, and starts one. */
async function prepare(name: string): Promise<Run> {
  const { platform, environments } = loadConfiguration();
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment === undefined) {
    throw new Error(`there is no environment ${name}`);
  }
  const checkout = copyCheckout();
  // what the emulator does not do would otherwise look like a hang
  const retries = "providerMaxRetries: ";
  edit(checkout, "environments/platform.ts", `${retries}${platform.providerMaxRetries},`, `${retries}2,`);
  const terraform = await Terraform.find(process.env, signal);
  const emulator = await startEmulator(environment);
  try {
    const run: Run = { emulator, terraform, checkout, pattern: `${name}-*`, stacks: [], removed: [] };
    await native(run, ["synth"]);
    return { ...run, ...withoutUnsupported(checkout, `${name}-`) };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

/** Takes what an emulator cannot carry out of synthesized stacks. */
function withoutUnsupported(checkout: string, prefix: string): Pick<Run, "stacks" | "removed"> {
  const outdir = join(checkout, "cdktf.out");
  const { stacks: manifest } = readJson(join(outdir, "manifest.json")) as Manifest;
  const own = Object.values(manifest).filter(({ name }) => name.startsWith(prefix));
  const synthesized = own.map(({ name, synthesizedStackPath: path }): [string, StackJson] => [
    name,
    readJson(join(outdir, path)) as StackJson,
  ]);
  const { stacks, removed } = removeTypes(new Map(synthesized), UNSUPPORTED);
  const written = own.map(({ name, dependencies, workingDirectory, synthesizedStackPath }): Stack => {
    const json = stacks.get(name) ?? {};
    writeFileSync(join(outdir, synthesizedStackPath), JSON.stringify(json));
    const size = Object.values(json.resource ?? {}).flatMap(Object.keys).length;
    return { name, dependencies, directory: join(outdir, workingDirectory), size };
  });
  return { stacks: written, removed };
}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly dependencies: readonly string[];
        readonly workingDirectory: string;
        readonly synthesizedStackPath: string;
      }
    >
  >;
}

/** Runs the native CLI in the checkout. */
async function native({ checkout, emulator }: Run, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runNativeCli(checkout, args, nativeVariables(emulator));
  if (exitCode !== 0) {
    throw new Error(`cdktf ${args.join(" ")} ended with ${exitCode}:\n${stdout}\n${stderr}\n${emulator.log()}`);
  }
  return stdout;
}

/** The resources in a stack's state, on this machine. */
function stateOf({ checkout }: Run, stack: string): readonly StateResource[] {
  const file = join(checkout, ".basin", "state", `${stack}.tfstate`);
  return (readJson(file) as { resources: StateResource[] }).resources;
}

interface StateResource {
  readonly mode: "data" | "managed";
  readonly instances: readonly unknown[];
}

/** How many resources are managed in a stack's state. */
function managed(run: Run, stack: string): number {
  return stateOf(run, stack)
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ instances }) => instances).length;
}

/** Runs Terraform in a stack's folder. */
async function terraform(run: Run, { name, directory }: Stack, args: readonly string[]): Promise<string> {
  const { emulator } = run;
  const cliConfigFile = process.env.TF_CLI_CONFIG_FILE;
  const options = { cwd: directory, cliConfigFile, variables: emulator.variables, signal };
  const { exitCode, stdout, stderr } = await run.terraform.run([...args, "-no-color"], options);
  if (exitCode !== 0) {
    const [command = ""] = args;
    throw new Error(`terraform ${command} of ${name} ended with ${exitCode}:\n${stdout}\n${stderr}\n${emulator.log()}`);
  }
  return stdout;
}

/** Does something with every stack, after it is done with those it depends on, and with two of them at once. */
async function inOrder(stacks: readonly Stack[], work: (stack: Stack) => Promise<void>): Promise<void> {
  const waiting = new Set(stacks);
  const done = new Set<string>();
  const running = new Set<Promise<unknown>>();
  try {
    while (waiting.size + running.size > 0) {
      const ready = [...waiting].filter(({ dependencies }) => dependencies.every((name) => done.has(name)));
      for (const stack of ready.slice(0, STACKS_AT_ONCE - running.size)) {
        waiting.delete(stack);
        const job: Promise<unknown> = work(stack).then(() => {
          done.add(stack.name);
          running.delete(job);
        });
        running.add(job);
      }
      if (running.size === 0) {
        throw new Error(`these wait for each other: ${[...waiting].map(({ name }) => name).join(", ")}`);
      }
      await Promise.race(running);
    }
  } finally {
    await Promise.allSettled(running);
  }
}

function reversed(stacks: readonly Stack[]): Stack[] {
  return stacks.map((stack) => ({
    ...stack,
    dependencies: stacks.filter(({ dependencies }) => dependencies.includes(stack.name)).map(({ name }) => name),
  }));
}

function sizes({ stacks }: Run): Map<string, number> {
  return new Map(stacks.map(({ name, size }) => [name, size]));
}

/** What is in the account beside that which AWS puts into every account. */
async function leftovers(emulator: Emulator): Promise<Record<string, string[]>> {
  const names = (text: string, element: string) =>
    [...text.matchAll(new RegExp(`<${element}>([^<]+)</${element}>`, "g"))].map(([, name = ""]) => name);
  const query = async (service: string, parameters: { Action: string; Version: string; [name: string]: string }) =>
    (await callQuery(emulator, service, parameters)).text;
  const ownVpcs = { "Filter.1.Name": "is-default", "Filter.1.Value.1": "false" };
  const databases = await callJson(emulator, { service: "glue", target: "AWSGlue.GetDatabases" });
  return {
    buckets: names((await send(emulator, { service: "s3", method: "GET" })).text, "Name"),
    databases: (JSON.parse(databases.text) as { DatabaseList: { Name: string }[] }).DatabaseList.map(
      ({ Name }) => Name,
    ),
    keys: await usableKeys(emulator),
    roles: names(await query("iam", { Action: "ListRoles", Version: "2010-05-08" }), "RoleName"),
    topics: names(await query("sns", { Action: "ListTopics", Version: "2010-03-31" }), "TopicArn"),
    vpcs: names(await query("ec2", { Action: "DescribeVpcs", Version: "2016-11-15", ...ownVpcs }), "vpcId"),
  };
}

async function usableKeys(emulator: Emulator): Promise<string[]> {
  const kms = async (operation: string, input: object) =>
    JSON.parse(
      (await callJson(emulator, { service: "kms", target: `TrentService.${operation}`, input })).text,
    ) as unknown;
  const { Keys: keys } = (await kms("ListKeys", {})) as { Keys: { KeyId: string }[] };
  const described = await Promise.all(keys.map(({ KeyId }) => kms("DescribeKey", { KeyId })));
  return (described as { KeyMetadata: { KeyId: string; KeyManager: string; KeyState: string } }[])
    .map(({ KeyMetadata }) => KeyMetadata)
    .filter(({ KeyManager, KeyState }) => KeyManager === "CUSTOMER" && KeyState !== "PendingDeletion")
    .map(({ KeyId }) => KeyId);
}

type Counts = Readonly<Record<"applied" | "planned" | "destroyed", ReadonlyMap<string, number>>>;

/** A line for each stack, and one for each resource that was left out. */
function report({ stacks, removed }: Pick<Run, "stacks" | "removed">, { applied, planned, destroyed }: Counts): string {
  const head = ["stack", "applied", "second plan", "destroyed", "removed types"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { name } of stacks) {
    table.push([
      name,
      applied.get(name) ?? "no",
      planned.get(name) === 0 ? "empty" : "not empty",
      destroyed.get(name) ?? "no",
      removed.filter(({ stack }) => stack === name).length,
    ]);
  }
  const lines = removed.map(({ stack, address, because }) => `removed from ${stack}: ${address}: ${because}`);
  return `${[table.toString(), ...lines, `${removed.length} removed by test/emulator/unsupported-types.json`].join("\n")}\n`;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
