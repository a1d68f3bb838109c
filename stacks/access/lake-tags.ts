import { TABLE_ZONES } from "../../domains/schema";
import type { LfTag } from "../../modules/lakeformation/lf-tag";

/**
 * The zone of published tables of which somebody reads some rows only. Grants to those who read all rows of all tables do not
 * name it: with one of these, a row filter would be void, because Lake Formation unites what is granted.
 */
export const PUBLISHED_FILTERED = "published-filtered";

/** All values of the tag of zones. */
export const ZONE_VALUES = [...TABLE_ZONES, PUBLISHED_FILTERED];

/** Tags that the whole lake has. Each domain adds one, whose values are its datasets. */
export interface LakeTags {
  /** Which stage of processing a table is of. */
  readonly zone: LfTag;
  /** How much harm a column does in the wrong hands; of a table, its most sensitive column. */
  readonly sensitivity: LfTag;
}
