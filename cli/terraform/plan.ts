import { CommandError, ExitCode } from "../exit-codes";
import type { Terraform } from "./terraform";

/** What Terraform has to say about a configuration. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** The resource it is about, where Terraform knows. */
  readonly address?: string;
}

/** The parts of `terraform show -json` that Basin reads. */
export interface PlanJson {
  readonly format_version: string;
  readonly resource_changes?: readonly ResourceChange[];
}

export interface ResourceChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly change: { readonly actions: readonly string[] };
}

export interface PlanTarget {
  readonly terraform: Terraform;
  /** An initialized working directory. */
  readonly directory: string;
  readonly cliConfigFile: string;
  readonly signal: AbortSignal;
}

const PLAN_FILE = "preview.tfplan";

/** Expected in every preview: the provider's folder is a development override. */
const OVERRIDE_WARNING = "Provider development overrides are in effect";

/**
 * Plans a directory against no state at all.
 *
 * @returns Terraform's warnings
 * @throws CommandError with every error Terraform reports
 */
export async function planOffline({ terraform, directory, cliConfigFile, signal }: PlanTarget): Promise<Diagnostic[]> {
  // no lock: the directory has no state, and its own lock keeps a second preview out
  const args = ["plan", "-json", "-input=false", "-lock=false", "-refresh=false", `-out=${PLAN_FILE}`];
  const result = await terraform.run(args, { cwd: directory, cliConfigFile, signal });
  const lines = result.stdout.split("\n");
  const diagnostics = lines.flatMap((line) => parseMessage(line)?.diagnostic ?? []);
  if (result.exitCode !== 0) {
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(formatDiagnostic);
    // what goes wrong before the machine-readable output begins is plain text
    const text = [...lines.filter((line) => parseMessage(line) === undefined), result.stderr.trim()];
    const reasons = errors.length > 0 ? errors : text;
    throw new CommandError(`terraform plan failed in ${directory}:\n${reasons.join("\n")}`, ExitCode.failed);
  }
  return diagnostics.filter(({ severity, summary }) => severity === "warning" && summary !== OVERRIDE_WARNING);
}

/** Reads the plan that `planOffline` left in the directory. */
export async function showPlan({ terraform, directory, cliConfigFile, signal }: PlanTarget): Promise<PlanJson> {
  const shown = await terraform.run(["show", "-json", PLAN_FILE], { cwd: directory, cliConfigFile, signal });
  if (shown.exitCode !== 0) {
    throw new CommandError(`terraform show failed in ${directory}:\n${shown.stderr.trim()}`, ExitCode.failed);
  }
  return JSON.parse(shown.stdout) as PlanJson;
}

/** A diagnostic in one line, with the resource it is about. */
export function formatDiagnostic({ severity, summary, detail, address }: Diagnostic): string {
  const where = address === undefined ? "" : `${address}: `;
  return `${severity}: ${where}${summary}${detail === "" ? "" : `: ${detail.replace(/\s+/g, " ")}`}`;
}

/** One line of Terraform's machine-readable output; undefined for other text. */
function parseMessage(line: string): { readonly diagnostic?: Diagnostic } | undefined {
  try {
    return JSON.parse(line) as { readonly diagnostic?: Diagnostic };
  } catch {
    return undefined;
  }
}
