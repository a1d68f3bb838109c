import { textsOf } from "../aws/values";
import type { Graph } from "../graph";
import { at } from "../rule";

/** Columns that a grant, a filter or a tag is on. */
export interface ColumnSelection {
  /** Undefined for all columns that are there and that will be, but for those left out. */
  readonly included: readonly string[] | undefined;
  readonly excluded: readonly string[];
}

/** The columns that a block of Lake Formation selects, however its resource writes them. */
export function selectionOf(block: Readonly<Record<string, unknown>>, graph: Graph): ColumnSelection {
  const names = (value: unknown) => textsOf(value, graph).map((name) => name.toLowerCase());
  const excluded = [block.excluded_column_names, at(block, "column_wildcard", "excluded_column_names")].flatMap(names);
  const isListed = block.column_names !== undefined && block.wildcard !== true && block.column_wildcard === undefined;
  return { included: isListed ? names(block.column_names) : undefined, excluded };
}

/**
 * Whether a selection has a column. One that has a field of a nested column has the column: which of its fields can be read
 * is not told apart, and one whose fields alone are left out is there.
 *
 * Source: Lake Formation Developer Guide, data-filtering-notes, on nested column filtering.
 */
export function selects({ included, excluded }: ColumnSelection, column: string): boolean {
  const isWithin = (name: string) => name.replaceAll('"', "").startsWith(`${column}.`);
  return !excluded.includes(column) && (included?.some((name) => name === column || isWithin(name)) ?? true);
}
