import type { TableDataset } from "../../domains/schema";
import { withColumn, withNewColumn, withoutColumn } from "./lake";

/** A change of a contract, with what is expected of it. */
export interface Change {
  readonly what: string;
  /** What stands before the change, where it is not what the others start from. */
  readonly from?: (dataset: TableDataset) => TableDataset;
  readonly to: (dataset: TableDataset) => TableDataset;
}

export interface MadeChange extends Change {
  /** All that the migrator says it has changed. */
  readonly changes: readonly string[];
  /** A value that the table could not hold before, as SQL and as it is read back. */
  readonly holds?: { readonly column: string; readonly value: string; readonly reads: unknown };
}

export interface RefusedChange extends Change {
  /** All that is refused, without the table's name and the remedy. */
  readonly refused: readonly string[];
}

const type = (name: string, changed: string) => (dataset: TableDataset) => withColumn(dataset, name, { type: changed });

/** What Iceberg can do without rewriting a file. */
export const MADE: readonly MadeChange[] = [
  {
    what: "add a column",
    to: (dataset) => withNewColumn(dataset, { name: "coupon" }),
    changes: ["columns.coupon is new: string"],
    holds: { column: "coupon", value: "'spring'", reads: "spring" },
  },
  {
    what: "add a field in a struct of a list",
    to: type("lines", "array<struct<sku:string,quantity:int,price:decimal(12,2)>>"),
    changes: ["columns.lines.element.price is new: decimal(12,2)"],
    holds: {
      column: "lines",
      value: "array(named_struct('sku', 'y', 'quantity', 1, 'price', 9.99BD))",
      reads: [{ sku: "y", quantity: 1, price: "9.99" }],
    },
  },
  {
    what: "add a column of structs before others",
    to: ({ columns: [first, ...others], ...dataset }) => {
      const [address] = withNewColumn(
        { ...dataset, columns: [] },
        { name: "address", type: "struct<zip:string>" },
      ).columns;
      return { ...dataset, columns: [first, address, ...others].filter((column) => column !== undefined) };
    },
    changes: ["columns.address is new: struct<zip:string>"],
  },
  {
    what: "widen int to bigint",
    to: type("quantity", "bigint"),
    changes: ["columns.quantity is widened from int to long"],
    holds: { column: "quantity", value: "3000000000", reads: 3_000_000_000 },
  },
  {
    what: "widen float to double",
    to: type("weight", "double"),
    changes: ["columns.weight is widened from float to double"],
    holds: { column: "weight", value: "1e200D", reads: 1e200 },
  },
  {
    what: "widen a decimal",
    to: type("total", "decimal(18,2)"),
    changes: ["columns.total is widened from decimal(12,2) to decimal(18,2)"],
    holds: { column: "total", value: "1234567890123456.78BD", reads: "1234567890123456.78" },
  },
  {
    what: "widen within lists and maps",
    to: (dataset) =>
      type(
        "labels",
        "map<string,struct<score:double>>",
      )(type("lines", "array<struct<sku:string,quantity:bigint>>")(dataset)),
    changes: [
      "columns.lines.element.quantity is widened from int to long",
      "columns.labels.value.score is widened from float to double",
    ],
  },
  {
    what: "widen a column that partitions are made of",
    from: (dataset) => ({ ...dataset, partitions: [{ transform: "bucket", column: "quantity", buckets: 4 }] }),
    to: type("quantity", "bigint"),
    changes: ["columns.quantity is widened from int to long"],
  },
  {
    what: "reorder columns",
    to: (dataset) => ({ ...dataset, columns: dataset.columns.toReversed() }),
    changes: [
      "columns are reordered from order_id, ordered_at, status, quantity, weight, total, lines, labels to labels, lines, total, weight, quantity, status, ordered_at, order_id",
    ],
  },
  {
    what: "no longer require a column",
    to: (dataset) => withColumn(dataset, "status", { required: false }),
    changes: ["columns.status is no longer required"],
    holds: { column: "status", value: "NULL", reads: null },
  },
  {
    what: "reword a comment",
    to: (dataset) => withColumn(dataset, "total", { comment: "With taxes, in euros" }),
    changes: ['columns.total.comment was "With taxes", is "With taxes, in euros"'],
  },
  {
    what: "reword the description",
    to: (dataset) => ({ ...dataset, description: "What customers order" }),
    changes: [
      "property Description was Orders of the shop, is What customers order",
      "property comment was Orders of the shop, is What customers order",
    ],
  },
  {
    what: "partition by month instead of day",
    to: (dataset) => ({ ...dataset, partitions: [{ transform: "month", column: "ordered_at" }] }),
    changes: ["partitions were day(ordered_at), are month(ordered_at) for new files"],
  },
  {
    what: "partition into other buckets",
    from: (dataset) => ({ ...dataset, partitions: [{ transform: "bucket", column: "order_id", buckets: 4 }] }),
    to: (dataset) => ({ ...dataset, partitions: [{ transform: "bucket", column: "order_id", buckets: 8 }] }),
    changes: ["partitions were bucket[4](order_id), are bucket[8](order_id) for new files"],
  },
  {
    what: "partition no longer",
    to: (dataset) => ({ ...dataset, partitions: [] }),
    changes: ["partitions were day(ordered_at), are none for new files"],
  },
  {
    what: "partition by a new column, too",
    to: (dataset) => ({
      ...withNewColumn(dataset, { name: "shop" }),
      partitions: [...dataset.partitions, { transform: "truncate", column: "shop", width: 2 }],
    }),
    changes: [
      "columns.shop is new: string",
      "partitions were day(ordered_at), are day(ordered_at), truncate[2](shop) for new files",
    ],
  },
  {
    what: "tell age by another column",
    from: (dataset) => ({ ...withNewColumn(dataset, { name: "paid_at", type: "date" }), primaryKey: [] }),
    to: (dataset) => ({ ...dataset, retention: { kind: "days", days: 400, column: "paid_at" } }),
    changes: ["sort order was ordered_at, is paid_at for new files"],
  },
  {
    what: "all at once",
    to: (dataset) => ({
      ...withNewColumn(withColumn(dataset, "quantity", { type: "bigint", comment: "Articles" }), { name: "coupon" }),
      partitions: [],
    }),
    changes: [
      'columns.quantity.comment was "How many articles", is "Articles"',
      "columns.quantity is widened from int to long",
      "columns.coupon is new: string",
      "partitions were day(ordered_at), are none for new files",
    ],
  },
];

/** What would leave rows that nobody can read, or that mean something else. */
export const REFUSED: readonly RefusedChange[] = [
  {
    what: "drop a column",
    to: (dataset) => withoutColumn(dataset, "weight"),
    refused: ["columns.weight is dropped, or has another name"],
  },
  {
    what: "rename a column",
    to: (dataset) => withColumn(dataset, "weight", { name: "mass" }),
    refused: ["columns.weight is dropped, or has another name"],
  },
  {
    what: "narrow bigint to int",
    from: type("quantity", "bigint"),
    to: type("quantity", "int"),
    refused: ["columns.quantity was long, would be int"],
  },
  {
    what: "narrow a decimal",
    to: type("total", "decimal(10,2)"),
    refused: ["columns.total was decimal(12,2), would be decimal(10,2)"],
  },
  {
    what: "change the scale of a decimal",
    to: type("total", "decimal(14,4)"),
    refused: ["columns.total was decimal(12,2), would be decimal(14,4)"],
  },
  {
    what: "make a number a text",
    to: type("quantity", "string"),
    refused: ["columns.quantity was int, would be string"],
  },
  {
    what: "drop a field in a struct of a list",
    to: type("lines", "array<struct<sku:string>>"),
    refused: ["columns.lines.element.quantity is dropped, or has another name"],
  },
  {
    what: "change the key of a map",
    to: type("labels", "map<int,struct<score:float>>"),
    refused: ["columns.labels was map<string,struct<score:float>>, would be map<int,struct<score:float>>"],
  },
  {
    what: "require an optional column",
    to: (dataset) => withColumn(dataset, "total", { required: true }),
    refused: ["columns.total is required now: rows that exist may have no value"],
  },
  {
    what: "add a required column",
    to: (dataset) => withNewColumn(dataset, { name: "coupon", required: true }),
    refused: ["columns.coupon is new and required: rows that exist have no value"],
  },
  {
    what: "give it another key",
    to: (dataset) => ({ ...dataset, primaryKey: ["order_id", "status"] }),
    refused: ["primaryKey was order_id, would be order_id, status: rows that exist are told apart by the former"],
  },
  {
    what: "several of them, with some that alone would be made",
    to: (dataset) => ({
      ...withNewColumn(withoutColumn(type("quantity", "string")(dataset), "weight"), { name: "coupon" }),
      primaryKey: [],
      partitions: [],
    }),
    refused: [
      "columns.weight is dropped, or has another name",
      "columns.quantity was int, would be string",
      "primaryKey was order_id, would be none: rows that exist are told apart by the former",
    ],
  },
];
