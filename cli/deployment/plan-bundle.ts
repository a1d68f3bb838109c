import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode, InterruptedError } from "../exit-codes";
import { renderStacks, renderStacksMarkdown, summarizeStack } from "../report/plan-summary";
import { digestOfBundle, forgetBundle, type Manifest, writeBundle } from "./bundle";
import { PLAN_FILE, planStacks, type StackPlan } from "./plan-stacks";
import { renderRefusals } from "./refusals";
import type { Session } from "./session";
import type { DeployedStack } from "./synthesis";

export interface PlanBundleProps {
  /** In an order in which each follows those it depends on. */
  readonly stacks: readonly DeployedStack[];
  readonly purpose: Manifest["purpose"];
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Prints the summary as JSON. */
  readonly json: boolean;
  readonly lockTimeoutSeconds: number;
}

/**
 * Plans stacks against what is deployed, writes what may be applied into a bundle, and prints what it does.
 *
 * @throws CommandError if a plan fails; no bundle is written then
 */
export async function planBundle(session: Session, props: PlanBundleProps, context: CommandContext): Promise<void> {
  const { stacks, purpose, bundle, json, lockTimeoutSeconds } = props;
  const { environment, commit, terraform, known: states, prepare } = session;
  const { name, accountId } = environment;
  const destroy = purpose === "destroy";
  forgetBundle(bundle);
  const { version: terraformVersion } = terraform;
  let plans: StackPlan[];
  try {
    plans = await planStacks({ stacks, states, prepare, destroy, lockTimeoutSeconds, context });
    if (context.signal.aborted) {
      throw new InterruptedError();
    }
    throwFailures(plans);
    writeBundle(bundle, { purpose, environment: name, accountId, commit, terraformVersion, plans, states });
  } finally {
    stacks.forEach(({ directory }) => {
      rmSync(join(directory, PLAN_FILE), { force: true });
    });
  }
  const digest = digestOfBundle(bundle);
  const summaries = plans.map(summarizeStack);
  const markdown = renderStacksMarkdown({ environment: name, purpose, commit, digest }, summaries);
  writeFileSync(join(bundle, "summary.md"), markdown, { mode: 0o600 });
  const result = { environment: name, purpose, commit, bundle, digest, stacks: summaries };
  context.print(json ? JSON.stringify(result, undefined, 2) : renderStacks(summaries));
  context.printError(
    `The plans are in ${bundle} (SHA-256 ${digest}). They hold every value in plain text: keep them where secrets are kept.`,
  );
}

function throwFailures(plans: readonly StackPlan[]): void {
  const reasons = plans.flatMap((result): string[] => {
    switch (result.kind) {
      case "failed":
        return [`${result.stack.name}: ${result.error.message}`];
      case "planned":
        return result.planned.refused.length === 0
          ? []
          : renderRefusals(result.planned.refused).map((text) => `${result.stack.name}: ${text}`);
      case "deferred":
        return [];
    }
  });
  if (reasons.length > 0) {
    throw new CommandError(`${reasons.join("\n")}\nNo bundle was written.`, ExitCode.failed);
  }
}
