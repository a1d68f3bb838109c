// Measures what the platform's own work costs, as ratios between things done in turn on the same machine: seconds mean
// nothing on a busy one. Fails where a goal is missed.
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Table from "cli-table3";
import { type BuildOptions, buildSync } from "esbuild";
import { CONCURRENT_STACKS } from "../../cli/deployment/plan-stacks";
import { Terraform } from "../../cli/terraform/terraform";
import { type Dataset, type Domain, isTable } from "../../domains/schema";
import { bootstrapNames } from "../../stacks/bootstrap/names";
import { loadConfiguration } from "../../stacks/configuration";
import { makeBucket } from "../emulator/client";
import { startEmulator } from "../emulator/emulator";
import { migratorPython } from "../emulator/migrator-python";
import type { CheckCost } from "./check-cost";
import { inTurn, measure, median, type Run } from "./measure";
import type { Scale } from "./synth-at-scale";
import { costOfTransform } from "./transform";

const STYLE = { head: [], border: [], compact: true };

const ROOT = resolve(__dirname, "..", "..");

const BUNDLE: BuildOptions = {
  bundle: true,
  packages: "external",
  platform: "node",
  format: "cjs",
  target: "node20",
};

interface Result {
  readonly what: string;
  readonly found: number;
  /** At most, or at least. */
  readonly goal: number;
  readonly isAtLeast?: boolean;
  readonly unit: string;
}

/** The app as cdktf runs it, bundling included, against the bundle alone. */
function synthOfAll(): Result[] {
  const app: Run = { command: "node", args: ["cli/run-main.cjs"], cwd: ROOT };
  const outfile = join(ROOT, ".basin", "app", "precompiled.cjs");
  buildSync({ ...BUNDLE, entryPoints: ["main.ts"], absWorkingDir: ROOT, outfile });
  const [bundled, precompiled] = inTurn(7, [app], [{ ...app, args: [outfile] }]);
  return [
    {
      what: "synth of all environments / precompiled, CPU",
      found: bundled.cpu / precompiled.cpu,
      goal: 1.3,
      unit: "x",
    },
  ];
}

/** A preview as a whole command, against Terraform's own two commands in the same directory, both after init. */
async function previewOfProd(): Promise<Result[]> {
  const preview: Run = { command: "npm", args: ["run", "--silent", "preview", "--", "prod"], cwd: ROOT };
  measure(preview);
  const cwd = join(ROOT, ".basin", "preview", "prod", "stacks", "prod");
  // as a person would: the provider from where it was found, nothing else set
  const env = { ...withoutTerraformVariables(), TF_CLI_CONFIG_FILE: join(cwd, "init.tfrc"), CHECKPOINT_DISABLE: "1" };
  const { executable } = await Terraform.find(process.env, new AbortController().signal);
  const terraform = (...args: string[]): Run => ({ command: executable, args, cwd, env });
  measure(terraform("init", "-input=false"));
  const [ours, theirs] = inTurn(
    5,
    [preview],
    [terraform("plan", "-input=false", "-out=bench.tfplan"), terraform("show", "-json", "bench.tfplan")],
  );
  return [
    { what: "preview of prod / terraform plan and show, wall", found: ours.wall / theirs.wall, goal: 1.25, unit: "x" },
  ];
}

/** What a change does to a deployment, against the plan of everything; the revision is checked out and all is initialized. */
function previewAgainst(): Result[] {
  const preview: Run = { command: "npm", args: ["run", "--silent", "preview", "--", "prod"], cwd: ROOT };
  const against: Run = { ...preview, args: [...preview.args, "--against", "HEAD"] };
  measure(against);
  const [changed, plain] = inTurn(5, [against], [preview]);
  return [
    { what: "preview of prod --against HEAD / preview, wall", found: changed.wall / plain.wall, goal: 3.5, unit: "x" },
  ];
}

/**
 * Plans of a deployed dev, on the emulator: of everything, against Terraform's own two commands in the same directories, as
 * many at once; and of a change to one dataset, against everything. Measures what is committed, in a clone.
 */
async function planOfDev(): Promise<Result[]> {
  const cwd = mkdtempSync(join(tmpdir(), "basin-bench-"));
  const { platform, environments } = loadConfiguration();
  const dev = environments.find(({ name }) => name === "dev");
  if (dev === undefined) {
    throw new Error("there is no environment dev");
  }
  const lambdaPython = await migratorPython(new AbortController().signal);
  const emulator = await startEmulator({ ...dev, lambdaPython });
  try {
    const env = { ...withoutTerraformVariables(), ...emulator.variables, CHECKPOINT_DISABLE: "1" };
    const run = (command: string, ...args: string[]): Run => ({ command, args, cwd, env });
    const basin = (command: string, ...args: string[]) => run("npm", "run", "--silent", command, "--", "dev", ...args);
    measure(run("git", "clone", "--quiet", "--local", ROOT, "."));
    symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"));
    // who may do what with states is not measured
    await makeBucket(emulator, bootstrapNames(platform, dev).stateBucketName);
    measure(basin("plan"));
    measure(basin("deploy"));

    const plan = basin("plan", "--out", join(cwd, ".basin", "bench"));
    const { executable } = await Terraform.find(process.env, new AbortController().signal);
    const bare = [
      `ls -d dev-* | xargs -P ${CONCURRENT_STACKS} -I STACK sh -c`,
      `'cd STACK && TF_CLI_CONFIG_FILE=init.tfrc ${executable} plan -input=false -out=bench.tfplan`,
      `&& ${executable} show -json bench.tfplan' > /dev/null`,
    ].join(" ");
    const directories = join(cwd, ".basin", "deploy", "dev", "stacks");
    const [ours, theirs] = inTurn(3, [plan], [{ ...run("bash", "-c", bare), cwd: directories }]);
    changeOneDataset(cwd);
    const changed = { ...plan, args: [...plan.args, "--changed-since", "HEAD"] };
    measure(changed);
    const [one, all] = inTurn(3, [changed], [plan]);
    return [
      { what: "plan of dev / terraform plan and show, wall", found: ours.wall / theirs.wall, goal: 1.1, unit: "x" },
      { what: "plan of one changed dataset / of all, wall", found: one.wall / all.wall, goal: 0.35, unit: "x" },
    ];
  } finally {
    await emulator.stop();
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Describes a dataset in another way. */
function changeOneDataset(checkout: string): void {
  const [description = ""] = loadConfiguration().domains.flatMap(({ datasets }) =>
    datasets.map((one) => one.description),
  );
  const folder = join(checkout, "domains");
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const file = files
    .map(({ name }) => join(folder, name))
    .find((path) => readFileSync(path, "utf8").includes(description));
  if (file === undefined) {
    throw new Error(`no file in ${folder} says "${description}"`);
  }
  writeFileSync(file, readFileSync(file, "utf8").replace(description, `${description}, changed`));
}

/** All rules over all environments, as the app judges them after every synth. */
function checkOfAll(): Result[] {
  const run: Run = { command: "node", args: ["--import", "tsx", "test/bench/check-cost.ts"], cwd: ROOT };
  const costs = Array.from({ length: 7 }, () => {
    const { resources, cpuSeconds } = JSON.parse(measure(run).stdout) as CheckCost;
    return (cpuSeconds * 1000) / resources;
  });
  return [{ what: "check of a resource, CPU", found: median(costs), goal: 0.6, unit: "ms" }];
}

function withoutTerraformVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TF|AWS)_/.test(name)));
}

/** One environment with ever more datasets: neither time nor memory may grow faster than the datasets do. */
function synthAtScale(): Result[] {
  const scaled = (datasets: number) =>
    JSON.parse(
      measure({
        command: "node",
        args: ["--expose-gc", "--import", "tsx", "test/bench/synth-at-scale.ts", String(datasets)],
        cwd: ROOT,
      }).stdout,
    ) as Scale;
  const [none, ...sizes] = [scaled(0), scaled(10), scaled(100), scaled(1000)];
  const perResource = sizes.map((size) => {
    const resources = size.resources - none.resources;
    return {
      ...size,
      milliseconds: ((size.cpuSeconds - none.cpuSeconds) * 1000) / resources,
      kib: (size.heapBytes - none.heapBytes) / 1024 / resources,
      peakKib: (size.peakBytes - none.peakBytes) / 1024 / resources,
    };
  });
  const table = new Table({
    style: STYLE,
    head: ["datasets", "resources", "ms a resource", "KiB a resource", "KiB at the peak"],
  });
  perResource.forEach(({ datasets, resources, milliseconds, kib, peakKib }) => {
    table.push([datasets, resources, milliseconds.toFixed(2), kib.toFixed(1), peakKib.toFixed(1)]);
  });
  console.log(table.toString());
  const [, hundred, thousand] = perResource;
  return [
    {
      what: "synth of a resource, CPU, 1000 datasets / 100",
      found: (thousand?.milliseconds ?? Number.NaN) / (hundred?.milliseconds ?? Number.NaN),
      goal: 1.2,
      unit: "x",
    },
    {
      what: "memory of a resource after the synth, 1000 datasets",
      found: thousand?.kib ?? Number.NaN,
      goal: 16,
      unit: "KiB",
    },
  ];
}

/** What each kind of dataset becomes in prod. */
function resourcesPerDataset(): Result[] {
  const { domains } = loadConfiguration();
  const file = join(ROOT, ".basin", "preview", "prod", "stacks", "prod", "cdk.tf.json");
  const { resource } = JSON.parse(readFileSync(file, "utf8")) as { resource: Record<string, Record<string, unknown>> };
  const addresses = Object.entries(resource).flatMap(([type, byId]) => Object.keys(byId).map((id) => ({ type, id })));
  const table = new Table({ style: STYLE, head: ["dataset", "kind", "resources", "by type"] });
  const counts = domains.flatMap((domain) =>
    domain.datasets.map((dataset) => {
      const own = addresses.filter(({ id }) => id.startsWith(`${prefixOf(domain, dataset)}_`));
      const types = [...new Set(own.map(({ type }) => type))].map(
        (type) => `${type} ${own.filter((address) => address.type === type).length}`,
      );
      table.push([`${domain.name}.${dataset.name}`, kindOf(dataset), own.length, types.join(", ")]);
      return own.length;
    }),
  );
  console.log(table.toString());
  return [{ what: "resources of the largest dataset", found: Math.max(...counts), goal: 80, unit: "" }];
}

function prefixOf(domain: Domain, dataset: Dataset): string {
  return `domain-${domain.name}_${dataset.name}`;
}

function kindOf(dataset: Dataset): string {
  return isTable(dataset) && dataset.source.kind === "stream"
    ? `stream (${dataset.source.engine})`
    : dataset.source.kind;
}

/**
 * The transform of web.clickstream as it is uploaded, with its contract as it is declared, against what no transform does
 * without: to decode, parse, write and encode again.
 */
async function transformOfClickstream(): Promise<Result[]> {
  const { recordsPerBatch, bytesPerRecord, share, alive, ...rates } = await costOfTransform(ROOT);
  const table = new Table({
    style: STYLE,
    head: [
      `batches of ${recordsPerBatch.toFixed(0)} records of ${bytesPerRecord.toFixed(0)} bytes`,
      "records/s",
      "MB/s",
    ],
    colAligns: ["left", "right", "right"],
  });
  Object.entries(rates).forEach(([what, { recordsPerSecond, bytesPerSecond }]) => {
    table.push([what, recordsPerSecond.toFixed(0), (bytesPerSecond / 1e6).toFixed(1)]);
  });
  console.log(table.toString());
  const mebibytes = alive.map((bytes) => bytes / 1024 / 1024);
  console.log(`MiB alive after each 100 batches: ${mebibytes.map((size) => size.toFixed(1)).join(", ")}`);
  const growth = median(mebibytes.slice(-3)) - median(mebibytes.slice(0, 3));
  return [
    { what: "transform of records / floor, a CPU second", found: share, goal: 0.4, isAtLeast: true, unit: "x" },
    { what: "growth of what is alive over 1000 batches", found: growth, goal: 2, unit: "MiB" },
  ];
}

const MEASUREMENTS: Readonly<Record<string, () => Result[] | Promise<Result[]>>> = {
  synth: synthOfAll,
  check: checkOfAll,
  preview: previewOfProd,
  against: previewAgainst,
  plan: planOfDev,
  scale: synthAtScale,
  datasets: resourcesPerDataset,
  transform: transformOfClickstream,
};

/** @param names of measurements; all of them if there is none */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => MEASUREMENTS[name] === undefined);
  if (unknown.length > 0) {
    throw new Error(`there is no measurement ${unknown.join(", ")}: ${Object.keys(MEASUREMENTS).join(", ")}`);
  }
  const results: Result[] = [];
  for (const [name, run] of Object.entries(MEASUREMENTS)) {
    if (names.length === 0 || names.includes(name)) {
      results.push(...(await run()));
    }
  }
  const table = new Table({
    style: STYLE,
    head: ["measured", "found", "goal", ""],
    colAligns: ["left", "right", "right"],
  });
  results.forEach((result) => {
    const { what, found, goal, isAtLeast = false, unit } = result;
    const compared = `${isAtLeast ? ">=" : "<="} ${goal} ${unit}`;
    table.push([what, `${found.toFixed(2)} ${unit}`, compared, isMet(result) ? "met" : "MISSED"]);
  });
  console.log(table.toString());
  process.exitCode = results.every(isMet) ? 0 : 1;
}

function isMet({ found, goal, isAtLeast = false }: Result): boolean {
  return isAtLeast ? found >= goal : found <= goal;
}

void main(process.argv.slice(2));
