import type { Graph } from "../../policies/graph";
import { nameOf, tablesOf } from "../../policies/lake-formation/catalog";
import { type Access, effectiveAccess, type ReadableColumn } from "../../policies/lake-formation/effective-access";
import { refusedGrants } from "../../policies/lake-formation/held";
import { ungrantedReaders } from "../../policies/lake-formation/ungranted-readers";
import { nameOfCell } from "./agreement";
import {
  ACCESS_VERSION,
  byText,
  type Matrix,
  type PrincipalAccess,
  type Read,
  type ReaderWithoutGrant,
  type Reason,
  type TableAccess,
} from "./form";
import type { Names } from "./names";

export interface MatrixProps {
  readonly graph: Graph;
  readonly names: Names;
  /**
   * What is declared for cells, by their names: for example "sales.orders readers[0]: analysts up to confidential".
   *
   * @default - nothing is known of it
   */
  readonly declared?: ReadonlyMap<string, string>;
}

/** Who may read what in an environment, and why. */
export function accessMatrix(props: MatrixProps): Matrix {
  const { graph, names } = props;
  return {
    accessVersion: ACCESS_VERSION,
    environment: names.environment,
    principals: principalsIn(props),
    unread: unreadIn(props),
    withoutGrant: withoutGrantIn(props),
    refused: refusedGrants(graph)
      .map(({ address, reason }) => ({ address, path: pathOf(address, graph) ?? address, reason }))
      .sort((one, other) => byText(one.address, other.address)),
  };
}

function principalsIn({ graph, names, declared = new Map() }: MatrixProps): PrincipalAccess[] {
  const principals = new Map<string, PrincipalAccess>();
  const listOf = (arn: string) => {
    const principal = names.principal(arn);
    const found = principals.get(principal.id) ?? { ...principal, tables: [] };
    principals.set(principal.id, found);
    return found.tables;
  };
  effectiveAccess(graph).forEach((access) => {
    listOf(access.principal).push(tableAccessOf(access, { graph, names, declared }));
  });
  // those that have none are told as well
  [...names.consumers.values()].forEach(listOf);
  principals.forEach(({ tables }) => tables.sort((one, other) => byText(one.id, other.id)));
  return [...principals.values()].sort(consumersFirst);
}

function consumersFirst(one: PrincipalAccess, other: PrincipalAccess): number {
  const rank = ({ consumers, id }: PrincipalAccess) => `${consumers.length > 0 ? 0 : 1} ${id}`;
  return byText(rank(one), rank(other));
}

function tableAccessOf(access: Access, props: Required<MatrixProps>): TableAccess {
  const { database, table, columns, schema, permissions } = access;
  const readable = columns.map(({ name }) => name);
  return {
    ...props.names.table(database, table),
    permissions: [...permissions],
    reads: readsOf(access, columns, props),
    shown: schema.filter((column) => !readable.includes(column)),
    hidden: columnsOf(access, props.graph).filter((column) => !readable.includes(column) && !schema.includes(column)),
  };
}

/** All columns of a table, or of the one that a link stands for. */
function columnsOf({ database, table: name }: Pick<Access, "database" | "table">, graph: Graph): readonly string[] {
  const table = tablesOf(graph).find((candidate) => candidate.database === database && candidate.name === name);
  return table?.target === undefined
    ? (table?.columns ?? [])
    : columnsOf({ database: table.target.database, table: table.target.name }, graph);
}

/** Columns with the same rows and reasons together, in the order of the table. */
function readsOf(
  { principal, database, table }: Access,
  columns: readonly ReadableColumn[],
  { graph, declared }: Required<MatrixProps>,
): Read[] {
  const groups = new Map<string, Read>();
  columns.forEach(({ name, rows, reasons }) => {
    const text = declared.get(nameOfCell({ principal, database, table, column: name }));
    const read: Read = {
      columns: [name],
      rows: rows === "all" ? rows : [...rows],
      reasons: plain(reasons, graph),
      ...(text !== undefined && { declared: text }),
    };
    const key = JSON.stringify({ ...read, columns: [] });
    groups.set(key, { ...read, columns: [...(groups.get(key)?.columns ?? []), name] });
  });
  return [...groups.values()];
}

/** Reasons, each once, with where their grants are in the code. */
function plain(reasons: ReadableColumn["reasons"], graph: Graph): Reason[] {
  const found = new Map<string, Reason>();
  reasons.forEach(({ kind, text, principal, grant }) => {
    const path = grant === undefined ? undefined : pathOf(grant, graph);
    const reason = {
      kind,
      text,
      principal,
      ...(grant !== undefined && { grant }),
      ...(path !== undefined && { path }),
    };
    found.set(JSON.stringify(reason), reason);
  });
  return [...found].sort(([one], [other]) => byText(one, other)).map(([, reason]) => reason);
}

function pathOf(address: string, graph: Graph): string | undefined {
  const [type = ""] = address.split(".");
  return graph.ofType(type).find((resource) => resource.address === address)?.path;
}

function unreadIn({ graph, names }: MatrixProps): Matrix["unread"] {
  const read = new Set(
    effectiveAccess(graph)
      .filter(({ principal }) => names.principal(principal).consumers.length > 0)
      .flatMap(({ database, table, columns }) => columns.map(({ name }) => `${database}.${table}.${name}`)),
  );
  return (
    tablesOf(graph)
      .filter(({ target }) => target === undefined)
      .map((table) => ({
        ...names.table(table.database, table.name),
        columns: table.columns.filter((column) => !read.has(`${nameOf(table)}.${column}`)),
      }))
      // nobody is meant to read the copies that tables are made of
      .filter(({ columns, zone }) => columns.length > 0 && (zone === undefined || zone === "published"))
      .sort((one, other) => byText(one.id, other.id))
  );
}

/** The order in which kinds are told: those who can do most come first. */
const KINDS: readonly ReaderWithoutGrant["kind"][] = [
  "administrator",
  "creator",
  "registration",
  "files",
  "writer",
  "engine",
  "iam",
];

function withoutGrantIn({ graph, names }: MatrixProps): ReaderWithoutGrant[] {
  const rank = ({ kind, id, isCertain }: ReaderWithoutGrant) => `${KINDS.indexOf(kind)} ${id} ${isCertain ? 0 : 1}`;
  return ungrantedReaders(graph)
    .map(({ principal, kind, tables, reason, isCertain }) => ({
      ...names.principal(principal),
      kind,
      tables: tables.map((name) => idOf(name, names)).sort(byText),
      reason,
      isCertain,
    }))
    .sort((one, other) => byText(rank(one), rank(other)));
}

function idOf(name: string, names: Names): string {
  const [database = "", ...table] = name.split(".");
  return names.table(database, table.join(".")).id;
}
