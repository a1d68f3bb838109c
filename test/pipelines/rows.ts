import type { TableDataset } from "../../domains/schema";
import type { Row } from "./spark";

/** Values by column, as SQL writes them. */
export type Written = Readonly<Record<string, string>>;

/** How Spark writes the rows that are there before a change. Their numbers are what float and decimal hold exactly. */
const WRITTEN: readonly Written[] = [
  {
    order_id: "'a'",
    ordered_at: "TIMESTAMP '2024-01-31 23:59:59'",
    status: "'new'",
    quantity: "2147483647",
    weight: "1.5",
    total: "1234567890.12",
    lines: "array(named_struct('sku', 'x', 'quantity', 3))",
    labels: "map('fragile', named_struct('score', CAST(0.25 AS FLOAT)))",
  },
  { order_id: "'b'", ordered_at: "TIMESTAMP '2024-02-01 00:00:00'", status: "'paid'" },
];

/** The same rows, as they are read back. */
export const ROWS: readonly Row[] = [
  {
    order_id: "a",
    ordered_at: "2024-01-31 23:59:59",
    status: "new",
    quantity: 2147483647,
    weight: 1.5,
    total: "1234567890.12",
    lines: [{ sku: "x", quantity: 3 }],
    labels: { fragile: { score: 0.25 } },
  },
  {
    order_id: "b",
    ordered_at: "2024-02-01 00:00:00",
    status: "paid",
    quantity: null,
    weight: null,
    total: null,
    lines: null,
    labels: null,
  },
];

/** Writes rows into a table with the columns of a dataset; Spark wants to be told of those without a value. */
export function insertion({ columns }: Pick<TableDataset, "columns">, written = WRITTEN): string {
  const names = columns.map(({ name }) => name);
  const rows = written.map((row) => `(${names.map((name) => row[name] ?? "NULL").join(", ")})`);
  return `INSERT INTO TABLE (${names.join(", ")}) VALUES ${rows.join(", ")}`;
}

/** A row as it reads once the table has the columns of a dataset: those that it was not written with are null. */
export function asAfter(row: Row, { columns }: TableDataset): Row {
  const withPrice = columns.some(({ type }) => type.includes("price"));
  const lines = (row.lines as object[] | null)?.map((line) => (withPrice ? { ...line, price: null } : line)) ?? null;
  return Object.fromEntries(columns.map(({ name }) => [name, name === "lines" ? lines : (row[name] ?? null)]));
}
