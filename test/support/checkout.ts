import { execFile, execFileSync, type ExecFileException, type ExecFileOptions } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { platform } from "../../environments/platform";

export const repository = resolve(__dirname, "..", "..");

/** What the app is made of; some of it comes later in the project's life. */
const SOURCES = [
  "cdktf.json",
  "cli",
  "domains",
  "environments",
  "main.ts",
  "modules",
  "package-lock.json",
  "package.json",
  "pipelines",
  "policies",
  "stacks",
  "tsconfig.json",
  "validation",
].filter((source) => existsSync(join(repository, source)));

const created: string[] = [];

/** A folder that is removed when the tests of the file have ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "basin-test-"));
  created.push(folder);
  return folder;
}

afterAll(() => {
  created.forEach((folder) => {
    rmSync(folder, { recursive: true, force: true });
  });
});

/** Copies what the app is made of into a folder of its own, with the domains and environments of the fixtures. */
export function copyCheckout(): string {
  const folder = copyRepository();
  replaceByFixtures(join(folder, "domains"), "Domain");
  replaceByFixtures(join(folder, "environments"), "Environment");
  return folder;
}

/** Copies what the app is made of into a folder of its own, so that a test can change it. */
export function copyRepository(): string {
  const folder = temporaryFolder();
  for (const source of SOURCES) {
    cpSync(join(repository, source), join(folder, source), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Declarations of a folder give way to those of the folder's namesake in test/fixtures. */
function replaceByFixtures(folder: string, declared: "Domain" | "Environment"): void {
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .filter((file) => new RegExp(`^export const \\w+ = define${declared}\\(`, "m").test(readFileSync(file, "utf8")))
    .forEach((file) => {
      rmSync(file);
    });
  const fixtures = join(repository, "test", "fixtures", basename(folder));
  for (const file of readdirSync(fixtures)) {
    const text = readFileSync(join(fixtures, file), "utf8");
    writeFileSync(join(folder, file), text.replace(`../../../${basename(folder)}/`, "./"));
  }
}

/** Replaces what stands in a file of a checkout. */
export function edit(checkout: string, file: string, from: string, to: string): void {
  const path = join(checkout, file);
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) {
    throw new Error(`${file} does not hold ${from}`);
  }
  writeFileSync(path, text.replace(from, to));
}

/** Lets the provider give up soon in a checkout: what an emulator does not do would otherwise look like a hang. */
export function limitRetries(checkout: string): void {
  const retries = "providerMaxRetries: ";
  edit(checkout, "environments/platform.ts", `${retries}${platform.providerMaxRetries},`, `${retries}2,`);
}

/** Makes a checkout a git repository of one commit, in which what commands write is ignored as it is here. */
export function commitAll(checkout: string): void {
  const ignored = readFileSync(join(repository, ".gitignore"), "utf8");
  // there it is a link, which a name with a slash behind it does not mean
  writeFileSync(join(checkout, ".gitignore"), `${ignored}node_modules\n`);
  git(checkout, "init", "--quiet");
  git(checkout, "add", "--all");
  git(checkout, "commit", "--quiet", "--message", "everything");
}

/** Runs git in a checkout. */
export function git(checkout: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], {
    cwd: checkout,
    env: { PATH: process.env.PATH, HOME: temporaryFolder() },
  });
}

/** Puts a program into `folder` that stands in for a command: a shell script with this body. */
export function fakeCommand(folder: string, name: string, body: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line of a checkout to its end. */
export function runCli(checkout: string, args: readonly string[], variables: NodeJS.ProcessEnv): Promise<Finished> {
  return runScript(checkout, "cli/index.ts", args, variables);
}

/** Runs a TypeScript file of a checkout to its end. */
export function runScript(
  checkout: string,
  script: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
): Promise<Finished> {
  return runProgram(process.execPath, ["--import", "tsx", script, ...args], { cwd: checkout, env: variables });
}

/**
 * Runs a program to its end.
 *
 * @throws Error if it was killed, or could not be started
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ExecFileOptions & { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Finished> {
  return new Promise((finish, fail) => {
    execFile(program, args, options, (error: ExecFileException | null, out, err) => {
      const [stdout, stderr] = [out.toString(), err.toString()];
      if (error === null) {
        finish({ exitCode: 0, stdout, stderr });
      } else if (typeof error.code === "number") {
        finish({ exitCode: error.code, stdout, stderr });
      } else {
        fail(new Error(`${program} ${args.join(" ")} was killed`, { cause: error }));
      }
    });
  });
}
