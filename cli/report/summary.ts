import { isDeepStrictEqual } from "node:util";
import type { StackJson } from "../../policies/graph";
import { STATEFUL_TYPES } from "../../policies/stateful-types";
import type { Change, PlanJson, ResourceChange } from "../terraform/plan";

/** What a plan does to a resource, in the order in which reports show it. */
export const ACTIONS = ["create", "update", "replace", "delete", "forget"] as const;
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

/** What happens to one resource, where that says more than that it is made. */
export interface NotedChange {
  readonly address: string;
  readonly layer: string;
  readonly action: Action;
  /** Attributes that force a replacement, or that are updated; none of what is created or deleted. */
  readonly attributes: readonly string[];
  /** Whether its loss would lose data. */
  readonly isStateful: boolean;
  /** Whether `prevent_destroy` refuses it, so that nothing is applied. */
  readonly isRefused: boolean;
  /** Address of what is created under the same name: the same thing in AWS, which a `moved` block would keep. */
  readonly renamedTo?: string;
}

/** A deployment that a plan changes. */
export interface Base {
  /** As it was asked for, for example "origin/main". */
  readonly ref: string;
  readonly commit: string;
}

export interface PlanSummary {
  readonly environment: string;
  /**
   * What the plan is against.
   *
   * @default - nothing: everything is created
   */
  readonly base?: Base;
  /** In the order in which layers are deployed. */
  readonly layers: readonly LayerSummary[];
  readonly total: Counts;
  /** What happens to a deployment, by layer, stateful resources first; empty where the plan is against nothing. */
  readonly changes: readonly NotedChange[];
  readonly warnings: readonly string[];
  /** How long the preview took, in seconds. */
  readonly seconds: number;
}

/** The layer of each resource of a stack, by address. Layers come in the order in which the stack was built. */
export function layersByAddress(stack: StackJson): Map<string, string> {
  return new Map(
    Object.entries(stack.resource ?? {}).flatMap(([type, resources]) =>
      Object.entries(resources).map(([id, resource]): [string, string] => {
        // <stack>/<layer>/...
        const { metadata } = (resource["//"] ?? {}) as { readonly metadata?: { readonly path?: string } };
        const layer = metadata?.path?.split("/")[1];
        if (layer === undefined) {
          throw new Error(`${type}.${id} was synthesized without the path of its construct`);
        }
        return [`${type}.${id}`, layer];
      }),
    ),
  );
}

/** Counts what a plan does, by layer and resource type. */
export function summarize(
  plan: PlanJson,
  layerOf: ReadonlyMap<string, string>,
  layers: readonly string[],
): Pick<PlanSummary, "layers" | "total"> {
  const changes = changesOf(plan, layerOf, layers);
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

/**
 * What a plan does to each resource of a deployment: by layer, stateful types first, what is lost before what is made.
 *
 * @param refused addresses that `prevent_destroy` keeps
 */
export function noteChanges(
  plan: PlanJson,
  layerOf: ReadonlyMap<string, string>,
  layers: readonly string[],
  refused: readonly string[],
): NotedChange[] {
  const order = (change: NotedChange) => [
    layers.indexOf(change.layer),
    change.isStateful ? 0 : 1,
    BY_WEIGHT.indexOf(change.action),
  ];
  const changes = changesOf(plan, layerOf, layers);
  return changes
    .map((planned): NotedChange => {
      const { address, type, layer, action, change } = planned;
      const isStateful = STATEFUL_TYPES.includes(type);
      const twin = isStateful && action === "delete" ? changes.find((other) => isRenamed(planned, other)) : undefined;
      return {
        address,
        layer,
        action,
        attributes: attributesOf(action, change),
        isStateful,
        isRefused: refused.includes(address),
        ...(twin && { renamedTo: twin.address }),
      };
    })
    .sort((one, other) => compareLists(order(one), order(other)) || (one.address < other.address ? -1 : 1));
}

/** Whether what is deleted and what is created have one name in AWS. */
function isRenamed(deleted: PlannedChange, created: PlannedChange): boolean {
  const name = physicalName(deleted.change.before);
  return (
    created.action === "create" &&
    created.type === deleted.type &&
    name !== undefined &&
    name === physicalName(created.change.after)
  );
}

/** What AWS knows a resource by; undefined where it makes that up. */
function physicalName(values: Change["before"]): string | undefined {
  const name = values?.bucket ?? values?.name;
  return typeof name === "string" ? name : undefined;
}

/** What is lost comes before what is made. */
const BY_WEIGHT: readonly Action[] = ["delete", "replace", "forget", "update", "create"];

function compareLists(one: readonly number[], other: readonly number[]): number {
  return one.map((number, index) => number - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

interface PlannedChange extends ResourceChange {
  readonly layer: string;
  readonly action: Action;
}

/** @param layers names of all layers */
function changesOf(plan: PlanJson, layerOf: ReadonlyMap<string, string>, layers: readonly string[]): PlannedChange[] {
  return (plan.resource_changes ?? []).flatMap((change) => {
    const action = actionOf(change);
    if (action === undefined) {
      return [];
    }
    const layer = layerOf.get(baseAddress(change.address));
    if (layer === undefined || !layers.includes(layer)) {
      throw new Error(`${change.address} is in the plan, but in none of the layers ${layers.join(", ")}`);
    }
    return [{ ...change, layer, action }];
  });
}

function attributesOf(action: Action, { before, after, after_unknown: unknown, replace_paths: forcing }: Change) {
  if (action === "replace") {
    return [...new Set(forcing?.map(formatPath))];
  }
  if (action !== "update") {
    return [];
  }
  const unknowns = Object.entries(unknown).flatMap(([name, value]) => (value === true ? [name] : []));
  const changed = Object.entries(after ?? {}).flatMap(([name, value]) =>
    isDeepStrictEqual(value, before?.[name]) ? [] : [name],
  );
  return [...new Set([...changed, ...unknowns])].sort();
}

function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${step}`))
    .join("");
}

/** What happens to a managed resource; undefined where nothing does. */
export function actionOf({ mode, address, change: { actions } }: ResourceChange): Action | undefined {
  if (mode !== "managed") {
    return undefined;
  }
  const [first, second] = actions;
  if (first === "no-op" || first === "read") {
    return undefined;
  }
  const action = second === undefined ? ACTIONS.find((known) => known === first) : REPLACEMENTS.get(actions.join());
  if (action === undefined) {
    throw new Error(`${address} has actions that are not known here: ${actions.join(", ")}`);
  }
  return action;
}

/** What Terraform does to one resource in two steps. */
const REPLACEMENTS: ReadonlyMap<string, Action> = new Map([
  ["delete,create", "replace"],
  ["create,delete", "replace"],
  ["create,forget", "replace"],
]);

/** The address without the key of a counted instance. */
export function baseAddress(address: string): string {
  return address.replace(/\[.*\]$/, "");
}

/** How many changes there are of each action. */
export function count(changes: readonly { readonly action: Action }[]): Counts {
  const of = (action: Action) => changes.filter((change) => change.action === action).length;
  return {
    create: of("create"),
    update: of("update"),
    replace: of("replace"),
    delete: of("delete"),
    forget: of("forget"),
  };
}
