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
export function renderFindings(report: Report): string {
  return findingTexts(report).join("\n\n");
}

/** The same, one text for each thing that is wrong, wherever it is. */
export function findingTexts({ findings, suppressionProblems }: Report): string[] {
  const open = findings.filter(({ suppression }) => suppression === undefined);
  const groups = new Map<string, Finding[]>();
  for (const finding of SEVERITIES.flatMap((severity) => open.filter(({ rule }) => rule.severity === severity))) {
    const key = `${kindOf(finding)} ${finding.rule.id} ${finding.text}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...[...groups.values()].flatMap(renderGroup), ...suppressionProblems.map(renderSuppressionProblem)];
}

function kindOf({ outcome, level, rule }: Finding): string {
  return outcome === "unknown" ? "unknown" : (level ?? rule.level);
}

/** One thing that is wrong, with all that it is wrong of. */
function renderGroup(group: readonly Finding[]): string[] {
  const [first] = group;
  if (first === undefined) {
    return [];
  }
  const { rule, environment, text } = first;
  return [
    [
      `${kindOf(first)}: ${rule.id} (${rule.severity}) in ${environment}: ${text}`,
      ...group.map(({ path, address }, index) => `  ${index === 0 ? "of:    " : "       "}   ${path} (${address})`),
      `  rule:     ${rule.title}`,
      `  source:   ${rule.sources.join(", ")}`,
      `  remedy:   ${rule.remedy}`,
    ].join("\n"),
  ];
}

function renderSuppressionProblem({ suppression, environment, text }: SuppressionProblem): string {
  const { rule, scope, owner } = suppression;
  return [
    `error: the suppression of ${rule} in ${environment}: ${scope}: ${text}`,
    `  owner:    ${owner}`,
    "  remedy:   mend it where suppress() is called",
  ].join("\n");
}
