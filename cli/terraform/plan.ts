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
  readonly terraform_version: string;
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

export interface ResourceChange {
  readonly address: string;
  /** Where it is in the state, if a `moved` block says so. */
  readonly previous_address?: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** Key of an instance of a counted resource. */
  readonly index?: string | number;
  readonly provider_name: string;
  readonly change: Change;
}

/** What happens to a resource; null where it does not exist before or after. */
export interface Change {
  readonly actions: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  /** True in place of each value that is known only after the apply; false where the resource does not exist then. */
  readonly after_unknown: Readonly<Record<string, unknown>> | boolean;
  readonly after_sensitive: unknown;
  /** Where it is taken over into the state. */
  readonly importing?: { readonly id: string };
  /** What forces a replacement. */
  readonly replace_paths?: readonly (readonly (string | number)[])[];
}

export interface PlanTarget {
  readonly terraform: Terraform;
  /** An initialized working directory. */
  readonly directory: string;
  readonly cliConfigFile: string;
  /**
   * Variables of the runs, such as credentials.
   *
   * @default - none, with which nothing of AWS is reached
   */
  readonly variables?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Expected in every preview: the provider's folder is a development override. */
const OVERRIDE_WARNING = "Provider development overrides are in effect";

/** How Terraform says that `prevent_destroy` forbids what it has planned. */
const REFUSAL = "Instance cannot be destroyed";

export interface Planned {
  readonly warnings: readonly Diagnostic[];
  /** Addresses of resources that would have to be destroyed, which `prevent_destroy` refuses. */
  readonly refused: readonly string[];
}

/**
 * Plans a directory against the state that lies in it, or none, and takes that for the truth: AWS is not asked.
 *
 * @param file the plan's name in the directory
 * @throws CommandError with every error Terraform reports, refusals by `prevent_destroy` aside
 */
export function planOffline(target: PlanTarget, file: string): Promise<Planned> {
  // no lock: nobody else has this state, and the directory's own lock keeps a second preview out
  return plan(target, file, ["-lock=false", "-refresh=false"]);
}

export interface DeployedPlanOptions {
  /** Whether everything is to be destroyed. */
  readonly destroy: boolean;
  /** How long to wait for whoever has locked the state. */
  readonly lockTimeoutSeconds: number;
}

/**
 * Plans a directory against what is deployed: the state is locked, and AWS is asked.
 *
 * @param file the plan's name in the directory
 * @throws CommandError with every error Terraform reports, refusals by `prevent_destroy` aside
 */
export function planDeployed(target: PlanTarget, file: string, options: DeployedPlanOptions): Promise<Planned> {
  const { destroy, lockTimeoutSeconds } = options;
  return plan(target, file, [`-lock-timeout=${lockTimeoutSeconds}s`, ...(destroy ? ["-destroy"] : [])]);
}

export interface ApplyOptions extends Pick<DeployedPlanOptions, "lockTimeoutSeconds"> {
  /** File that gets all that Terraform tells meanwhile, the id of each thing it makes included. */
  readonly journal: string;
}

/**
 * Applies a plan.
 *
 * @param file the plan's path
 * @throws CommandError with every error Terraform reports
 */
export async function applyPlan(
  { terraform, directory, cliConfigFile, variables, signal }: PlanTarget,
  file: string,
  { journal, lockTimeoutSeconds }: ApplyOptions,
): Promise<void> {
  const args = ["apply", "-json", "-input=false", `-lock-timeout=${lockTimeoutSeconds}s`, file];
  const result = await terraform.run(args, { cwd: directory, cliConfigFile, variables, journal, signal });
  if (result.exitCode !== 0) {
    const errors = errorsIn(result.stdout);
    const reasons = errors.length > 0 ? errors.map(formatDiagnostic).join("\n") : result.stderr.trim();
    throw new ApplyError(`${reasons}\nWhat was made before is in ${journal}.`, errors);
  }
}

/** Terraform did not apply all of a plan. */
export class ApplyError extends CommandError {
  constructor(
    message: string,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(message, ExitCode.failed);
    this.name = "ApplyError";
  }
}

async function plan(
  { terraform, directory, cliConfigFile, variables, signal }: PlanTarget,
  file: string,
  options: readonly string[],
): Promise<Planned> {
  const args = ["plan", "-json", "-input=false", `-out=${file}`, ...options];
  const result = await terraform.run(args, { cwd: directory, cliConfigFile, variables, signal });
  const diagnostics = messages(result.stdout).flatMap(({ diagnostic }) => diagnostic ?? []);
  const errors = errorsIn(result.stdout);
  const refused = errors.flatMap(({ summary, detail }) =>
    summary === REFUSAL ? (/^Resource (.+) has /.exec(detail)?.[1] ?? []) : [],
  );
  if (result.exitCode !== 0 && (errors.length === 0 || errors.length > refused.length)) {
    // what goes wrong before the machine-readable output begins is plain text
    const text = [...result.stdout.split("\n").filter((line) => !isMessage(line)), result.stderr.trim()];
    const reasons = errors.length > 0 ? errors.map(formatDiagnostic) : text;
    throw new CommandError(`terraform plan failed in ${directory}:\n${reasons.join("\n")}`, ExitCode.failed);
  }
  return {
    warnings: diagnostics.filter(({ severity, summary }) => severity === "warning" && summary !== OVERRIDE_WARNING),
    refused,
  };
}

/** Reads a plan in the directory. */
export async function showPlan(
  { terraform, directory, cliConfigFile, variables, signal }: PlanTarget,
  file: string,
): Promise<PlanJson> {
  const shown = await terraform.run(["show", "-json", file], { cwd: directory, cliConfigFile, variables, signal });
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

/** Errors in Terraform's machine-readable output. */
export function errorsIn(output: string): Diagnostic[] {
  return messages(output).flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic] : []));
}

/** What a plan does to each resource and each output, data sources aside. */
export function actionsIn({ resource_changes: resources = [], output_changes: outputs = {} }: PlanJson): string[] {
  return [
    ...resources.filter(({ mode }) => mode === "managed").map(({ change }) => change),
    ...Object.values(outputs),
  ].flatMap(({ actions }) => actions);
}

/** Whether a resource gets another address, and stays what it is. */
export function isMoved({ address, previous_address: previous }: ResourceChange): boolean {
  return previous !== undefined && previous !== address;
}

/** What Basin reads of Terraform's machine-readable output. */
interface Message {
  readonly diagnostic?: Diagnostic;
  /** What `terraform test -verbose` has planned. */
  readonly test_plan?: unknown;
}

/** Terraform's machine-readable output, a message a line; other text is left out. */
export function messages(output: string): Message[] {
  return output.split("\n").flatMap((line) => (isMessage(line) ? parse(line) : []));
}

/** A message; none where the line is torn, as a killed run leaves it in a journal. */
function parse(line: string): Message[] {
  try {
    return [JSON.parse(line) as Message];
  } catch {
    return [];
  }
}

function isMessage(line: string): boolean {
  return line.startsWith('{"@level"');
}
