import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { devNull } from "node:os";
import { satisfies } from "semver";
import { CommandError, ExitCode, InterruptedError } from "../exit-codes";
import { type Display, silentDisplay } from "../progress";
import { installTerraform } from "./install";
import { cachedExecutable, INSTALL, PINNED_VERSION, TERRAFORM_VERSIONS } from "./release";

const MEND_PATH =
  "Install another from https://developer.hashicorp.com/terraform/install, or take this one off PATH: " +
  `Basin then downloads ${PINNED_VERSION} for itself.`;

const MEND_CACHE = "Remove that file: the next command downloads it again.";

/** Terraform's own variables that a person may set for every run; all others would change what a run does. */
const KEPT_VARIABLES = /^TF_(LOG|LOG_PATH|LOG_CORE|LOG_PROVIDER|REGISTRY_.*|TOKEN_.*)$/;

export interface RunOptions {
  readonly cwd: string;
  /** Path of the CLI configuration to use; none is used without it. */
  readonly cliConfigFile?: string;
  /**
   * Variables of this run, for example an endpoint and its credentials.
   *
   * @default - none but Basin's own, with which Terraform finds no AWS account
   */
  readonly variables?: NodeJS.ProcessEnv | undefined;
  /**
   * File that Terraform itself appends its standard output to, and one beside it, ".err", for its standard error: they stay
   * complete, and Terraform ends in order, even when this process is killed.
   *
   * @default - none
   */
  readonly journal?: string | undefined;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Terraform, run without AWS credentials. */
export class Terraform {
  private constructor(
    readonly version: string,
    /** Path of the executable, or its name on PATH. */
    readonly executable: string,
    private readonly inherited: NodeJS.ProcessEnv,
  ) {}

  /**
   * Finds Terraform: on the PATH of `environment`, else in the cache, else by downloading the pinned release into it.
   *
   * @throws CommandError if there is none to be had, or PATH has a version Basin does not work with
   */
  static async find(
    environment: NodeJS.ProcessEnv,
    signal: AbortSignal,
    display: Display = silentDisplay,
  ): Promise<Terraform> {
    const found = (await Terraform.onPath(environment, signal)) ?? (await Terraform.inCache(environment, signal));
    if (found !== undefined) {
      return found;
    }
    const title = `Terraform ${PINNED_VERSION}`;
    const run = (report: (text: string) => void) => installTerraform({ environment, signal, report });
    const [result] = await display([{ title, run }], 1);
    if (result?.status === "rejected") {
      throw result.reason;
    }
    const installed = await Terraform.inCache(environment, signal);
    if (installed === undefined) {
      throw new CommandError(`${cachedExecutable(environment)} cannot be started.\n${MEND_CACHE}`, ExitCode.missing);
    }
    return installed;
  }

  /**
   * @returns undefined where PATH has no Terraform
   * @throws CommandError if it has one Basin does not work with
   */
  static async onPath(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Terraform | undefined> {
    const version = await askVersion("terraform", { environment, signal, mend: MEND_PATH });
    return version === undefined ? undefined : new Terraform(version, "terraform", environment);
  }

  /**
   * @returns undefined where the cache does not have the pinned release yet
   * @throws CommandError if what it has does not work
   */
  static async inCache(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Terraform | undefined> {
    if (!satisfies(PINNED_VERSION, TERRAFORM_VERSIONS)) {
      throw new CommandError(
        `Terraform is not on PATH; Basin needs ${TERRAFORM_VERSIONS}, and the release it would download is ` +
          `${PINNED_VERSION}.\nSet PINNED_VERSION in cli/terraform/release.ts to one it needs, or ${INSTALL}.`,
        ExitCode.missing,
      );
    }
    const executable = cachedExecutable(environment);
    const version = await askVersion(executable, { environment, signal, mend: MEND_CACHE });
    return version === undefined ? undefined : new Terraform(version, executable, environment);
  }

  /**
   * Runs Terraform and waits for its end, whatever its exit code. When `signal` fires, Terraform is interrupted once, so
   * that it stops in order, and waited for.
   *
   * @throws InterruptedError after it has stopped
   */
  async run(args: readonly string[], options: RunOptions): Promise<RunResult> {
    const { cwd, cliConfigFile = devNull, journal, signal } = options;
    const variables = { ...offlineVariables(this.inherited, cliConfigFile), ...options.variables };
    const {
      exitCode = ExitCode.failed,
      stdout,
      stderr,
    } = await start(this.executable, args, { cwd, variables, journal, signal });
    return { exitCode, stdout, stderr };
  }
}

interface Question {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** What to do if the answer is not what Basin needs, in a sentence. */
  readonly mend: string;
}

/**
 * @returns undefined where there is no such executable
 * @throws CommandError if its version is none Basin works with
 */
async function askVersion(executable: string, { environment, signal, mend }: Question): Promise<string | undefined> {
  const variables = offlineVariables(environment, devNull);
  const result = await start(executable, ["version", "-json"], { variables, signal });
  if (result.code === "ENOENT") {
    return undefined;
  }
  const version = parseVersion(result.stdout);
  if (version === undefined) {
    const end = result.exitCode === undefined ? (result.code ?? "no exit code") : `exit code ${result.exitCode}`;
    throw new CommandError(
      `"${executable} version -json" did not tell its version (${end}): ${result.stderr}\n${mend}`,
      ExitCode.missing,
    );
  }
  if (!satisfies(version, TERRAFORM_VERSIONS)) {
    const which = executable === "terraform" ? "The Terraform on PATH" : executable;
    throw new CommandError(`${which} is ${version}; Basin needs ${TERRAFORM_VERSIONS}.\n${mend}`, ExitCode.missing);
  }
  return version;
}

interface Start {
  readonly cwd?: string;
  readonly journal?: string | undefined;
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Starts an executable and waits for its end, interrupting it once when `signal` fires. */
async function start(executable: string, args: readonly string[], { cwd, variables, journal, signal }: Start) {
  // execa has no CommonJS form, and a package it uses cannot be required at all
  const { execa } = await import("execa");
  if (signal.aborted) {
    throw new InterruptedError();
  }
  // what Terraform is still writing to has to outlive this process
  const files = journal === undefined ? [] : [journal, `${journal}.err`].map((path) => openSync(path, "a", 0o600));
  const before = files.map((file) => fstatSync(file).size);
  const [out = "pipe", err = "pipe"] = files;
  const child = execa(executable, args, {
    cwd,
    env: variables,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    // any descriptor does; execa's types end at 9
    stdout: out as "pipe",
    stderr: err as "pipe",
    // a group of its own: the terminal's Ctrl-C would reach Terraform beside ours, and two make it drop everything
    detached: true,
  });
  const interrupt = () => child.kill("SIGINT");
  signal.addEventListener("abort", interrupt);
  try {
    const { exitCode, code, stdout, stderr } = await child;
    // what ended well before it was interrupted has ended well
    if (isAborted(signal) && exitCode !== 0) {
      throw new InterruptedError();
    }
    const since = (path: string, index: number) => readFileSync(path).subarray(before[index]).toString();
    return journal === undefined
      ? { exitCode, code, stdout, stderr }
      : { exitCode, code, stdout: since(journal, 0), stderr: since(`${journal}.err`, 1) };
  } finally {
    files.forEach((file) => {
      closeSync(file);
    });
    signal.removeEventListener("abort", interrupt);
  }
}

// a function, because TypeScript takes the first look at `aborted` for its value ever after
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function parseVersion(output: string): string | undefined {
  try {
    const { terraform_version: version } = JSON.parse(output) as { terraform_version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Variables for a run that must not find an AWS account, nor anything else that changes its result from outside. */
function offlineVariables(inherited: NodeJS.ProcessEnv, cliConfigFile: string): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(
    ([name]) => !name.startsWith("AWS_") && (!name.startsWith("TF_") || KEPT_VARIABLES.test(name)),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    CHECKPOINT_DISABLE: "1",
    // fewer garbage collections: less CPU for some memory
    GOGC: "400",
    TF_CLI_CONFIG_FILE: cliConfigFile,
    TF_INPUT: "0",
    TF_IN_AUTOMATION: "1",
  };
}

/** Variables with which Terraform finds the AWS account of whoever runs it. */
export function credentials(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(inherited).filter(([name]) => name.startsWith("AWS_")));
  // what keeps an offline run from finding one
  return {
    AWS_CONFIG_FILE: undefined,
    AWS_EC2_METADATA_DISABLED: undefined,
    AWS_SHARED_CREDENTIALS_FILE: undefined,
    ...own,
  };
}
