import { type Finding, findingIf } from "../../validation/check";
import { type ColumnType, columnTypeRefusal, isPrimitive, parseColumnType, type PrimitiveName } from "../column-type";
import type { Column } from "../schema";

export const TIMES: readonly PrimitiveName[] = ["timestamp", "timestamptz"];
export const DATES: readonly PrimitiveName[] = ["date", ...TIMES];
export const WHOLE_NUMBERS: readonly PrimitiveName[] = ["int", "long"];
export const FRACTIONS: readonly PrimitiveName[] = ["float", "double"];

/** A column's type; undefined where it is none, which the schema reports. */
export function typeOf({ type }: { readonly type: unknown }): ColumnType | undefined {
  return typeof type === "string" && columnTypeRefusal(type) === undefined ? parseColumnType(type) : undefined;
}

/** A finding where a column does not exist, or is of a type that does not fit. */
export function columnOfType(
  path: string,
  name: string,
  columns: readonly Column[],
  fits: (type: ColumnType) => boolean,
  refusal: Pick<Finding, "limit" | "remedy">,
): Finding[] {
  const column = columns.find((declared) => declared.name === name);
  if (column === undefined) {
    return missingColumn(path, name, columns);
  }
  const type = typeOf(column);
  return findingIf(type !== undefined && !fits(type), { path, ...refusal });
}

export function missingColumn(path: string, name: string, columns: readonly Column[]): Finding[] {
  return findingIf(!columns.some((column) => column.name === name), {
    path,
    limit: "a column of the dataset",
    remedy: `name one of ${columns.map((column) => column.name).join(", ")}`,
  });
}

export function isNumeric(type: ColumnType): boolean {
  return type.kind === "decimal" || isPrimitive(type, ...WHOLE_NUMBERS, ...FRACTIONS);
}

export function isNested({ kind }: ColumnType): boolean {
  return kind === "list" || kind === "map" || kind === "struct";
}
