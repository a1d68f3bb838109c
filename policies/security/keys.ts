import type { Graph, Resource } from "../graph";
import { failedIf, isUnresolved, unknown, type Verdict } from "../rule";

/** The key of ours that a value stands for, be it by an alias. */
export function ourKey(value: unknown, graph: Graph): Resource | undefined {
  const referred = graph.reference(value)?.resource;
  if (value === undefined || referred?.type === "aws_kms_key") {
    return referred;
  }
  const alias = graph.ofType("aws_kms_alias").find((one) => graph.refersTo(value, one));
  return alias && ourKey(alias.values.target_key_id, graph);
}

/** A failure where a value stands for no key of ours; a key that is looked up or handed in is unknown. */
export function judgeOurKey(value: unknown, graph: Graph, text: string, attribute?: string): readonly Verdict[] {
  return isForeign(value, graph)
    ? unknown(`${text}, as far as is known before an apply`, attribute)
    : failedIf(ourKey(value, graph) === undefined, text, attribute);
}

/** Whether a value is an expression, and none that leads to a resource. */
export function isForeign(value: unknown, graph: Graph): boolean {
  return isUnresolved(value) && graph.reference(value) === undefined;
}
