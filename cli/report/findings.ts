import type { Finding, Report, SuppressionProblem } from "../../policies/engine";
import { SEVERITIES } from "../../policies/rule";

/** Whether something has to be mended before stacks may be planned. */
export function isError({ suppression, outcome, level, rule }: Finding): boolean {
  return suppression === undefined && outcome === "failed" && (level ?? rule.level) === "error";
}

/** Whether anything in a report has to be mended: an error, or a suppression that does not count. */
export function hasErrors({ findings, suppressionProblems }: Report): boolean {
  return findings.some(isError) || suppressionProblems.length > 0;
}

/** All that is found in an environment, the most severe first; what is suppressed is left out. */
export function renderFindings({ findings, suppressionProblems }: Report): string {
  const open = findings.filter(({ suppression }) => suppression === undefined);
  const ordered = SEVERITIES.flatMap((severity) => open.filter(({ rule }) => rule.severity === severity));
  return [...ordered.map(renderFinding), ...suppressionProblems.map(renderSuppressionProblem)].join("\n\n");
}

function renderFinding(finding: Finding): string {
  const { rule, environment, path, address, text, outcome, level } = finding;
  const kind = outcome === "unknown" ? "unknown" : (level ?? rule.level);
  return [
    `${kind}: ${rule.id} (${rule.severity}) in ${environment}: ${path}: ${text}`,
    `  resource: ${address}`,
    `  rule:     ${rule.title}`,
    `  source:   ${rule.sources.join(", ")}`,
    `  remedy:   ${rule.remedy}`,
  ].join("\n");
}

function renderSuppressionProblem({ suppression, environment, text }: SuppressionProblem): string {
  const { rule, scope, owner } = suppression;
  return [
    `error: the suppression of ${rule} in ${environment}: ${scope}: ${text}`,
    `  owner:    ${owner}`,
    "  remedy:   mend it where suppress() is called",
  ].join("\n");
}
