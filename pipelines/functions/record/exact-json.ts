import { endOfString, endOfValue, skipSpace } from "./json-text";

/** A number as it was written, where a double would be another one. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

const WORDS = { true: true, false: false, null: null } as const;

/**
 * Reads JSON in which numbers keep all their digits. Slow, and only for what JSON.parse has read without complaint, nested
 * no deeper than a stack bears.
 */
export function parseExactly(text: string): unknown {
  let at = 0;

  const sign = (): string => {
    at = skipSpace(text, at);
    return text.charAt(at);
  };
  const take = (end: number): string => {
    const taken = text.slice(at, end);
    at = end;
    return taken;
  };
  const members = (close: string, member: () => void): void => {
    at++;
    while (sign() !== close) {
      member();
      if (sign() === ",") {
        at++;
      }
    }
    at++;
  };
  const value = (): unknown => {
    const first = sign();
    if (first === "{") {
      // without a prototype "__proto__" is a name as any other
      const object = Object.create(null) as Record<string, unknown>;
      members("}", () => {
        const name = JSON.parse(take(endOfString(text, at))) as string;
        sign();
        at++;
        object[name] = value();
      });
      return object;
    }
    if (first === "[") {
      const items: unknown[] = [];
      members("]", () => items.push(value()));
      return items;
    }
    if (first === '"') {
      return JSON.parse(take(endOfString(text, at)));
    }
    const word = take(endOfValue(text, at));
    return word in WORDS ? WORDS[word as keyof typeof WORDS] : new ExactNumber(word);
  };
  return value();
}
