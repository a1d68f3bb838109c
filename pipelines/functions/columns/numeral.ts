/** A decimal number without rounding: digits, without zeros at either end, times a power of ten. Zero has no digits. */
export interface Numeral {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** Longer ones are no measurement of anything, and slow to reckon with. */
const MAX_LENGTH = 400;

/**
 * Reads a number as JSON writes it: no plus, no leading zeros, no hexadecimals, no separators. So a number means the same
 * with and without quotes.
 */
export function readNumeral(text: string): Numeral | undefined {
  const isNegative = text.charCodeAt(0) === 0x2d;
  const start = isNegative ? 1 : 0;
  const point = endOfDigits(text, start);
  const hasLeadingZero = text.charCodeAt(start) === 0x30 && point > start + 1;
  if (text.length > MAX_LENGTH || point === start || hasLeadingZero) {
    return undefined;
  }
  const hasFraction = text.charCodeAt(point) === 0x2e;
  const end = hasFraction ? endOfDigits(text, point + 1) : point;
  const exponent = exponentAt(text, end);
  if (exponent === undefined || (hasFraction && end === point + 1)) {
    return undefined;
  }
  const all = text.slice(start, point) + text.slice(point + 1, end);
  let [first, last] = [0, all.length];
  while (first < last && all.charCodeAt(first) === 0x30) {
    first++;
  }
  while (last > first && all.charCodeAt(last - 1) === 0x30) {
    last--;
  }
  const shift = all.length - last - (hasFraction ? end - point - 1 : 0);
  return { isNegative, digits: all.slice(first, last), exponent: first === last ? 0 : exponent + shift };
}

/** How many digits stand before the point. */
export function wholeDigits({ digits, exponent }: Numeral): number {
  return Math.max(0, digits.length + exponent);
}

/** How many digits stand behind the point. */
export function fractionDigits({ exponent }: Numeral): number {
  return Math.max(0, -exponent);
}

/** The number times ten to the power of `scale`, which must leave no fraction. */
export function scaled({ isNegative, digits, exponent }: Numeral, scale: number): bigint {
  const magnitude = BigInt(digits + "0".repeat(digits === "" ? 0 : exponent + scale));
  return isNegative ? -magnitude : magnitude;
}

function exponentAt(text: string, at: number): number | undefined {
  if (at === text.length) {
    return 0;
  }
  const letter = text.charAt(at);
  const sign = text.charAt(at + 1);
  const start = sign === "+" || sign === "-" ? at + 2 : at + 1;
  const isWhole = (letter === "e" || letter === "E") && endOfDigits(text, start) === text.length && start < text.length;
  return isWhole ? Number(text.slice(at + 1)) : undefined;
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) {
    at++;
  }
  return at;
}
