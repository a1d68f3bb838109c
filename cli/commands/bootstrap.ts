import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { App } from "cdktf";
import type { Environment } from "../../environments/schema";
import { valuesAt } from "../../policies/graph";
import { accountOf } from "../../stacks/account-of";
import { BootstrapStack, type BootstrapStackProps } from "../../stacks/bootstrap-stack";
import { bootstrapNames } from "../../stacks/bootstrap/names";
import type { Configuration } from "../../stacks/configuration";
import { assertPassing, readStacks } from "../check-stacks";
import type { CommandContext } from "../command-context";
import { adopt, adoptable, foreignIn, inFlight, missingIn } from "../deployment/adoption";
import { hasChanges } from "../deployment/bundle";
import { approvalArguments, objections } from "../deployment/guard";
import { PLAN_FILE } from "../deployment/plan-stacks";
import { renderRefusals } from "../deployment/refusals";
import { configurationOf, openStates, prepareDeployment } from "../deployment/session";
import { parseState, type State, type States } from "../deployment/states";
import { type DeployedStack, toDeployed } from "../deployment/synthesis";
import { CommandError, ExitCode, toError } from "../exit-codes";
import { makePrivate } from "../folder";
import { lockFor } from "../folder-lock";
import { renderStacks, summarizeStack } from "../report/plan-summary";
import { selectEnvironments } from "../select-environments";
import { ApplyError, applyPlan, planDeployed, type Planned, type PlanTarget, showPlan } from "../terraform/plan";
import { Terraform } from "../terraform/terraform";

export interface BootstrapOptions {
  readonly environment: string;
  /** Addresses of what is there already, and in no state. */
  readonly adopt: readonly string[];
  /** Addresses of what may be lost. */
  readonly approve: readonly string[];
  /** How many resources may be deleted or replaced. */
  readonly maxLosses: number;
  /** How long to wait for whoever has locked the state. */
  readonly lockTimeout: number;
}

/** What the command works with. */
interface Bootstrap {
  readonly options: BootstrapOptions;
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly stackName: string;
  readonly states: States;
  readonly terraform: Terraform;
  /** Stays between runs: with it an interrupted one goes on. */
  readonly folder: string;
  /** Its state, as long as there is no bucket for it. */
  readonly localFile: string;
  readonly context: CommandContext;
}

/**
 * Makes what an environment needs before its first layer, and keeps the state of that in the bucket it makes. Run once more,
 * it applies what has changed; run after an interruption, it goes on where that was.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if something is in the way
 */
export async function bootstrap(options: BootstrapOptions, context: CommandContext): Promise<void> {
  const { environment: name } = options;
  selectEnvironments([name]);
  const folder = join(context.root, ".basin", "bootstrap", name);
  makePrivate(folder);
  const release = await lockFor(`bootstrap of ${name}`, folder, context.signal);
  try {
    const { configuration, environment } = configurationOf(name, context);
    const { stackName } = bootstrapNames(configuration.platform, environment);
    const terraform = await Terraform.find(context.variables, context.signal, context.display);
    assertPassing(configuration, environment, join(folder, "check")).forEach(context.printError);
    const states = await openStates(configuration, environment);
    const localFile = join(folder, `${stackName}.tfstate`);
    await run({ options, configuration, environment, stackName, states, terraform, folder, localFile, context });
  } finally {
    await release();
  }
}

async function run(work: Bootstrap): Promise<void> {
  const { states, stackName, localFile, context } = work;
  if (existsSync(localFile)) {
    // an empty one would look like none
    readLocal(work);
  }
  const remote = (await states.haveBucket()) ? await states.read(stackName) : undefined;
  if (remote === undefined) {
    await apply(work, { localFile });
  }
  if (existsSync(localFile)) {
    await moveState(work, remote);
  }
  await apply(work, "s3");
  const { environment } = work;
  context.print(
    `${environment.name} is bootstrapped: "npm run plan -- ${environment.name}" comes next, as one of its roles.`,
  );
}

/** Plans and applies the stack with its state in one of its places. */
async function apply(work: Bootstrap, state: BootstrapStackProps["state"]): Promise<void> {
  const { options, environment, folder, terraform, context } = work;
  const { approve: names, maxLosses, lockTimeout: lockTimeoutSeconds } = options;
  const stack = synthesize(work, state);
  const target = await prepareDeployment({ terraform, directory: stack.directory, context });
  const journal = join(folder, "journal.jsonl");
  const adopting = { directory: stack.directory, json: stack.json, account: accountOf(environment) };
  const title = `${stack.name}, its state ${state === "s3" ? "in S3" : "on this machine"}`;
  const planned = await shown(title, () => planAdopting(target, work, adopting, journal), context);
  const plan = await showPlan(target, PLAN_FILE);
  if (planned.refused.length > 0) {
    throw new CommandError(renderRefusals(planned.refused).join("\n"), ExitCode.failed);
  }
  if (!hasChanges(plan)) {
    context.print(`${title}: nothing to do.`);
    return;
  }
  context.print(renderStacks([summarizeStack({ kind: "planned", stack, plan, planned })]));
  const objected = objections(plan, { names, maxLosses });
  if (objected.length > 0) {
    const approval = approvalArguments(objected, { names });
    throw new CommandError(
      [
        ...objected.map(({ text }) => text),
        `To approve that:\n  npm run bootstrap -- ${environment.name} ${approval}`,
      ].join("\n"),
      ExitCode.unapproved,
    );
  }
  const applying = () => applyPlan(target, join(stack.directory, PLAN_FILE), { journal, lockTimeoutSeconds });
  await shown(`applying ${title}`, applying, context).catch((error: unknown) => {
    throw explain(error, environment.name);
  });
  adopt([], adopting);
  rmSync(journal, { force: true });
  rmSync(`${journal}.err`, { force: true });
  rmSync(join(stack.directory, PLAN_FILE), { force: true });
}

/** Does one thing, and shows that it is done. */
async function shown<T>(title: string, run: () => Promise<T>, { display }: CommandContext): Promise<T> {
  const [result] = await display([{ title, run }], 1);
  if (result?.status !== "fulfilled") {
    throw toError(result?.reason);
  }
  return result.value;
}

/** Plans, taking over what is asked for and what a run before may have made without being able to say so. */
async function planAdopting(
  target: PlanTarget,
  { options, context }: Bootstrap,
  adopting: Parameters<typeof adopt>[1],
  journal: string,
): Promise<Planned> {
  const { named, unnamed } = inFlight(journal);
  unnamed.forEach((address) => {
    context.printError(
      `A run before was ended while it made ${address}. If AWS has it, it has no alias and costs a dollar a month: ` +
        "look for a key without alias that has the tags of the environment, and delete it.",
    );
  });
  const plan = async (inFlightNow: readonly string[]): Promise<Planned> => {
    adopt([...new Set([...options.adopt, ...inFlightNow])], adopting);
    const without = (addresses: readonly string[]) => plan(inFlightNow.filter((one) => !addresses.includes(one)));
    let planned: Planned;
    try {
      planned = await planDeployed(target, PLAN_FILE, { destroy: false, lockTimeoutSeconds: options.lockTimeout });
    } catch (error) {
      // what was begun, and never made
      const missing = missingIn(toError(error)).filter((address) => inFlightNow.includes(address));
      if (missing.length === 0) {
        throw error;
      }
      return without(missing);
    }
    const foreign = inFlightNow.length === 0 ? [] : foreignIn(await showPlan(target, PLAN_FILE), inFlightNow);
    return foreign.length === 0 ? planned : without(foreign);
  };
  const isInCode = (address: string) => valuesAt(adopting.json, address) !== undefined;
  return plan(named.filter((address) => isInCode(address) && !options.adopt.includes(address)));
}

/** Tells how to take over what is there already. */
function explain(error: unknown, environment: string): Error {
  const addresses = error instanceof ApplyError ? adoptable(error.diagnostics) : [];
  const quoted = addresses.map((address) => `'${address}'`).join(" ");
  return addresses.length === 0
    ? toError(error)
    : new CommandError(
        `${toError(error).message}\nWhat is there already, another state may know, or nobody. To have it managed here from now on:\n` +
          `  npm run bootstrap -- ${environment} --adopt ${quoted}`,
        ExitCode.unapproved,
      );
}

/** Brings the state from this machine into the bucket, and makes sure that it is there before it forgets its own. */
async function moveState(work: Bootstrap, remote: State | undefined): Promise<void> {
  const { localFile, states, stackName, terraform, context } = work;
  const local = readLocal(work);
  if (remote !== undefined && !holdTheSame(remote, local)) {
    throw new CommandError(
      `${stackName} has a state in its bucket, and another one in ${localFile}. The bucket's is in use; if it is right, ` +
        "remove the file.",
      ExitCode.failed,
    );
  }
  if (remote === undefined) {
    const { directory } = synthesize(work, "s3");
    const { cliConfigFile, variables, signal } = await prepareDeployment({ terraform, directory, context });
    const args = ["state", "push", localFile];
    const pushed = await terraform.run(args, { cwd: directory, cliConfigFile, variables, signal });
    if (pushed.exitCode !== 0) {
      throw new CommandError(`The state could not be moved into its bucket:\n${pushed.stderr.trim()}`, ExitCode.failed);
    }
    const found = await states.read(stackName);
    if (found === undefined || !holdTheSame(found, local)) {
      throw new CommandError(
        `The state was moved into its bucket, and is not there. It is in ${localFile}.`,
        ExitCode.failed,
      );
    }
    context.print("The state was moved into its bucket.");
  }
  rmSync(localFile);
  rmSync(`${localFile}.backup`, { force: true });
}

function readLocal({ localFile }: Bootstrap): State {
  const restore = `If there is ${localFile}.backup, it is the one before.`;
  return parseState(readFileSync(localFile, "utf8"), `The state in ${localFile}`, restore);
}

/** Whether two states are of the same resources: Terraform gives one that it moves to an empty place a new lineage. */
function holdTheSame(one: State, other: State): boolean {
  const addresses = ({ resources }: State) => resources.map(({ type, name }) => `${type}.${name}`).sort();
  return isDeepStrictEqual(addresses(one), addresses(other));
}

function synthesize(
  { configuration: { platform }, environment, stackName, folder }: Bootstrap,
  state: BootstrapStackProps["state"],
): DeployedStack {
  const outdir = join(folder, "out");
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  new BootstrapStack(app, { platform, environment, state });
  app.synth();
  const [stack] = readStacks(outdir);
  if (stack?.name !== stackName) {
    throw new Error(`${outdir} does not hold ${stackName}`);
  }
  return toDeployed(stack, outdir);
}
