import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { type NodeRecipe, nodeInputs } from "./node-bundle";
import { pythonInputs, type PythonRecipe } from "./python-bundle";

/** What a Lambda function's zip is built from. Paths are those of the repository, with "/". */
export type Recipe = NodeRecipe | PythonRecipe;

const TABLE_MIGRATOR: PythonRecipe = {
  kind: "python",
  name: "table-migrator",
  folder: "pipelines/tables",
  packageName: "basin_tables",
  requirements: "pipelines/tables/requirements.txt",
  runtime: "python3.13",
  pythonVersion: "3.13",
  architecture: "arm64",
  // Amazon Linux 2023 has glibc 2.34: https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html
  platform: "aarch64-manylinux_2_28",
};

const TRANSFORM = "pipelines/functions/transform/index.ts";
const CONSUMERS = "pipelines/functions/consumers";

/** All bundles of a repository, sorted: those of Node come first, and are built where there is no Python. */
export function recipesOf(root: string): Recipe[] {
  const consumers = existsSync(join(root, CONSUMERS)) ? readdirSync(join(root, CONSUMERS)).sort() : [];
  return [
    ...consumers
      .filter((file) => file.endsWith(".ts"))
      .map((file) => nodeRecipe(`consumer-${basename(file, ".ts")}`, `${CONSUMERS}/${file}`)),
    ...(existsSync(join(root, TRANSFORM)) ? [nodeRecipe("stream-transform", TRANSFORM)] : []),
    TABLE_MIGRATOR,
  ];
}

/** SHA-256 over all that a bundle is built from, in hexadecimal: equal wherever the same is checked out. */
export function inputsOf(root: string, recipe: Recipe): string {
  const inputs = recipe.kind === "node" ? nodeInputs(root, recipe) : pythonInputs(root, recipe);
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
}

function nodeRecipe(name: string, entry: string): NodeRecipe {
  return { kind: "node", name, entry };
}
