import { copyFileSync, linkSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StackJson } from "../../policies/graph";
import { BUNDLE_FOLDER as FOLDER, bundleFileName } from "../../stacks/bundle-file";
import { CommandError, ExitCode } from "../exit-codes";
import { artifactsFolder, BUNDLE_LOCK, type BundleLock, isBuilt, readBundleLock } from "./lock";

/** A stack, and where Terraform runs for it. */
export interface PlacedStack {
  readonly name: string;
  readonly json: StackJson;
  readonly directory: string;
}

/**
 * Names of the bundles that stacks upload.
 *
 * @throws CommandError if a stack uploads one that is not locked
 */
export function bundlesOf(stacks: readonly Pick<PlacedStack, "name" | "json">[], root: string): string[] {
  const nameOf = lockedNames(readBundleLock(root));
  const names = stacks.flatMap(({ name, json }) =>
    filesOf(json).map((file) => {
      const locked = nameOf.get(file);
      if (locked === undefined) {
        throw new CommandError(
          `${name} uploads ${FOLDER}/${file}, which ${BUNDLE_LOCK} does not lock.`,
          ExitCode.invalid,
        );
      }
      return locked;
    }),
  );
  return [...new Set(names)].sort();
}

/**
 * Puts the bundles that stacks upload where Terraform finds them.
 *
 * @returns names of the files that are not built, or are not what was locked
 */
export function placeBundles(stacks: readonly PlacedStack[], root: string): string[] {
  const lock = readBundleLock(root);
  const nameOf = lockedNames(lock);
  const missing = stacks.flatMap(({ json, directory }) => {
    const folder = join(directory, FOLDER);
    rmSync(folder, { recursive: true, force: true });
    return filesOf(json).filter((file) => {
      const name = nameOf.get(file);
      const locked = name === undefined ? undefined : lock[name];
      if (name === undefined || locked === undefined || !isBuilt(root, name, locked)) {
        return true;
      }
      mkdirSync(folder, { recursive: true });
      share(join(artifactsFolder(root), file), join(folder, file));
      return false;
    });
  });
  return [...new Set(missing)].sort();
}

/** Names of all bundles that are locked, by those of their files. */
function lockedNames(lock: BundleLock): ReadonlyMap<string, string> {
  return new Map(Object.entries(lock).map(([name, { sha256 }]) => [bundleFileName(name, sha256), name]));
}

/** Names of the files among the bundles that a stack uploads. */
function filesOf({ resource }: StackJson): string[] {
  const files = Object.values(resource?.aws_s3_object ?? {}).flatMap(({ source }) =>
    typeof source === "string" && source.startsWith(`${FOLDER}/`) ? [source.slice(FOLDER.length + 1)] : [],
  );
  return [...new Set(files)];
}

/** A second name of a file where the file system has that, else a copy. */
function share(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
