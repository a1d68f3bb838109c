import { type Finding, findingIf, repetitions } from "../../validation/check";
import { type ColumnType, isPrimitive } from "../column-type";
import { filterExpression } from "../row-filter";
import type { RowCondition, TableDataset } from "../schema";
import { isNumeric, missingColumn, typeOf, WHOLE_NUMBERS } from "./columns";

/** Source: https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html */
const MAX_EXPRESSION_LENGTH = 2047;

/** What the row filter of one reader needs of the columns it is about. */
export function rowFindings({ columns, readers }: TableDataset, index: number): Finding[] {
  const { rows = [] } = readers[index] ?? {};
  const path = `readers[${index}].rows`;
  const findings = rows.flatMap((condition, position) => {
    const column = columns.find(({ name }) => name === condition.column);
    const type = column === undefined ? undefined : typeOf(column);
    return type === undefined
      ? missingColumn(`${path}[${position}].column`, condition.column, columns)
      : conditionFindings(condition, `${path}[${position}]`, type);
  });
  const repeated = repetitions(
    rows.map(({ column }) => column),
    (position) => ({
      path: `${path}[${position}].column`,
      limit: "each column once: all conditions have to hold",
      remedy: "write what is meant as one condition",
    }),
  );
  const { length } = filterExpression(rows);
  return [
    ...findings,
    ...repeated,
    ...findingIf(findings.length === 0 && length > MAX_EXPRESSION_LENGTH, {
      path,
      limit: `an expression of less than 2048 characters; this one has ${length}`,
      remedy: "list fewer or shorter values: add a column that says who may read a row, and compare that",
    }),
  ];
}

function conditionFindings(condition: RowCondition, path: string, type: ColumnType): Finding[] {
  const isComparable = isNumeric(type) || isPrimitive(type, "string", "boolean");
  if (!isComparable || (condition.rule === "between" && !isNumeric(type))) {
    return [
      {
        path: `${path}.column`,
        limit:
          condition.rule === "between"
            ? "a column of numbers"
            : "a column of type string, boolean, int, bigint, float, double or decimal: Lake Formation filters by no other",
        remedy: "compare another column; for dates add one that holds the year, or who may read the row",
      },
    ];
  }
  return condition.rule === "between" ? boundFindings(condition, path, type) : valueFindings(condition, path, type);
}

function boundFindings(
  { minimum, maximum }: Extract<RowCondition, { rule: "between" }>,
  path: string,
  type: ColumnType,
): Finding[] {
  if (minimum === undefined && maximum === undefined) {
    return [{ path, limit: "a minimum, a maximum or both", remedy: "write the bound that is meant" }];
  }
  return [
    ...Object.entries({ minimum, maximum }).flatMap(([name, bound]) =>
      bound === undefined ? [] : numberFindings(bound, `${path}.${name}`, type),
    ),
    ...findingIf(minimum !== undefined && maximum !== undefined && minimum > maximum, {
      path: `${path}.minimum`,
      limit: "no more than the maximum",
      remedy: "exchange the two",
    }),
  ];
}

function valueFindings(
  { values, column }: Extract<RowCondition, { rule: "oneOf" }>,
  path: string,
  type: ColumnType,
): Finding[] {
  const kind = isNumeric(type) ? "number" : isPrimitive(type, "boolean") ? "boolean" : "string";
  return values.flatMap((value, index) =>
    typeof value === "number" && kind === "number"
      ? numberFindings(value, `${path}.values[${index}]`, type)
      : findingIf(typeof value !== kind, {
          path: `${path}.values[${index}]`,
          limit: `a ${kind}, as "${column}" holds`,
          remedy: `write it as a ${kind}`,
        }),
  );
}

/**
 * Whole numbers are compared with whole numbers. What JavaScript has rounded is compared with nothing: up to 15 digits are as
 * they were written.
 */
function numberFindings(value: number, path: string, type: ColumnType): Finding[] {
  const isWhole = isPrimitive(type, ...WHOLE_NUMBERS);
  const digits = String(Math.abs(value))
    .replace(/^0\.0*/, "")
    .replace(".", "");
  return findingIf(isWhole ? !Number.isSafeInteger(value) : !/^\d{1,15}$/.test(digits), {
    path,
    limit: isWhole
      ? `a whole number from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`
      : "a number of at most 15 digits that needs no exponent",
    remedy: isWhole
      ? "leave out the fraction, or compare a column of strings"
      : "round it, or compare a column of strings",
  });
}
