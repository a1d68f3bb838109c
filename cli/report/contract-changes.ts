import Table from "cli-table3";
import { type Change, CHANGE_CLASSES } from "../../domains/contract-changes";

/** A longer change is broken into lines. */
const MAX_CHANGE_CHARACTERS = 78;

/** Changes of contracts as a table for a terminal, with a last line that counts them by class. */
export function renderChanges(changes: readonly Change[], since: string): string {
  if (changes.length === 0) {
    return `No contract has changed since ${since}.`;
  }
  const head = ["class", "dataset", "of it", "change"];
  const longest = Math.max(...[...head, ...changes.map(({ text }) => text)].map(({ length }) => length));
  const table = new Table({
    head,
    style: { head: [], border: [], compact: true },
    // with a space on either side
    colWidths: [null, null, null, Math.min(longest, MAX_CHANGE_CHARACTERS) + 2],
    wordWrap: true,
  });
  changes.forEach((change) => {
    table.push([change.class, change.dataset, change.subject, change.text]);
  });
  const counts = CHANGE_CLASSES.map((name) => `${changes.filter((change) => change.class === name).length} ${name}`);
  return `${table.toString()}\nSince ${since}: ${counts.join(", ")}.`;
}
