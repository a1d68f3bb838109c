import type { CommandContext } from "../command-context";
import { applyBundle, upstreamOf } from "../deployment/apply-bundle";
import { bundleFolder } from "../deployment/bundle";
import { planBundle } from "../deployment/plan-bundle";
import { selectStacks } from "../deployment/select-stacks";
import { inSession, type Session } from "../deployment/session";
import { isEmpty } from "../deployment/states";
import type { DeployedStack } from "../deployment/synthesis";
import { CommandError, ExitCode } from "../exit-codes";

export interface DestroyOptions {
  readonly environment: string;
  /** Names of the stacks to destroy, with or without the environment's; all of them if there is none. */
  readonly stacks: readonly string[];
  /** Names of the stacks whose destruction was planned, and is wanted; without one, it is planned. */
  readonly approve: readonly string[];
  readonly json: boolean;
  /** How long to wait for whoever has locked a state. */
  readonly lockTimeout: number;
}

/**
 * Destroys stacks of an environment, those who read others first. The first call plans it and tells what would be lost; a
 * second one that names the stacks does exactly that.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if something keeps a stack
 */
export async function destroy(options: DestroyOptions, context: CommandContext): Promise<void> {
  const { environment: name, approve: names, json, lockTimeout: lockTimeoutSeconds } = options;
  const bundle = bundleFolder(context.root, name, "destroy");
  if (names.length > 0 && options.stacks.length > 0) {
    throw new CommandError("--stack plans a destruction, --approve does what was planned: name one.", ExitCode.invalid);
  }
  const common = { purpose: "destroy", bundle, json, lockTimeoutSeconds } as const;
  await inSession({ environment: name, bundle, lockTimeoutSeconds }, context, async (session) => {
    if (names.length > 0) {
      const approvals = { names, maxLosses: Number.POSITIVE_INFINITY };
      await applyBundle(session, { ...common, approvals }, context);
      return;
    }
    const stacks = selectStacks(session, options.stacks).filter((stack) => !isEmpty(session.known.get(stack.name)));
    if (stacks.length === 0) {
      context.printError(`Nothing is deployed of that in ${name}.`);
      return;
    }
    refuseReaders(stacks, session);
    await planBundle(session, { ...common, stacks }, context);
    throw new CommandError(
      `Nothing was destroyed. To do exactly this:\n` +
        `  npm run destroy -- ${name} --approve ${stacks.map((stack) => stack.name).join(" ")}`,
      ExitCode.unapproved,
    );
  });
}

/** @throws CommandError if something stays that reads what would be destroyed */
function refuseReaders(stacks: readonly DeployedStack[], session: Session): void {
  const names = stacks.map(({ name }) => name);
  const left = session.stacks.filter(({ name }) => !names.includes(name) && !isEmpty(session.known.get(name)));
  const problems = left.flatMap(({ name }) => {
    const { upstream, upstreamBefore } = upstreamOf(session, name);
    const read = [...new Set([...upstream, ...upstreamBefore])].filter((one) => names.includes(one));
    return read.length === 0 ? [] : [`${name} is deployed and depends on ${read.join(", ")}`];
  });
  if (problems.length > 0) {
    throw new CommandError(`${problems.join("\n")}\nDestroy these first, or together.`, ExitCode.invalid);
  }
}
