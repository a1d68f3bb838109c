import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { Terraform } from "../../cli/terraform/terraform";
import { isTable, TABLE_ZONES } from "../../domains/schema";
import { loadConfiguration } from "../../stacks/configuration";
import { contentsOf } from "../emulator/account";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { type Removed, removeTypes, type StackJson, type UnsupportedType } from "../emulator/remove-types";
import unsupportedTypes from "../emulator/unsupported-types.json";
import { copyCheckout, limitRetries } from "../support/checkout";
import { migratorPython } from "../emulator/migrator-python";
import { buildBundles, linkBundles } from "../support/bundles";
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

  beforeAll(async () => {
    run = await prepare("dev");
    started.push(run);
  });

  afterAll(async () => {
    for (const { emulator, stacks, removed } of started) {
      process.stdout.write(report({ stacks, removed }, applied));
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
    const contents = await contentsOf(run.emulator);
    expect(Object.values(contents)).not.toContainEqual([]);
    // the migrator has run as it is deployed
    expect(contents.tables).toEqual(tablesOf("dev"));
  });
});

/** Names of the tables that an environment's datasets have in the catalog. */
function tablesOf(name: string): string[] {
  const { domains } = loadConfiguration();
  return domains
    .flatMap((domain) =>
      domain.datasets
        .filter(isTable)
        .flatMap((dataset) => TABLE_ZONES.map((zone) => `basin_${name}_${domain.name}_${zone}.${dataset.name}`)),
    )
    .sort();
}

/** Synthesizes the stacks of an environment in a checkout, without what an emulator cannot carry, and starts one. */
async function prepare(name: string): Promise<Run> {
  const { environments } = loadConfiguration();
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment === undefined) {
    throw new Error(`there is no environment ${name}`);
  }
  const checkout = copyCheckout();
  limitRetries(checkout);
  const terraform = await Terraform.find(process.env, signal);
  await buildBundles();
  linkBundles(checkout);
  const emulator = await startEmulator({ ...environment, lambdaPython: await migratorPython(signal) });
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

function sizes({ stacks }: Run): Map<string, number> {
  return new Map(stacks.map(({ name, size }) => [name, size]));
}

/** A line for each stack, and one for each resource that was left out. */
function report({ stacks, removed }: Pick<Run, "stacks" | "removed">, applied: ReadonlyMap<string, number>): string {
  const head = ["stack", "applied", "removed types"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { name } of stacks) {
    table.push([name, applied.get(name) ?? "no", removed.filter(({ stack }) => stack === name).length]);
  }
  const lines = removed.map(({ stack, address, because }) => `removed from ${stack}: ${address}: ${because}`);
  return `${[table.toString(), ...lines, `${removed.length} removed by test/emulator/unsupported-types.json`].join("\n")}\n`;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
