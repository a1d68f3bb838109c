import Table from "cli-table3";
import { type Action, ACTIONS, type Counts, type NotedChange, type PlanSummary } from "./summary";

/** The actions a report has a column for: those that occur. */
function columns(total: Counts): Action[] {
  return ACTIONS.filter((action) => total[action] > 0);
}

/** A plan as a table for a terminal: each layer's resources by type, and totals. */
export function renderTable(summary: PlanSummary): string {
  const actions = columns(summary.total);
  const table = new Table({
    head: ["layer", "resource type", ...actions],
    colAligns: ["left", "left", ...actions.map(() => "right" as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const { layer, types, total } of summary.layers) {
    types.forEach(({ type, counts }, index) => {
      table.push([index === 0 ? layer : "", type, ...actions.map((action) => counts[action])]);
    });
    table.push(["", "all of the layer", ...actions.map((action) => total[action])]);
  }
  table.push(["total", "", ...actions.map((action) => summary.total[action])]);
  return table.toString();
}

/** What a plan does to a deployment, resource by resource; those of which only tags change are counted. */
export function renderChanges({ changes }: PlanSummary): string {
  const layers = [...new Set(changes.map(({ layer }) => layer))];
  return layers
    .flatMap((layer) => {
      const ofLayer = changes.filter((change) => change.layer === layer);
      const retagged = ofLayer.filter(isTagsOnly);
      return [
        layer,
        ...ofLayer
          .filter((change) => !retagged.includes(change))
          .map((change) => `  ${change.action.padEnd("replace".length)}  ${change.address}${notes(change)}`),
        ...(retagged.length > 0 ? [`  update   tags of ${retagged.length} resources`] : []),
      ];
    })
    .join("\n");
}

function isTagsOnly({ action, attributes }: NotedChange): boolean {
  return action === "update" && attributes.every((name) => name === "tags" || name === "tags_all");
}

function notes({ action, attributes, isStateful, isRefused, renamedTo }: NotedChange): string {
  const isLost = action === "delete" || action === "replace";
  const texts = [
    ...(attributes.length > 0 ? [`${action === "replace" ? "forced by " : ""}${attributes.join(", ")}`] : []),
    ...(isStateful && isLost ? ["it holds data"] : []),
    ...(isStateful && action === "delete" ? ["its protection goes with its code"] : []),
    ...(renamedTo === undefined ? [] : [`a moved block to ${renamedTo} would keep it`]),
    ...(isRefused ? ["REFUSED by prevent_destroy"] : []),
  ];
  return texts.length === 0 ? "" : `: ${texts.join("; ")}`;
}

/** A plan as Markdown, for a pull request. */
export function renderMarkdown(summary: PlanSummary): string {
  const actions = columns(summary.total);
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const numbers = (counts: Counts) => actions.map((action) => counts[action]);
  const layers = summary.layers.flatMap(({ layer, types, total }) => [
    `## ${layer}`,
    "",
    row(["resource type", ...actions]),
    row(["---", ...actions.map(() => "---:")]),
    ...types.map(({ type, counts }) => row([`\`${type}\``, ...numbers(counts)])),
    row(["**all**", ...numbers(total)]),
    "",
  ]);
  const changes = summary.changes.length === 0 ? [] : ["## Changes", "", "```text", renderChanges(summary), "```", ""];
  const warnings =
    summary.warnings.length === 0
      ? []
      : ["## Warnings", "", ...summary.warnings.map((text) => `- ${text.replaceAll("\n", "\n  ")}`), ""];
  return [`# Plan of ${summary.environment}`, "", describeTotal(summary), "", ...changes, ...layers, ...warnings].join(
    "\n",
  );
}

/** The whole plan in one sentence. */
export function describeTotal({ environment, base, total, layers, changes }: PlanSummary): string {
  const subject = base === undefined ? environment : `${environment} against ${base.ref} (${base.commit.slice(0, 12)})`;
  if (layers.length === 0) {
    return `${subject}: nothing changes.`;
  }
  const parts = columns(total).map((action) => `${total[action]} to ${action}`);
  const refused = changes.filter(({ isRefused }) => isRefused).length;
  const refusal = refused === 0 ? "" : ` Terraform refuses it for ${refused}, and what depends on these is not shown.`;
  return `${subject}: ${parts.join(", ")}, in ${layers.length} ${layers.length === 1 ? "layer" : "layers"}.${refusal}`;
}
