import type { Graph } from "../graph";
import type { Table } from "./catalog";
import { type ColumnSelection, selects } from "./columns";
import { expressionText, isMatch } from "./expressions";
import { filterNamed } from "./filters";
import type { Grant, Target } from "./grants";
import { type Rows, unionOf } from "./rows";
import { tagsOfColumn, tagsOfTable } from "./tags";

/** What ALL on a table, in the console Super, stands for. */
export const ON_A_TABLE = ["ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"];

/** Why somebody can read. */
export interface Reason {
  readonly kind: "name" | "tags" | "filter" | "default" | "creator" | "iam";
  /** Who holds it: the principal, or a group that it is in. */
  readonly principal: string;
  /** The address of the grant. */
  readonly grant?: string;
  readonly text: string;
}

/** What one grant, or being its creator, gives on one table. */
export interface Holding {
  readonly principal: string;
  readonly permissions: readonly string[];
  readonly grantable: readonly string[];
  /** Rows by each column that it is on. */
  readonly cells: ReadonlyMap<string, Rows>;
  /** On the table as a whole, not on some columns or rows. */
  readonly isWhole: boolean;
  readonly reason: Reason;
}

/** Permissions with ALL written out. DESCRIBE comes with every other. */
export function permissionsIn(permissions: readonly string[]): string[] {
  const all = permissions.some((one) => one === "ALL" || one === "SUPER") ? ON_A_TABLE : permissions;
  return [
    ...new Set([...all.filter((one) => ON_A_TABLE.includes(one)), ...(all.length > 0 ? ["DESCRIBE"] : [])]),
  ].sort();
}

/** What a grant gives on a table; undefined where it gives nothing. */
export function holdingOf(grant: Grant, table: Table, graph: Graph): Holding | undefined {
  const given = givenBy(grant, table, graph);
  if (given === undefined) {
    return undefined;
  }
  const { cells, isWhole, reachable, reason } = given;
  const only = (permissions: readonly string[]) => permissionsIn(permissions).filter((one) => reachable.includes(one));
  const permissions = only(grant.permissions);
  const { principal, resource } = grant;
  return permissions.length === 0
    ? undefined
    : {
        principal,
        permissions,
        grantable: grant.grantable.length === 0 ? [] : only(grant.grantable),
        cells: permissions.includes("SELECT") ? withPartitionKeys(cells, table) : cells,
        isWhole,
        reason: { ...reason, principal, grant: resource.address },
      };
}

interface Given {
  readonly cells: ReadonlyMap<string, Rows>;
  readonly isWhole: boolean;
  /** Of the permissions that are granted, those that can be had on it. */
  readonly reachable: readonly string[];
  readonly reason: Pick<Reason, "kind" | "text">;
}

function givenBy({ target, applier }: Grant, table: Table, graph: Graph): Given | undefined {
  if (target.kind === "tables" && target.database === table.database && (target.table ?? table.name) === table.name) {
    return givenByName(target, table);
  }
  if (target.kind === "filter" && target.database === table.database && target.table === table.name) {
    return givenByFilter(target, table, applier.account, graph);
  }
  return target.kind === "matching" && target.resources === "TABLE" ? givenByTags(target, table, graph) : undefined;
}

/**
 * A list of columns goes with SELECT alone, and shows nothing of the others.
 *
 * Source: Lake Formation Developer Guide, lf-permissions-reference ("SELECT", "DESCRIBE").
 */
function givenByName(target: Extract<Target, { kind: "tables" }>, { columns }: Table): Given | undefined {
  const { table: name, columns: selection } = target;
  const selected = selection === undefined ? columns : columns.filter((column) => selects(selection, column));
  const isWhole = selection === undefined || (selection.included === undefined && selection.excluded.length === 0);
  const said = name === undefined ? `all tables of ${target.database}` : "the table by name";
  const text = isWhole ? said : `the table by name, ${selectionText(selection)}`;
  const reachable = isWhole ? ON_A_TABLE : ["DESCRIBE", "SELECT"];
  return isWhole || selected.length > 0
    ? { cells: cellsOf(selected, "all"), isWhole, reachable, reason: { kind: "name", text } }
    : undefined;
}

function selectionText({ included, excluded }: ColumnSelection): string {
  return included === undefined ? `without ${excluded.join(", ")}` : `columns ${included.join(", ")}`;
}

/**
 * DESCRIBE on a filter shows the filter, not the table. One that nothing here makes may show every cell.
 *
 * Source: Lake Formation Developer Guide, data-filtering ("Data filters in Lake Formation").
 */
function givenByFilter(
  target: Extract<Target, { kind: "filter" }>,
  { columns }: Table,
  grantingAccount: string,
  graph: Graph,
): Given {
  const filter = filterNamed(target, grantingAccount, graph);
  const selected = filter === undefined ? columns : columns.filter((column) => selects(filter.columns, column));
  const rows = filter?.rows ?? "all";
  const text = `the data filter ${target.name}${filter === undefined ? ", which nothing here makes" : ""}`;
  return { cells: cellsOf(selected, rows), isWhole: false, reachable: ["SELECT"], reason: { kind: "filter", text } };
}

/**
 * The columns whose LF-Tags match. Where these are not all, what needs the whole table is not given: of ALL, SELECT and
 * DESCRIBE remain. A table that matches though none of its columns does is shown: the guide does not say that it is not.
 *
 * Source: Lake Formation Developer Guide, lf-tag-considerations.
 */
function givenByTags(target: Extract<Target, { kind: "matching" }>, table: Table, graph: Graph): Given | undefined {
  const { expression } = target;
  const matching = table.columns.filter((column) => isMatch(expression, tagsOfColumn(table, column, graph)));
  const isTableMatch = isMatch(expression, tagsOfTable(table, graph));
  // a link has no columns of its own
  const isWhole = matching.length === table.columns.length && (matching.length > 0 || isTableMatch);
  return matching.length === 0 && !isTableMatch
    ? undefined
    : {
        cells: cellsOf(matching, "all"),
        isWhole,
        reachable: isWhole ? ON_A_TABLE : ["DESCRIBE", ...(matching.length > 0 ? ["SELECT"] : [])],
        reason: { kind: "tags", text: expressionText(expression) },
      };
}

function cellsOf(columns: readonly string[], rows: Rows): Map<string, Rows> {
  return new Map(columns.map((column) => [column, rows]));
}

/**
 * Who reads some columns reads the partition keys: they cannot be restricted. That is said of grants by name; of LF-Tags and
 * data filters the guide does not say otherwise.
 *
 * Source: Lake Formation Developer Guide, lf-permissions-reference ("SELECT") and data-filtering-notes.
 */
function withPartitionKeys(cells: ReadonlyMap<string, Rows>, { partitionKeys }: Table): ReadonlyMap<string, Rows> {
  const rows = unionOf([...cells.values()]);
  return cells.size === 0 ? cells : new Map([...cellsOf(partitionKeys, rows), ...cells]);
}
