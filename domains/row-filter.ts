import type { RowCondition } from "./schema";

/**
 * The expression of a data filter of Lake Formation that shows the rows for which all conditions hold.
 *
 * Source: https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
 */
export function filterExpression(conditions: readonly RowCondition[]): string {
  const expressions = conditions.flatMap(comparisons);
  return expressions.length === 1 ? expressions.join() : expressions.map((one) => `(${one})`).join(" AND ");
}

function comparisons(condition: RowCondition): string[] {
  const { column } = condition;
  if (condition.rule === "between") {
    const { minimum, maximum } = condition;
    return [
      ...(minimum === undefined ? [] : [`${column} >= ${literal(minimum)}`]),
      ...(maximum === undefined ? [] : [`${column} <= ${literal(maximum)}`]),
    ];
  }
  const values = condition.values.map(literal);
  return [values.length === 1 ? `${column} = ${values.join()}` : `${column} IN (${values.join(", ")})`];
}

function literal(value: string | number | boolean): string {
  if (typeof value === "string") {
    return `'${value.replaceAll("'", "''")}'`;
  }
  return String(value);
}
