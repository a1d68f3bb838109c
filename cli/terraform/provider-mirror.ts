import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import bindings from "@cdktf/provider-aws/package.json";
import { CommandError, ExitCode } from "../exit-codes";

export const REGISTRY = "registry.terraform.io";

/** Names a filesystem mirror to use instead of the registry. */
export const MIRROR_VARIABLE = "BASIN_PROVIDER_MIRROR";

/** Where packages of Terraform and its providers are usually unpacked; searched this deep and no deeper. */
const INSTALLATION_ROOTS = ["/opt", "/srv", "/usr/lib", "/usr/local", "/usr/share", "/var/lib"];
const SEARCH_DEPTH = 3;
const SEARCH_LIMIT = 5000;

export interface ProviderRequirement {
  /** For example "hashicorp/aws". */
  readonly source: string;
  /** An exact version, for example "5.100.0". */
  readonly version: string;
}

/** The provider that the bindings were generated from, and that every stack requires in exactly this version. */
export const AWS_PROVIDER: ProviderRequirement = {
  source: bindings.cdktf.provider.name.replace(`${REGISTRY}/`, ""),
  version: bindings.cdktf.provider.version,
};

export type ProviderOrigin =
  | { readonly kind: "mirror"; readonly directory: string }
  | { readonly kind: "cli-config"; readonly file: string }
  | { readonly kind: "registry" };

/** Where Terraform keeps its own configuration of a person: the variable's file, or the one in the home folder. */
export function userCliConfig(environment: NodeJS.ProcessEnv): { file: string; exists: boolean; configured: boolean } {
  const configured = environment.TF_CLI_CONFIG_FILE ?? environment.TERRAFORM_CONFIG;
  const file = configured ?? join(homedir(), process.platform === "win32" ? "terraform.rc" : ".terraformrc");
  const exists = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  return { file, exists, configured: configured !== undefined };
}

/**
 * Decides where the provider comes from: the mirror the variable names, what the person's own CLI configuration says,
 * Terraform's implied mirror directories, a mirror in one of the usual installation roots, or else the registry.
 *
 * @throws CommandError if the variable names a folder that does not hold the provider
 */
export function findProvider(
  requirement: ProviderRequirement,
  environment: NodeJS.ProcessEnv,
  roots: readonly string[] = INSTALLATION_ROOTS,
): ProviderOrigin {
  const variable = environment[MIRROR_VARIABLE] ?? "";
  if (variable !== "") {
    const named = resolve(variable);
    if (!holdsProvider(named, requirement)) {
      throw new CommandError(
        `${MIRROR_VARIABLE} is ${named}, which does not hold ${providerPath(requirement)}.\n` +
          `Fill it with "terraform providers mirror ${named}", or unset the variable.`,
        ExitCode.missing,
      );
    }
    return { kind: "mirror", directory: named };
  }
  const { file, exists } = userCliConfig(environment);
  if (exists && /^\s*provider_installation\s*\{/m.test(readFileSync(file, "utf8"))) {
    return { kind: "cli-config", file };
  }
  const directory =
    impliedDirectories(environment).find((candidate) => holdsProvider(candidate, requirement)) ??
    search(roots, requirement);
  return directory === undefined ? { kind: "registry" } : { kind: "mirror", directory };
}

/** Path of the provider's folder in a mirror, and in .terraform/providers. */
export function providerPath({ source, version }: ProviderRequirement): string {
  return join(REGISTRY, source, version, platformName());
}

function holdsProvider(mirror: string, requirement: ProviderRequirement): boolean {
  const { source, version } = requirement;
  const [, name] = source.split("/");
  const packed = `terraform-provider-${name ?? ""}_${version}_${platformName()}.zip`;
  return existsSync(join(mirror, providerPath(requirement))) || existsSync(join(mirror, REGISTRY, source, packed));
}

/** Source: Terraform documentation, "CLI Configuration File", section "Implied Local Mirror Directories". */
function impliedDirectories(environment: NodeJS.ProcessEnv): string[] {
  const home = homedir();
  const dataHome = environment.XDG_DATA_HOME ?? join(home, ".local/share");
  const dataDirectories = (environment.XDG_DATA_DIRS ?? "/usr/local/share:/usr/share").split(":");
  return [
    join(home, ".terraform.d/plugins"),
    ...[dataHome, ...dataDirectories].map((directory) => join(directory, "terraform/plugins")),
  ];
}

/** Looks for a mirror below some folders, breadth first, in a bounded number of folders. */
function search(roots: readonly string[], requirement: ProviderRequirement): string | undefined {
  let level = roots;
  let visited = 0;
  for (let depth = 0; depth < SEARCH_DEPTH && visited < SEARCH_LIMIT; depth += 1) {
    const found = level.find((directory) => holdsProvider(directory, requirement));
    if (found !== undefined) {
      return found;
    }
    visited += level.length;
    level = level.flatMap(subdirectories);
  }
  return undefined;
}

function subdirectories(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
      .map((entry) => join(directory, entry.name));
  } catch {
    // folders that are absent or closed to us hold no mirror we could use
    return [];
  }
}

/** Terraform's name of this machine's platform, for example linux_amd64. */
export function platformName(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const architectures: Partial<Record<string, string>> = { x64: "amd64", ia32: "386" };
  return `${system}_${architectures[process.arch] ?? process.arch}`;
}
