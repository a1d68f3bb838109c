import type { CommandContext } from "../command-context";
import { CommandError, ExitCode } from "../exit-codes";
import { ensureBundles } from "./ensure";
import { bundlesOf, placeBundles, type PlacedStack } from "./place";

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
