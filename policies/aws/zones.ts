import type { Graph } from "../graph";

/** The zones of subnets, of those of which it is known. */
export function zonesOf(subnetIds: readonly unknown[], graph: Graph): string[] {
  return subnetIds.flatMap((id) => {
    const subnet = graph.reference(id)?.resource.values;
    const zone = subnet?.availability_zone ?? subnet?.availability_zone_id;
    return typeof zone === "string" ? [zone] : [];
  });
}
