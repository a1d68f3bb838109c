declare global {
  interface String {
    // ES2024, in Node since 20
    isWellFormed(): boolean;
  }
}

/** Without Unicode's white space at its ends. */
export function trim(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  // what nearly all values are
  if (first > 0x20 && first < 0x7f && last > 0x20 && last < 0x7f) {
    return text;
  }
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charAt(start))) {
    start++;
  }
  while (end > start && isSpace(text.charAt(end - 1))) {
    end--;
  }
  return text.slice(start, end);
}

/** JavaScript's white space lacks NEL, which Unicode's has. */
function isSpace(sign: string): boolean {
  return sign.trim() === "" || sign === "\u0085";
}

/** A longer text is searched faster by JSON.stringify itself. */
const SHORT = 128;

/** A well-formed text as JSON. */
export function quote(text: string): string {
  if (text.length > SHORT) {
    return JSON.stringify(text);
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // control characters, the quotation mark and the backslash are all that JSON escapes
    if (code < 0x20 || code === 0x22 || code === 0x5c) {
      return JSON.stringify(text);
    }
  }
  return `"${text}"`;
}
