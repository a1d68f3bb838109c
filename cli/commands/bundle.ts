import { join } from "node:path";
import { ensureBundles, lockBundles } from "../bundles/ensure";
import { artifactsFolder, BUNDLE_LOCK, readBundleLock, writeBundleLock } from "../bundles/lock";
import { bundleFileName } from "../../stacks/bundle-file";
import type { CommandContext } from "../command-context";

export interface BundleOptions {
  /** Builds all bundles anew, and locks what they have become. */
  readonly lock: boolean;
}

/**
 * Builds the bundles of code that runs in AWS, as they are locked, and prints where they are.
 *
 * @throws CommandError if one cannot be built, or became another one
 */
export async function bundle({ lock: isLocked }: BundleOptions, context: CommandContext): Promise<void> {
  const { root, print, printError } = context;
  const before = readBundleLock(root);
  if (isLocked) {
    const after = await lockBundles(context);
    writeBundleLock(root, after);
    const changed = Object.keys(after).filter((name) => after[name]?.sha256 !== before[name]?.sha256);
    printError(`${BUNDLE_LOCK} was written; ${changed.length === 0 ? "no bundle" : changed.join(", ")} has changed.`);
  } else {
    await ensureBundles(context);
  }
  Object.entries(readBundleLock(root)).forEach(([name, { sha256, bytes, unpackedBytes }]) => {
    const file = join(artifactsFolder(root), bundleFileName(name, sha256));
    print(`${file} (${megabytes(bytes)}, ${megabytes(unpackedBytes)} unpacked)`);
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
