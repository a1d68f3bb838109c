import { createHash } from "node:crypto";
import type { Log, ReportingDescriptor, Result } from "sarif";
import manifest from "../../package.json";
import type { Finding, Report, SuppressionProblem } from "../../policies/engine";
import type { Rule } from "../../policies/rule";
import { isError } from "./findings";

/** What is wrong with a suppression is a result too, of a rule that every check has. */
const SUPPRESSION_RULE: ReportingDescriptor = {
  id: "suppression",
  shortDescription: { text: "Every suppression is known, needed and not expired" },
  help: { text: "Mend it where suppress() is called." },
  defaultConfiguration: { level: "error" },
};

/**
 * Reports as one run of SARIF 2.1.0, for code scanning.
 *
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function toSarif(reports: readonly Report[]): Log {
  const rules = [...new Set(reports.flatMap(({ controls }) => controls.map(({ rule }) => rule)))];
  return {
    version: "2.1.0",
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    runs: [
      {
        tool: {
          driver: {
            name: manifest.name,
            version: manifest.version,
            rules: [...rules.map(toDescriptor), SUPPRESSION_RULE],
          },
        },
        results: reports.flatMap(({ findings, suppressionProblems }) => [
          ...findings.map(toResult),
          ...suppressionProblems.map(toSuppressionResult),
        ]),
      },
    ],
  };
}

/** How bad it is in GitHub's eyes, from 0 to 10. */
const SECURITY_SEVERITY: Readonly<Record<Rule["severity"], string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.0",
  low: "2.0",
};

function toDescriptor({ id, title, level, severity, remedy, sources }: Rule): ReportingDescriptor {
  const [helpUri] = sources;
  return {
    id,
    shortDescription: { text: title },
    help: { text: `${remedy}\n\n${sources.join("\n")}` },
    ...(helpUri !== undefined && { helpUri }),
    defaultConfiguration: { level },
    properties: id.startsWith("LAKE-")
      ? { "security-severity": SECURITY_SEVERITY[severity], tags: ["security"] }
      : { tags: ["reliability"] },
  };
}

function toResult(finding: Finding): Result {
  const { rule, environment, address, attribute, path, text, outcome, suppression } = finding;
  return {
    ruleId: rule.id,
    level: outcome === "unknown" ? "note" : isError({ ...finding, suppression: undefined }) ? "error" : "warning",
    message: { text: `${environment}: ${path}: ${text}. Remedy: ${rule.remedy}.` },
    ...whereabouts(path, address),
    partialFingerprints: fingerprints(rule.id, environment, address, attribute ?? ""),
    suppressions:
      suppression === undefined
        ? []
        : [
            {
              kind: "inSource",
              justification: `${suppression.reason} (${suppression.owner}, until ${suppression.expires})`,
            },
          ],
  };
}

function toSuppressionResult({ suppression, environment, text }: SuppressionProblem): Result {
  const { rule, scope } = suppression;
  return {
    ruleId: SUPPRESSION_RULE.id,
    level: "error",
    message: { text: `${environment}: the suppression of ${rule} at ${scope}: ${text}.` },
    ...whereabouts(scope, scope),
    partialFingerprints: fingerprints(SUPPRESSION_RULE.id, environment, scope, rule),
    // of all results or of none
    suppressions: [],
  };
}

/** Constructs have no line of their own: the file that declares their layer has to do. */
function whereabouts(path: string, address: string): Pick<Result, "locations"> {
  const [stack = "", first] = path.split("/");
  const layer = first ?? stack.replace(/^[^-]+-/, "");
  const domain = /^domain-(.+)$/.exec(layer)?.[1];
  const uri = domain === undefined ? `stacks/layers/${layer}.ts` : `domains/${domain}.ts`;
  return {
    locations: [
      {
        physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
        logicalLocations: [{ name: address, fullyQualifiedName: path, kind: "resource" }],
      },
    ],
  };
}

/**
 * Keeps a finding the same one from run to run, however its text is written. The name is the only one that GitHub reads;
 * without it all findings of a file would be one, for all of them are on its first line.
 */
function fingerprints(...parts: readonly string[]): Result["partialFingerprints"] {
  return { primaryLocationLineHash: createHash("sha256").update(parts.join("\n")).digest("hex") };
}
