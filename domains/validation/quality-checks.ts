import { type Finding, findingIf, repetitions } from "../../validation/check";
import { type ColumnType, isPrimitive } from "../column-type";
import type { Column, QualityRule, TableDataset } from "../schema";
import { columnOfType, DATES, isNested, isNumeric, missingColumn, typeOf } from "./columns";

/** What one rule needs of the columns it is about. */
export function qualityFindings({ columns, quality }: TableDataset, index: number): Finding[] {
  const rule = quality[index];
  const path = `quality[${index}]`;
  if (rule === undefined) {
    return [];
  }
  if (rule.rule === "unique") {
    return uniqueFindings(rule.columns, `${path}.columns`, columns);
  }
  const column = columns.find(({ name }) => name === rule.column);
  const type = column === undefined ? undefined : typeOf(column);
  return type === undefined
    ? missingColumn(`${path}.column`, rule.column, columns)
    : ruleFindings(rule, path, type, rule.column);
}

function uniqueFindings(names: readonly string[], path: string, columns: readonly Column[]): Finding[] {
  return [
    ...names.flatMap((name, index) =>
      columnOfType(`${path}[${index}]`, name, columns, (type) => !isNested(type), COMPARABLE),
    ),
    ...repetitions(names, (index) => ({
      path: `${path}[${index}]`,
      limit: "each column once",
      remedy: "remove the repetition",
    })),
  ];
}

const COMPARABLE = {
  limit: "a column whose values can be compared, no array, map or struct",
  remedy: "name other columns, or drop the rule",
};

function ruleFindings(rule: QualityRule, path: string, type: ColumnType, name: string): Finding[] {
  switch (rule.rule) {
    case "between":
      return betweenFindings(rule, path, type);
    case "oneOf":
      return rule.values.flatMap((value, index) =>
        findingIf(
          isNumeric(type) ? typeof value !== "number" : typeof value !== "string" || !isPrimitive(type, "string"),
          {
            path: `${path}.values[${index}]`,
            limit: "numbers for a numeric column, strings for a string column, and no other column",
            remedy: `write values of the type of "${name}", or use another rule`,
          },
        ),
      );
    case "matches":
      return findingIf(!isPrimitive(type, "string"), {
        path: `${path}.column`,
        limit: "a string column",
        remedy: "use between or oneOf for other types",
      });
    case "recent":
      return findingIf(!isPrimitive(type, ...DATES), {
        path: `${path}.column`,
        limit: "a column of type date, timestamp or timestamptz",
        remedy: "name the column that says when the row's event happened",
      });
    case "references":
      return findingIf(isNested(type), { path: `${path}.column`, ...COMPARABLE });
    default:
      return [];
  }
}

function betweenFindings(
  { minimum, maximum }: Extract<QualityRule, { rule: "between" }>,
  path: string,
  type: ColumnType,
): Finding[] {
  if (!isNumeric(type) && !isPrimitive(type, ...DATES)) {
    const limit = "a column of numbers, dates or times";
    return [{ path: `${path}.column`, limit, remedy: "use matches or oneOf for strings" }];
  }
  if (minimum === undefined && maximum === undefined) {
    return [{ path, limit: "a minimum, a maximum or both", remedy: "write the bound that is meant" }];
  }
  const bounds = Object.entries({ minimum, maximum }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value, order: orderOf(value, type) }],
  );
  const wrong = bounds.filter(({ order }) => order === undefined);
  const [low, high] = [bounds[0]?.order, bounds[1]?.order];
  return [
    ...wrong.map(({ name }) => ({
      path: `${path}.${name}`,
      limit: isNumeric(type) ? "a number" : "a date or time in ISO 8601, as a string",
      remedy: isNumeric(type) ? "write it without quotes" : 'write for example "2020-01-01" or "2020-01-01T00:00:00Z"',
    })),
    ...findingIf(low !== undefined && high !== undefined && low > high, {
      path: `${path}.minimum`,
      limit: "no more than the maximum",
      remedy: "exchange the two",
    }),
  ];
}

/** A bound as a number, for comparison; undefined where it is not of the column's type. */
function orderOf(bound: number | string, type: ColumnType): number | undefined {
  if (isNumeric(type)) {
    return typeof bound === "number" ? bound : undefined;
  }
  const isIso = typeof bound === "string" && /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z)?$/.test(bound);
  const time = isIso ? Date.parse(bound) : Number.NaN;
  // a day that no month has is moved to the next month by Date.parse of some engines, and NaN in others
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== String(bound).slice(0, 10)
    ? undefined
    : time;
}
