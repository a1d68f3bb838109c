import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import Table from "cli-table3";
import { AWS_PROVIDER, findProvider } from "../../cli/terraform/provider-mirror";
import { Terraform } from "../../cli/terraform/terraform";
import { initialize } from "../../cli/terraform/working-directory";
import { loadConfiguration } from "../../stacks/configuration";
import { addPlatform } from "../../stacks/platform";
import { callJson, callQuery, send } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { type Removed, removeTypes, type StackJson, type UnsupportedType } from "../emulator/remove-types";
import unsupportedTypes from "../emulator/unsupported-types.json";
import { repository, temporaryFolder } from "../support/checkout";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const UNSUPPORTED: readonly UnsupportedType[] = unsupportedTypes;

/** Most of an apply is the provider waiting for resources to settle. */
const PARALLELISM = 30;
const STACKS_AT_ONCE = 2;

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
  readonly states: string;
  readonly cliConfigFile: string;
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

  test("are applied, each after those it depends on", async () => {
    await inOrder(run.stacks, async (stack) => {
      const args = ["apply", "-auto-approve", `-parallelism=${PARALLELISM}`];
      const output = await terraform(run, stack, args);
      applied.set(
        stack.name,
        Number(/Apply complete! Resources: (\d+) added, 0 changed, 0 destroyed/.exec(output)?.[1]),
      );
    });

    expect(applied).toEqual(sizes(run));
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
      const state = JSON.parse(readFileSync(join(run.states, `${name}.tfstate`), "utf8")) as { resources: unknown[] };
      expect({ name, resources: state.resources }).toEqual({ name, resources: [] });
    }
  });

  test("leave nothing behind in the account", async () => {
    const nothing = Object.keys(await leftovers(run.emulator)).map((kind): [string, string[]] => [kind, []]);

    expect(await leftovers(run.emulator)).toEqual(Object.fromEntries(nothing));
  });
});

/** Synthesizes the layered stacks of an environment and makes each ready for Terraform, against an empty account. */
async function prepare(name: string): Promise<Run> {
  const { platform, environments, domains } = loadConfiguration();
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment === undefined) {
    throw new Error(`there is no environment ${name}`);
  }
  const outdir = temporaryFolder();
  const states = temporaryFolder();
  const app = new App({ outdir });
  addPlatform(app, { platform, environment, domains, layout: "layered", localStates: states });
  app.synth();

  const { stacks: manifest } = readJson(join(outdir, "manifest.json")) as Manifest;
  const synthesized = new Map(
    Object.values(manifest).map(({ name: stack, synthesizedStackPath: path }): [string, StackJson] => [
      stack,
      readJson(join(outdir, path)) as StackJson,
    ]),
  );
  const { stacks, removed } = removeTypes(synthesized, UNSUPPORTED);
  const copies = temporaryFolder();
  const written = Object.values(manifest).map(({ name: stack, dependencies }): Stack => {
    const json = stacks.get(stack) ?? {};
    const directory = join(copies, stack);
    mkdirSync(directory);
    writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(withFewRetries(json)));
    return {
      name: stack,
      dependencies,
      directory,
      size: Object.values(json.resource ?? {}).flatMap(Object.keys).length,
    };
  });
  const [emulator, ready] = await Promise.all([startEmulator(environment), initializeAll(written)]);
  return { ...ready, emulator, stacks: written, removed, states };
}

/** Makes every stack's folder ready for Terraform. */
async function initializeAll(stacks: readonly Stack[]): Promise<Pick<Run, "terraform" | "cliConfigFile">> {
  const found = await Terraform.find(process.env, signal);
  const requirement = AWS_PROVIDER;
  const origin = findProvider(requirement, process.env);
  const pluginCache = join(repository, ".basin", "plugins");
  let cliConfigFile = "";
  for (const { directory } of stacks) {
    const configs = await initialize({ terraform: found, requirement, origin, directory, pluginCache, signal });
    cliConfigFile = configs.plan;
  }
  return { terraform: found, cliConfigFile };
}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      { readonly name: string; readonly dependencies: readonly string[]; readonly synthesizedStackPath: string }
    >
  >;
}

/** What the emulator does not do would otherwise look like a hang. */
function withFewRetries(json: StackJson): StackJson {
  const { provider } = json as { provider?: { aws: readonly object[] } };
  return { ...json, provider: { ...provider, aws: provider?.aws.map((aws) => ({ ...aws, max_retries: 2 })) } };
}

/** Runs Terraform in a stack's folder. */
async function terraform(run: Run, { name, directory }: Stack, args: readonly string[]): Promise<string> {
  const { cliConfigFile, emulator } = run;
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
