import { mostSensitive, SENSITIVITIES, TABLE_ZONES } from "../../domains/schema";
import type { LfTag } from "../../modules/lakeformation/lf-tag";

/**
 * The zone of published tables of which somebody reads some rows only. Grants to those who read all rows of all tables do not
 * name it: with one of these, a row filter would be void, because Lake Formation unites what is granted.
 */
export const PUBLISHED_FILTERED = "published-filtered";

/** All values of the tag of zones. */
export const ZONE_VALUES = [...TABLE_ZONES, PUBLISHED_FILTERED];

/**
 * What every database and table is tagged with, whatever its columns are. Columns that are less sensitive say so themselves: one
 * that has no tag yet, or of which no declaration knows, is closed to all who may not read everything. Were tables as sensitive
 * as their columns, one that becomes more so would be open to the readers of before, or closed to all, while its tag changes.
 */
export const MOST_SENSITIVE = mostSensitive(SENSITIVITIES);

/** Tags that the whole lake has. Each domain adds one, whose values are its datasets. */
export interface LakeTags {
  /** Which stage of processing a table is of. */
  readonly zone: LfTag;
  /** How much harm a column does in the wrong hands; databases and tables are as sensitive as can be. */
  readonly sensitivity: LfTag;
}
