import { actionsIn, type PlanJson } from "../terraform/plan";
import type { Manifest } from "./bundle";
import type { StackPlan } from "./plan-stacks";
import { inOrder } from "./synthesis";

/** A stack with the stacks that have to be applied before it. */
export interface Step {
  readonly name: string;
  readonly dependencies: readonly string[];
}

/** What the order of an apply depends on. */
export interface Orderable {
  readonly kind: StackPlan["kind"];
  readonly name: string;
  /** Names of the stacks that it depends on now. */
  readonly upstream: readonly string[];
  /** Names of the stacks whose outputs it read when it was last applied. */
  readonly upstreamBefore: readonly string[];
  readonly plan?: PlanJson | undefined;
}

/** Whom another stack follows, and what it knows of that one. */
interface Edge {
  readonly name: string;
  readonly follows: string;
}

/**
 * The order in which stacks are applied. What is added is made before those who read it. What is removed is removed after
 * those who read it have let go: those who have a plan that does not read it, and those who read a stack no more. What is
 * destroyed is destroyed before what it reads.
 */
export function applyOrder(stacks: readonly Orderable[], purpose: Manifest["purpose"]): Step[] {
  const known = new Map(stacks.map((stack) => [stack.name, stack]));
  const dependencies = new Map(stacks.map(({ name }) => [name, new Set<string>()]));
  const add = ({ name, follows }: Edge) => dependencies.get(name)?.add(follows);
  const addUnlessCircular = (edge: Edge) => {
    if (!mustFollow(edge.follows, edge.name, dependencies)) {
      add(edge);
    }
  };
  const pairs = (pick: (stack: Orderable) => readonly string[]) =>
    stacks.flatMap((consumer) =>
      pick(consumer).flatMap((name) => {
        const producer = known.get(name);
        return producer === undefined ? [] : [{ consumer, producer }];
      }),
    );
  const reading = pairs(({ upstream }) => upstream);
  const released = pairs(({ upstream, upstreamBefore }) => upstreamBefore.filter((name) => !upstream.includes(name)));
  const forwards = ({ consumer, producer }: (typeof reading)[number]) => ({
    name: consumer.name,
    follows: producer.name,
  });
  const backwards = ({ consumer, producer }: (typeof reading)[number]) => ({
    name: producer.name,
    follows: consumer.name,
  });
  if (purpose === "destroy") {
    [...reading, ...released].map(backwards).forEach(addUnlessCircular);
  } else {
    reading
      .filter((pair) => !isLettingGo(pair))
      .map(forwards)
      .forEach(add);
    released.filter(mayRemove).map(backwards).forEach(addUnlessCircular);
    // stacks without code go last where that changes nothing
    released
      .filter((pair) => !mayRemove(pair))
      .map(forwards)
      .forEach(addUnlessCircular);
    reading.filter(isLettingGo).forEach((pair) => {
      const isForced = mustFollow(pair.consumer.name, pair.producer.name, dependencies);
      add(isForced ? forwards(pair) : backwards(pair));
    });
  }
  return inOrder(stacks.map(({ name }) => ({ name, dependencies: [...(dependencies.get(name) ?? [])] })));
}

/** Whether a reader's plan comes before one that takes outputs away: it was made, hence it reads none of these. */
function isLettingGo({ consumer, producer }: { readonly consumer: Orderable; readonly producer: Orderable }): boolean {
  const outputs = Object.values(producer.plan?.output_changes ?? {});
  return consumer.kind === "planned" && outputs.some(({ actions }) => actions.includes("delete"));
}

/** Whether a stack removes something, as far as that is known. */
function mayRemove({ producer: { plan } }: { readonly producer: Orderable }): boolean {
  return plan === undefined || actionsIn(plan).includes("delete");
}

/** Whether a stack has to be applied after another one, by way of others. */
function mustFollow(name: string, earlier: string, dependencies: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  return [...(dependencies.get(name) ?? [])].some(
    (next) => next === earlier || mustFollow(next, earlier, dependencies),
  );
}
