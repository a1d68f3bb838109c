import { perGraph } from "../aws/remember";
import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks } from "../rule";
import { applierOf } from "./appliers";
import { catalogName } from "./catalog";
import { type ColumnSelection, selectionOf } from "./columns";
import type { Rows } from "./rows";

/** The cells of a table that a data filter shows to those who are granted SELECT on it; by itself it is nobody's right. */
export interface CellsFilter {
  readonly resource: Resource;
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
      resource,
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

/**
 * The data filter that a grant names; undefined where nothing here makes it. Another account grants filters of its own, or
 * passes on ours.
 */
export function filterNamed(
  named: Pick<CellsFilter, "database" | "table" | "name">,
  grantingAccount: string,
  graph: Graph,
): CellsFilter | undefined {
  const found = filtersOf(graph).filter(
    ({ database, table, name }) => database === named.database && table === named.table && name === named.name,
  );
  return [grantingAccount, graph.account.accountId].flatMap(
    (account) => found.find((one) => one.account === account) ?? [],
  )[0];
}
