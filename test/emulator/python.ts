import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { CommandError, ExitCode } from "../../cli/exit-codes";
import { lockWhenFree } from "../../cli/folder-lock";

const run = promisify(execFile);

const OLDEST = [3, 10] as const;
const UV_REQUIREMENTS = join(__dirname, "requirements-uv.txt");
const ENVIRONMENTS = resolve(__dirname, "..", "..", ".basin", "python");

export interface PythonEnvironment {
  /** Folder of the environment in .basin/python. */
  readonly name: string;
  /** Path of a requirements file with exact versions and hashes, as "uv pip compile --generate-hashes" writes it. */
  readonly requirements: string;
  readonly signal: AbortSignal;
  /** @default - this process's own variables */
  readonly variables?: NodeJS.ProcessEnv;
}

/**
 * Makes a Python environment of exactly these packages, unless an earlier run has made it of the same ones.
 *
 * @returns path of its interpreter
 * @throws CommandError if there is no Python, or a package cannot be installed
 */
export async function preparePython(props: PythonEnvironment): Promise<string> {
  const { name, requirements, signal, variables = process.env } = props;
  const options = { env: variables, signal };
  const python = await findPython(options);
  mkdirSync(ENVIRONMENTS, { recursive: true });
  const release = await lockWhenFree(ENVIRONMENTS, signal);
  try {
    const uv = await make(
      { folder: join(ENVIRONMENTS, "uv"), requirements: UV_REQUIREMENTS, python },
      async (folder) => {
        await install(python.executable, ["-m", "venv", "--clear", folder], options);
        const packages = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", UV_REQUIREMENTS];
        await install(interpreter(folder), ["-m", "pip", "install", ...packages], options);
      },
    );
    const made = await make({ folder: join(ENVIRONMENTS, name), requirements, python }, async (folder) => {
      // run as a module: the executable has another name on every platform
      const runUv = (...args: string[]) => install(interpreter(uv), ["-m", "uv", "--quiet", ...args], options);
      await runUv("venv", "--clear", "--python", python.executable, folder);
      await runUv("pip", "sync", "--require-hashes", "--python", interpreter(folder), requirements);
    });
    return interpreter(made);
  } finally {
    await release();
  }
}

interface Options {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

interface Python {
  readonly executable: string;
  readonly version: string;
}

/** Finds the Python of this machine, of which the environments are made. */
async function findPython(options: Options): Promise<Python> {
  const needed = `The tests need Python ${OLDEST.join(".")} or later as python3 on PATH`;
  const question = "import sys; print(sys.executable); print(*sys.version_info[:3], sep='.')";
  let answer: { stdout: string };
  try {
    answer = await run("python3", ["-c", question], options);
  } catch (error) {
    throw new CommandError(`${needed}, which cannot be started: ${reason(error)}`, ExitCode.missing);
  }
  const [executable = "", version = ""] = answer.stdout.split(/\r?\n/);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1]) {
    throw new CommandError(`${needed}; ${executable} is ${version}.`, ExitCode.missing);
  }
  return { executable, version };
}

interface Target {
  readonly folder: string;
  readonly requirements: string;
  readonly python: Python;
}

/** Builds a folder, unless it was built to its end of the same requirements and the same Python. */
async function make(
  { folder, requirements, python }: Target,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const stampFile = join(folder, "basin.json");
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const stamp = JSON.stringify({ requirements: hash, python });
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
    rmSync(stampFile, { force: true });
    await build(folder);
    writeFileSync(stampFile, stamp);
  }
  return folder;
}

async function install(executable: string, args: readonly string[], options: Options): Promise<void> {
  try {
    await run(executable, args, options);
  } catch (error) {
    throw new CommandError(
      `The Python packages of the tests could not be installed:\n${reason(error)}`,
      ExitCode.missing,
    );
  }
}

/** What a program that failed has to say, or why it could not be started. */
function reason(error: unknown): string {
  const { stderr = "", message = String(error) } = error as { stderr?: string; message?: string };
  return stderr.trim() === "" ? message : stderr.trim();
}

function interpreter(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}
