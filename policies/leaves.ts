import type { Resource } from "./graph";

/** A value that holds no others, or a key of an object, and the way to it. */
export interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
  /** Whether it is a key of what the way leads to. */
  readonly isKey: boolean;
}

const KNOWN = new WeakMap<object, readonly Leaf[]>();

/** The leaves of a resource's values, which several rules go through. */
export function leavesIn(values: Resource["values"]): readonly Leaf[] {
  const leaves = KNOWN.get(values) ?? leavesOf(values);
  KNOWN.set(values, leaves);
  return leaves;
}

export function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value !== "object" || value === null) {
    return [{ path, value, isKey: false }];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    // cdktf's notes are no part of what Terraform does
    if (key === "//") {
      return [];
    }
    const found = leavesOf(inner, [...path, key]);
    return Array.isArray(value) ? found : [{ path, value: key, isKey: true }, ...found];
  });
}
