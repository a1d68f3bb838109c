import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Environment } from "../../environments/schema";
import { type Configuration, formatProblem, loadConfiguration } from "../../stacks/configuration";
import { addPlatform, layerNames } from "../../stacks/platform";
import { CommandError, ExitCode, InterruptedError } from "../exit-codes";
import { prepareFolder } from "../folder";
import { tryLock } from "../folder-lock";
import type { CommandContext } from "../command-context";
import { describeTotal, renderMarkdown, renderTable } from "../report/render";
import { layersByAddress, type PlanSummary, type StackJson, summarize } from "../report/summary";
import { formatDiagnostic, type PlanJson, planOffline, showPlan } from "../terraform/plan";
import { selectEnvironments } from "../select-environments";
import { AWS_PROVIDER, findProvider, type ProviderOrigin } from "../terraform/provider-mirror";
import { Terraform } from "../terraform/terraform";
import { initialize } from "../terraform/working-directory";

/** Two plans at once finish 1.5 times sooner than one after the other; each takes a gigabyte of memory. */
const CONCURRENT_PLANS = 2;

export interface PreviewOptions {
  /** Name of the environment; undefined for all of them. */
  readonly environment?: string;
  /** Prints the summary as JSON instead of a table. */
  readonly json: boolean;
  /** Folder for `<environment>.plan.json` and `<environment>.md`. */
  readonly out?: string;
}

interface Preview {
  readonly summary: PlanSummary;
  readonly plan: PlanJson;
}

/**
 * Plans whole environments for real, offline and against empty state.
 *
 * @throws ConfigurationError if any environment is wrong, CommandError if a preview fails
 */
export async function preview(options: PreviewOptions, context: CommandContext): Promise<void> {
  const names = selectEnvironments(options.environment === undefined ? [] : [options.environment]);
  const configuration = loadConfiguration();
  const out = options.out === undefined ? undefined : prepareFolder(options.out);
  const terraform = await Terraform.find(context.variables, context.signal, context.display);
  const origin = findProvider(AWS_PROVIDER, context.variables);

  const selected = configuration.environments.filter(({ name }) => names.includes(name));
  const results = await context.display(
    selected.map((environment) => ({
      title: `preview of ${environment.name}`,
      run: (report) => previewOne({ configuration, environment, terraform, origin, context, report }),
    })),
    CONCURRENT_PLANS,
  );

  const previews = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (out !== undefined) {
    previews.forEach((done) => {
      writeReports(out, done);
    });
  }
  const errors = results.flatMap((result) => (result.status === "rejected" ? [toError(result.reason)] : []));
  printResults(previews, errors, configuration, options, context);
  throwFailures(errors);
}

interface PreviewJob {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly terraform: Terraform;
  readonly origin: ProviderOrigin;
  readonly context: CommandContext;
  readonly report: (text: string) => void;
}

async function previewOne(job: PreviewJob): Promise<Preview> {
  const { configuration, environment, terraform, origin, context, report } = job;
  const { root, signal } = context;
  if (signal.aborted) {
    throw new InterruptedError();
  }
  const started = performance.now();
  const folder = join(root, ".basin", "preview", environment.name);
  mkdirSync(folder, { recursive: true });
  const release = await lockFolder(folder, environment.name);
  try {
    report("synthesizing");
    const { directory, stack } = synthesize(configuration, environment, folder);
    report("initializing Terraform");
    const { plan: cliConfigFile } = await initialize({
      terraform,
      requirement: AWS_PROVIDER,
      origin,
      directory,
      pluginCache: join(root, ".basin", "plugins"),
      signal,
    });
    const layerOf = layersByAddress(stack);
    const target = { terraform, directory, cliConfigFile, signal };
    report(`planning ${layerOf.size} resources`);
    const warnings = await planOffline(target);
    report("reading the plan");
    const plan = await showPlan(target);
    const summary: PlanSummary = {
      environment: environment.name,
      ...summarize(plan, layerOf, layerNames(configuration.domains)),
      warnings: warnings.map(formatDiagnostic),
      seconds: Math.round((performance.now() - started) / 100) / 10,
    };
    return { summary, plan };
  } finally {
    await release();
  }
}

/** Keeps a second preview of the same environment out of the folder. */
async function lockFolder(folder: string, name: string): Promise<() => Promise<void>> {
  const release = await tryLock(folder);
  if (release === undefined) {
    throw new CommandError(
      `Another preview of ${name} is running in ${folder}. Wait for its end; if it was killed, for ten seconds.`,
      ExitCode.failed,
    );
  }
  return release;
}

function synthesize(
  { platform, domains }: Configuration,
  environment: Environment,
  folder: string,
): { directory: string; stack: StackJson } {
  const app = new App({ outdir: folder });
  addPlatform(app, { platform, environment, domains, layout: "single" });
  app.synth();
  const directory = join(folder, "stacks", environment.name);
  return { directory, stack: JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")) as StackJson };
}

function writeReports(folder: string, { summary, plan }: Preview): void {
  writeFileSync(join(folder, `${summary.environment}.plan.json`), JSON.stringify(plan, undefined, 2));
  writeFileSync(join(folder, `${summary.environment}.md`), renderMarkdown(summary));
}

function printResults(
  previews: readonly Preview[],
  failures: readonly Error[],
  { warnings }: Configuration,
  { json }: PreviewOptions,
  { print, printError }: CommandContext,
): void {
  warnings.forEach((problem) => {
    printError(formatProblem(problem));
  });
  if (json) {
    const errors = failures.map(({ message }) => message);
    print(JSON.stringify({ environments: previews.map(({ summary }) => summary), warnings, errors }, undefined, 2));
    return;
  }
  for (const { summary } of previews) {
    print(renderTable(summary));
    summary.warnings.forEach(printError);
    print(`${describeTotal(summary)} Took ${summary.seconds} s.\n`);
  }
}

/** Throws what went wrong, all of it if several environments failed. */
function throwFailures(errors: readonly Error[]): void {
  const [first] = errors;
  if (first === undefined) {
    return;
  }
  const messages = [...new Set(errors.map(({ message }) => message))];
  if (messages.length === 1) {
    throw first;
  }
  const interruption = errors.find((error) => error instanceof InterruptedError);
  const codes = new Set(errors.map((error) => (error instanceof CommandError ? error.exitCode : ExitCode.failed)));
  const common = codes.size === 1 ? [...codes][0] : undefined;
  throw new CommandError(messages.join("\n\n"), interruption?.exitCode ?? common ?? ExitCode.failed, {
    // an error nobody expected keeps its stack trace
    cause: errors.find((error) => !(error instanceof CommandError)),
  });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
