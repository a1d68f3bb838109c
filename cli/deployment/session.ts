import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import { formatProblem, loadConfiguration } from "../../stacks/configuration";
import { namingContext, physicalName } from "../../stacks/naming";
import { assertPassing } from "../check-stacks";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode } from "../exit-codes";
import { tryLock } from "../folder-lock";
import { currentCommit } from "../revision";
import { selectEnvironments } from "../select-environments";
import type { PlanTarget } from "../terraform/plan";
import { AWS_PROVIDER, findProvider } from "../terraform/provider-mirror";
import { credentials, Terraform } from "../terraform/terraform";
import { initialize } from "../terraform/working-directory";
import { type State, States } from "./states";
import { type DeployedStack, synthesizeStacks } from "./synthesis";
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
  /** Makes Terraform ready in the directory of a stack. */
  readonly prepare: (stack: DeployedStack) => Promise<PlanTarget>;
}

/**
 * Opens an environment for a command, and keeps another such command on this machine out.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if a rule fails or a state cannot be read
 */
export async function inSession<T>(
  name: string,
  context: CommandContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  selectEnvironments([name]);
  const folder = join(context.root, ".basin", "deploy", name);
  mkdirSync(folder, { recursive: true });
  const release = await tryLock(folder);
  if (release === undefined) {
    throw new CommandError(`Another plan or deploy of ${name} is running in ${folder}.`, ExitCode.failed);
  }
  try {
    return await work(await open(name, folder, context));
  } finally {
    await release();
  }
}

async function open(name: string, folder: string, context: CommandContext): Promise<Session> {
  const configuration = loadConfiguration();
  configuration.warnings.forEach((warning) => {
    context.printError(formatProblem(warning));
  });
  const environment = configuration.environments.find((candidate) => candidate.name === name);
  if (environment === undefined) {
    throw new Error(`${name} was selected, and is not in the configuration`);
  }
  const commit = await currentCommit(context);
  const terraform = await Terraform.find(context.variables, context.signal, context.display);
  const origin = findProvider(AWS_PROVIDER, context.variables);
  assertPassing(configuration, environment, join(folder, "check")).forEach(context.printError);
  const declared = synthesizeStacks(configuration, environment, folder);
  const bucket = physicalName(namingContext(configuration.platform, environment), "bucket", "state");
  const states = await States.open({ environment, bucket });
  const known = await readAll(states);
  const gone = vanishedStacks(declared, known, environment, folder);
  return {
    environment,
    commit,
    terraform,
    stacks: [...declared, ...gone],
    vanished: gone.map((stack) => stack.name),
    states,
    known,
    prepare: async ({ directory }) => {
      const { signal, root } = context;
      const variables = credentials(context.variables);
      const pluginCache = join(root, ".basin", "plugins");
      const requirement = AWS_PROVIDER;
      const configs = await initialize({ terraform, requirement, origin, directory, pluginCache, variables, signal });
      // never the development override: what is applied runs the provider that is locked
      return { terraform, directory, cliConfigFile: configs.init, variables, signal };
    },
  };
}

async function readAll(states: States): Promise<Map<string, State>> {
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
function vanishedStacks(
  stacks: readonly DeployedStack[],
  states: ReadonlyMap<string, State>,
  environment: Environment,
  outdir: string,
): DeployedStack[] {
  const [sibling] = stacks;
  const bootstrap = `bootstrap-${environment.name}`;
  return [...states].flatMap(([name, state]) => {
    const isDeclared = name === bootstrap || stacks.some((stack) => stack.name === name);
    const isEmpty = state.resources.every(({ mode }) => mode !== "managed");
    return isDeclared || isEmpty || sibling === undefined ? [] : [vanishedStack({ name, state, sibling, outdir })];
  });
}
