// Runs main.ts as one bundle: transpiling it file by file, as tsx does, takes longer than the synth itself.
const { mkdirSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { buildSync } = require("esbuild");

const root = resolve(__dirname, "..");
const outfile = join(root, ".basin", "app", "main.cjs");

mkdirSync(join(root, ".basin", "app"), { recursive: true });
buildSync({
  absWorkingDir: root,
  entryPoints: ["main.ts"],
  bundle: true,
  packages: "external",
  platform: "node",
  format: "cjs",
  target: "node20",
  outfile,
  logLevel: "error",
});
require(outfile);
