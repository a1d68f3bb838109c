import Table from "cli-table3";
import { STATEFUL_TYPES } from "../../policies/stateful-types";
import type { StackPlan } from "../deployment/plan-stacks";
import { isMoved, type PlanJson } from "../terraform/plan";
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
const PERMISSION_TYPES =
  /_(policy|permission|permissions|role|grant|policy_attachment|security_group\w*|kms_key|openid_connect_provider|public_access_block|vpc_endpoint|data_lake_settings)$/;

export function summarizeStack(result: StackPlan): StackSummary {
  const { name } = result.stack;
  const zero = count([]);
  const none = { losses: [], permissions: [], others: [], waitsFor: [], refused: [] };
  if (result.kind === "failed") {
    return { name, kind: "failed", counts: zero, ...none };
  }
  if (result.kind === "deferred") {
    const { creates, updates, deletes } = result.expected;
    const told = (action: Action, addresses: readonly string[]) =>
      addresses.map((address): StackChange => ({ address, type: address.split(".")[0] ?? "", action }));
    const waitsFor = result.waitsFor.map(({ stack, output, expression = output }) => `${stack}: ${expression}`);
    const changes = [...told("delete", deletes), ...told("update", updates), ...told("create", creates)];
    return { ...none, name, kind: "deferred", ...sorted(changes), waitsFor };
  }
  const { others, ...changes } = sorted(changesIn(result.plan));
  const { refused } = result.planned;
  return { ...none, name, kind: "planned", ...changes, others: [...others, ...notesIn(result.plan)], refused };
}

/** What happens, in the order in which it matters. */
function sorted(changes: readonly StackChange[]): Pick<StackSummary, "counts" | "losses" | "others" | "permissions"> {
  const losses = changes.filter(({ action }) => action === "replace" || action === "delete");
  const rest = changes.filter((change) => !losses.includes(change));
  const permissions = rest.filter(({ type }) => PERMISSION_TYPES.test(type));
  const render = (list: readonly StackChange[]) => list.map(({ action, address }) => `${action} ${address}`);
  return {
    counts: count(changes),
    losses: render([...losses].sort((one, other) => weight(one) - weight(other))),
    permissions: render(permissions),
    others: render(rest.filter((change) => !permissions.includes(change))),
  };
}

/** What changes in the state alone: addresses of resources, and what it takes over. */
function notesIn({ resource_changes: changes = [] }: PlanJson): string[] {
  return changes.flatMap((resource) => {
    const { address, previous_address: from = "", change } = resource;
    return [
      ...(isMoved(resource) ? [`move ${from} to ${address}`] : []),
      ...(change.importing === undefined ? [] : [`take over ${address}`]),
    ];
  });
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

function renderDetails({ name, losses, permissions, refused, waitsFor, others }: StackSummary): string[] {
  return [
    ...section(`${name}: lost`, losses),
    ...section(`${name}: refused by prevent_destroy`, refused),
    ...section(`${name}: permissions`, permissions),
    ...section(`${name}: waits for`, waitsFor),
    ...section(
      `${name}: in the state alone`,
      others.filter((line) => /^(move|take over) /.test(line)),
    ),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** What a summary is of. */
export interface PlannedBundle {
  readonly environment: string;
  readonly purpose: "deploy" | "destroy";
  readonly commit: string;
  /** SHA-256 of the bundle. */
  readonly digest: string;
}

/** All stacks as Markdown, for a pull request: what is lost first, the rest folded. */
export function renderStacksMarkdown(
  { environment, purpose, commit, digest }: PlannedBundle,
  summaries: readonly StackSummary[],
): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const list = (title: string, pick: (summary: StackSummary) => readonly string[]) => {
    const lines = summaries.flatMap((summary) => pick(summary).map((line) => `- ${summary.name}: \`${line}\``));
    return lines.length === 0 ? [] : [`## ${title}`, "", ...lines, ""];
  };
  const others = summaries.flatMap(({ name, others: lines }) => lines.map((line) => `- ${name}: \`${line}\``));
  return [
    `# ${purpose === "deploy" ? "Plan" : "Destruction"} of ${environment} at ${commit.slice(0, 12)}`,
    "",
    `Bundle \`${digest}\``,
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
