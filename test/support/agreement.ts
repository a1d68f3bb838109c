import { App, Testing, TerraformStack } from "cdktf";
import { readStacks } from "../../cli/check-stacks";
import type { Domain } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { estateOf } from "../../policies/engine";
import type { Graph, StackJson, SynthesizedStack } from "../../policies/graph";
import { effectiveAccess } from "../../policies/lake-formation/effective-access";
import { refusedGrants } from "../../policies/lake-formation/held";
import { rowsText } from "../../policies/lake-formation/rows";
import { ungrantedReaders } from "../../policies/lake-formation/ungranted-readers";
import { consumersOf } from "../../stacks/access/consumers";
import { declaredAccess } from "../../stacks/access/declared-access";
import { addPlatform, type Layout } from "../../stacks/platform";
import { temporaryFolder } from "./checkout";

/** A platform with one environment, as it is declared. */
export interface Declared {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly domains: readonly Domain[];
}

/** The stacks of a platform: one, which needs no files, or all of them as they are deployed. */
export function stacksOf(declared: Declared, layout: Layout = "single"): SynthesizedStack[] {
  const isSingle = layout === "single";
  const app = isSingle ? new App() : new App({ outdir: temporaryFolder() });
  addPlatform(app, { ...declared, layout });
  if (!isSingle) {
    app.synth();
    return readStacks(app.outdir);
  }
  return app.node.children
    .filter((child) => TerraformStack.isStack(child))
    .map((stack) => ({
      name: stack.node.id,
      dependencies: [],
      json: JSON.parse(Testing.synth(stack)) as StackJson,
    }));
}

export function graphOf({ environment }: Declared, stacks: readonly SynthesizedStack[]): Graph {
  return estateOf(environment, stacks).graph;
}

/** Cells of tables, "principal database.table.column", with the rows that are read of them. */
export type Cells = ReadonlyMap<string, string>;

/** Who reads what, by the declarations. */
export function declaredCells({ platform, environment, domains }: Declared): Cells {
  return new Map(
    declaredAccess(platform, environment, domains).map(({ principal, database, table, column, rows }) => [
      `${principal} ${database}.${table}.${column}`,
      rows,
    ]),
  );
}

/** Who reads what by grants, by what is synthesized. Who has made a table, and holds everything on it, is told by `ungrantedReaders`. */
export function grantedCells(graph: Graph): Cells {
  return new Map(
    effectiveAccess(graph).flatMap(({ principal, database, table, columns }) =>
      columns
        .filter(({ reasons }) => reasons.some(({ kind }) => kind !== "creator"))
        .map(({ name, rows }): [string, string] => [`${principal} ${database}.${table}.${name}`, rowsText(rows)]),
    ),
  );
}

/**
 * Where declarations and stacks do not agree, a line each: cells that one has and the other has not, or has other rows of;
 * consumers who read without a grant; grants that give nothing.
 */
export function disagreements(declared: Declared, graph: Graph): string[] {
  const wanted = declaredCells(declared);
  const granted = grantedCells(graph);
  const consumers = new Set(consumersOf(declared.environment).map(({ principal }) => principal));
  return [
    ...[...new Set([...wanted.keys(), ...granted.keys()])]
      .filter((cell) => wanted.get(cell) !== granted.get(cell))
      .map((cell) => `${cell}: declared ${wanted.get(cell) ?? "none"}, granted ${granted.get(cell) ?? "none"}`),
    ...ungrantedReaders(graph)
      .filter(({ principal }) => consumers.has(principal))
      .map(({ principal, kind, tables }) => `${principal} reads without a grant, as ${kind}: ${tables.join(", ")}`),
    ...refusedGrants(graph).map(({ address, reason }) => `${address} is refused: ${reason}`),
  ].sort();
}
