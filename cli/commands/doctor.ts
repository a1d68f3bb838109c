import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { satisfies } from "semver";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode } from "../exit-codes";
import { findPython } from "../python/environment";
import { askReleaseServer } from "../terraform/install";
import { AWS_PROVIDER, findProvider, MIRROR_VARIABLE, REGISTRY, userCliConfig } from "../terraform/provider-mirror";
import { cachedExecutable, PINNED_VERSION, releaseServer } from "../terraform/release";
import { Terraform } from "../terraform/terraform";

const SERVER_TIMEOUT_MS = 5000;

/** One thing this machine needs. */
export interface Diagnosis {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** The command or step that mends it; only where something is wrong. */
  readonly mend?: string;
}

interface Manifest {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export interface DoctorOptions {
  readonly json: boolean;
  /** Name of an environment to look at in AWS as well. */
  readonly environment?: string;
}

/**
 * Tells what is there and what is missing on this machine, with what mends it; of an environment also what a first apply
 * would replace in Lake Formation.
 *
 * @throws CommandError if something is missing, or credentials are those of another account
 */
export async function doctor({ json, environment }: DoctorOptions, context: CommandContext): Promise<void> {
  const found = environment === undefined ? undefined : await look(environment, context);
  const manifest = JSON.parse(readFileSync(join(context.root, "package.json"), "utf8")) as Manifest;
  const diagnoses = [
    diagnoseNode(manifest),
    diagnosePackages(manifest, context.root),
    await diagnoseTerraform(context),
    diagnoseCliConfig(context.variables),
    await diagnoseProvider(context.variables),
    await diagnosePython(context),
    ...(found === undefined ? [] : [found.credentials]),
  ];
  if (json) {
    const report = found && { environment, machine: diagnoses, lakeFormation: found.lakeFormation ?? null };
    context.print(JSON.stringify(report ?? diagnoses, undefined, 2));
  } else {
    context.print([...diagnoses.map(format), ...(found?.text === undefined ? [] : ["", found.text])].join("\n"));
  }
  const missing = diagnoses.filter(({ ok }) => !ok);
  if (missing.length > 0) {
    throw new CommandError(`Missing: ${missing.map(({ name }) => name).join(", ")}.`, ExitCode.missing);
  }
}

/** Loads what that takes only then: without an environment, packages may be missing. */
async function look(environment: string, context: CommandContext) {
  const { lookAt } = await import("../lake-formation/look.js");
  return lookAt(environment, context);
}

function format({ name, ok, found, mend }: Diagnosis): string {
  return `${ok ? "ok     " : "missing"}  ${name}: ${found}${mend === undefined ? "" : `\n         mend: ${mend}`}`;
}

function diagnoseNode({ engines }: Manifest): Diagnosis {
  const found = process.version;
  return satisfies(found, engines.node)
    ? { name: "Node.js", ok: true, found }
    : { name: "Node.js", ok: false, found: `${found}, needs ${engines.node}`, mend: "nvm install (it reads .nvmrc)" };
}

function diagnosePackages({ dependencies, devDependencies }: Manifest, root: string): Diagnosis {
  const wrong = Object.entries({ ...dependencies, ...devDependencies }).filter(([name, version]) => {
    const file = join(root, "node_modules", name, "package.json");
    return !existsSync(file) || (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version !== version;
  });
  return wrong.length === 0
    ? { name: "npm packages", ok: true, found: "all in the versions of package.json" }
    : {
        name: "npm packages",
        ok: false,
        found: `absent or of another version: ${wrong.map(([name]) => name).join(", ")}`,
        mend: "npm ci",
      };
}

async function diagnoseTerraform({ variables, signal }: CommandContext): Promise<Diagnosis> {
  const name = "Terraform";
  try {
    const onPath = await Terraform.onPath(variables, signal);
    if (onPath !== undefined) {
      return { name, ok: true, found: onPath.version };
    }
    const cached = await Terraform.inCache(variables, signal);
    if (cached !== undefined) {
      return { name, ok: true, found: `${cached.version} in the cache, ${cachedExecutable(variables)}` };
    }
    await askReleaseServer(variables, signal, SERVER_TIMEOUT_MS);
    const found = `not on PATH; ${releaseServer(variables)} answers, the first preview downloads ${PINNED_VERSION}`;
    return { name, ok: true, found };
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === ExitCode.missing) {
      // the last line says what to do
      const lines = error.message.split("\n");
      return { name, ok: false, found: lines.slice(0, -1).join(" "), mend: lines.at(-1) };
    }
    throw error;
  }
}

/** A configuration that is named but absent makes every run of Terraform warn. Basin's own runs do not read it. */
function diagnoseCliConfig(variables: NodeJS.ProcessEnv): Diagnosis {
  const { file, exists, configured } = userCliConfig(variables);
  const name = "Terraform CLI configuration";
  if (exists) {
    return { name, ok: true, found: file };
  }
  return configured
    ? { name, ok: true, found: `TF_CLI_CONFIG_FILE names ${file}, which does not exist; Basin ignores it, cdktf warns` }
    : { name, ok: true, found: "none, the defaults hold" };
}

async function diagnoseProvider(variables: NodeJS.ProcessEnv): Promise<Diagnosis> {
  const name = `provider ${AWS_PROVIDER.source} ${AWS_PROVIDER.version}`;
  try {
    const origin = findProvider(AWS_PROVIDER, variables);
    if (origin.kind === "mirror") {
      return { name, ok: true, found: `in the mirror ${origin.directory}` };
    }
    if (origin.kind === "cli-config") {
      return { name, ok: true, found: `comes from where ${origin.file} says` };
    }
    await fetch(`https://${REGISTRY}/.well-known/terraform.json`, { signal: AbortSignal.timeout(SERVER_TIMEOUT_MS) });
    return { name, ok: true, found: `${REGISTRY} answers; the first preview downloads it` };
  } catch (error) {
    const found =
      error instanceof CommandError ? error.message : `no mirror on this machine, and ${REGISTRY} does not answer`;
    const mend = `connect to the registry, or set ${MIRROR_VARIABLE} to a filesystem mirror that holds the provider`;
    return { name, ok: false, found, mend };
  }
}

async function diagnosePython(context: CommandContext): Promise<Diagnosis> {
  const name = "Python";
  try {
    const { executable, version } = await findPython(context);
    return { name, ok: true, found: `${version}, ${executable}` };
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === ExitCode.missing) {
      const mend =
        "install it (https://www.python.org/downloads); deploy builds Lambda's code with it, tests run on it";
      return { name, ok: false, found: error.message, mend };
    }
    throw error;
  }
}
