/** Digits that a double holds whatever they are. Source: DBL_DIG of IEEE 754's binary64. */
const SAFE_DIGITS = 15;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What JSON.parse does not tell of a text. It means nothing where the text is no JSON. */
export interface JsonFacts {
  /** Objects and arrays within each other, at most. */
  readonly depth: number;
  /** Names in all objects, each as often as it stands there. */
  readonly names: number;
  /** Names in the outermost object. */
  readonly outerNames: number;
  /** Whether values follow each other without an array around them. */
  readonly isSeveral: boolean;
  /** Whether a number with a point or an exponent has more digits than a double holds. */
  readonly hasLongNumbers: boolean;
}

/** Looks once at each byte. Bytes above 0x7f only stand in strings. */
export function scanJson(bytes: Uint8Array): JsonFacts {
  let [depth, deepest, names, outerNames, outermost] = [0, 0, 0, 0, 0];
  let hasLongNumbers = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      at = closingQuote(bytes, at);
    } else if (byte === 0x3a) {
      names++;
      if (depth === 1) {
        outerNames++;
      }
    } else if (byte === 0x7b || byte === 0x5b) {
      if (depth === 0) {
        outermost++;
      }
      depth++;
      deepest = Math.max(deepest, depth);
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    } else if (byte === 0x2d || isDigit(byte)) {
      const end = endOfNumber(bytes, at);
      hasLongNumbers = hasLongNumbers || (end - at > SAFE_DIGITS && isLong(bytes, at, end));
      at = end - 1;
    }
  }
  return { depth: deepest, names, outerNames, isSeveral: outermost > 1, hasLongNumbers };
}

function closingQuote(bytes: Uint8Array, opening: number): number {
  let at = opening + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) {
    at += bytes[at] === BACKSLASH ? 2 : 1;
  }
  return at;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && isOfNumber(bytes[at] ?? 0)) {
    at++;
  }
  return at;
}

/** Long whole numbers are seen without their text: as doubles they are not safe. */
function isLong(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  let isWhole = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (isDigit(byte)) {
      digits++;
    } else if (byte !== 0x2d) {
      isWhole = false;
    }
  }
  return !isWhole && digits > SAFE_DIGITS;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Digits, point, sign of an exponent, and its letter. */
function isOfNumber(byte: number): boolean {
  return isDigit(byte) || byte === 0x2e || byte === 0x2b || byte === 0x2d || byte === 0x65 || byte === 0x45;
}
