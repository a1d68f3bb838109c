import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ColumnType, parseColumnType } from "../../../domains/column-type";
import type { Spark } from "../spark";

export interface WrittenTable {
  readonly database: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** What a row is found by that is already there. */
  readonly uniqueKeys: readonly string[];
}

/** How Spark reads what Firehose takes: times are numbers since 1970, decimals and bytes are texts. */
const WIRE: Readonly<Record<string, string>> = {
  binary: "STRING",
  boolean: "BOOLEAN",
  date: "INT",
  double: "DOUBLE",
  float: "FLOAT",
  int: "INT",
  long: "BIGINT",
  string: "STRING",
  timestamp: "BIGINT",
  timestamptz: "BIGINT",
};

/** Writes rows as Firehose gives them to Iceberg, and does nothing else to them than its table's types ask for. */
export class IcebergWriter {
  private files = 0;

  constructor(
    private readonly spark: Spark,
    private readonly folder: string,
  ) {}

  /** Adds rows to a table. */
  async append(table: WrittenTable, rows: readonly string[]): Promise<void> {
    await this.view(table, rows);
    await this.spark.sql(`INSERT INTO ${nameOf(table)} ${selection(table)}`);
  }

  /** Replaces rows that have the keys of others, and adds the rest. No two rows may have the same key. */
  async merge(table: WrittenTable, rows: readonly string[]): Promise<void> {
    await this.view(table, rows);
    const same = table.uniqueKeys.map((key) => `t.${key} = s.${key}`).join(" AND ");
    await this.spark.sql(
      `MERGE INTO ${nameOf(table)} t USING (${selection(table)}) s ON ${same}
        WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *`,
    );
  }

  private async view({ columns }: WrittenTable, rows: readonly string[]): Promise<void> {
    const file = join(this.folder, `${this.files++}.json`);
    writeFileSync(file, rows.map((row) => `${row}\n`).join(""));
    const declared = columns.map(({ name, type }) => `${name} ${wireType(parseColumnType(type))}`).join(", ");
    await this.spark.sql(
      `CREATE OR REPLACE TEMPORARY VIEW arrived (${declared}) USING json OPTIONS (path '${file}', mode 'FAILFAST')`,
    );
  }
}

function nameOf({ database, table }: WrittenTable): string {
  return `lake.${database}.${table}`;
}

function selection({ columns }: WrittenTable): string {
  const values = columns.map(({ name, type }) => `${fromWire(parseColumnType(type), name)} AS ${name}`);
  return `SELECT ${values.join(", ")} FROM arrived`;
}

function wireType(type: ColumnType): string {
  switch (type.kind) {
    case "decimal":
    case "fixed":
      return "STRING";
    case "list":
      return `ARRAY<${wireType(type.element)}>`;
    case "map":
      return `MAP<${wireType(type.key)}, ${wireType(type.value)}>`;
    case "struct":
      return `STRUCT<${type.fields.map((field) => `${field.name}: ${wireType(field.type)}`).join(", ")}>`;
    case "primitive":
      return WIRE[type.name] ?? unknown(type.name);
  }
}

function fromWire(type: ColumnType, value: string, depth = 0): string {
  const item = `x${depth}`;
  switch (type.kind) {
    case "decimal":
      return `CAST(${value} AS DECIMAL(${type.precision}, ${type.scale}))`;
    case "fixed":
      return `unbase64(${value})`;
    case "list":
      return `transform(${value}, ${item} -> ${fromWire(type.element, item, depth + 1)})`;
    case "map": {
      const keys = `transform(map_keys(${value}), ${item} -> ${fromWire(type.key, item, depth + 1)})`;
      const values = `transform(map_values(${value}), ${item} -> ${fromWire(type.value, item, depth + 1)})`;
      return `map_from_arrays(${keys}, ${values})`;
    }
    case "struct": {
      const fields = type.fields.map(
        ({ name, type: of }) => `'${name}', ${fromWire(of, `${value}.${name}`, depth + 1)}`,
      );
      return `IF(${value} IS NULL, NULL, named_struct(${fields.join(", ")}))`;
    }
    case "primitive":
      return primitive(type.name, value);
  }
}

function primitive(name: string, value: string): string {
  switch (name) {
    case "binary":
      return `unbase64(${value})`;
    case "date":
      return `date_from_unix_date(${value})`;
    case "timestamp":
      return `CAST(timestamp_micros(${value}) AS TIMESTAMP_NTZ)`;
    case "timestamptz":
      return `timestamp_micros(${value})`;
    default:
      return value;
  }
}

function unknown(type: string): never {
  throw new Error(`rows with a ${type} are not written by these tests`);
}
