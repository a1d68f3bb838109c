import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { preparePython } from "../../cli/python/environment";
import { repository, runProgram, temporaryFolder } from "../support/checkout";

const FETCHING_MS = 600_000;

let python: string;

beforeAll(async () => {
  const requirements = join(repository, "test", "support", "ruff", "requirements.txt");
  python = await preparePython({ name: "ruff", requirements, signal: new AbortController().signal });
  // it has to be fetched the first time
}, FETCHING_MS);

/** Runs the linter in a folder, with the rules of this repository. */
function ruff(cwd: string, ...args: readonly string[]) {
  const options = ["--config", join(repository, "ruff.toml"), "--no-cache"];
  return runProgram(python, ["-m", "ruff", ...args, ...options, "."], { cwd, env: process.env });
}

test("the Python of this repository breaks no rule of ruff.toml", async () => {
  const { stdout } = await ruff(repository, "check", "--output-format", "concise");

  expect(stdout).toBe("All checks passed!\n");
});

test('the Python of this repository is formatted: ".basin/python/ruff/bin/ruff format" does it', async () => {
  const { exitCode, stdout } = await ruff(repository, "format", "--check");

  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+ files already formatted/) as string,
  });
});

test("code that breaks rules, or is not formatted, is told", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "package"));
  writeFileSync(join(folder, "package", "module.py"), "import os\ndef  undocumented(argument = []): return argument\n");

  const { stdout } = await ruff(folder, "check", "--output-format", "concise");
  expect(["D100", "D103", "F401", "B006"].filter((rule) => !stdout.includes(` ${rule} `))).toEqual([]);
  expect(await ruff(folder, "format", "--check")).toMatchObject({ exitCode: 1 });
});
