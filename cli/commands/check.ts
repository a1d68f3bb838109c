import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Control, Report } from "../../policies/engine";
import { formatProblem, loadConfiguration } from "../../stacks/configuration";
import { addPlatform } from "../../stacks/platform";
import { checkStacks } from "../check-stacks";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode } from "../exit-codes";
import { hasErrors, renderFindings } from "../report/findings";
import { selectEnvironments } from "../select-environments";

export interface CheckOptions {
  /** Names of environments; all of them if there is none. */
  readonly environments: readonly string[];
  /** Prints the reports as JSON. */
  readonly json: boolean;
}

/**
 * Judges the layered stacks of environments by all rules.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if a rule that is an error fails
 */
export function check({ environments: wanted, json }: CheckOptions, context: CommandContext): void {
  const names = selectEnvironments(wanted);
  const configuration = loadConfiguration();
  const { platform, domains, warnings } = configuration;
  warnings.forEach((warning) => {
    context.printError(formatProblem(warning));
  });
  const environments = configuration.environments.filter(({ name }) => names.includes(name));
  const outdir = join(context.root, ".basin", "check");
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  environments.forEach((environment) => {
    addPlatform(app, { platform, environment, domains, layout: "layered" });
  });
  app.synth();
  const reports = checkStacks({ platform, environments, outdir, today: new Date() });
  context.print(json ? JSON.stringify(reports.map(plain), undefined, 2) : reports.map(render).join("\n"));
  const failed = reports.filter(hasErrors).map(({ environment }) => environment);
  if (failed.length > 0) {
    throw new CommandError(`The check of ${failed.join(", ")} failed.`, ExitCode.failed);
  }
}

function render(report: Report): string {
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
