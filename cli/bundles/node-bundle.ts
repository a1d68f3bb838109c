import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { type BuildFailure, type BuildOptions, buildSync, type Metafile, version } from "esbuild";
import { dependencies } from "../../package.json";
import { CommandError, ExitCode } from "../exit-codes";
import type { BuildProps } from "./build";
import { closureOf, locationOf, packageOf, type PackageLock, readPackageLock } from "./package-lock";
import { writeZip, type Zipped } from "./zip";

/** Raised when bundles are built in another way than `OPTIONS` tell. */
const VERSION = 1;

/** Name of the one file, and in what Lambda is told as its handler: "index.handler". */
export const NODE_FILE = "index.js";

/**
 * One CommonJS file of all that a function imports, the AWS SDK too. It stays readable, for what is thrown names its lines;
 * names are not kept by force, which would cost a call for each function that is made.
 */
const OPTIONS = {
  bundle: true,
  platform: "node",
  format: "cjs",
  // the oldest that tests run it on; Lambda's is newer
  target: "node20",
  // ES modules where a package has both: what is not used falls away, and a cold start reads a quarter less
  mainFields: ["module", "main"],
  // a linked node_modules is named as one that is there
  preserveSymlinks: true,
  // not that of the repository, whose changes are about our own checks
  tsconfigRaw: { compilerOptions: { target: "es2022", strict: true } },
} as const satisfies BuildOptions;

/** A zip of one JavaScript file, bundled from TypeScript. */
export interface NodeRecipe {
  readonly kind: "node";
  readonly name: string;
  /** The file that exports the handler. */
  readonly entry: string;
}

/**
 * What a Node bundle is built from, for SHA-256: our sources that it imports, and the locked packages that those may import. Reads
 * no package, and takes some 50 milliseconds.
 *
 * @throws CommandError if a source cannot be read, or a package is not locked
 */
export function nodeInputs(root: string, recipe: NodeRecipe): object {
  const own = bundleOwn(root, recipe);
  const files = Object.keys(own.inputs)
    .sort()
    .map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(root, file)))
        .digest("hex"),
    ]);
  const lock = readPackageLock(root);
  const packages = packagesOf(recipe, own, lock).map((path) => [path, lock[path]?.version, lock[path]?.integrity]);
  const { esbuild, fflate } = dependencies;
  return { how: { version: VERSION, options: OPTIONS, esbuild, fflate }, files, packages };
}

/**
 * Builds a Node bundle.
 *
 * @throws CommandError if it cannot be built, or would be built of other packages than are locked
 */
export async function buildNode(recipe: NodeRecipe, { root, file, signal, report }: BuildProps): Promise<Zipped> {
  report("bundling");
  const text = bundleText(root, recipe);
  const script = `${file}.js`;
  try {
    writeFileSync(script, text);
    report("zipping");
    return await writeZip(file, [{ name: NODE_FILE, file: script }], signal);
  } finally {
    rmSync(script, { force: true });
  }
}

/**
 * The one file of a Node bundle.
 *
 * @throws CommandError if it cannot be built, or would be built of other packages than are locked
 */
export function bundleText(root: string, recipe: NodeRecipe): string {
  const { metafile, text } = bundle(root, recipe, {});
  const problems = [...unlocked(root, recipe, metafile), ...leftOut(recipe, metafile)];
  if (problems.length > 0) {
    throw new CommandError(problems.join("\n"), ExitCode.failed);
  }
  return text;
}

/** What a bundle is without packages. */
function bundleOwn(root: string, recipe: NodeRecipe): Metafile {
  return bundle(root, recipe, { packages: "external" }).metafile;
}

/** Runs esbuild, which writes nothing. */
function bundle(root: string, { name, entry }: NodeRecipe, options: BuildOptions) {
  try {
    const { metafile, outputFiles } = buildSync({
      ...OPTIONS,
      ...options,
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: NODE_FILE,
      metafile: true,
      write: false,
      logLevel: "silent",
    });
    return { metafile, text: outputFiles.map((output) => output.text).join("") };
  } catch (error) {
    const lines = (error as Partial<BuildFailure>).errors?.map(({ text, location }) =>
      location === null ? text : `${location.file}:${location.line}: ${text}`,
    );
    if (lines === undefined) {
      throw error;
    }
    throw new CommandError(`${name} cannot be bundled:\n${lines.join("\n")}`, ExitCode.failed, { cause: error });
  }
}

/** Where the packages are that a bundle may hold. */
function packagesOf({ name }: NodeRecipe, own: Metafile, lock: PackageLock): string[] {
  const imported = importsOf(own).map(packageOf);
  const missing = imported.find((one) => closureOf(lock, [one]).length === 0);
  if (missing !== undefined) {
    throw new CommandError(
      `${name} imports ${missing}, which package-lock.json does not lock: "npm install --save-exact ${missing}".`,
      ExitCode.invalid,
    );
  }
  return closureOf(lock, imported);
}

/** What would make another bundle of the same inputs: its lock would not tell. A sentence each. */
function unlocked(root: string, recipe: NodeRecipe, { inputs }: Metafile): string[] {
  const lock = readPackageLock(root);
  const own = bundleOwn(root, recipe);
  const locked = new Set(packagesOf(recipe, own, lock));
  const found = Object.keys(inputs).filter((file) => own.inputs[file] === undefined);
  const problems = [...new Set(found.map(locationOf))].sort().flatMap((path) => {
    if (path.startsWith("../")) {
      return [`${path} is outside of the repository, whose own packages are not installed: "npm ci".`];
    }
    if (!locked.has(path)) {
      return [`${recipe.name} holds ${path}, which package-lock.json does not name as needed by what it imports.`];
    }
    const [there, expected] = [versionOf(root, path), lock[path]?.version];
    return there === expected
      ? []
      : [`${path} is ${there}, and package-lock.json locks ${String(expected)}: "npm ci".`];
  });
  return version === dependencies.esbuild
    ? problems
    : [...problems, `esbuild is ${version}, and package.json names ${dependencies.esbuild}: "npm ci".`];
}

/** What a bundle would look for beside itself when it runs. A sentence each. */
function leftOut({ name }: NodeRecipe, metafile: Metafile): string[] {
  return importsOf(metafile).map((path) => `${name} would import ${path} when it runs, and nothing there has it.`);
}

/** What the bundled file imports besides what Node brings: no types, which are listed with the inputs. */
function importsOf({ outputs }: Metafile): string[] {
  const paths = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return [...new Set(paths)].filter((path) => !isBuiltin(path));
}

function versionOf(root: string, path: string): string {
  const file = join(root, path, "package.json");
  const { version } = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version?: string }) : {};
  return version ?? "not installed";
}
