import { resolve } from "node:path";
import type { CommandContext } from "../command-context";
import { affectedSince } from "../deployment/affected";
import { bundleFolder } from "../deployment/bundle";
import { planBundle } from "../deployment/plan-bundle";
import { selectStacks } from "../deployment/select-stacks";
import { inSession } from "../deployment/session";
import { CommandError, ExitCode } from "../exit-codes";

export interface PlanOptions {
  readonly environment: string;
  /** Names of the stacks to plan, with or without the environment's; all of them if there is none. */
  readonly stacks: readonly string[];
  /** Revision since whose common ancestor with HEAD stacks have changed that are to be planned; all of them without it. */
  readonly changedSince?: string;
  /** Folder of the bundle; `.basin/bundles/<environment>` without it. */
  readonly out?: string;
  /** Prints the summary as JSON. */
  readonly json: boolean;
  /** How long to wait for whoever has locked a state. */
  readonly lockTimeout: number;
}

/**
 * Plans the stacks of an environment against what is deployed, and writes what may be applied into a bundle.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if a plan fails
 */
export async function plan(options: PlanOptions, context: CommandContext): Promise<void> {
  const { environment: name, stacks: wanted, changedSince, out, json, lockTimeout: lockTimeoutSeconds } = options;
  if (wanted.length > 0 && changedSince !== undefined) {
    throw new CommandError("--stack and --changed-since: name one of them.", ExitCode.invalid);
  }
  const bundle = out === undefined ? bundleFolder(context.root, name, "deploy") : resolve(out);
  await inSession({ environment: name, bundle, lockTimeoutSeconds }, context, async (session) => {
    const affected = changedSince === undefined ? undefined : await affectedSince(changedSince, session, context);
    const stacks = selectStacks(session, wanted).filter((stack) => affected?.has(stack.name) ?? true);
    if (stacks.length === 0) {
      context.printError(`No stack of ${name} is affected by what has changed since ${String(changedSince)}.`);
    }
    await planBundle(session, { stacks, purpose: "deploy", bundle, json, lockTimeoutSeconds }, context);
  });
}
