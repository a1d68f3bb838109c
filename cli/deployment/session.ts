import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import { bootstrapNames, bootstrapStackName } from "../../stacks/bootstrap/names";
import type { Configuration } from "../../stacks/configuration";
import type { CommandContext } from "../command-context";
import { loadPrintingWarnings } from "../configuration";
import { makePrivate } from "../folder";
import { lockFor } from "../folder-lock";
import { currentCommit } from "../revision";
import { selectEnvironments } from "../select-environments";
import type { PlanTarget } from "../terraform/plan";
import { AWS_PROVIDER, findProvider } from "../terraform/provider-mirror";
import { credentials, Terraform } from "../terraform/terraform";
import { initialize } from "../terraform/working-directory";
import { waitForWriters } from "./locks";
import type { Prepare } from "./plan-stacks";
import { isEmpty, type State, States } from "./states";
import { type DeployedStack, synthesizePassing } from "./synthesis";
import { refuseUnsavedState } from "./unsaved-state";
import { vanishedStack } from "./vanished";

/** An environment that is planned or deployed: what its code says, and what is there. */
export interface Session {
  readonly environment: Environment;
  /** What is checked out; "-dirty" follows where files are changed since. */
  readonly commit: string;
  readonly terraform: Terraform;
  /** In an order in which each follows those it depends on; those whose code is gone come last. */
  readonly stacks: readonly DeployedStack[];
  /** Names of the stacks whose code is gone. */
  readonly vanished: readonly string[];
  readonly states: States;
  /** All states there are, by the names of their stacks. */
  readonly known: ReadonlyMap<string, State>;
  readonly prepare: Prepare;
}

export interface SessionOptions {
  readonly environment: string;
  /** Where its bundle is or will be: no part of what is checked out. */
  readonly bundle: string;
  /** How long to wait for whoever is at work on a state. */
  readonly lockTimeoutSeconds: number;
}

/**
 * Opens an environment for a command, and keeps another such command on this machine out.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if a rule fails or a state cannot be read
 */
export async function inSession<T>(
  options: SessionOptions,
  context: CommandContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { environment: name } = options;
  selectEnvironments([name]);
  const folder = join(context.root, ".basin", "deploy", name);
  makePrivate(folder);
  const release = await lockFor(`plan or deploy of ${name}`, folder, context.signal);
  try {
    return await work(await open(options, folder, context));
  } finally {
    await release();
  }
}

async function open(
  { environment: name, bundle, lockTimeoutSeconds }: SessionOptions,
  folder: string,
  context: CommandContext,
): Promise<Session> {
  const { configuration, environment } = configurationOf(name, context);
  const commit = await currentCommit(context, bundle);
  const terraform = await Terraform.find(context.variables, context.signal, context.display);
  const { stacks: declared, findings } = synthesizePassing(configuration, environment, folder);
  findings.forEach(context.printError);
  const states = await openStates(configuration, environment);
  await waitForWriters(states, { lockTimeoutSeconds, context });
  return {
    environment,
    commit,
    terraform,
    states,
    prepare: ({ directory }, providerLock) => prepareDeployment({ terraform, directory, providerLock, context }),
    ...(await compare(declared, states, environment, folder)),
  };
}

/**
 * Compares what the code says with what is there.
 *
 * @param declared in an order in which each follows those it depends on
 * @param folder where they were synthesized
 */
export async function compare(
  declared: readonly DeployedStack[],
  states: States,
  environment: Environment,
  folder: string,
): Promise<Pick<Session, "known" | "stacks" | "vanished">> {
  const known = await readAll(states);
  const gone = vanishedStacks(declared, known, environment, folder);
  return { known, stacks: [...declared, ...gone], vanished: gone.map((stack) => stack.name) };
}

/** The configuration, and one of its environments; warnings are printed. */
export function configurationOf(
  name: string,
  context: CommandContext,
): { readonly configuration: Configuration; readonly environment: Environment } {
  const configuration = loadPrintingWarnings(context);
  const environment = configuration.environments.find((candidate) => candidate.name === name);
  if (environment === undefined) {
    throw new Error(`${name} was selected, and is not in the configuration`);
  }
  return { configuration, environment };
}

/** Opens the states of an environment, with the credentials of whoever runs the command. */
export function openStates({ platform }: Configuration, environment: Environment): Promise<States> {
  return States.open({ environment, bucket: bootstrapNames(platform, environment).stateBucketName });
}

export interface PrepareDeploymentProps {
  readonly terraform: Terraform;
  readonly directory: string;
  /** @default - the provider is locked to what is found */
  readonly providerLock?: string | undefined;
  readonly context: CommandContext;
}

/**
 * Makes Terraform ready in a directory whose plans are applied.
 *
 * @throws CommandError if an apply before could not save its state
 */
export async function prepareDeployment(props: PrepareDeploymentProps): Promise<PlanTarget> {
  const { terraform, directory, providerLock, context } = props;
  const { root, variables: inherited, signal } = context;
  refuseUnsavedState(directory);
  const variables = credentials(inherited);
  const pluginCache = join(root, ".basin", "plugins");
  const requirement = AWS_PROVIDER;
  const origin = findProvider(requirement, inherited);
  const configs = await initialize({
    ...{ terraform, requirement, origin, directory, pluginCache, variables, providerLock, signal },
  });
  // never the development override: what is applied runs the provider that is locked
  return { terraform, directory, cliConfigFile: configs.init, variables, signal };
}

async function readAll(states: States): Promise<Map<string, State>> {
  const read = await Promise.all((await states.names()).map(async (name) => [name, await states.read(name)] as const));
  return new Map(read.flatMap(([name, state]) => (state === undefined ? [] : [[name, state]])));
}

/** Stacks that hold resources, and whose code is gone. */
function vanishedStacks(
  stacks: readonly DeployedStack[],
  states: ReadonlyMap<string, State>,
  environment: Environment,
  outdir: string,
): DeployedStack[] {
  const [sibling] = stacks;
  const bootstrap = bootstrapStackName(environment);
  return [...states].flatMap(([name, state]) => {
    const isDeclared = name === bootstrap || stacks.some((stack) => stack.name === name);
    return isDeclared || isEmpty(state) || sibling === undefined
      ? []
      : [vanishedStack({ name, state, sibling, outdir })];
  });
}
