import { rowsText } from "../../policies/lake-formation/rows";
import { type AccessChange, type AccessDiff, classOf, type ReaderChange } from "./diff";
import type { Matrix } from "./form";
import { renderRefused, sections } from "./render";
import { reasonText, tablesText, wrapped } from "./text";

/**
 * What has become of access, as people read it.
 *
 * @param since what it is compared with, for example "dev of 1a2b3c, which main and the work here have in common"
 */
export function renderDiff(diff: AccessDiff, { environment, refused }: Matrix, since: string): string {
  const { gained, lost, rows, withoutGrant } = diff;
  if (classOf(diff) === "none") {
    return sections([[`Who may read what in ${environment} is what it is in ${since}.`], renderRefused({ refused })]);
  }
  return sections([
    [`Who may read what in ${environment}, against ${since}:`],
    part(
      "GAINED",
      gained.flatMap((change) => changeLines("+", change)),
    ),
    part(
      "LOST",
      lost.flatMap((change) => changeLines("-", change)),
    ),
    part(
      "OTHER ROWS",
      rows.flatMap((change) => changeLines(SIGNS[change.direction], change)),
    ),
    part(
      "GAINED WITHOUT A GRANT",
      withoutGrant.gained.flatMap((reader) => readerLines("+", reader)),
    ),
    part(
      "LOST WITHOUT A GRANT",
      withoutGrant.lost.flatMap((reader) => readerLines("-", reader)),
    ),
    renderRefused({ refused }),
    [totals(diff)],
  ]);
}

const SIGNS = { more: "+", fewer: "-", other: "!" };

function part(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [heading, ...lines];
}

function changeLines(sign: string, change: AccessChange): string[] {
  const { principal, table, columns, before, after, reasons, declared } = change;
  const by = after === undefined ? "was by" : "by";
  const rows =
    before === undefined || after === undefined
      ? rowsText(before ?? after ?? "all")
      : `${rowsText(before)} -> ${rowsText(after)}`;
  return [
    ...wrapped(`  ${sign} ${principal.name} reads ${table}: `, columns),
    `      rows: ${rows}`,
    ...reasons.map((reason) => `      ${by} ${reasonText(reason)}`),
    ...(declared === undefined ? [] : [`      declared: ${declared}`]),
  ];
}

function readerLines(sign: string, { name, kind, tables, reason, isCertain }: ReaderChange): string[] {
  return [
    `  ${sign} ${name}, ${kind}${isCertain ? "" : ", not certain"}: ${reason}`,
    ...wrapped("      of ", tablesText(tables)),
  ];
}

function totals({ gained, lost, rows, withoutGrant }: AccessDiff): string {
  const count = (changes: readonly AccessChange[]) => changes.reduce((sum, { columns }) => sum + columns.length, 0);
  const people = (changes: readonly AccessChange[]) => new Set(changes.map(({ principal }) => principal.id)).size;
  const text = (changes: readonly AccessChange[], what: string) =>
    `${count(changes)} columns ${what} (principals: ${people(changes)})`;
  return (
    `${text(gained, "gained")}, ${text(lost, "lost")}, ${text(rows, "with other rows")}; ` +
    `readers without a grant: ${withoutGrant.gained.length} gained, ${withoutGrant.lost.length} lost.`
  );
}
