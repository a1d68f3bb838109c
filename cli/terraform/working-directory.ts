import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StackJson } from "../../policies/graph";
import { CommandError, ExitCode } from "../exit-codes";
import { lockWhenFree } from "../folder-lock";
import {
  MIRROR_VARIABLE,
  type ProviderOrigin,
  providerPath,
  type ProviderRequirement,
  REGISTRY,
} from "./provider-mirror";
import type { Terraform } from "./terraform";

export interface WorkingDirectoryProps {
  readonly terraform: Terraform;
  readonly requirement: ProviderRequirement;
  readonly origin: ProviderOrigin;
  /** Holds cdk.tf.json. Stays between runs. */
  readonly directory: string;
  /** Where providers from the registry are kept for all working directories. */
  readonly pluginCache: string;
  /**
   * Variables that the backend needs, such as credentials.
   *
   * @default - none: the state lies in the directory
   */
  readonly variables?: NodeJS.ProcessEnv;
  /**
   * A file that says what the provider is locked to.
   *
   * @default - it is locked to what is found
   */
  readonly providerLock?: string | undefined;
  readonly signal: AbortSignal;
}

/** Name of the file in which Terraform locks providers. */
export const PROVIDER_LOCK = ".terraform.lock.hcl";

/** Terraform CLI configurations for a working directory. */
export interface CliConfigs {
  /** For init: says where the provider comes from. */
  readonly init: string;
  /**
   * For plan: names the provider's folder as a development override, which saves Terraform from hashing 700 MB twice a
   * plan. Good for a preview, never for a plan that is applied.
   */
  readonly plan: string;
}

/**
 * Makes Terraform ready to plan in a directory, unless an earlier run has done so with the same versions.
 *
 * @throws CommandError if the provider can neither be downloaded nor found
 */
export async function initialize(props: WorkingDirectoryProps): Promise<CliConfigs> {
  const { directory, terraform, requirement, origin, providerLock } = props;
  const stampFile = join(directory, ".terraform", "basin-init.json");
  const stamp = JSON.stringify({ terraform: terraform.version, requirement, origin, backend: backendOf(directory) });
  const provider = join(directory, ".terraform", "providers", providerPath(requirement));
  const lockFile = join(directory, PROVIDER_LOCK);
  const isLocked = providerLock === undefined || isSame(lockFile, providerLock);
  const ready = isLocked && existsSync(provider) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
  const initFile = initConfig(props);
  if (!ready) {
    // made by other versions, or on another platform, it would be refused
    rmSync(lockFile, { force: true });
    // until this has ended well, the directory is ready for nothing
    rmSync(stampFile, { force: true });
    if (providerLock !== undefined) {
      copyFileSync(providerLock, lockFile);
    }
    await (origin.kind === "registry" ? downloadOnce(props, initFile) : init(props, initFile));
    mkdirSync(dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, stamp);
  }
  const config = `provider_installation {
  dev_overrides {
    ${hclString(requirement.source)} = ${hclString(provider)}
  }
  direct {}
}
`;
  return { init: initFile, plan: writeConfig(directory, "plan.tfrc", config) };
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && readFileSync(one).equals(readFileSync(other));
}

/** What the directory says of where its state is kept; it may hold no stack, but ask for the provider alone. */
function backendOf(directory: string): unknown {
  const file = join(directory, "cdk.tf.json");
  const stack = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as StackJson) : {};
  return stack.terraform?.backend;
}

/** Lets one init at a time fill the plugin cache, which Terraform neither guards nor checks. */
async function downloadOnce(props: WorkingDirectoryProps, cliConfigFile: string): Promise<void> {
  const { pluginCache, requirement, signal } = props;
  const complete = join(pluginCache, "complete.json");
  const content = JSON.stringify(requirement);
  mkdirSync(pluginCache, { recursive: true });
  const release = await lockWhenFree(pluginCache, signal);
  try {
    if (!existsSync(complete) || readFileSync(complete, "utf8") !== content) {
      // a killed download leaves half a provider behind
      rmSync(join(pluginCache, REGISTRY), { recursive: true, force: true });
      rmSync(complete, { force: true });
    }
    await init(props, cliConfigFile);
    writeFileSync(complete, content);
  } finally {
    await release();
  }
}

async function init(
  { terraform, directory, requirement, origin, variables, providerLock, signal }: WorkingDirectoryProps,
  cliConfigFile: string,
): Promise<void> {
  // a backend that was there before is of no interest: states are moved by bootstrap alone
  const args = ["init", "-input=false", "-no-color", "-reconfigure"];
  if (providerLock !== undefined) {
    args.push("-lockfile=readonly");
  }
  const result = await terraform.run(args, { cwd: directory, cliConfigFile, variables, signal });
  if (result.exitCode === 0) {
    return;
  }
  const provider = `${requirement.source} ${requirement.version}`;
  if (providerLock !== undefined && /checksum|lock file/i.test(result.stderr)) {
    throw new CommandError(
      `The provider ${provider} that is found ${originText(origin)} is not the one of the plan:\n${reason(result.stderr)}\n` +
        "Plan on the platform that deploys.",
      ExitCode.failed,
    );
  }
  if (/Failed to (query available provider packages|install provider)|could not connect to/.test(result.stderr)) {
    throw new CommandError(
      `The provider ${provider} could not be installed ${originText(origin)}.\n${reason(result.stderr)}\n` +
        `Connect this machine to the registry, or set ${MIRROR_VARIABLE} to a filesystem mirror that holds the provider.`,
      ExitCode.missing,
    );
  }
  throw new CommandError(`terraform init failed in ${directory}:\n${result.stderr.trim()}`, ExitCode.failed);
}

function originText(origin: ProviderOrigin): string {
  switch (origin.kind) {
    case "mirror":
      return `from the mirror ${origin.directory}`;
    case "cli-config":
      return `as ${origin.file} says`;
    case "registry":
      return "from registry.terraform.io, and no filesystem mirror was found on this machine";
  }
}

/** Terraform's own sentence, without its frame. */
function reason(stderr: string): string {
  const [sentence = ""] = stderr.replaceAll(/^[╷│╵]/gm, "").split("To see which modules");
  return sentence.replaceAll(/\s+/g, " ").trim();
}

/** The CLI configuration an init uses: the person's own where it says where providers come from, else one of ours. */
function initConfig({ directory, origin, requirement: { source }, pluginCache }: WorkingDirectoryProps): string {
  if (origin.kind === "cli-config") {
    return origin.file;
  }
  if (origin.kind === "registry") {
    // without the second line every new directory downloads the provider again, for the sake of its lock file
    const cache = `plugin_cache_dir = ${hclString(pluginCache)}
plugin_cache_may_break_dependency_lock_file = true
`;
    return writeConfig(directory, "init.tfrc", cache);
  }
  const config = `provider_installation {
  filesystem_mirror {
    path    = ${hclString(origin.directory)}
    include = [${hclString(source)}]
  }
  direct {
    exclude = [${hclString(source)}]
  }
}
`;
  return writeConfig(directory, "init.tfrc", config);
}

function writeConfig(directory: string, name: string, content: string): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

function hclString(text: string): string {
  return JSON.stringify(text);
}
