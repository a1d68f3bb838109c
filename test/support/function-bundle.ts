import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import { filesIn } from "../../cli/bundles/recipe";
import { readFileSync } from "node:fs";
import { repository } from "./checkout";

const OPTIONS: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: false,
  sourcemap: false,
  legalComments: "none",
  mainFields: ["module", "main"],
};

/** Bundles a function of `pipelines/functions`, unless that is done already, and names the file that a runtime loads. */
export function bundleFunction(entry: string): string {
  const folder = join(repository, ".basin/test/functions", inputsOf(entry));
  const file = join(folder, "index.js");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    // tests of other workers may do the same at the same time
    const mine = join(folder, `${process.pid}.js`);
    buildSync({ ...OPTIONS, absWorkingDir: repository, entryPoints: [entry], outfile: mine });
    renameSync(mine, file);
  }
  return file;
}

function inputsOf(entry: string): string {
  const sources = ["pipelines/functions", "domains"].flatMap((folder) =>
    filesIn(join(repository, folder))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
  const hash = createHash("sha256").update(JSON.stringify({ entry, OPTIONS }));
  for (const file of [...sources, "package-lock.json"]) {
    hash.update(file).update(readFileSync(join(repository, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
