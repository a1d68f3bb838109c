import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { dependencies } from "../../package.json";
import { unpackPackages } from "../python/environment";
import type { BuildProps } from "./build";
import { writeZip, type Zipped } from "./zip";

/** Raised when bundles are built in another way: what was locked before is built anew. */
const VERSION = 1;

/** The uv that installs packages. */
const UV_REQUIREMENTS = "cli/python/requirements-uv.txt";

/** What differs between machines, or what nobody reads at run time. */
const LEFT_OUT = [
  // start scripts, which name the Python of this machine
  /^(bin|Scripts)\//,
  // notes of the installer
  /^[^/]+\.dist-info\/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_.+\.json)$/,
  /^\.[^/]+$/,
  // compiled when somebody has imported it
  /(^|\/)__pycache__\//,
  /\.py[co]$/,
];

/** A zip of a Python package of ours and those it needs, as they are published for the machine it runs on. */
export interface PythonRecipe {
  readonly kind: "python";
  readonly name: string;
  /** Folder that `packageName` is in. */
  readonly folder: string;
  /** Our own Python package. */
  readonly packageName: string;
  /** All others that it needs, with exact versions and hashes. */
  readonly requirements: string;
  /** As Lambda and as uv name the Python that it runs on: "python3.13", "3.13". */
  readonly runtime: string;
  readonly pythonVersion: string;
  /** As Lambda and as uv name the machine. */
  readonly architecture: string;
  readonly platform: string;
}

/** What a Python bundle is built from, for SHA-256. */
export function pythonInputs(root: string, recipe: PythonRecipe): object {
  const sources = sourcesOf(root, recipe).map((name) => `${recipe.folder}/${name}`);
  const files = [...sources, recipe.requirements, UV_REQUIREMENTS].map((file) => [
    file,
    createHash("sha256")
      .update(readFileSync(join(root, file)))
      .digest("hex"),
  ]);
  const { runtime, pythonVersion, architecture, platform } = recipe;
  // the bytes of a zip depend on what writes it
  const how = { version: VERSION, runtime, pythonVersion, architecture, platform, fflate: dependencies.fflate };
  return { how, files };
}

/**
 * Builds a Python bundle.
 *
 * @throws CommandError if there is no Python, or a package cannot be had
 */
export async function buildPython(recipe: PythonRecipe, props: BuildProps): Promise<Zipped> {
  const { root, file, variables, signal, report } = props;
  const { folder: own, pythonVersion, platform } = recipe;
  const folder = `${file}.packages`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    report("fetching packages");
    const requirements = join(root, recipe.requirements);
    await unpackPackages({ requirements, pythonVersion, platform, folder, variables, signal });
    report("zipping");
    const packages = filesIn(folder).filter((name) => !LEFT_OUT.some((pattern) => pattern.test(name)));
    const entries = [
      ...packages.map((name) => ({ name, file: join(folder, name) })),
      ...sourcesOf(root, recipe).map((name) => ({ name, file: join(root, own, name) })),
    ];
    return await writeZip(file, entries, signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names of a recipe's own sources within its folder, with "/", in an order that is the same everywhere. */
function sourcesOf(root: string, { folder, packageName }: PythonRecipe): string[] {
  return filesIn(join(root, folder, packageName))
    .filter((name) => name.endsWith(".py"))
    .map((name) => `${packageName}/${name}`);
}

/** Names of all files in a folder, with "/", in an order that is the same everywhere. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, sep).length).replaceAll(sep, "/"))
    .sort();
}
