import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../policies";
import type { Control, Report } from "../../policies/engine";
import { PLAN_GUARD } from "../../policies/plan-guard";
import { checkEnvironments } from "../check-stacks";
import type { CommandContext } from "../command-context";
import { loadPrintingWarnings } from "../configuration";
import { CommandError, ExitCode } from "../exit-codes";
import { lockWhenFree } from "../folder-lock";
import { renderControls } from "../report/controls";
import { hasErrors, renderFindings } from "../report/findings";
import { explainRule, explainWaiting, renderCatalogue } from "../report/rules";
import { toSarif } from "../report/sarif";
import { selectEnvironments } from "../select-environments";

export interface CheckOptions {
  /** Names of environments; all of them if there is none. */
  readonly environments: readonly string[];
  /** Prints the reports as JSON. */
  readonly json: boolean;
  /** Prints the findings as SARIF, for code scanning. */
  readonly sarif: boolean;
  /** Prints what every control says of every environment, as Markdown. */
  readonly controls: boolean;
  /** Prints all rules, with what each is judged on, instead of findings. */
  readonly list: boolean;
  /** Id of a rule to print all about, instead of checking anything. */
  readonly explain?: string;
}

/**
 * Judges the layered stacks of environments by all rules.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if a rule that is an error fails
 */
export async function check(options: CheckOptions, context: CommandContext): Promise<void> {
  refuseContradictions(options);
  if (options.explain !== undefined) {
    context.print(await explain(options.explain));
    return;
  }
  const names = selectEnvironments(options.environments);
  const configuration = loadPrintingWarnings(context);
  const selected = configuration.environments.filter(({ name }) => names.includes(name));
  const today = new Date();
  const outdir = join(context.root, ".basin", "check");
  mkdirSync(outdir, { recursive: true });
  // another check would change what this one reads
  const release = await lockWhenFree(outdir, context.signal);
  let reports: Report[];
  try {
    reports = checkEnvironments(configuration, selected, { outdir, today });
  } finally {
    await release();
  }
  context.print(await render(options, reports, today));
  const failed = reports.filter(hasErrors).map(({ environment }) => environment);
  if (failed.length > 0) {
    const hint = options.list || options.controls ? ' "npm run check" tells why.' : "";
    throw new CommandError(`The check of ${failed.join(", ")} failed.${hint}`, ExitCode.failed);
  }
}

function refuseContradictions({ json, sarif, controls, list, explain: rule, environments }: CheckOptions): void {
  if ([json, sarif, controls, list, rule !== undefined].filter(Boolean).length > 1) {
    throw new CommandError("--json, --sarif, --controls, --list and --explain: name one of them.", ExitCode.invalid);
  }
  if (rule !== undefined && environments.length > 0) {
    throw new CommandError("--explain tells of a rule, whatever the environment: name none.", ExitCode.invalid);
  }
}

async function explain(id: string): Promise<string> {
  const isWanted = (candidate: { readonly id: string }) => candidate.id === id.toUpperCase();
  const rule = [...RULES, PLAN_GUARD].find(isWanted);
  if (rule !== undefined) {
    return explainRule(rule);
  }
  const { WAITING } = await import("../../policies/waiting.js");
  const waiting = WAITING.find(isWanted);
  if (waiting !== undefined) {
    return explainWaiting(waiting);
  }
  throw new CommandError(
    `There is no rule "${id}". "npm run check -- --list" prints those there are.`,
    ExitCode.invalid,
  );
}

async function render(
  { json, sarif, controls, list }: CheckOptions,
  reports: readonly Report[],
  today: Date,
): Promise<string> {
  if (json) {
    return toJson(reports.map(plain));
  }
  if (sarif) {
    return toJson(toSarif(reports));
  }
  if (controls) {
    return renderControls(reports, today);
  }
  if (list) {
    const [{ WAITING: waiting }, { MUTATIONS }] = await Promise.all([
      import("../../policies/waiting.js"),
      import("../../policies/mutations/index.js"),
    ]);
    const mutated = MUTATIONS.map(({ rule }) => rule);
    return renderCatalogue({ rules: RULES, onPlans: [PLAN_GUARD], waiting, mutated }, reports);
  }
  return reports.map(renderReport).join("\n");
}

function toJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

function renderReport(report: Report): string {
  const findings = renderFindings(report);
  return `${findings === "" ? "" : `${findings}\n\n`}${summaryOf(report)}`;
}

function summaryOf({ environment, controls }: Report): string {
  const sum = (pick: (control: Control) => number) => controls.reduce((all, control) => all + pick(control), 0);
  return (
    `${environment}: ${controls.length} rules judged ${sum(({ passed }) => passed)} times as passed, ` +
    `${sum(({ failed }) => failed)} failed, ${sum(({ suppressed }) => suppressed)} suppressed, ` +
    `${sum(({ unknown }) => unknown)} unknown.`
  );
}

/** A report as machines read it: rules by their id. */
function plain({ environment, findings, suppressionProblems, controls }: Report): object {
  return {
    environment,
    findings: findings.map(({ rule, ...finding }) => ({
      rule: rule.id,
      severity: rule.severity,
      level: rule.level,
      ...finding,
    })),
    suppressionProblems,
    controls: controls.map(({ rule, ...counts }) => ({ rule: rule.id, ...counts })),
  };
}
