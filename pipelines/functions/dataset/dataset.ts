import { parseColumnType } from "../../../domains/column-type";
import { codecOf, fieldOf } from "../columns/codec";
import type { Codec, Value } from "../columns/value";
import type { ContractColumn, StreamContract } from "../contract";
import type { Fields, ParsedRecord } from "../record/parse";
import { Refusal } from "../refusal";
import { type Mask, MASKS, masksOf } from "./masks";
import { compileRule, type Rule } from "./quality";

const REQUIRED_MISSING = new Refusal("required-missing", "has no value, and is required");
const NOT_MASKABLE = new Refusal("not-maskable", "has nothing left once it is masked, and is required");

export interface Column extends Codec {
  readonly name: string;
  readonly isRequired: boolean;
  /** Whether its value comes from another dataset: what producers send under its name is not read. */
  readonly isEnriched: boolean;
  readonly mask: Mask | undefined;
  readonly take: (fields: Fields) => unknown;
  /** Its name in a row, with what stands before and after it. */
  readonly prefix: string;
}

/** A dataset's contract, compiled. */
export interface Dataset {
  readonly contract: StreamContract;
  readonly columns: readonly Column[];
  readonly rules: readonly Rule[];
  /** Positions of the primary key's columns. */
  readonly key: readonly number[];
  readonly masks: ReadonlyMap<string, Mask>;
}

/** A record's values, in the order of columns. */
export interface Row {
  readonly values: Value[];
  /** Whether the record has fields that are no columns. */
  readonly hasUnknownFields: boolean;
}

export interface Verdict {
  readonly rule: Rule;
  readonly refusal: Refusal;
}

/** @throws Error if the contract cannot be held */
export function compileDataset(contract: StreamContract): Dataset {
  const { columns, primaryKey, rules, enrich } = contract;
  const enriched = new Set(enrich.flatMap(({ take }) => take.map(({ column }) => column)));
  return {
    contract,
    columns: columns.map((column, index) => compileColumn(column, index, enriched.has(column.name))),
    rules: rules.map((rule) => compileRule(rule, columns)),
    key: primaryKey.map((name) => positionOf(columns, name)),
    masks: masksOf(columns),
  };
}

function compileColumn(column: ContractColumn, index: number, isEnriched: boolean): Column {
  const { name, type, required, mask } = column;
  return {
    ...codecOf(parseColumnType(type)),
    name,
    isRequired: required,
    isEnriched,
    mask: mask === undefined ? undefined : MASKS[mask],
    take: fieldOf(name),
    prefix: `${index === 0 ? "{" : ","}"${name}":`,
  };
}

/** @throws Error if there is no such column */
export function positionOf(columns: readonly { readonly name: string }[], name: string): number {
  const position = columns.findIndex((column) => column.name === name);
  if (position === -1) {
    throw new Error(`the contract names the column ${name}, which it does not have`);
  }
  return position;
}

/** Reads a record as the columns' types say. Those that other datasets fill stay null. */
export function readRow({ columns }: Dataset, { fields, count }: ParsedRecord): Row | Refusal {
  const values: Value[] = [];
  let known = 0;
  for (const column of columns) {
    const field = column.isEnriched ? undefined : column.take(fields);
    const value = column.read(field);
    if (value instanceof Refusal) {
      return value.of(column.name);
    }
    if (value === null && column.isRequired && !column.isEnriched) {
      return REQUIRED_MISSING.of(column.name);
    }
    known += field === undefined ? 0 : 1;
    values.push(value);
  }
  return { values, hasUnknownFields: count > known };
}

/** The first enriched column that has no value and needs one. */
export function missingAfterEnrichment({ columns }: Dataset, { values }: Row): Refusal | undefined {
  const missing = columns.find((column, index) => column.isEnriched && column.isRequired && values[index] === null);
  return missing === undefined ? undefined : REQUIRED_MISSING.of(missing.name);
}

/** The first rule that keeps a row out of the table. Those before it that only warn are told of. */
export function judgeRow(
  rules: readonly Rule[],
  { values }: Row,
  arrivedAt: number,
  warn: (rule: Rule) => void,
): Verdict | undefined {
  for (const rule of rules) {
    const refusal = rule.judge(values[rule.column] ?? null, arrivedAt);
    if (refusal !== undefined && rule.onFailure !== "warn") {
      return { rule, refusal };
    }
    if (refusal !== undefined) {
      warn(rule);
    }
  }
  return undefined;
}

/** Masks what has to be, in place, unless a column that needs a value would lose it. */
export function maskRow({ columns }: Dataset, { values }: Row): Refusal | undefined {
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index];
    if (column?.mask !== undefined) {
      values[index] = column.mask(values[index] ?? null);
      if (column.isRequired && values[index] === null) {
        return NOT_MASKABLE.of(column.name);
      }
    }
  }
  return undefined;
}

/** The row as one JSON object with all columns. */
export function writeRow({ columns }: Dataset, { values }: Row): string {
  let text = "";
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index];
    if (column !== undefined) {
      text += column.prefix + column.write(values[index] ?? null);
    }
  }
  return `${text}}`;
}
