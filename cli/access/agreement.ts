import type { Domain } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import type { Graph } from "../../policies/graph";
import { effectiveAccess } from "../../policies/lake-formation/effective-access";
import { refusedGrants } from "../../policies/lake-formation/held";
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

function principalOf(cell: string): string {
  return cell.slice(0, cell.lastIndexOf(" "));
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
 * Where declarations and stacks do not agree, a line each: cells that one has and the other has not, or has other rows of;
 * consumers who read without a grant; grants that give nothing.
 */
export function disagreements(declared: Declared, graph: Graph): string[] {
  const consumers = new Set(consumersOf(declared.environment).map(({ principal }) => principal));
  // until a migration ends, IAM decides about everybody else
  const isMigration = declared.environment.lake.hybridAccess.kind === "migration";
  const wanted = declaredCells(declared);
  const granted = grantedCells(graph);
  return [
    ...[...new Set([...wanted.keys(), ...granted.keys()])]
      .filter((cell) => !isMigration || consumers.has(principalOf(cell)))
      .filter((cell) => wanted.get(cell) !== granted.get(cell))
      .map((cell) => `${cell}: declared ${wanted.get(cell) ?? "none"}, granted ${granted.get(cell) ?? "none"}`),
    ...ungrantedReaders(graph)
      .filter(({ principal }) => consumers.has(principal))
      .map(({ principal, kind, tables }) => `${principal} reads without a grant, as ${kind}: ${tables.join(", ")}`),
    ...refusedGrants(graph).map(({ address, reason }) => `${address} is refused: ${reason}`),
  ].sort();
}
