import { ExactNumber } from "../record/exact-json";
import { Refusal } from "../refusal";
import { fractionDigits, type Numeral, readNumeral, scaled, wholeDigits } from "./numeral";
import { trim } from "./text";
import type { Codec, Reader, Value } from "./value";

const NOT_A_NUMBER = new Refusal("not-a-number", "is not a number");
const NOT_WHOLE = new Refusal("not-whole", "is not a whole number");
const NOT_EXACT = new Refusal(
  "not-exact",
  "is a number above 2^53, whose last digits JSON does not keep: producers send it as a string",
);
const OUT_OF_RANGE = new Refusal("out-of-range", "is outside the range of its type");
const TOO_MANY_DIGITS = new Refusal("too-many-digits", "has more digits before the point than its type");
const TOO_MANY_FRACTION_DIGITS = new Refusal(
  "too-many-fraction-digits",
  "has more digits behind the point than its type, and is not rounded",
);

const MAX_INT = 2 ** 31 - 1;
const MIN_INT = -(2 ** 31);
const MAX_LONG = 2n ** 63n - 1n;
const MIN_LONG = -(2n ** 63n);
const LONG_DIGITS = 19;
const MAX_FLOAT = 3.4028234663852886e38;

const write = String as (value: Value) => string;

export const int: Codec = { read: wholeReader(toInt), write };

/** Above 2^53 a value is exact only from a string. */
export const long: Codec = { read: wholeReader(toLong), write };

export const double: Codec = { read: realReader(Number.MAX_VALUE), write: writeReal };

export const float: Codec = { read: realReader(MAX_FLOAT), write: writeReal };

/** Text with exactly the digits of the scale: "12.50" for decimal(10,2). Nothing is rounded. */
export function decimal(precision: number, scale: number): Codec {
  const read: Reader = (value) => {
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return NOT_EXACT;
    }
    const numeral = numeralOf(value);
    if (numeral === null || numeral instanceof Refusal) {
      return numeral;
    }
    if (wholeDigits(numeral) > precision - scale) {
      return TOO_MANY_DIGITS;
    }
    return fractionDigits(numeral) > scale ? TOO_MANY_FRACTION_DIGITS : decimalText(numeral, scale);
  };
  return { read, write: (value) => `"${value as string}"` };
}

function decimalText(numeral: Numeral, scale: number): string {
  const { isNegative, digits, exponent } = numeral;
  const all = (digits + "0".repeat(digits === "" ? 0 : exponent + scale)).padStart(scale + 1, "0");
  const text = scale === 0 ? all : `${all.slice(0, -scale)}.${all.slice(-scale)}`;
  return isNegative && digits !== "" ? `-${text}` : text;
}

function wholeReader(fit: (value: number | bigint) => Value | Refusal): Reader {
  return (value) => {
    if (typeof value === "number") {
      if (Number.isSafeInteger(value)) {
        return fit(value);
      }
      return Number.isFinite(value) ? (Number.isInteger(value) ? NOT_EXACT : NOT_WHOLE) : OUT_OF_RANGE;
    }
    const numeral = numeralOf(value);
    if (numeral === null || numeral instanceof Refusal) {
      return numeral;
    }
    if (fractionDigits(numeral) > 0) {
      return NOT_WHOLE;
    }
    return wholeDigits(numeral) > LONG_DIGITS ? OUT_OF_RANGE : fit(scaled(numeral, 0));
  };
}

function toInt(value: number | bigint): Value | Refusal {
  // a sum with 0 has no negative zero
  return value >= MIN_INT && value <= MAX_INT ? Number(value) + 0 : OUT_OF_RANGE;
}

function toLong(value: number | bigint): Value | Refusal {
  if (typeof value === "number") {
    return value + 0;
  }
  if (value < MIN_LONG || value > MAX_LONG) {
    return OUT_OF_RANGE;
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Doubles are rounded as IEEE 754 does it: that is what the type means. */
function realReader(maximum: number): Reader {
  const fit = (value: number) => (Math.abs(value) <= maximum ? value : OUT_OF_RANGE);
  return (value) => {
    if (typeof value === "number") {
      return fit(value);
    }
    const text = textOf(value);
    if (text === "") {
      return null;
    }
    return text === undefined || readNumeral(text) === undefined ? NOT_A_NUMBER : fit(Number(text));
  };
}

function writeReal(value: Value): string {
  return Object.is(value, -0) ? "-0.0" : `${value as number}`;
}

/** A number that is not exact is whatever JSON.parse made of it: its shortest form, which up to 15 digits is what was sent. */
function numeralOf(value: unknown): Numeral | Refusal | null {
  const text = typeof value === "number" ? String(value) : textOf(value);
  if (text === "") {
    return null;
  }
  return text === undefined ? NOT_A_NUMBER : (readNumeral(text) ?? NOT_A_NUMBER);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") {
    return trim(value);
  }
  return value instanceof ExactNumber ? value.text : undefined;
}
