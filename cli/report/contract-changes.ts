import Table from "cli-table3";
import { type Change, CHANGE_CLASSES } from "../../domains/contract-changes";

/** Changes of contracts as a table for a terminal, with a last line that counts them by class. */
export function renderChanges(changes: readonly Change[], since: string): string {
  if (changes.length === 0) {
    return `No contract has changed since ${since}.`;
  }
  const table = new Table({
    head: ["class", "dataset", "of it", "change"],
    style: { head: [], border: [], compact: true },
    colWidths: [null, null, null, 80],
    wordWrap: true,
  });
  changes.forEach((change) => {
    table.push([change.class, change.dataset, change.subject, change.text]);
  });
  const counts = CHANGE_CLASSES.map((name) => `${changes.filter((change) => change.class === name).length} ${name}`);
  return `${table.toString()}\nSince ${since}: ${counts.join(", ")}.`;
}
