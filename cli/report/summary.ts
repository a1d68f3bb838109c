import type { PlanJson, ResourceChange } from "../terraform/plan";

/** What a plan does to a resource, in the order in which reports show it. */
export const ACTIONS = ["create", "update", "replace", "delete"] as const;
export type Action = (typeof ACTIONS)[number];

export type Counts = Readonly<Record<Action, number>>;

export interface TypeSummary {
  readonly type: string;
  readonly counts: Counts;
}

export interface LayerSummary {
  readonly layer: string;
  readonly types: readonly TypeSummary[];
  readonly total: Counts;
}

export interface PlanSummary {
  readonly environment: string;
  /** In the order in which layers are deployed. */
  readonly layers: readonly LayerSummary[];
  readonly total: Counts;
  readonly warnings: readonly string[];
  /** How long the preview took, in seconds. */
  readonly seconds: number;
}

/** The parts of a synthesized stack that Basin reads. */
export interface StackJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, SynthesizedResource>>>>;
}

interface SynthesizedResource {
  readonly "//"?: { readonly metadata?: { readonly path?: string } };
}

/** The layer of each resource of a stack, by address. Layers come in the order in which the stack was built. */
export function layersByAddress(stack: StackJson): Map<string, string> {
  return new Map(
    Object.entries(stack.resource ?? {}).flatMap(([type, resources]) =>
      Object.entries(resources).map(([id, resource]): [string, string] => {
        // <stack>/<layer>/...
        const layer = resource["//"]?.metadata?.path?.split("/")[1];
        if (layer === undefined) {
          throw new Error(`${type}.${id} was synthesized without the path of its construct`);
        }
        return [`${type}.${id}`, layer];
      }),
    ),
  );
}

/**
 * Counts what a plan does, by layer and resource type.
 *
 * @param layers names of all layers, in the order of the report
 */
export function summarize(
  plan: PlanJson,
  layerOf: ReadonlyMap<string, string>,
  layers: readonly string[],
): Pick<PlanSummary, "layers" | "total"> {
  const changes = (plan.resource_changes ?? []).flatMap((change) => {
    const action = actionOf(change);
    if (action === undefined) {
      return [];
    }
    const layer = layerOf.get(baseAddress(change.address));
    if (layer === undefined || !layers.includes(layer)) {
      throw new Error(`${change.address} is in the plan, but in none of the layers ${layers.join(", ")}`);
    }
    return [{ type: change.type, layer, action }];
  });
  const summaries = layers.flatMap((layer): LayerSummary[] => {
    const ofLayer = changes.filter((change) => change.layer === layer);
    const types = [...new Set(ofLayer.map(({ type }) => type))].sort();
    return ofLayer.length === 0
      ? []
      : [
          {
            layer,
            types: types.map((type) => ({ type, counts: count(ofLayer.filter((change) => change.type === type)) })),
            total: count(ofLayer),
          },
        ];
  });
  return { layers: summaries, total: count(changes) };
}

/** What happens to a managed resource; undefined where nothing does. */
function actionOf({ mode, change: { actions } }: ResourceChange): Action | undefined {
  if (mode !== "managed") {
    return undefined;
  }
  return actions.length > 1 ? "replace" : ACTIONS.find((action) => action === actions[0]);
}

/** The address without the key of a counted instance. */
function baseAddress(address: string): string {
  return address.replace(/\[.*\]$/, "");
}

function count(changes: readonly { action: Action }[]): Counts {
  const of = (action: Action) => changes.filter((change) => change.action === action).length;
  return { create: of("create"), update: of("update"), replace: of("replace"), delete: of("delete") };
}
