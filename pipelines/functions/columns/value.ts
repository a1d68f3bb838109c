import type { Refusal } from "../refusal";

/**
 * A value of a column's type, as the table has it: dates as days and times as microseconds since the epoch, decimals as
 * text with all digits of their scale, binaries in Base64; a bigint only where a number would not be exact.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | Readonly<{ [field: string]: Value }>;

/** Reads a value that JSON holds as one of a column's type. */
export type Reader = (value: unknown) => Value | Refusal;

/** Writes a value as JSON. */
export type Writer = (value: Value) => string;

/** A column's type, compiled. */
export interface Codec {
  readonly read: Reader;
  readonly write: Writer;
}
