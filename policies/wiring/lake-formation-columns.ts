import { isOpen, listOf, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { nameOf, type Table, tableNamed } from "../lake-formation/catalog";
import { contractedColumns, PII, rankOf, SENSITIVITIES, SENSITIVITY } from "../lake-formation/contracts";
import { tagsOfColumn, tagsOfTable } from "../lake-formation/tags";
import { at, failedIf, unknown, type Verdict } from "../rule";
import { tablesIn } from "./made-tables";

/**
 * Whether tables to which columns are added without a plan have the strictest sensitivity of their columns themselves: a new
 * column has its table's. A table without one gives nothing away.
 */
export function judgeNewColumns(resource: Resource, graph: Graph): Verdict[] {
  return tablesOfMaker(resource, graph).flatMap((table) => {
    const own = tagsOfTable(table, graph).get(SENSITIVITY) ?? [];
    const strictest = Math.max(0, ...table.columns.map((column) => rankOfColumn(table, column, graph)));
    const text = `new columns of ${nameOf(table)} are ${own.join(" and ")}, others ${SENSITIVITIES[strictest - 1] ?? ""}`;
    return own.some(isOpen)
      ? unknown(`which sensitivity new columns of ${nameOf(table)} have is not known before an apply`)
      : failedIf(own.length > 0 && Math.min(...own.map(rankOf)) < strictest, text);
  });
}

/** Tables whose columns somebody else than Terraform adds. */
function tablesOfMaker({ type, values }: Resource, graph: Graph): Table[] {
  const isLeft = listOf(at(values.lifecycle, "ignore_changes")).some(
    (ignored) => typeof ignored === "string" && /^(all|storage_descriptor\b.*)$/.test(ignored),
  );
  const names =
    type === "aws_lambda_invocation"
      ? tablesIn(values.input, graph).map(({ database, table }) => ({ database, name: table }))
      : isLeft
        ? [{ database: textOf(values.database_name, graph) ?? "", name: textOf(values.name, graph) ?? "" }]
        : [];
  return names.flatMap(
    ({ database, name }) => tableNamed({ database: database.toLowerCase(), name: name.toLowerCase() }, graph) ?? [],
  );
}

/** How sensitive a column is, by its tag and by its contract. That personal data is tagged as such another rule asks. */
function rankOfColumn(table: Table, column: string, graph: Graph): number {
  const tagged = tagsOfColumn(table, column, graph).get(SENSITIVITY) ?? [];
  const contracted = contractedColumns(table, graph).find(({ name }) => name === column)?.sensitivity;
  return Math.max(...tagged.map(rankOf), contracted === PII ? 0 : rankOf(contracted));
}
