import { ExactNumber } from "../record/exact-json";
import { Refusal } from "../refusal";
import { readNumeral, scaled } from "./numeral";
import { trim } from "./text";
import type { Codec, Reader, Value } from "./value";

const NOT_A_DATE = new Refusal("not-a-date", "is no day of the calendar as YYYY-MM-DD, from 0001 to 9999");
const NOT_A_TIME = new Refusal("not-a-time", "is no time of day as HH:MM:SS");
const NOT_A_TIMESTAMP = new Refusal(
  "not-a-timestamp",
  "is no date and time in ISO 8601, from 0001 to 9999, nor a number since 1970",
);

const SECONDS_A_DAY = 86_400;
const MICROS_A_SECOND = 1_000_000;

/** 0001-01-01T00:00:00Z, and the second after 9999-12-31T23:59:59Z. */
const FIRST_SECOND = -62_135_596_800;
const END_SECOND = 253_402_300_800;

/** Offsets in use are up to 14 hours; java.time takes up to 18. */
const MAX_OFFSET_MINUTES = 18 * 60;

/** What a number since 1970 is counted in, by its magnitude, with the digits that its unit has of a second. */
const EPOCH_UNITS = [
  // until the year 5138
  { below: 1e11, digits: 0 },
  // from 1973 to 5138
  { below: 1e14, digits: 3 },
  // from 1973 on
  { below: Number.MAX_SAFE_INTEGER + 1, digits: 6 },
] as const;

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

const write = String as (value: Value) => string;

/** Days since 1970-01-01. */
export const date: Codec = { read: stringReader(readDate, NOT_A_DATE), write };

/** Microseconds since midnight. */
export const time: Codec = { read: stringReader(readTime, NOT_A_TIME), write };

/**
 * Microseconds since 1970-01-01T00:00:00Z. Text is ISO 8601 with date and time, with an offset or else in UTC; digits beyond
 * microseconds are cut off. There is no 24:00 and no second 60: the one is two days' and the other no table's. JSON numbers
 * count since 1970 in what their magnitude says: below 1e11 seconds, below 1e14 milliseconds, else microseconds, so that
 * milliseconds and microseconds before 1973-03-03 have to be written as text. Text that is a number is refused, for
 * "20260101" is a day to who writes it.
 */
export const timestamp: Codec = { read: readTimestamp, write };

/** Days since 1970-01-01 of a text that is YYYY-MM-DD and nothing else. */
export function readDate(text: string): number | undefined {
  return text.length === 10 ? dayAt(text) : undefined;
}

function readTimestamp(value: unknown): Value | Refusal {
  if (typeof value === "string") {
    const text = trim(value);
    return text === "" ? null : (readInstant(text) ?? NOT_A_TIMESTAMP);
  }
  if (typeof value === "number" || value instanceof ExactNumber) {
    return fromEpoch(typeof value === "number" ? String(value) : value.text) ?? NOT_A_TIMESTAMP;
  }
  return NOT_A_TIMESTAMP;
}

function stringReader(read: (text: string) => number | undefined, refusal: Refusal): Reader {
  return (value) => {
    if (typeof value !== "string") {
      return refusal;
    }
    const text = trim(value);
    return text === "" ? null : (read(text) ?? refusal);
  };
}

/** Microseconds since 1970 of a date and time in ISO 8601. */
export function readInstant(text: string): number | bigint | undefined {
  const separator = text.charCodeAt(10);
  const day = separator === 0x54 || separator === 0x20 || separator === 0x74 ? dayAt(text) : undefined;
  const clock = day === undefined ? undefined : clockAt(text, 11);
  if (day === undefined || clock === undefined) {
    return undefined;
  }
  const offset = offsetAt(text, clock.end);
  return offset === undefined ? undefined : toMicros(day * SECONDS_A_DAY + clock.seconds - offset * 60, clock.micros);
}

function readTime(text: string): number | undefined {
  const clock = clockAt(text, 0);
  return clock?.end === text.length ? clock.seconds * MICROS_A_SECOND + clock.micros : undefined;
}

/** Microseconds since 1970 of a number that counts from there. */
function fromEpoch(text: string): number | bigint | undefined {
  const magnitude = Math.abs(Number(text));
  const unit = EPOCH_UNITS.find(({ below }) => magnitude < below);
  const numeral = readNumeral(text);
  if (unit === undefined || numeral === undefined) {
    return undefined;
  }
  const shift = 6 - unit.digits;
  const missing = -numeral.exponent - shift;
  if (missing > numeral.digits.length) {
    return numeral.isNegative ? -1 : 0;
  }
  const micros =
    missing > 0 ? divideDown(scaled(numeral, -numeral.exponent), 10n ** BigInt(missing)) : scaled(numeral, shift);
  const seconds = divideDown(micros, BigInt(MICROS_A_SECOND));
  return toMicros(Number(seconds), Number(micros - seconds * BigInt(MICROS_A_SECOND)));
}

function divideDown(dividend: bigint, divisor: bigint): bigint {
  return dividend / divisor - (dividend < 0n && dividend % divisor !== 0n ? 1n : 0n);
}

function toMicros(seconds: number, micros: number): number | bigint | undefined {
  if (seconds < FIRST_SECOND || seconds >= END_SECOND) {
    return undefined;
  }
  const total = seconds * MICROS_A_SECOND + micros;
  // from 2255 on a double does not hold them
  return Number.isSafeInteger(total) ? total : BigInt(seconds) * BigInt(MICROS_A_SECOND) + BigInt(micros);
}

/** Days since 1970 of YYYY-MM-DD at the beginning of a text; undefined where no calendar has that day. */
function dayAt(text: string): number | undefined {
  const [year, month, day] = [digits(text, 0, 2) * 100 + digits(text, 2, 2), digits(text, 5, 2), digits(text, 8, 2)];
  // comparisons with NaN are false
  const isPossible = year >= 1 && month >= 1 && month <= 12 && day >= 1;
  if (!isPossible || text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) {
    return undefined;
  }
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const before = DAYS_BEFORE_MONTH[month - 1] ?? 0;
  const length = (DAYS_BEFORE_MONTH[month] ?? 0) - before + (isLeap && month === 2 ? 1 : 0);
  if (day > length) {
    return undefined;
  }
  const past = year - 1;
  const days = past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  return days + before + (isLeap && month > 2 ? 1 : 0) + day - 1 - 719_162;
}

interface Clock {
  readonly seconds: number;
  readonly micros: number;
  readonly end: number;
}

/** HH:MM, with seconds and their fraction or without. */
function clockAt(text: string, at: number): Clock | undefined {
  const [hours, minutes] = [digits(text, at, 2), digits(text, at + 3, 2)];
  if (!(hours <= 23 && minutes <= 59) || text.charCodeAt(at + 2) !== 0x3a) {
    return undefined;
  }
  const past = hours * 3600 + minutes * 60;
  if (text.charCodeAt(at + 5) !== 0x3a) {
    return { seconds: past, micros: 0, end: at + 5 };
  }
  const seconds = digits(text, at + 6, 2);
  if (!(seconds <= 59)) {
    return undefined;
  }
  const mark = text.charCodeAt(at + 8);
  return mark === 0x2e || mark === 0x2c
    ? withFraction(text, at + 9, past + seconds)
    : { seconds: past + seconds, micros: 0, end: at + 8 };
}

function withFraction(text: string, start: number, seconds: number): Clock | undefined {
  let [end, micros, unit] = [start, 0, MICROS_A_SECOND / 10];
  for (; end < text.length; end++) {
    const digit = text.charCodeAt(end) - 0x30;
    if (!(digit >= 0 && digit <= 9)) {
      break;
    }
    micros += digit * Math.floor(unit);
    unit /= 10;
  }
  return end === start ? undefined : { seconds, micros, end };
}

/** Minutes that a clock is ahead of UTC: Z, +HH, +HHMM, +HH:MM, or nothing. */
function offsetAt(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  const rest = text.length - at;
  if (rest === 0 || (rest === 1 && (sign === 0x5a || sign === 0x7a))) {
    return 0;
  }
  if (sign !== 0x2b && sign !== 0x2d) {
    return undefined;
  }
  const hasColon = rest === 6 && text.charCodeAt(at + 3) === 0x3a;
  const minutes = rest === 3 ? 0 : rest === 5 || hasColon ? digits(text, text.length - 2, 2) : Number.NaN;
  const offset = digits(text, at + 1, 2) * 60 + minutes;
  return minutes <= 59 && offset <= MAX_OFFSET_MINUTES ? (sign === 0x2d ? -offset : offset) : undefined;
}

/** Digits as a number, NaN where one is none. */
function digits(text: string, at: number, count: 2): number {
  let number = 0;
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
  }
  return number;
}
