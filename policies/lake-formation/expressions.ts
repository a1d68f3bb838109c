import { isOpen, textsOf } from "../aws/values";
import type { Graph } from "../graph";
import { blocks } from "../rule";
import { type Tags, tagText } from "./tags";

/** An LF-Tag expression: every key has to match, by one of its values. */
export type Expression = readonly { readonly key: string; readonly values: readonly string[] }[];

export function expressionOf(value: unknown, graph: Graph): Expression {
  return blocks(value).map(({ key, values }) => ({
    key: tagText(key, graph),
    values: textsOf(values, graph).map((one) => tagText(one, graph)),
  }));
}

/**
 * Whether tags match an expression: keys are combined with AND, values with OR, and what lacks a key never matches. What
 * an apply decides matches, as it may.
 *
 * Sources: Lake Formation Developer Guide, managing-tag-expressions and lf-tag-considerations.
 */
export function isMatch(expression: Expression, tags: Tags): boolean {
  return (
    expression.length > 0 &&
    expression.every(({ key, values }) => {
      const assigned = isOpen(key) ? [...tags.values()].flat() : (tags.get(key) ?? []);
      return assigned.some((value) => isOpen(value) || values.some((wanted) => wanted === value || isOpen(wanted)));
    })
  );
}

/** An expression as people read it. */
export function expressionText(expression: Expression): string {
  return expression.map(({ key, values }) => `${key}=${values.join("|")}`).join(", ");
}
