import { perGraph } from "../aws/remember";
import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at } from "../rule";

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

/** What makes a table: a resource of its own, or the call of a function that is told to. */
export interface Maker extends MadeTable {
  readonly maker: Resource;
}

const makers = perGraph((graph): readonly Maker[] => [
  ...graph.ofType("aws_glue_catalog_table").map((maker) => ({
    maker,
    database: textOf(maker.values.database_name, graph) ?? "",
    table: textOf(maker.values.name, graph) ?? "",
    location: textOf(at(maker.values.storage_descriptor, "location"), graph),
  })),
  ...graph
    .ofType("aws_lambda_invocation")
    .flatMap((maker) => tablesIn(maker.values.input, graph).map((made) => ({ ...made, maker }))),
]);

/** Everything that makes a table, whose names are told apart as the catalog does. */
export function makersOf(database: string, table: string, graph: Graph): Maker[] {
  const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  return makers(graph).filter((one) => isSame(one.database, database) && isSame(one.table, table));
}
