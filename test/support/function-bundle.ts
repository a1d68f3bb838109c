import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleText, NODE_FILE, type NodeRecipe } from "../../cli/bundles/node-bundle";
import { inputsOf } from "../../cli/bundles/recipe";
import { repository } from "./checkout";

/**
 * Bundles a function of `pipelines/functions` as it is uploaded, unless that is done already, and names the file that a runtime
 * loads. Nothing has to be locked.
 */
export function bundleFunction(entry: string): string {
  const recipe: NodeRecipe = { kind: "node", name: entry, entry };
  const folder = join(repository, ".basin/test/functions", inputsOf(repository, recipe).slice(0, 16));
  const file = join(folder, NODE_FILE);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    // tests of other workers may do the same at the same time
    const mine = join(folder, `${process.pid}.js`);
    writeFileSync(mine, bundleText(repository, recipe));
    renameSync(mine, file);
  }
  return file;
}
