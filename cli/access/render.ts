import { OTHER_COLUMNS } from "../../policies/lake-formation/catalog";
import { byText, type Matrix, type PrincipalAccess, type ReaderWithoutGrant, type TableAccess } from "./form";
import { label, tablesText, whoText, whyLines, wrapped } from "./text";

/** Who may read what, as people read it. */
export function renderMatrix(matrix: Matrix, absent: ReadonlyMap<string, string>): string {
  const { environment, principals } = matrix;
  return sections([
    [`Who may read what in ${environment}, and why.`],
    ...principals.map(renderPrincipal),
    absent.size === 0
      ? []
      : [
          `${environment} goes without these consumers:`,
          ...[...absent].sort(([one], [other]) => byText(one, other)).map(([name, reason]) => `  ${name}: ${reason}`),
        ],
    renderUnread(matrix),
    ...renderEnd(matrix),
  ]);
}

/** Who may read one column. */
export function renderColumn(matrix: Matrix): string {
  const { only = "", environment, principals } = matrix;
  const readers = principals.filter(({ tables }) => tables.some(({ reads }) => reads.length > 0));
  const viewers = principals.filter((principal) => !readers.includes(principal));
  return sections([
    [`Who may read ${only} in ${environment}: ${readers.length === 0 ? "nobody is granted it." : ""}`.trim()],
    ...readers.map((principal) => [
      whoText(principal),
      ...principal.tables.flatMap(({ reads }) => reads.flatMap((read) => whyLines(read, principal, "  "))),
    ]),
    viewers.length === 0 ? [] : ["These see its name and type:", ...viewers.map((one) => `  ${whoText(one)}`)],
    ...renderEnd(matrix),
  ]);
}

/** What one principal may read. */
export function renderOne(matrix: Matrix): string {
  const { only = "", environment, principals } = matrix;
  const known = principals.length > 0 ? principals.map(renderPrincipal) : [[`${only} is granted nothing.`]];
  return sections([[`What ${only} may read in ${environment}, and why.`], ...known, ...renderEnd(matrix)]);
}

/** Parts with an empty line between; empty ones are left out. */
export function sections(parts: readonly (readonly string[])[]): string {
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function renderPrincipal(principal: PrincipalAccess): string[] {
  const groups = new Map<string, TableAccess[]>();
  principal.tables.forEach((access) => {
    const key = keyOf(access);
    groups.set(key, [...(groups.get(key) ?? []), access]);
  });
  return [
    whoText(principal),
    ...(groups.size === 0 ? ["  reads nothing"] : []),
    ...[...groups.values()].flatMap((tables) => renderTables(tables, principal)),
  ];
}

/** Tables of which everything is read alike stand together. */
function keyOf({ id, reads, shown, hidden }: TableAccess): string {
  const [read] = reads;
  const isWhole = reads.length === 1 && shown.length + hidden.length === 0;
  const isShown = reads.length === 0;
  return isWhole ? JSON.stringify({ ...read, columns: [] }) : isShown ? "shown" : id;
}

function renderTables(tables: readonly TableAccess[], principal: PrincipalAccess): string[] {
  const [first] = tables;
  if (first === undefined) {
    return [];
  }
  const isAlone = tables.length === 1;
  const heading = isAlone
    ? [`  ${first.id} (${first.database}.${first.table})`]
    : wrapped("  ", tablesText(tables.map(({ id }) => id)));
  if (first.reads.length === 0) {
    return [...heading, `${label("reads", "    ")}nothing; names and types of columns are shown`];
  }
  const isWhole = first.reads.length === 1 && first.shown.length + first.hidden.length === 0;
  return [
    ...heading,
    ...first.reads.flatMap((read) => [
      ...wrapped(label("reads", "    "), isWhole ? ["every column"] : read.columns.map(columnText)),
      ...whyLines(read, principal, "    "),
    ]),
    ...(first.shown.length === 0
      ? []
      : wrapped(`${label("sees", "    ")}only name and type of `, first.shown.map(columnText))),
    ...(first.hidden.length === 0 ? [] : wrapped(label("hidden", "    "), first.hidden.map(columnText))),
  ];
}

function columnText(column: string): string {
  return column === OTHER_COLUMNS ? "any other column" : column;
}

function renderUnread({ unread }: Matrix): string[] {
  return unread.length === 0
    ? []
    : [
        "No consumer reads these columns:",
        ...unread.flatMap(({ id, columns }) => wrapped(`  ${id}: `, columns.map(columnText))),
      ];
}

/** What is told at the end of every report. */
function renderEnd({ withoutGrant, refused }: Matrix): string[][] {
  return [renderWithoutGrant(withoutGrant), renderRefused({ refused })];
}

function renderWithoutGrant(readers: readonly ReaderWithoutGrant[]): string[] {
  return readers.length === 0
    ? []
    : [
        "Reads without a grant:",
        ...readers.flatMap((reader) => [
          `  ${reader.kind.padEnd("administrator".length)}  ${reader.isCertain ? "certain    " : "not certain"}  ${whoText(reader)}`,
          `    ${reader.reason}`,
          ...wrapped("    of ", tablesText(reader.tables)),
        ]),
      ];
}

/** Grants that Lake Formation refuses. */
export function renderRefused({ refused }: Pick<Matrix, "refused">): string[] {
  return refused.length === 0
    ? []
    : [
        "Lake Formation refuses these grants:",
        ...refused.map(({ address, path, reason }) => `  ${address} (${path}): ${reason}`),
      ];
}
