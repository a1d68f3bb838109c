import { type ColumnType, isPrimitive, parseColumnType } from "../../../domains/column-type";
import { codecOf } from "../columns/codec";
import { readNumeral, fractionDigits, scaled } from "../columns/numeral";
import { readDate, readInstant } from "../columns/time";
import type { Value } from "../columns/value";
import type { ContractColumn, RecordRule } from "../contract";
import { Refusal } from "../refusal";

/** A pattern may look at each character many times over: longer values are not looked at, and do not match. */
const MAX_MATCHED_CHARACTERS = 8192;

/** The reason of what was not judged: such a value may well keep its rule. */
export const NOT_JUDGED = "too-long-to-match";

const MICROS_A_DAY = 86_400_000_000;
const MICROS_AN_HOUR = 3_600_000_000;
const MICROS_A_MILLISECOND = 1000;

export interface Rule {
  /** For counts, for example "between amount". */
  readonly label: string;
  readonly column: number;
  readonly onFailure: RecordRule["onFailure"];
  /** Why a value breaks the rule, at the record's arrival in milliseconds since 1970. */
  readonly judge: (value: Value, arrivedAt: number) => Refusal | undefined;
}

/** Judges a value that is there. */
type Judge = (value: Exclude<Value, null>, arrivedAt: number) => Refusal | undefined;

/**
 * Compiles a rule. Only `notNull` looks for absent values: all others hold where there is none.
 *
 * @throws Error if the rule cannot be held
 */
export function compileRule(rule: RecordRule, columns: readonly ContractColumn[]): Rule {
  const column = columns.findIndex(({ name }) => name === rule.column);
  const declared = columns[column];
  if (declared === undefined) {
    throw new Error(`the rule ${rule.rule} is about ${rule.column}, which is no column`);
  }
  const { onFailure } = rule;
  const label = `${rule.rule} ${rule.column}`;
  if (rule.rule === "notNull") {
    const absent = new Refusal("rule-not-null", "has no value").of(rule.column);
    return { label, column, onFailure, judge: (value) => (value === null ? absent : undefined) };
  }
  const judge = judgeOf(rule, parseColumnType(declared.type));
  return {
    label,
    column,
    onFailure,
    judge: (value, arrivedAt) => (value === null ? undefined : judge(value, arrivedAt)?.of(rule.column)),
  };
}

function judgeOf(rule: Exclude<RecordRule, { rule: "notNull" }>, type: ColumnType): Judge {
  switch (rule.rule) {
    case "between":
      return between(rule, type);
    case "oneOf":
      return oneOf(rule.values, type);
    case "matches":
      return matches(rule.pattern);
    case "recent":
      return recent(rule.withinHours, type);
  }
}

function between({ minimum, maximum }: Extract<RecordRule, { rule: "between" }>, type: ColumnType): Judge {
  const below = new Refusal("rule-between", `is below ${minimum ?? ""}`);
  const above = new Refusal("rule-between", `is above ${maximum ?? ""}`);
  const [low, high] = [boundOf(minimum, type), boundOf(maximum, type)];
  const order = orderOf(type, [minimum, maximum]);
  return (value) => {
    const found = order(value);
    if (low !== undefined && found < low) {
      return below;
    }
    return high !== undefined && found > high ? above : undefined;
  };

  function boundOf(bound: number | string | undefined, columnType: ColumnType): number | bigint | undefined {
    if (bound === undefined) {
      return undefined;
    }
    if (columnType.kind === "decimal") {
      return scaled(numeralOf(bound), commonScale(columnType, [minimum, maximum]));
    }
    const found = typeof bound === "number" ? bound : (readInstant(bound) ?? daysAsMicros(readDate(bound)));
    if (found === undefined) {
      throw new Error(`${JSON.stringify(bound)} is no bound of the column ${rule(columnType)}`);
    }
    return found;
  }
}

function rule(type: ColumnType): string {
  return type.kind === "primitive" ? `of the type ${type.name}` : "of another type";
}

/** What values of a type are compared by; numbers and bigints compare with each other exactly. */
function orderOf(
  type: ColumnType,
  bounds: readonly (number | string | undefined)[],
): (value: Value) => number | bigint {
  if (type.kind === "decimal") {
    const zeros = 10n ** BigInt(commonScale(type, bounds) - type.scale);
    return (value) => BigInt((value as string).replace(".", "")) * zeros;
  }
  return isPrimitive(type, "date") ? (value) => (value as number) * MICROS_A_DAY : (value) => value as number | bigint;
}

/** The digits behind the point that a column and its bounds need at most. */
function commonScale({ scale }: { readonly scale: number }, bounds: readonly (number | string | undefined)[]): number {
  return Math.max(scale, ...bounds.map((bound) => (bound === undefined ? 0 : fractionDigits(numeralOf(bound)))));
}

function numeralOf(bound: number | string) {
  const numeral = readNumeral(String(bound));
  if (numeral === undefined) {
    throw new Error(`${JSON.stringify(bound)} is no number to compare with`);
  }
  return numeral;
}

function daysAsMicros(days: number | undefined): number | undefined {
  return days === undefined ? undefined : days * MICROS_A_DAY;
}

/** What is listed is read as a value of the column is, so that 1 and "1.00" are one decimal. */
function oneOf(values: readonly (number | string)[], type: ColumnType): Judge {
  const { read } = codecOf(type);
  const allowed = new Set(values.map((value) => read(value)));
  const refusal = new Refusal("rule-one-of", "is not one of the values that the contract lists");
  return (value) => (allowed.has(value) ? undefined : refusal);
}

function matches(source: string): Judge {
  const pattern = new RegExp(`^(?:${source})$`, "u");
  const refusal = new Refusal("rule-matches", "does not match its pattern");
  const tooLong = new Refusal(NOT_JUDGED, `is longer than ${MAX_MATCHED_CHARACTERS} characters, and not matched`);
  return (value) => {
    const text = value as string;
    if (text.length > MAX_MATCHED_CHARACTERS) {
      return tooLong;
    }
    return pattern.test(text) ? undefined : refusal;
  };
}

/** The clock is the record's own arrival: what is delivered again later is judged alike. A date is its whole day. */
function recent(withinHours: number, type: ColumnType): Judge {
  const tooOld = new Refusal("rule-recent", `is older than ${withinHours} hours at its arrival`);
  const tooNew = new Refusal("rule-recent", "is more than an hour after its arrival");
  const isDate = isPrimitive(type, "date");
  const unit = isDate ? MICROS_A_DAY : 1;
  const length = isDate ? MICROS_A_DAY : 0;
  return (value, arrivedAt) => {
    const start = Number(value) * unit;
    const now = arrivedAt * MICROS_A_MILLISECOND;
    if (start + length < now - withinHours * MICROS_AN_HOUR) {
      return tooOld;
    }
    return start > now + MICROS_AN_HOUR ? tooNew : undefined;
  };
}
