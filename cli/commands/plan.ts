import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Environment } from "../../environments/schema";
import { type Configuration, formatProblem, loadConfiguration } from "../../stacks/configuration";
import { namingContext, physicalName } from "../../stacks/naming";
import { assertPassing } from "../check-stacks";
import type { CommandContext } from "../command-context";
import { writeBundle } from "../deployment/bundle";
import { planStacks, type StackPlan } from "../deployment/plan-stacks";
import { type State, States } from "../deployment/states";
import { type DeployedStack, synthesizeStacks } from "../deployment/synthesis";
import { vanishedStack } from "../deployment/vanished";
import { CommandError, ExitCode } from "../exit-codes";
import { tryLock } from "../folder-lock";
import { renderStacks, renderStacksMarkdown, summarizeStack } from "../report/plan-summary";
import { currentCommit } from "../revision";
import { selectEnvironments } from "../select-environments";
import type { PlanTarget } from "../terraform/plan";
import { AWS_PROVIDER, findProvider } from "../terraform/provider-mirror";
import { credentials, Terraform } from "../terraform/terraform";
import { initialize } from "../terraform/working-directory";

export interface PlanOptions {
  readonly environment: string;
  /** Names of the stacks to plan, with or without the environment's; all of them if there is none. */
  readonly stacks: readonly string[];
  /** Folder of the bundle; `.basin/bundles/<environment>` without it. */
  readonly out?: string;
  /** Prints the summary as JSON. */
  readonly json: boolean;
}

/**
 * Plans the stacks of an environment against what is deployed, and writes what may be applied into a bundle.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if a plan fails
 */
export async function plan(options: PlanOptions, context: CommandContext): Promise<void> {
  selectEnvironments([options.environment]);
  const configuration = loadConfiguration();
  configuration.warnings.forEach((warning) => {
    context.printError(formatProblem(warning));
  });
  const environment = configuration.environments.find(({ name }) => name === options.environment);
  if (environment === undefined) {
    throw new CommandError(`There is no environment "${options.environment}".`, ExitCode.invalid);
  }
  const folder = join(context.root, ".basin", "deploy", environment.name);
  mkdirSync(folder, { recursive: true });
  const release = await tryLock(folder);
  if (release === undefined) {
    throw new CommandError(`Another plan or deploy of ${environment.name} is running in ${folder}.`, ExitCode.failed);
  }
  try {
    await planEnvironment({ configuration, environment, folder, options, context });
  } finally {
    await release();
  }
}

interface Job {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly folder: string;
  readonly options: PlanOptions;
  readonly context: CommandContext;
}

async function planEnvironment({ configuration, environment, folder, options, context }: Job): Promise<void> {
  const commit = await currentCommit(context);
  const terraform = await Terraform.find(context.variables, context.signal, context.display);
  const origin = findProvider(AWS_PROVIDER, context.variables);
  assertPassing(configuration, environment, join(folder, "check")).forEach(context.printError);
  const stacks = synthesizeStacks(configuration, environment, folder);
  const bucket = physicalName(namingContext(configuration.platform, environment), "bucket", "state");
  const states = await readStates(await States.open({ environment, bucket }));
  const selected = select([...stacks, ...vanished(stacks, states, environment, folder)], options.stacks, environment);

  const prepare = async ({ directory }: DeployedStack): Promise<PlanTarget> => {
    const { signal, root } = context;
    const variables = credentials(context.variables);
    const pluginCache = join(root, ".basin", "plugins");
    const requirement = AWS_PROVIDER;
    const configs = await initialize({ terraform, requirement, origin, directory, pluginCache, variables, signal });
    // never the development override: what is applied runs the provider that is locked
    return { terraform, directory, cliConfigFile: configs.init, variables, signal };
  };
  const plans = await planStacks({ stacks: selected, states, prepare, context });
  throwFailures(plans);

  const bundle = resolve(options.out ?? join(context.root, ".basin", "bundles", environment.name));
  const { accountId, name } = environment;
  writeBundle(bundle, { environment: name, accountId, commit, terraformVersion: terraform.version, plans, states });
  const summaries = plans.map(summarizeStack);
  writeFileSync(join(bundle, "summary.md"), renderStacksMarkdown(name, commit, summaries), { mode: 0o600 });
  context.print(
    options.json
      ? JSON.stringify({ environment: name, commit, bundle, stacks: summaries }, undefined, 2)
      : renderStacks(summaries),
  );
  context.printError(
    `The plans are in ${bundle}. They hold every value in plain text: keep them where secrets are kept.`,
  );
}

async function readStates(states: States): Promise<Map<string, State>> {
  const known = new Map<string, State>();
  for (const name of await states.names()) {
    const state = await states.read(name);
    if (state !== undefined) {
      known.set(name, state);
    }
  }
  return known;
}

/** Stacks that hold resources, and whose code is gone. */
function vanished(
  stacks: readonly DeployedStack[],
  states: ReadonlyMap<string, State>,
  environment: Environment,
  outdir: string,
): DeployedStack[] {
  const [sibling] = stacks;
  const bootstrap = `bootstrap-${environment.name}`;
  return [...states].flatMap(([name, state]) => {
    const isKnown = stacks.some((stack) => stack.name === name);
    const isEmpty = state.resources.every(({ mode }) => mode !== "managed");
    return name === bootstrap || isKnown || isEmpty || sibling === undefined
      ? []
      : [vanishedStack({ name, state, sibling, outdir })];
  });
}

/** @throws CommandError if one of the names is no stack's */
function select(stacks: readonly DeployedStack[], wanted: readonly string[], { name }: Environment): DeployedStack[] {
  const names = wanted.map((one) => (one.startsWith(`${name}-`) ? one : `${name}-${one}`));
  const unknown = names.find((one) => !stacks.some((stack) => stack.name === one));
  if (unknown !== undefined) {
    const all = stacks.map((stack) => stack.name).join(", ");
    throw new CommandError(`There is no stack "${unknown}". ${name} has ${all}.`, ExitCode.invalid);
  }
  return stacks.filter((stack) => names.length === 0 || names.includes(stack.name));
}

function throwFailures(plans: readonly StackPlan[]): void {
  const failed = plans.flatMap((result) => (result.kind === "failed" ? [result] : []));
  if (failed.length > 0) {
    const lines = failed.map(({ stack, error }) => `${stack.name}: ${error.message}`);
    throw new CommandError(`${lines.join("\n\n")}\nNo bundle was written.`, ExitCode.failed);
  }
}
