import tokenizer, { type Tokens, types } from "ret";

/**
 * Whether a regular expression has an endless repetition within another one, as (a+)+ has. A single value may then keep whoever
 * matches it busy for years, because every way is tried to divide it between the two.
 *
 * @throws if it is no regular expression
 */
export function repeatsRepetitions(pattern: string): boolean {
  return isRepeated(tokenizer(pattern), false);
}

function isRepeated(token: Tokens, isWithin: boolean): boolean {
  switch (token.type) {
    case types.REPETITION: {
      const isEndless = token.max === Infinity;
      return (isEndless && isWithin) || isRepeated(token.value, isWithin || isEndless);
    }
    case types.ROOT:
    case types.GROUP:
      return [token.stack ?? [], ...(token.options ?? [])].flat().some((inner) => isRepeated(inner, isWithin));
    default:
      return false;
  }
}
