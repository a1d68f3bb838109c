import { OTHER_COLUMNS } from "../../policies/lake-formation/catalog";
import { CommandError, ExitCode } from "../exit-codes";
import { byText, type Matrix, type Principal, type TableName } from "./form";
import type { Names } from "./names";

interface Column {
  readonly table: TableName;
  readonly column: string;
}

/** How many candidates an error names. */
const MAX_CANDIDATES = 20;

/**
 * What the matrix says of one column, "domain.dataset.column" of its published table, "database.table.column" as the catalog
 * has them, or "table.column".
 *
 * @throws CommandError if there is no such column, or several
 */
export function ofColumn(matrix: Matrix, wanted: string): Matrix {
  const { table, column } = columnNamed(wanted, matrix);
  const only = <T extends TableName>(list: readonly T[]) => list.filter(({ id }) => id === table.id);
  return {
    ...matrix,
    only: nameOf({ table, column }),
    principals: matrix.principals.flatMap((principal) => {
      const tables = only(principal.tables).flatMap((access) => {
        const reads = access.reads
          .filter(({ columns }) => columns.includes(column))
          .map((read) => ({ ...read, columns: [column] }));
        const shown = access.shown.filter((name) => name === column);
        const hidden = access.hidden.filter((name) => name === column);
        return reads.length + shown.length === 0 ? [] : [{ ...access, reads, shown, hidden }];
      });
      return tables.length === 0 ? [] : [{ ...principal, tables }];
    }),
    unread: only(matrix.unread)
      .filter(({ columns }) => columns.includes(column))
      .map((one) => ({ ...one, columns: [column] })),
    withoutGrant: matrix.withoutGrant
      .filter(({ tables }) => tables.includes(table.id))
      .map((reader) => ({ ...reader, tables: [table.id] })),
  };
}

/**
 * What the matrix says of one principal: a consumer, a role by its name, or an ARN.
 *
 * @throws CommandError if there is no such principal
 */
export function ofPrincipal(matrix: Matrix, wanted: string, { absent }: Pick<Names, "absent">): Matrix {
  const all: readonly Principal[] = [...matrix.principals, ...matrix.withoutGrant];
  const found = all.filter(
    ({ id, name, consumers, arn }) =>
      [id, name, ...consumers, arn].includes(wanted) || arn.replace(/^.*?:role\/(.*\/)?/, "") === wanted,
  );
  const [first, ...others] = [...new Map(found.map((principal) => [principal.id, principal])).values()];
  if (first === undefined) {
    const reason = absent.get(wanted);
    const known = [...new Set(all.map(({ name }) => name))].join(", ");
    throw new CommandError(
      reason === undefined
        ? `Nobody who has access in ${matrix.environment} is called "${wanted}". There are ${known}.`
        : `${matrix.environment} goes without ${wanted}: ${reason}.`,
      ExitCode.invalid,
    );
  }
  if (others.length > 0) {
    const arns = [first, ...others].map(({ arn }) => arn).join(", ");
    throw new CommandError(`Several are called "${wanted}": ${arns}. Name one of them.`, ExitCode.invalid);
  }
  return {
    ...matrix,
    only: first.name,
    principals: matrix.principals.filter(({ id }) => id === first.id),
    unread: [],
    // what IAM alone decides may be anybody's
    withoutGrant: matrix.withoutGrant.filter(({ id, kind }) => id === first.id || kind === "iam"),
  };
}

function columnNamed(wanted: string, matrix: Matrix): Column {
  const columns = columnsIn(matrix);
  const name = wanted.toLowerCase();
  const exact = columns.filter(({ table, column }) =>
    [`${table.id}.${column}`, `${table.database}.${table.table}.${column}`].includes(name),
  );
  const short = columns.filter(({ table, column }) => `${table.table}.${column}` === name);
  // of one dataset's tables, that which readers know
  const published =
    new Set(short.map(({ table: { dataset, id } }) => dataset ?? id)).size === 1 ? short.filter(isPublished) : [];
  const found = [exact, published, short].find((list) => list.length > 0) ?? [];
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new CommandError(
      only === undefined
        ? `There is no column "${wanted}" in ${matrix.environment}. ${candidatesFor(name, columns)}`
        : `"${wanted}" is the name of several columns: ${found.map(nameOf).join(", ")}. Name one of them.`,
      ExitCode.invalid,
    );
  }
  return only;
}

/** What somebody who has mistyped may have meant: columns of the same table, the same column elsewhere, or tables. */
function candidatesFor(wanted: string, columns: readonly Column[]): string {
  const [column = "", table = ""] = wanted.split(".").reverse();
  const ofTable = columns.filter((one) => one.table.table === table);
  const near = ofTable.length > 0 ? ofTable : columns.filter((one) => one.column === column);
  // most people ask for what is published
  const preferred = [near.filter(isPublished), near].find((list) => list.length > 0);
  const names = [...new Set(preferred?.map(nameOf) ?? columns.map((one) => one.table.id))];
  const rest = names.length > MAX_CANDIDATES ? ` and ${names.length - MAX_CANDIDATES} more` : "";
  return `${preferred ? "There are" : "Tables are"} ${names.slice(0, MAX_CANDIDATES).join(", ")}${rest}.`;
}

/** Every column of which the matrix tells, by table. A column of a table of which nothing is known stands for all others. */
function columnsIn({ principals, unread }: Matrix): Column[] {
  const found = new Map<string, Column>();
  const add = (table: TableName, columns: readonly string[]) => {
    columns
      .filter((column) => column !== OTHER_COLUMNS)
      .forEach((column) => found.set(`${table.id} ${column}`, { table, column }));
  };
  principals
    .flatMap(({ tables }) => tables)
    .forEach((access) => {
      add(access, [...access.reads.flatMap(({ columns }) => columns), ...access.shown, ...access.hidden]);
    });
  unread.forEach((table) => {
    add(table, table.columns);
  });
  return [...found].sort(([one], [other]) => byText(one, other)).map(([, column]) => column);
}

/** "sales.orders.total"; of other zones than "published" as the catalog has it. */
function nameOf({ table, column }: Column): string {
  return `${isPublished({ table }) ? table.id : `${table.database}.${table.table}`}.${column}`;
}

function isPublished({ table }: Pick<Column, "table">): boolean {
  return table.zone === "published";
}
