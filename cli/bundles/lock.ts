import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { bundleFileName } from "../../stacks/bundle-file";
import { CommandError, ExitCode, toError } from "../exit-codes";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const lockSchema = z.record(
  z.string(),
  z.strictObject({
    /** Of the zip. */
    sha256: sha256Schema,
    bytes: z.int(),
    /** What Lambda limits. */
    unpackedBytes: z.int(),
    /** SHA-256 over all that it is built from. */
    inputs: sha256Schema,
  }),
);

/** What each bundle of code for AWS has to be, byte by byte, by its name. */
export type BundleLock = Readonly<z.infer<typeof lockSchema>>;

export type LockedBundle = BundleLock[string];

/** Where the lock is, in the repository. */
export const BUNDLE_LOCK = "pipelines/bundles.json";

export const REFRESH = '"npm run bundle -- --lock"';

/**
 * Reads the lock of a repository; empty where there is none yet.
 *
 * @throws CommandError if it is none, for example after a merge with conflicts
 */
export function readBundleLock(root: string): BundleLock {
  const file = join(root, BUNDLE_LOCK);
  try {
    return existsSync(file) ? lockSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
  } catch (error) {
    const { message } = toError(error);
    throw new CommandError(
      `${file} cannot be read: ${message}. Take it from the last commit, then run ${REFRESH}.`,
      ExitCode.invalid,
    );
  }
}

export function writeBundleLock(root: string, lock: BundleLock): void {
  writeFileSync(join(root, BUNDLE_LOCK), `${JSON.stringify(lock, undefined, 2)}\n`);
}

/** Folder of the zips that were built, in a repository. */
export function artifactsFolder(root: string): string {
  return join(root, ".basin", "artifacts");
}

/** Whether a bundle is built, and is what was locked. */
export function isBuilt(root: string, name: string, { sha256 }: LockedBundle): boolean {
  const file = join(artifactsFolder(root), bundleFileName(name, sha256));
  return existsSync(file) && createHash("sha256").update(readFileSync(file)).digest("hex") === sha256;
}
