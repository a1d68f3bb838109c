import { actionsIn, type PlanJson } from "../terraform/plan";
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
  /** Names of the stacks whose outputs it reads, or read when it was last applied. */
  readonly upstream: readonly string[];
  readonly plan?: PlanJson | undefined;
}

/**
 * The order in which stacks are applied. What is added is made before those who read it; what a stack removes is removed
 * after those who read it have let go of it. A stack that waits for an output of another one follows it in any case.
 */
export function applyOrder(stacks: readonly Orderable[]): Step[] {
  const known = new Map(stacks.map((stack) => [stack.name, stack]));
  const dependencies = new Map(stacks.map(({ name }) => [name, new Set<string>()]));
  for (const stack of stacks) {
    for (const name of stack.upstream) {
      const producer = known.get(name);
      if (producer === undefined) {
        continue;
      }
      const lets =
        producer.plan !== undefined && actionsIn(producer.plan).includes("delete") && stack.kind === "planned";
      const [first, second] = lets ? [stack.name, name] : [name, stack.name];
      dependencies.get(second)?.add(first);
    }
  }
  return inOrder(stacks.map(({ name }) => ({ name, dependencies: [...(dependencies.get(name) ?? [])] })));
}
