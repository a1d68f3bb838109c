import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { CommandError, ExitCode, InterruptedError } from "../exit-codes";
import { lockWhenFree } from "../folder-lock";

const run = promisify(execFile);

const OLDEST = [3, 10] as const;
/** The uv that locks and installs all other packages. */
export const UV_REQUIREMENTS = join(__dirname, "requirements-uv.txt");
const ENVIRONMENTS = resolve(__dirname, "..", "..", ".basin", "python");

export interface PythonOptions {
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

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
  const options = { variables, signal };
  return withUv(options, async (uv, python) => {
    const made = await make({ folder: join(ENVIRONMENTS, name), requirements, python }, async (folder) => {
      await uv("venv", "--clear", "--python", python.executable, folder);
      await uv("pip", "sync", "--require-hashes", "--python", interpreter(folder), requirements);
    });
    return interpreter(made);
  });
}

export interface PackagesForElsewhere extends PythonOptions {
  /** Path of a requirements file with exact versions and hashes of all there is, as "uv pip compile" writes it. */
  readonly requirements: string;
  /** What the packages run on, as uv names it, for example "aarch64-manylinux_2_28". */
  readonly platform: string;
  /** The Python they run on, for example "3.13". */
  readonly pythonVersion: string;
  /** Where they are unpacked. */
  readonly folder: string;
}

/**
 * Unpacks Python packages that run on another machine than this one: wheels only, for nothing that is built here would run there.
 *
 * @throws CommandError if there is no Python, or a package cannot be had for that machine
 */
export async function unpackPackages(props: PackagesForElsewhere): Promise<void> {
  const { requirements, platform, pythonVersion, folder } = props;
  await withUv(props, async (uv, python) => {
    const target = ["--python-platform", platform, "--python-version", pythonVersion, "--target", folder];
    const locked = ["--only-binary", ":all:", "--require-hashes", "--requirements", requirements];
    await uv("pip", "install", "--python", python.executable, "--no-compile-bytecode", ...target, ...locked);
  });
}

/** Runs work with uv, which an earlier run may have installed, and keeps all others out meanwhile. */
async function withUv<T>(
  options: PythonOptions,
  work: (uv: (...args: readonly string[]) => Promise<void>, python: Python) => Promise<T>,
): Promise<T> {
  const python = await findPython(options);
  mkdirSync(ENVIRONMENTS, { recursive: true });
  const release = await lockWhenFree(ENVIRONMENTS, options.signal);
  try {
    const made = await make(
      { folder: join(ENVIRONMENTS, "uv"), requirements: UV_REQUIREMENTS, python },
      async (folder) => {
        await install(python.executable, ["-m", "venv", "--clear", folder], options);
        const packages = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", UV_REQUIREMENTS];
        await install(interpreter(folder), ["-m", "pip", "install", ...packages], options);
      },
    );
    // run as a module: the executable has another name on every platform
    const uv = (...args: readonly string[]) => install(interpreter(made), ["-m", "uv", "--quiet", ...args], options);
    return await work(uv, python);
  } finally {
    await release();
  }
}

interface Python {
  readonly executable: string;
  readonly version: string;
}

/**
 * Finds the Python of this machine, of which the environments are made.
 *
 * @throws CommandError if there is none, or it is too old
 */
export async function findPython({ variables, signal }: PythonOptions): Promise<Python> {
  const needed = `Basin needs Python ${OLDEST.join(".")} or later as python3 on PATH`;
  const question = "import sys; print(sys.executable); print(*sys.version_info[:3], sep='.')";
  let answer: { stdout: string };
  try {
    answer = await run("python3", ["-c", question], { env: variables, signal });
  } catch (error) {
    throwIfInterrupted(signal);
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

async function install(
  executable: string,
  args: readonly string[],
  { variables, signal }: PythonOptions,
): Promise<void> {
  try {
    await run(executable, args, { env: variables, signal });
  } catch (error) {
    throwIfInterrupted(signal);
    throw new CommandError(`Python packages could not be installed:\n${reason(error)}`, ExitCode.missing);
  }
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new InterruptedError();
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
