import type { Domain } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import type { Graph } from "../../policies/graph";
import { nameOf, tablesOf } from "../../policies/lake-formation/catalog";
import { effectiveAccess } from "../../policies/lake-formation/effective-access";
import { refusedGrants } from "../../policies/lake-formation/held";
import { registrationOf } from "../../policies/lake-formation/registrations";
import { rowsText } from "../../policies/lake-formation/rows";
import { ungrantedReaders } from "../../policies/lake-formation/ungranted-readers";
import { consumersOf } from "../../stacks/access/consumers";
import { declaredAccess } from "../../stacks/access/declared-access";

/** An environment as it is declared. */
export interface Declared {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly domains: readonly Domain[];
}

/** One column of a table as somebody reads it. */
export interface Cell {
  readonly principal: string;
  readonly database: string;
  readonly table: string;
  readonly column: string;
}

/** The name of a cell, "principal database.table.column". */
export function nameOfCell({ principal, database, table, column }: Cell): string {
  return `${principal} ${database}.${table}.${column}`;
}

/** Cells by their names, with the rows that are read of them. */
export type Cells = ReadonlyMap<string, string>;

/** Who reads what, by the declarations. */
export function declaredCells({ platform, environment, domains }: Declared): Cells {
  return new Map(declaredAccess(platform, environment, domains).map((access) => [nameOfCell(access), access.rows]));
}

/** Who reads what by grants, by what is synthesized. Who has made a table, and holds everything on it, is told by `ungrantedReaders`. */
export function grantedCells(graph: Graph): Cells {
  return new Map(
    effectiveAccess(graph).flatMap(({ principal, database, table, columns }) =>
      columns
        .filter(({ reasons }) => reasons.some(({ kind }) => kind !== "creator"))
        .map(({ name: column, rows }): [string, string] => [
          nameOfCell({ principal, database, table, column }),
          rowsText(rows),
        ]),
    ),
  );
}

/**
 * Where declarations and stacks do not agree, a line each: cells that one has and the other has not, or has other rows of; all
 * rows for those who are declared to read some; consumers who read without a grant; tables that Lake Formation lends nobody
 * credentials for; grants that give nothing.
 *
 * While IAM still decides for who has not opted in, only consumers who have are compared, each on the tables it is declared for.
 */
export function disagreements(declared: Declared, graph: Graph): string[] {
  const isHybrid = declared.environment.lake.hybridAccess.kind !== "none";
  const isLeftToIam = declared.environment.lake.hybridAccess.kind === "migration";
  const readers = readersIn(declared);
  const compared = isLeftToIam ? readers.map(({ reader }) => reader) : undefined;
  const isCompared = (cell: string) => compared?.some((reader) => cell.startsWith(`${reader}.`)) ?? true;
  const wanted = declaredCells(declared);
  const granted = grantedCells(graph);
  const consumers = new Set(consumersOf(declared.environment).map(({ principal }) => principal));
  return [
    ...[...new Set([...wanted.keys(), ...granted.keys()])]
      .filter((cell) => isCompared(cell) && wanted.get(cell) !== granted.get(cell))
      .map((cell) => `${cell}: declared ${wanted.get(cell) ?? "none"}, granted ${granted.get(cell) ?? "none"}`),
    ...readers
      .filter(({ isFiltered }) => isFiltered)
      .flatMap(({ reader }) => [...granted].filter(([cell, rows]) => cell.startsWith(`${reader}.`) && rows === "all"))
      .map(([cell]) => `${cell}: all rows in spite of a filter`),
    ...ungrantedReaders(graph)
      .filter(({ principal }) => consumers.has(principal))
      .map(({ principal, kind, tables }) => `${principal} reads without a grant, as ${kind}: ${tables.join(", ")}`),
    ...tablesOf(graph)
      .filter((table) => registrationOf(table, graph) !== (isHybrid ? "hybrid" : "registered"))
      .map((table) => `${nameOf(table)} is ${registrationOf(table, graph)}: its readers have no right on its files`),
    ...refusedGrants(graph).map(({ address, reason }) => `${address} is refused: ${reason}`),
  ].sort();
}

/** Consumers with the tables that they are declared to read, "principal database.table". */
function readersIn({ platform, environment, domains }: Declared) {
  const readers = new Map(
    declaredAccess(platform, environment, domains)
      .filter(({ consumer }) => consumer !== undefined)
      .map(({ principal, database, table, rows }) => [`${principal} ${database}.${table}`, rows !== "all"]),
  );
  return [...readers].map(([reader, isFiltered]) => ({ reader, isFiltered }));
}
