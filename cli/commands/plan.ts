import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Environment } from "../../environments/schema";
import type { CommandContext } from "../command-context";
import { bundleFolder, writeBundle } from "../deployment/bundle";
import { planStacks, type StackPlan } from "../deployment/plan-stacks";
import { inSession } from "../deployment/session";
import type { DeployedStack } from "../deployment/synthesis";
import { CommandError, ExitCode } from "../exit-codes";
import { renderStacks, renderStacksMarkdown, summarizeStack } from "../report/plan-summary";

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
  await inSession(options.environment, context, async (session) => {
    const { environment, commit, terraform, known: states, prepare } = session;
    const { name, accountId } = environment;
    const selected = select(session.stacks, options.stacks, environment);
    const plans = await planStacks({ stacks: selected, states, prepare, context });
    throwFailures(plans);

    const bundle = options.out === undefined ? bundleFolder(context.root, name) : resolve(options.out);
    writeBundle(bundle, { environment: name, accountId, commit, terraformVersion: terraform.version, plans, states });
    const summaries = plans.map(summarizeStack);
    writeFileSync(join(bundle, "summary.md"), renderStacksMarkdown(name, commit, summaries), { mode: 0o600 });
    const result = { environment: name, commit, bundle, stacks: summaries };
    context.print(options.json ? JSON.stringify(result, undefined, 2) : renderStacks(summaries));
    context.printError(
      `The plans are in ${bundle}. They hold every value in plain text: keep them where secrets are kept.`,
    );
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
  const reasons = plans.flatMap((result): string[] => {
    switch (result.kind) {
      case "failed":
        return [`${result.stack.name}: ${result.error.message}`];
      case "planned":
        return result.planned.refused.map(
          (address) => `${result.stack.name}: prevent_destroy keeps ${address}, which the plan would destroy`,
        );
      case "deferred":
        return [];
    }
  });
  if (reasons.length > 0) {
    throw new CommandError(`${reasons.join("\n\n")}\nNo bundle was written.`, ExitCode.failed);
  }
}
