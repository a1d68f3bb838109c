import type { StackJson } from "../../policies/graph";

/** The address that a resource has now, by the address it had: `moved` blocks may follow each other. */
export function movedTo({ moved = [] }: StackJson, address: string): string {
  const seen = new Set<string>();
  let current = address;
  for (let next: string | undefined = address; next !== undefined && !seen.has(next);) {
    seen.add(next);
    current = next;
    next = moved.find(({ from }) => from === current)?.to;
  }
  return current;
}
