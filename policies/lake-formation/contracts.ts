import { perGraph } from "../aws/remember";
import { textOf } from "../aws/values";
import type { Graph } from "../graph";
import { at, blocks } from "../rule";
import { tablesIn } from "../wiring/made-tables";

/** How much harm columns do in the wrong hands, the least first: sensitivities of contracts, and values of the LF-Tag. */
export const SENSITIVITIES: readonly string[] = ["public", "internal", "confidential", "pii"];

/** The LF-Tag that says it. */
export const SENSITIVITY = "sensitivity";

/** Personal data. */
export const PII = "pii";

/** A column as a contract has it. */
export interface ContractedColumn {
  /** In lower case, as the catalog has it. */
  readonly name: string;
  /** Undefined where the contract does not say. */
  readonly sensitivity: string | undefined;
}

/** The columns of the contract that a call of a function is given. */
export function columnsIn(input: unknown, graph: Graph): ContractedColumn[] {
  try {
    return blocks(at(JSON.parse(textOf(input, graph) ?? ""), "contract", "columns")).map(({ name, sensitivity }) => ({
      name: String(name).toLowerCase(),
      sensitivity: typeof sensitivity === "string" ? sensitivity : undefined,
    }));
  } catch {
    // an expression of Terraform, which nobody can read here
    return [];
  }
}

/** The columns of the key in the contract that a call of a function is given; undefined where it has no contract. */
export function keyColumnsIn(input: unknown, graph: Graph): readonly string[] | undefined {
  try {
    const key = at(JSON.parse(textOf(input, graph) ?? ""), "contract", "primaryKey");
    return Array.isArray(key) ? key.map((column) => String(column).toLowerCase()) : undefined;
  } catch {
    // an expression of Terraform, which nobody can read here
    return undefined;
  }
}

const columnsByTable = perGraph(
  (graph) =>
    new Map(
      graph.ofType("aws_lambda_invocation").flatMap(({ values: { input } }) => {
        const columns = columnsIn(input, graph);
        return tablesIn(input, graph).map(({ database, table }): [string, ContractedColumn[]] => [
          `${database}.${table}`.toLowerCase(),
          columns,
        ]);
      }),
    ),
);

/** The columns of a table as its contract has them; none where it has no contract. */
export function contractedColumns(
  { database, name }: { readonly database: string; readonly name: string },
  graph: Graph,
): readonly ContractedColumn[] {
  return columnsByTable(graph).get(`${database}.${name}`) ?? [];
}

/** The columns of a table that have personal data, as its contract says. */
export function personalColumns(table: Parameters<typeof contractedColumns>[0], graph: Graph): string[] {
  return contractedColumns(table, graph)
    .filter(({ sensitivity }) => sensitivity === PII)
    .map(({ name }) => name);
}

/** How sensitive a value is: 0 for what is none. */
export function rankOf(sensitivity: string | undefined): number {
  return sensitivity === undefined ? 0 : SENSITIVITIES.indexOf(sensitivity) + 1;
}
