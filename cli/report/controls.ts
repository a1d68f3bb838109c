import type { Control, Finding, Report } from "../../policies/engine";

type Outcome = "passed" | "failed" | "suppressed" | "unknown";

const OUTCOMES: readonly Outcome[] = ["passed", "failed", "suppressed", "unknown"];

/** What auditors ask for, as Markdown: every control in every environment, and each resource that does not simply pass. */
export function renderControls(reports: readonly Report[], today: Date): string {
  return [
    `# Controls of ${reports.map(({ environment }) => environment).join(", ")}`,
    "",
    `As of ${today.toISOString().slice(0, "YYYY-MM-DD".length)}. Counted are the resources that a control speaks of; a control that speaks of stacks counts these.`,
    "",
    row(["control", "demands", "severity", "also known as", "environment", ...OUTCOMES]),
    row(["---", "---", "---", "---", "---", ...OUTCOMES.map(() => "---:")]),
    ...controlRows(reports),
    "",
    ...exceptions("Failed", reports, ({ outcome, suppression }) => outcome === "failed" && suppression === undefined),
    ...exceptions("Unknown", reports, ({ outcome, suppression }) => outcome === "unknown" && suppression === undefined),
    ...exceptions("Suppressed", reports, ({ suppression }) => suppression !== undefined),
  ].join("\n");
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

function controlRows(reports: readonly Report[]): string[] {
  const judged = reports.flatMap(({ environment, controls }) => controls.map((control) => ({ environment, control })));
  const ids = [...new Set(judged.map(({ control }) => control.rule.id))];
  return ids.flatMap((id) =>
    judged
      .filter(({ control }) => control.rule.id === id)
      .map(({ environment, control }) => controlRow(environment, control)),
  );
}

function controlRow(environment: string, control: Control): string {
  const { id, title, severity, external } = control.rule;
  const names = Object.values(external ?? {}).flat();
  return row([id, title, severity, names.join(", "), environment, ...OUTCOMES.map((outcome) => control[outcome])]);
}

function exceptions(title: string, reports: readonly Report[], isWanted: (finding: Finding) => boolean): string[] {
  const findings = reports.flatMap((report) => report.findings.filter(isWanted));
  const lines = findings.map(({ rule, environment, address, text, suppression }) => {
    const reason =
      suppression &&
      `: ${suppression.reason} (${suppression.owner}, until ${suppression.expires}, at ${suppression.scope})`;
    return `- ${rule.id} in ${environment}: \`${address}\`: ${text}${reason ?? ""}`;
  });
  return lines.length === 0 ? [] : [`## ${title}`, "", ...lines, ""];
}
