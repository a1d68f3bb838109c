import Table from "cli-table3";
import { STATEFUL_TYPES } from "../../policies/stateful-types";
import type { StackPlan } from "../deployment/plan-stacks";
import type { PlanJson } from "../terraform/plan";
import { type Action, actionOf, ACTIONS, count, type Counts } from "./summary";

/** What happens to one resource of a stack. */
interface StackChange {
  readonly address: string;
  readonly type: string;
  readonly action: Action;
}

/** What a plan of one stack does, for the one who reviews it. */
export interface StackSummary {
  readonly name: string;
  readonly kind: StackPlan["kind"];
  readonly counts: Counts;
  /** Replacements and deletions, those of stateful types first. */
  readonly losses: readonly string[];
  /** Changes of who may do what. */
  readonly permissions: readonly string[];
  /** Everything else. */
  readonly others: readonly string[];
  readonly waitsFor: readonly string[];
  readonly refused: readonly string[];
}

/** Types that say who may do what. */
const PERMISSION_TYPES = /_(policy|permission|permissions|role|grant|policy_attachment|security_group\w*)$/;

export function summarizeStack(result: StackPlan): StackSummary {
  const { name } = result.stack;
  const zero = count([]);
  const none = { losses: [], permissions: [], others: [], waitsFor: [], refused: [] };
  if (result.kind === "failed") {
    return { name, kind: "failed", counts: zero, ...none };
  }
  if (result.kind === "deferred") {
    const { creates, updates, deletes } = result.expected;
    return {
      ...none,
      name,
      kind: "deferred",
      counts: { ...count([]), create: creates.length, update: updates.length, delete: deletes.length },
      losses: deletes.map((address) => `delete ${address}`),
      waitsFor: result.waitsFor.map(({ stack, output }) => `${stack}: ${output.replace(/^cross-stack-output-/, "")}`),
    };
  }
  const changes = changesIn(result.plan);
  const losses = changes.filter(({ action }) => action === "replace" || action === "delete");
  const rest = changes.filter((change) => !losses.includes(change));
  const permissions = rest.filter(({ type }) => PERMISSION_TYPES.test(type));
  const render = (list: readonly StackChange[]) => list.map(({ action, address }) => `${action} ${address}`);
  return {
    name,
    kind: "planned",
    counts: count(changes),
    losses: render([...losses].sort((one, other) => weight(one) - weight(other))),
    permissions: render(permissions),
    others: render(rest.filter((change) => !permissions.includes(change))),
    waitsFor: [],
    refused: result.planned.refused,
  };
}

function weight({ type }: StackChange): number {
  return STATEFUL_TYPES.includes(type) ? 0 : 1;
}

function changesIn({ resource_changes: changes = [] }: PlanJson): StackChange[] {
  return changes.flatMap((change) => {
    const action = actionOf(change);
    return action === undefined ? [] : [{ address: change.address, type: change.type, action }];
  });
}

/** All stacks, for a terminal: a line each, then what is lost, who may do what, and what is waited for. */
export function renderStacks(summaries: readonly StackSummary[]): string {
  const table = new Table({
    head: ["stack", "", ...ACTIONS],
    colAligns: ["left", "left", ...ACTIONS.map(() => "right" as const)],
    style: { head: [], border: [], compact: true },
  });
  summaries.forEach(({ name, kind, counts }) => {
    table.push([name, kind, ...ACTIONS.map((action) => counts[action])]);
  });
  return [table.toString(), ...summaries.flatMap(renderDetails)].join("\n");
}

function renderDetails({ name, losses, permissions, refused, waitsFor }: StackSummary): string[] {
  return [
    ...section(`${name}: lost`, losses),
    ...section(`${name}: refused by prevent_destroy`, refused),
    ...section(`${name}: permissions`, permissions),
    ...section(`${name}: waits for`, waitsFor),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** All stacks as Markdown, for a pull request: what is lost first, the rest folded. */
export function renderStacksMarkdown(environment: string, commit: string, summaries: readonly StackSummary[]): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const list = (title: string, pick: (summary: StackSummary) => readonly string[]) => {
    const lines = summaries.flatMap((summary) => pick(summary).map((line) => `- ${summary.name}: \`${line}\``));
    return lines.length === 0 ? [] : [`## ${title}`, "", ...lines, ""];
  };
  const others = summaries.flatMap(({ name, others: lines }) => lines.map((line) => `- ${name}: \`${line}\``));
  return [
    `# Plan of ${environment} at ${commit.slice(0, 12)}`,
    "",
    row(["stack", "", ...ACTIONS]),
    row(["---", "---", ...ACTIONS.map(() => "---:")]),
    ...summaries.map(({ name, kind, counts }) => row([name, kind, ...ACTIONS.map((action) => counts[action])])),
    "",
    ...list("Refused by prevent_destroy", ({ refused }) => refused),
    ...list("Lost", ({ losses }) => losses),
    ...list("Permissions", ({ permissions }) => permissions),
    ...list("Waits for", ({ waitsFor }) => waitsFor),
    ...(others.length === 0
      ? []
      : ["<details><summary>Everything else</summary>", "", ...others, "", "</details>", ""]),
  ].join("\n");
}
