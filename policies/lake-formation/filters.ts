import { perGraph } from "../aws/remember";
import { textOf } from "../aws/values";
import type { Graph } from "../graph";
import { at, blocks } from "../rule";
import { applierOf } from "./appliers";
import { catalogName } from "./catalog";
import { type ColumnSelection, selectionOf } from "./columns";
import type { Rows } from "./rows";

/** The cells of a table that a data filter shows to those who are granted SELECT on it; by itself it is nobody's right. */
export interface CellsFilter {
  readonly database: string;
  readonly table: string;
  readonly name: string;
  /** The account that has made it. */
  readonly account: string;
  readonly columns: ColumnSelection;
  readonly rows: Rows;
}

const filtersOf = perGraph((graph) =>
  graph.ofType("aws_lakeformation_data_cells_filter").flatMap((resource) =>
    blocks(resource.values.table_data).map((block): CellsFilter => ({
      database: catalogName(block.database_name, graph),
      table: catalogName(block.table_name, graph),
      name: textOf(block.name, graph) ?? "",
      account: applierOf(resource, graph).account,
      columns: selectionOf(block, graph),
      rows: rowsOf(textOf(at(block, "row_filter", "filter_expression"), graph)),
    })),
  ),
);

/**
 * The rows of an expression: none, and the expression "true", is all of them.
 *
 * Source: Lake Formation Developer Guide, data-filtering-notes, on column filtering by data filters.
 */
function rowsOf(expression = ""): Rows {
  const predicate = expression.trim();
  return predicate === "" || predicate.toLowerCase() === "true" ? "all" : [predicate];
}

/** A data filter by its name; undefined where nothing here makes it. */
export function filterOf(named: Pick<CellsFilter, "database" | "table" | "name" | "account">, graph: Graph) {
  return filtersOf(graph).find(
    ({ database, table, name, account }) =>
      database === named.database && table === named.table && name === named.name && account === named.account,
  );
}
