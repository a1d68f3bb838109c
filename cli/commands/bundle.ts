import { join } from "node:path";
import { ensureBundles, lockBundles } from "../bundles/ensure";
import { artifactsFolder, BUNDLE_LOCK, readBundleLock, writeBundleLock } from "../bundles/lock";
import { bundleFileName } from "../../stacks/bundle-file";
import type { CommandContext } from "../command-context";

export interface BundleOptions {
  /** Builds bundles anew, and locks what they have become. */
  readonly lock: boolean;
}

/**
 * Builds the bundles of code that runs in AWS, as they are locked, and prints where they are.
 *
 * @param names of the bundles; all of them if there is none
 * @throws CommandError if one cannot be built, or became another one
 */
export async function bundle(
  names: readonly string[],
  { lock: isLocked }: BundleOptions,
  context: CommandContext,
): Promise<void> {
  const { root, print, printError } = context;
  const some = names.length === 0 ? undefined : names;
  const before = readBundleLock(root);
  if (isLocked) {
    const after = await lockBundles(context, some);
    writeBundleLock(root, after);
    const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (name) => after[name]?.sha256 !== before[name]?.sha256,
    );
    const what = changed.length === 0 ? "no bundle" : changed.join(", ");
    printError(`${BUNDLE_LOCK} was written; ${what} ${changed.length > 1 ? "have" : "has"} changed.`);
  } else {
    await ensureBundles(context, some);
  }
  Object.entries(readBundleLock(root))
    .filter(([name]) => some?.includes(name) ?? true)
    .forEach(([name, { sha256, bytes, unpackedBytes }]) => {
      const file = join(artifactsFolder(root), bundleFileName(name, sha256));
      print(`${file} (${megabytes(bytes)}, ${megabytes(unpackedBytes)} unpacked)`);
    });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
