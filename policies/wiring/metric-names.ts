import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";

/** A metric that an alarm watches. */
export interface Metric {
  readonly namespace: unknown;
  readonly name: unknown;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** What has to be declared for some metric to be sent; what is missing is said in words. */
type Switch = (metric: Metric, graph: Graph) => string | undefined;

/** What is known of the metrics of a service. */
export interface Namespace {
  /** Names of all of its metrics, where they are few. */
  readonly metrics?: RegExp;
  /** Dimensions that its metrics are sent with, one of these at least; an empty list stands for all of an account. */
  readonly needs: readonly (readonly string[])[];
  /** Dimensions that it has besides. */
  readonly also?: readonly string[];
  /** Which type, and which attribute of it, a dimension names. */
  readonly names: Readonly<Record<string, readonly [type: string, attribute: string]>>;
  readonly isSent?: Switch;
}

/** The resource that a dimension names. */
export function declared(
  [type, attribute]: readonly [type: string, attribute: string],
  value: unknown,
  graph: Graph,
): Resource | undefined {
  const text = textOf(value, graph);
  return text === undefined
    ? undefined
    : graph.ofType(type).find((one) => graph.refersTo(value, one) || textOf(one.values[attribute], graph) === text);
}
