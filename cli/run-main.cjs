// Runs main.ts as one bundle: transpiling it file by file, as tsx does, takes longer than the synth itself.
const { spawnSync } = require("node:child_process");
const { rmSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { buildSync } = require("esbuild");

const root = resolve(__dirname, "..");
// a name of its own: two synths may run at once
const outfile = join(root, ".basin", "app", `main-${process.pid}.cjs`);

process.on("exit", () => rmSync(outfile, { force: true }));
buildSync({
  absWorkingDir: root,
  entryPoints: ["main.ts"],
  bundle: true,
  packages: "external",
  platform: "node",
  format: "cjs",
  target: "node20",
  sourcemap: "inline",
  outfile,
  logLevel: "error",
});
try {
  require(outfile);
} catch (error) {
  // once more, for the names of our files: with source maps from the start, every synth would take twice as long
  const { status } = spawnSync(process.execPath, ["--enable-source-maps", outfile], { stdio: "inherit" });
  if (status === 0) {
    throw error;
  }
  process.exitCode = 1;
}
