import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { platform } from "../../environments/platform";
import { CommandError, ExitCode } from "../exit-codes";
import { platformName } from "./provider-mirror";

/** The versions that environments/platform.ts allows, as a semver range: "~> 1.11" is every 1.x from 1.11 on. */
export const TERRAFORM_VERSIONS = platform.terraformVersion.replace(/^~> (1\.\d+)$/, ">=$1.0 <2.0.0");

/** The release that is downloaded where PATH has no Terraform: the one the tests run with. */
export const PINNED_VERSION = "1.11.4";

/** Names a mirror of the release server. What it serves must be signed by HashiCorp all the same. */
export const RELEASES_VARIABLE = "BASIN_TERRAFORM_RELEASES";

export const RELEASE_SERVER = "https://releases.hashicorp.com/terraform";

export const INSTALL = "install Terraform from https://developer.hashicorp.com/terraform/install and put it on PATH";

/** Name of the executable, in the archive and in the cache. */
export const EXECUTABLE = process.platform === "win32" ? "terraform.exe" : "terraform";

/** Where the parts of the pinned release are served. */
export interface ReleaseFiles {
  readonly checksums: string;
  readonly signature: string;
  /** The archive for this machine. */
  readonly archive: string;
  /** The archive's name in the list of checksums. It holds the version: an older release's list does not fit. */
  readonly archiveName: string;
}

/** @throws CommandError if the variable does not hold the address of a server */
export function releaseFiles(environment: NodeJS.ProcessEnv): ReleaseFiles {
  const folder = `${releaseServer(environment)}/${PINNED_VERSION}`;
  const archiveName = `terraform_${PINNED_VERSION}_${platformName()}.zip`;
  const checksums = `${folder}/terraform_${PINNED_VERSION}_SHA256SUMS`;
  return { checksums, signature: `${checksums}.sig`, archive: `${folder}/${archiveName}`, archiveName };
}

/** The server that releases come from: the mirror the variable names, or else HashiCorp's. */
export function releaseServer(environment: NodeJS.ProcessEnv): string {
  const variable = environment[RELEASES_VARIABLE] ?? "";
  if (variable === "") {
    return RELEASE_SERVER;
  }
  const url = URL.canParse(variable) ? new URL(variable) : undefined;
  const isPlain = url !== undefined && [url.username, url.password, url.search, url.hash].every((part) => part === "");
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    // the value is not repeated: it may hold a password
    throw new CommandError(
      `${RELEASES_VARIABLE} is not an address of the form https://host/path, without a user, a password and a query.\n` +
        `Set it to a mirror of ${RELEASE_SERVER}, or unset it.`,
      ExitCode.missing,
    );
  }
  return variable.replace(/\/+$/, "");
}

/** Where the pinned release is kept, for all clones of one person. */
export function cachedExecutable(environment: NodeJS.ProcessEnv): string {
  const configured = environment.XDG_CACHE_HOME ?? "";
  // the specification of these folders has relative paths ignored
  const caches = isAbsolute(configured) ? configured : join(homedir(), ".cache");
  return join(caches, "basin", "terraform", PINNED_VERSION, platformName(), EXECUTABLE);
}
