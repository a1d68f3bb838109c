import type { CommandContext } from "../command-context";
import { toError } from "../exit-codes";
import { planDeployed, type PlanJson, type Planned, type PlanTarget, showPlan } from "../terraform/plan";
import { expectedOf, type Expected } from "./expected";
import { isThere, type State } from "./states";
import type { DeployedStack, Read } from "./synthesis";

/** Two plans at once finish 1.5 times sooner than one after the other; each takes a gigabyte of memory. */
export const CONCURRENT_STACKS = 2;

/** Name of a stack's plan in its directory. */
export const PLAN_FILE = "deploy.tfplan";

export interface PlannedStack {
  readonly kind: "planned";
  readonly stack: DeployedStack;
  readonly plan: PlanJson;
  readonly planned: Planned;
}

/** A stack that reads what does not exist yet or is about to change: a plan of it would hold what is wrong. */
export interface DeferredStack {
  readonly kind: "deferred";
  readonly stack: DeployedStack;
  /** What it waits for. */
  readonly waitsFor: readonly Read[];
  /** What a plan of it may hold, from what is known now. */
  readonly expected: Expected;
}

export interface FailedStack {
  readonly kind: "failed";
  readonly stack: DeployedStack;
  readonly error: Error;
}

export type StackPlan = PlannedStack | DeferredStack | FailedStack;

/** Makes Terraform ready in the directory of a stack; the second argument is a file that says what its provider is locked to. */
export type Prepare = (stack: DeployedStack, providerLock?: string) => Promise<PlanTarget>;

export interface PlanStacksProps {
  /** In an order in which each follows those it depends on. */
  readonly stacks: readonly DeployedStack[];
  /** The states of all stacks of the environment that have one, those included that are not planned. */
  readonly states: ReadonlyMap<string, State>;
  readonly prepare: Prepare;
  /**
   * Whether everything is to be destroyed.
   *
   * @default false
   */
  readonly destroy?: boolean;
  readonly lockTimeoutSeconds: number;
  readonly context: CommandContext;
}

/**
 * Plans stacks against what is deployed, two at a time, each as soon as those it reads are planned. One that reads an
 * output that is absent or about to change is deferred; one that reads a failed or deferred stack is deferred too.
 */
export async function planStacks(props: PlanStacksProps): Promise<StackPlan[]> {
  const { stacks, context } = props;
  const results = new Map<string, Promise<StackPlan>>();
  const finished = await context.display(
    stacks.map((stack) => ({
      title: stack.name,
      run: async (report) => {
        const result = planOne(stack, results, props, report);
        results.set(stack.name, result);
        const done = await result;
        if (done.kind === "failed") {
          throw done.error;
        }
        return done;
      },
    })),
    CONCURRENT_STACKS,
  );
  return finished.map((result, index): StackPlan => {
    const stack = stacks[index];
    if (result.status === "fulfilled") {
      return result.value;
    }
    if (stack === undefined) {
      throw result.reason;
    }
    return { kind: "failed", stack, error: toError(result.reason) };
  });
}

async function planOne(
  stack: DeployedStack,
  results: ReadonlyMap<string, Promise<StackPlan>>,
  { states, prepare, destroy = false, lockTimeoutSeconds }: PlanStacksProps,
  report: (text: string) => void,
): Promise<StackPlan> {
  report("waiting for what it reads");
  // what is destroyed is planned with what it reads now: it goes before that does
  const before = destroy ? [] : stack.dependencies;
  const upstream = await Promise.all(before.flatMap((name) => results.get(name) ?? []));
  const waitsFor = destroy ? [] : stack.reads.filter((read) => !isSettled(read, upstream, states));
  if (waitsFor.length > 0) {
    report(`deferred: waits for ${waitsFor.length} outputs`);
    return { kind: "deferred", stack, waitsFor, expected: expectedOf(stack, states.get(stack.name), waitsFor) };
  }
  try {
    report("initializing Terraform");
    const target = await prepare(stack);
    report("planning");
    const planned = await planDeployed(target, PLAN_FILE, { destroy, lockTimeoutSeconds });
    report("reading the plan");
    return { kind: "planned", stack, planned, plan: await showPlan(target, PLAN_FILE) };
  } catch (error) {
    return { kind: "failed", stack, error: toError(error) };
  }
}

/** Whether an output exists and stays what it is. */
function isSettled(
  { stack, output }: Read,
  upstream: readonly StackPlan[],
  states: ReadonlyMap<string, State>,
): boolean {
  if (!isThere({ stack, output }, states)) {
    return false;
  }
  const result = upstream.find((one) => one.stack.name === stack);
  if (result === undefined) {
    // it is not planned now: what is deployed counts
    return true;
  }
  return result.kind === "planned" && !changedOutputs(result.plan).has(output);
}

/** Names of the outputs that a plan would change. */
function changedOutputs({ output_changes: changes = {} }: PlanJson): Set<string> {
  return new Set(
    Object.entries(changes)
      .filter(([, { actions }]) => actions.some((action) => action !== "no-op"))
      .map(([name]) => name),
  );
}
