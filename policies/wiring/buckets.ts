import type { Graph, Resource } from "../graph";

export { textOf } from "../aws/values";

/** The ARN of a resource. */
export function arnOf(resource: Resource, graph: Graph): string {
  return graph.arnOf(resource);
}
