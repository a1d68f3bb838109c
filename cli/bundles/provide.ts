import type { CommandContext } from "../command-context";
import { CommandError, ExitCode } from "../exit-codes";
import { ensureBundles } from "./ensure";
import { bundlesOf, placeBundles, type PlacedStack } from "./place";
import type { PlanJson } from "../terraform/plan";

/**
 * Builds the bundles that stacks upload, where they are not there yet, and puts them where Terraform finds them.
 *
 * @throws CommandError if one is not what was locked, or cannot be built
 */
export async function provideBundles(stacks: readonly PlacedStack[], context: CommandContext): Promise<void> {
  const names = bundlesOf(stacks, context.root);
  if (names.length === 0) {
    return;
  }
  await ensureBundles(context, names);
  const missing = placeBundles(stacks, context.root);
  if (missing.length > 0) {
    throw new CommandError(`${missing.join(", ")} is gone since it was built. Run "npm run bundle".`, ExitCode.failed);
  }
}

/** Whether applying a plan uploads a file: a deployment that uploads none does without the machines that packages come from. */
export function uploadsSomething(plan: PlanJson | undefined): boolean {
  const { resource_changes: changes = [] } = plan ?? {};
  return (
    plan === undefined ||
    changes.some(
      ({ type, change }) =>
        type === "aws_s3_object" && change.actions.some((action) => action === "create" || action === "update"),
    )
  );
}
