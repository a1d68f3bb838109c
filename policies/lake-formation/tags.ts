import { perGraph } from "../aws/remember";
import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { blocks } from "../rule";
import { catalogName, nameOf, type Table, tableNameIn } from "./catalog";
import { type ColumnSelection, selectionOf, selects } from "./columns";

/** LF-Tags in force: keys with their values in lower case. One has two values where two assignments contradict each other. */
export type Tags = ReadonlyMap<string, readonly string[]>;

/** Stands for all tables of a database. */
export const ALL = "*";

/** An LF-Tag on a database, on tables of it, or on columns of one. */
export interface Assignment {
  readonly resource: Resource;
  readonly database: string;
  /** Undefined for the database itself, ALL for all of its tables. */
  readonly table: string | undefined;
  readonly columns: ColumnSelection | undefined;
  readonly key: string;
  readonly value: string;
}

/** All LF-Tags that are assigned, in the order of their resources. */
export const assignmentsOf = perGraph((graph) =>
  graph
    .ofType("aws_lakeformation_resource_lf_tag", "aws_lakeformation_resource_lf_tags")
    .flatMap((resource): Assignment[] => {
      const { values } = resource;
      const targets = [
        ...blocks(values.database).map(({ name }) => ({
          database: catalogName(name, graph),
          table: undefined,
          columns: undefined,
        })),
        ...blocks(values.table).map((block) => ({ ...tableIn(block, graph), columns: undefined })),
        ...blocks(values.table_with_columns).map((block) => ({
          ...tableIn({ ...block, wildcard: false }, graph),
          columns: selectionOf(block, graph),
        })),
      ];
      const tags = blocks(values.lf_tag).map(({ key, value }) => ({
        key: tagText(key, graph),
        value: tagText(value, graph),
      }));
      return targets.flatMap((target) => tags.map((tag) => ({ resource, ...target, ...tag })));
    }),
);

function tableIn(block: Readonly<Record<string, unknown>>, graph: Graph) {
  return { database: catalogName(block.database_name, graph), table: tableNameIn(block, graph) ?? ALL };
}

/**
 * A key or value as it is stored: in lower case.
 *
 * Source: Lake Formation Developer Guide, lf-tag-considerations.
 */
export function tagText(value: unknown, graph: Graph): string {
  const text = textOf(value, graph) ?? "";
  return text.includes("${") ? text : text.toLowerCase();
}

const byDatabase = perGraph((graph) => {
  const found = new Map<string, Assignment[]>();
  assignmentsOf(graph).forEach((one) => {
    found.set(one.database, [...(found.get(one.database) ?? []), one]);
  });
  return found;
});

/** The LF-Tags of a database. */
export function tagsOfDatabase(database: string, graph: Graph): Tags {
  return tagsIn((byDatabase(graph).get(database) ?? []).filter(({ table }) => table === undefined));
}

/** Of tables and columns by their names, once for all grants. */
const knownTags = perGraph(() => new Map<string, Tags>());

function once(name: string, graph: Graph, work: () => Tags): Tags {
  const tags = knownTags(graph).get(name) ?? work();
  knownTags(graph).set(name, tags);
  return tags;
}

/**
 * The LF-Tags of a table: those assigned to it, and those of its database whose keys it does not override.
 *
 * Sources: Lake Formation Developer Guide, tag-based-access-control ("Tag assignments to Data Catalog resources and
 * inheritance") and TBAC-assigning-tags.
 */
export function tagsOfTable(table: Table, graph: Graph): Tags {
  return once(nameOf(table), graph, () => {
    const own = ofTable(table, graph).filter(({ columns }) => columns === undefined);
    return new Map([...tagsOfDatabase(table.database, graph), ...tagsIn(own)]);
  });
}

/** The LF-Tags of a column: those assigned to it, and those of its table whose keys it does not override. */
export function tagsOfColumn(table: Table, column: string, graph: Graph): Tags {
  return once(`${nameOf(table)}.${column}`, graph, () => {
    const own = ofTable(table, graph).filter(({ columns }) => columns !== undefined && selects(columns, column));
    return new Map([...tagsOfTable(table, graph), ...tagsIn(own)]);
  });
}

function ofTable({ database, name }: Table, graph: Graph): Assignment[] {
  return (byDatabase(graph).get(database) ?? []).filter(({ table }) => table === name || table === ALL);
}

function tagsIn(assignments: readonly Assignment[]): Tags {
  const tags = new Map<string, string[]>();
  assignments.forEach(({ key, value }) => {
    tags.set(key, [...(tags.get(key) ?? []), value]);
  });
  return tags;
}
