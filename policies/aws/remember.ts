import type { Graph } from "../graph";
import type { Estate } from "../rule";

/** What is worked out of an environment once, however many rules and resources ask for it. */
export function perEstate<E extends Pick<Estate, "graph">, T>(make: (estate: E) => T): (estate: E) => T {
  const known = new WeakMap<Graph, { readonly made: T }>();
  return (estate) => {
    const { made } = known.get(estate.graph) ?? { made: make(estate) };
    known.set(estate.graph, { made });
    return made;
  };
}

/** The same for what its resources alone tell. */
export function perGraph<T>(make: (graph: Graph) => T): (graph: Graph) => T {
  const ofEstate = perEstate(({ graph }: Pick<Estate, "graph">) => make(graph));
  return (graph) => ofEstate({ graph });
}
