/** Where a string that opens at `at` ends, behind its closing quote; the end of the text where it is not closed. */
export function endOfString(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === 0x22) {
      return end + 1;
    }
    if (code === 0x5c) {
      end++;
    }
  }
  return text.length;
}

/** The first place from `at` on that is no white space of JSON. */
export function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && " \t\n\r".includes(text.charAt(next))) {
    next++;
  }
  return next;
}

/** Where a value that begins at `at` ends. */
export function endOfValue(text: string, at: number): number {
  const first = text.charAt(at);
  if (first === '"') {
    return endOfString(text, at);
  }
  if (first === "{" || first === "[") {
    return endOfNested(text, at);
  }
  let end = at;
  while (end < text.length && !",]} \t\n\r".includes(text.charAt(end))) {
    end++;
  }
  return end;
}

function endOfNested(text: string, at: number): number {
  let depth = 0;
  let end = at;
  while (end < text.length) {
    const sign = text.charAt(end);
    end = sign === '"' ? endOfString(text, end) : end + 1;
    if (sign === "{" || sign === "[") {
      depth++;
    } else if ((sign === "}" || sign === "]") && --depth === 0) {
      return end;
    }
  }
  return end;
}
