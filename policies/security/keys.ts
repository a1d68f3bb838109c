import { keyOf } from "../aws/keys";
import type { Graph } from "../graph";
import { failedIf, isUnresolved, unknown, type Verdict } from "../rule";

/** A failure where a value stands for no key of ours; a key that is looked up or handed in is unknown. */
export function judgeOurKey(value: unknown, graph: Graph, text: string, attribute?: string): readonly Verdict[] {
  return isForeign(value, graph)
    ? unknown(`${text}, as far as is known before an apply`, attribute)
    : failedIf(keyOf(value, graph) === undefined, text, attribute);
}

/** Whether a value is an expression, and none that leads to a resource. */
export function isForeign(value: unknown, graph: Graph): boolean {
  return isUnresolved(value) && graph.reference(value) === undefined;
}
