import Table from "cli-table3";
import { type Action, ACTIONS, type Counts, type PlanSummary } from "./summary";

/** The actions a report has a column for: those that occur, and creation in any case. */
function columns(total: Counts): Action[] {
  return ACTIONS.filter((action) => action === "create" || total[action] > 0);
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
  const warnings =
    summary.warnings.length === 0 ? [] : ["## Warnings", "", ...summary.warnings.map((text) => `- ${text}`), ""];
  return [`# Plan of ${summary.environment}`, "", describeTotal(summary), "", ...layers, ...warnings].join("\n");
}

/** The whole plan in one sentence. */
export function describeTotal({ environment, total, layers }: PlanSummary): string {
  const parts = columns(total).map((action) => `${total[action]} to ${action}`);
  return `${environment}: ${parts.join(", ")}, in ${layers.length} ${layers.length === 1 ? "layer" : "layers"}.`;
}
