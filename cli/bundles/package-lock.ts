import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CommandError, ExitCode, toError } from "../exit-codes";

const FILE = "package-lock.json";
const FOLDER = "node_modules/";

const namesSchema = z.record(z.string(), z.string()).optional();

const packageSchema = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  dependencies: namesSchema,
  optionalDependencies: namesSchema,
  peerDependencies: namesSchema,
});

/** What npm installs, by where it is: "node_modules/a", or "node_modules/a/node_modules/b" for an "a" that has its own "b". */
export type PackageLock = Readonly<Record<string, z.infer<typeof packageSchema>>>;

/**
 * Reads which packages npm installs into a repository.
 *
 * @throws CommandError if that is not locked
 */
export function readPackageLock(root: string): PackageLock {
  try {
    const lock: unknown = JSON.parse(readFileSync(join(root, FILE), "utf8"));
    return z.object({ packages: z.record(z.string(), packageSchema) }).parse(lock).packages;
  } catch (error) {
    throw new CommandError(`${join(root, FILE)} cannot be read: ${toError(error).message}.`, ExitCode.invalid, {
      cause: error,
    });
  }
}

/** Where packages are, and all that they and theirs may import, sorted; what is not installed is left out. */
export function closureOf(lock: PackageLock, names: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (from: string, name: string) => {
    const path = resolve(lock, from, name);
    if (path === undefined || found.has(path)) {
      return;
    }
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = lock[path] ?? {};
    Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).forEach((needed) => {
      visit(path, needed);
    });
  };
  names.forEach((name) => {
    visit("", name);
  });
  return [...found].sort();
}

/** Name of the package that is imported: "@scope/name" of "@scope/name/part". */
export function packageOf(specifier: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

/** Where the package of a file is: "node_modules/a/node_modules/b" of "node_modules/a/node_modules/b/index.js". */
export function locationOf(file: string): string {
  const start = file.lastIndexOf(FOLDER) + FOLDER.length;
  return `${file.slice(0, start)}${packageOf(file.slice(start))}`;
}

/** Looks for a package as Node does: in the folder of who needs it, then in those above. */
function resolve(lock: PackageLock, from: string, name: string): string | undefined {
  const path = from === "" ? `${FOLDER}${name}` : `${from}/${FOLDER}${name}`;
  if (lock[path] !== undefined || from === "") {
    return lock[path] === undefined ? undefined : path;
  }
  return resolve(lock, from.slice(0, Math.max(0, from.lastIndexOf(`/${FOLDER}`))), name);
}
