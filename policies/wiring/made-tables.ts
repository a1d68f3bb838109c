import type { Graph } from "../graph";

/** A table that code is told to make. */
export interface MadeTable {
  readonly database: string;
  readonly table: string;
  readonly location: string | undefined;
}

/** The tables that the input of a call names: objects, wherever in it, that have a database and a table. */
export function tablesIn(input: unknown, graph: Graph): MadeTable[] {
  const text = typeof input === "string" ? graph.text(input) : "";
  try {
    return tablesWithin(JSON.parse(text));
  } catch {
    // an expression of Terraform, which nobody can read here
    return [];
  }
}

function tablesWithin(value: unknown): MadeTable[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const { database, table, location } = value as Readonly<Record<string, unknown>>;
  const made =
    typeof database === "string" && typeof table === "string"
      ? [{ database, table, location: typeof location === "string" ? location : undefined }]
      : [];
  return [...made, ...Object.values(value).flatMap(tablesWithin)];
}
