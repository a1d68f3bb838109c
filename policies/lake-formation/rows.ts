/** Rows that can be read: all of them, or those for which one of the predicates holds. */
export type Rows = "all" | readonly string[];

/**
 * What several filters show together: an all-rows filter prevails over every other.
 *
 * Source: Lake Formation Developer Guide, data-filtering-notes, "Cell-level filtering limitations".
 */
export function unionOf(rows: readonly Rows[]): Rows {
  const predicates = rows.flatMap((one) => (one === "all" ? [] : one));
  return rows.includes("all") ? "all" : [...new Set(predicates)].sort();
}

/**
 * What another account passes on of the rows that it was given.
 *
 * Source: Lake Formation Developer Guide, data-filtering-notes, "Cell-level filtering limitations".
 */
export function intersectionOf(one: Rows, other: Rows): Rows {
  if (one === "all" || other === "all") {
    return one === "all" ? other : one;
  }
  return unionOf([
    one.flatMap((left) =>
      other.map((right) =>
        left === right
          ? left
          : [left, right]
              .sort()
              .map((predicate) => `(${predicate})`)
              .join(" AND "),
      ),
    ),
  ]);
}

/** Rows as people read them. */
export function rowsText(rows: Rows): string {
  return rows === "all" ? rows : rows.length === 1 ? rows.join() : rows.map((row) => `(${row})`).join(" OR ");
}
