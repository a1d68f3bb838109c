import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { dependencies } from "../../package.json";

/** Raised when bundles are built in another way: what was locked before is built anew. */
const VERSION = 1;

/** The uv that installs packages. */
const UV_REQUIREMENTS = "cli/python/requirements-uv.txt";

/** What a Lambda function's zip is built from. Paths are those of the repository, with "/". */
export interface Recipe {
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

export const RECIPES: readonly Recipe[] = [
  {
    name: "table-migrator",
    folder: "pipelines/tables",
    packageName: "basin_tables",
    requirements: "pipelines/tables/requirements.txt",
    runtime: "python3.13",
    pythonVersion: "3.13",
    architecture: "arm64",
    // Amazon Linux 2023 has glibc 2.34: https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html
    platform: "aarch64-manylinux_2_28",
  },
];

/** Names of a recipe's own sources within its folder, with "/", in an order that is the same everywhere. */
export function sourcesOf(root: string, { folder, packageName }: Recipe): string[] {
  return filesIn(join(root, folder, packageName))
    .filter((name) => name.endsWith(".py"))
    .map((name) => `${packageName}/${name}`);
}

/** Names of all files in a folder, with "/", in an order that is the same everywhere. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, sep).length).replaceAll(sep, "/"))
    .sort();
}

/** SHA-256 over all that a bundle is built from, in hexadecimal: equal wherever the same is checked out. */
export function inputsOf(root: string, recipe: Recipe): string {
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
  return createHash("sha256").update(JSON.stringify({ how, files })).digest("hex");
}
