import Table from "cli-table3";
import type { Report } from "../../policies/engine";
import type { PlanRule, Rule } from "../../policies/rule";
import type { WaitingRule } from "../../policies/waiting";

export interface Catalogue {
  readonly rules: readonly Rule[];
  /** Rules that are judged where a plan is applied. */
  readonly onPlans: readonly PlanRule[];
  readonly waiting: readonly WaitingRule[];
  /** Rules of the mutations, once for each. */
  readonly mutated: readonly string[];
}

/** Every rule with what it is judged on, how often it is tried by a mutation, and those that wait. */
export function renderCatalogue({ rules, onPlans, waiting, mutated }: Catalogue, reports: readonly Report[]): string {
  const matched = (id: string) =>
    reports
      .flatMap(({ controls }) => controls.filter(({ rule }) => rule.id === id))
      .reduce((sum, { passed, failed, suppressed, unknown }) => sum + passed + failed + suppressed + unknown, 0);
  const mutations = (id: string) => mutated.filter((rule) => rule === id).length;
  const table = new Table({
    head: ["rule", "level", "severity", "matches", "mutations", "demands"],
    colAligns: ["left", "left", "left", "right", "right", "left"],
    colWidths: [null, null, null, null, null, 72],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  rules.forEach(({ id, level, severity, title }) => {
    table.push([id, level, severity, matched(id), mutations(id), title]);
  });
  onPlans.forEach(({ id, level, severity, title }) => {
    table.push([id, level, severity, "", "", `${title} (judged by plan and deploy)`]);
  });
  waiting.forEach((rule) => {
    table.push([rule.id, "waits", "", "", "", `${rule.title} (waits for ${awaited(rule)})`]);
  });
  const count = (isWanted: (id: string) => boolean) => rules.filter(({ id }) => isWanted(id)).length;
  return [
    table.toString(),
    `${rules.length} rules are implemented, ${count((id) => matched(id) > 0)} of them match something in ` +
      `${reports.map(({ environment }) => environment).join(", ")}, ${count((id) => mutations(id) > 0)} are tried by ` +
      `${mutated.length} mutations; ${onPlans.length} is judged on plans; ${waiting.length} wait for what is not there yet.`,
  ].join("\n");
}

/** All there is to say of a rule. */
export function explainRule(rule: Rule | PlanRule): string {
  const { id, title, level, severity, stages, remedy, sources, external } = rule;
  const known = Object.entries(external ?? {}).map(([set, names]) => `${set} ${names.join(", ")}`);
  return [
    `${id}: ${title}`,
    `  level:    ${level} (${severity})`,
    `  judges:   ${judged(rule)}`,
    `  where:    ${stages === undefined ? "in every environment" : `in environments of the stages ${stages.join(", ")}`}`,
    ...(known.length > 0 ? [`  also:     ${known.join("; ")}`] : []),
    ...sources.map((source, index) => `  ${index === 0 ? "source: " : "        "}  ${source}`),
    `  remedy:   ${remedy}`,
  ].join("\n");
}

function judged(rule: Rule | PlanRule): string {
  if ("judgePlan" in rule) {
    return "what a plan against a deployment deletes or replaces";
  }
  return "types" in rule ? (rule.types === "all" ? "every resource" : rule.types.join(", ")) : "every stack";
}

/** What there is to say of a rule that is not implemented yet. */
export function explainWaiting(rule: WaitingRule): string {
  return `${rule.id}: ${rule.title}\n  waits:    for ${awaited(rule)}`;
}

function awaited({ types, because }: WaitingRule): string {
  return [types.join(", "), ...(because === undefined ? [] : [because])].join(": ");
}
