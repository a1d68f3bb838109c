import { devNull } from "node:os";
import { satisfies } from "semver";
import { platform } from "../../environments/platform";
import { CommandError, ExitCode, InterruptedError } from "../exit-codes";

/** The versions that environments/platform.ts allows, as a semver range: "~> 1.11" is every 1.x from 1.11 on. */
const TERRAFORM_VERSIONS = platform.terraformVersion.replace(/^~> (1\.\d+)$/, ">=$1.0 <2.0.0");

const INSTALL = "Install it from https://developer.hashicorp.com/terraform/install and put it on PATH.";

/** Terraform's own variables that a person may set for every run; all others would change what a run does. */
const KEPT_VARIABLES = /^TF_(LOG|LOG_PATH|LOG_CORE|LOG_PROVIDER|REGISTRY_.*|TOKEN_.*)$/;

export interface RunOptions {
  readonly cwd: string;
  /** Path of the CLI configuration to use; none is used without it. */
  readonly cliConfigFile?: string;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Terraform as it is found on PATH, run without AWS credentials. */
export class Terraform {
  private constructor(
    readonly version: string,
    private readonly inherited: NodeJS.ProcessEnv,
  ) {}

  /**
   * Finds Terraform on the PATH of `environment`.
   *
   * @throws CommandError if there is none, or a version Basin does not work with
   */
  static async find(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Terraform> {
    const result = await start(["version", "-json"], { variables: offlineVariables(environment, devNull), signal });
    if (result.code === "ENOENT") {
      throw new CommandError(
        `Terraform is not on PATH; Basin needs ${TERRAFORM_VERSIONS}. ${INSTALL}`,
        ExitCode.missing,
      );
    }
    const version = parseVersion(result.stdout);
    if (version === undefined) {
      const end = result.exitCode === undefined ? (result.code ?? "no exit code") : `exit code ${result.exitCode}`;
      throw new CommandError(
        `"terraform version -json" did not tell its version (${end}): ${result.stderr}`,
        ExitCode.missing,
      );
    }
    if (!satisfies(version, TERRAFORM_VERSIONS)) {
      throw new CommandError(
        `The Terraform on PATH is ${version}; Basin needs ${TERRAFORM_VERSIONS}. ${INSTALL}`,
        ExitCode.missing,
      );
    }
    return new Terraform(version, environment);
  }

  /**
   * Runs Terraform and waits for its end, whatever its exit code. When `signal` fires, Terraform is interrupted once, so
   * that it stops in order, and waited for.
   *
   * @throws InterruptedError after it has stopped
   */
  async run(args: readonly string[], { cwd, cliConfigFile = devNull, signal }: RunOptions): Promise<RunResult> {
    const variables = offlineVariables(this.inherited, cliConfigFile);
    const { exitCode = ExitCode.failed, stdout, stderr } = await start(args, { cwd, variables, signal });
    return { exitCode, stdout, stderr };
  }
}

interface Start {
  readonly cwd?: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Starts Terraform and waits for its end, interrupting it once when `signal` fires. */
async function start(args: readonly string[], { cwd, variables, signal }: Start) {
  // execa has no CommonJS form, and a package it uses cannot be required at all
  const { execa } = await import("execa");
  if (signal.aborted) {
    throw new InterruptedError();
  }
  const child = execa("terraform", args, {
    cwd,
    env: variables,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    // a group of its own: the terminal's Ctrl-C would reach Terraform beside ours, and two make it drop everything
    detached: true,
  });
  const interrupt = () => child.kill("SIGINT");
  signal.addEventListener("abort", interrupt);
  try {
    const result = await child;
    if (isAborted(signal)) {
      throw new InterruptedError();
    }
    return result;
  } finally {
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
