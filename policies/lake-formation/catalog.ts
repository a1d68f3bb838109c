import { functionOf } from "../aws/functions";
import { perGraph } from "../aws/remember";
import { isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks } from "../rule";
import { tablesIn } from "../wiring/made-tables";
import { applierOf } from "./appliers";
import { columnsIn } from "./contracts";
import { principalOf } from "./principals";

/** Stands for the columns of a table of which nothing is known here. */
export const OTHER_COLUMNS = "*";

/** A table of the Data Catalog, or a link to one. */
export interface Table {
  readonly database: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** Those of its columns by which its files are laid out in folders; Iceberg has none. */
  readonly partitionKeys: readonly string[];
  /** For example "s3://bucket/folder"; undefined where nobody says. */
  readonly location: string | undefined;
  /** Who makes it, and holds everything on it; undefined where nobody here does, or nobody knows. */
  readonly creator: string | undefined;
  /** The table that a resource link stands for. */
  readonly target: TableName | undefined;
}

/** Names in the Data Catalog are in lower case. */
export interface TableName {
  readonly database: string;
  readonly name: string;
}

/** A table by the name people use. */
export function nameOf({ database, name }: TableName): string {
  return `${database}.${name}`;
}

/** What the catalog calls something. */
export function catalogName(value: unknown, graph: Graph): string {
  return (textOf(value, graph) ?? "").toLowerCase();
}

/** All tables that somebody makes or speaks of: tables, calls of functions with a contract, and what else names a table. */
export const tablesOf = perGraph((graph): readonly Table[] => {
  const tables = new Map<string, Table>();
  const add = (table: Table) => {
    const known = tables.get(nameOf(table));
    const columns = [...new Set([...(known?.columns ?? []), ...table.columns])];
    tables.set(nameOf(table), { ...(known ?? table), columns });
  };
  graph.ofType("aws_glue_catalog_table").forEach((resource) => {
    add(declaredTable(resource, graph));
  });
  graph.ofType("aws_lambda_invocation").forEach((resource) => {
    contractedTables(resource, graph).forEach(add);
  });
  spokenOf(graph)
    .filter((table) => !tables.has(nameOf(table)))
    .forEach(add);
  return [...tables.values()];
});

/** A table by its name, where somebody makes or speaks of it. */
export function tableNamed({ database, name }: TableName, graph: Graph): Table | undefined {
  return tablesByName(graph).get(`${database}.${name}`);
}

const tablesByName = perGraph((graph) => new Map(tablesOf(graph).map((table) => [nameOf(table), table])));

function declaredTable(resource: Resource, graph: Graph): Table {
  const { values } = resource;
  const names = (list: unknown) => blocks(list).map(({ name }) => catalogName(name, graph));
  const [storage = {}] = blocks(values.storage_descriptor);
  const [target] = blocks(values.target_table);
  const partitionKeys = names(values.partition_keys);
  const columns = [...names(storage.columns), ...partitionKeys];
  return {
    database: catalogName(values.database_name, graph),
    name: catalogName(values.name, graph),
    columns: columns.length === 0 && target === undefined ? [OTHER_COLUMNS] : columns,
    partitionKeys,
    location: textOf(storage.location, graph),
    creator: applierOf(resource, graph).principal,
    target: target && { database: catalogName(target.database_name, graph), name: catalogName(target.name, graph) },
  };
}

/** The tables that a function is called to make, which it then has made: with the columns of the contract it is given. */
function contractedTables(invocation: Resource, graph: Graph): Table[] {
  const { input, function_name: called } = invocation.values;
  const columns = columnsIn(input, graph).map(({ name }) => name);
  const role = functionOf(called, graph)?.values.role;
  return tablesIn(input, graph).map(({ database, table, location }) => ({
    database: database.toLowerCase(),
    name: table.toLowerCase(),
    columns: columns.length === 0 ? [OTHER_COLUMNS] : columns,
    partitionKeys: [],
    location,
    creator: role === undefined ? applierOf(invocation, graph).principal : principalOf(role, graph),
    target: undefined,
  }));
}

/** Blocks of Lake Formation that name a table, wherever they stand. */
export const NAMING = ["table", "table_with_columns", "data_cells_filter", "table_data"];

/** Tables that grants, filters and tags name though nothing here makes them: any column may be theirs. */
function spokenOf(graph: Graph): Table[] {
  return graph
    .ofType(
      "aws_lakeformation_data_cells_filter",
      "aws_lakeformation_permissions",
      "aws_lakeformation_resource_lf_tag",
      "aws_lakeformation_resource_lf_tags",
    )
    .flatMap(({ values }) => NAMING.flatMap((key) => blocks(values[key])))
    .filter(({ catalog_id: catalog, table_catalog_id: ofTable }) => isOurCatalog(catalog ?? ofTable, graph))
    .flatMap((block) => {
      const name = catalogName(block.table_name ?? block.name, graph);
      const columns = [
        block.column_names,
        block.excluded_column_names,
        at(block, "column_wildcard", "excluded_column_names"),
      ]
        .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
        .map((column) => catalogName(column, graph));
      const unknowns = { partitionKeys: [], location: undefined, creator: undefined, target: undefined };
      const database = catalogName(block.database_name, graph);
      return name === "" || name === ALL_TABLES
        ? []
        : [{ database, name, columns: [...columns, OTHER_COLUMNS], ...unknowns }];
    });
}

/** Whether a catalog that is named is ours; without a name, it is. */
export function isOurCatalog(catalog: unknown, graph: Graph): boolean {
  const { accountId } = graph.account;
  const text = textOf(catalog, graph) ?? accountId;
  return text === accountId || isOpen(text);
}

/** What Lake Formation calls the tables of a database that are there and that will be. */
const ALL_TABLES = "all_tables";

/** Which tables of a database a block is on: one by its name, or undefined for all of them. */
export function tableNameIn(block: Readonly<Record<string, unknown>>, graph: Graph): string | undefined {
  const name = catalogName(block.name, graph);
  return block.wildcard === true || name === "" || name === ALL_TABLES ? undefined : name;
}
