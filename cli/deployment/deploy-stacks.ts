import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Approvals, Objection } from "../../policies/plan-guard";
import type { CommandContext } from "../command-context";
import { toError } from "../exit-codes";
import { applyPlan, planDeployed, type PlanJson, type PlanTarget, showPlan } from "../terraform/plan";
import {
  appliedStacks,
  digestOfOutput,
  hasChanges,
  identityOf,
  type Manifest,
  noteApplied,
  providerLockFile,
  takePlan,
} from "./bundle";
import { beyond, objections } from "./guard";
import type { Step } from "./order";
import { CONCURRENT_STACKS, PLAN_FILE, type Prepare } from "./plan-stacks";
import { renderRefusals } from "./refusals";
import type { States } from "./states";
import type { DeployedStack } from "./synthesis";
import { unsavedState } from "./unsaved-state";

type Entry = Manifest["stacks"][number];
type PlannedEntry = Extract<Entry, { kind: "planned" }>;
type DeferredEntry = Extract<Entry, { kind: "deferred" }>;

/** What has become of a stack. */
export interface Outcome {
  readonly name: string;
  /**
   * - unchanged: there was nothing to do
   * - unapproved: its plan waits for somebody's approval
   * - refused: its plan must not be applied
   * - skipped: a stack that it follows was not applied
   */
  readonly kind: "applied" | "unchanged" | "unapproved" | "refused" | "skipped" | "failed";
  /** What there is to say of it. */
  readonly reasons: readonly string[];
  /** What would let it pass. */
  readonly objections?: readonly Objection[];
}

export interface DeployProps {
  readonly manifest: Manifest;
  /** Where the bundle is. */
  readonly folder: string;
  readonly stacks: readonly DeployedStack[];
  /** In an order in which each follows those it waits for. */
  readonly steps: readonly Step[];
  readonly plans: ReadonlyMap<string, PlanJson>;
  readonly states: Pick<States, "read">;
  readonly prepare: Prepare;
  readonly approvals: Approvals;
  /** Whether the environment keeps what holds data from destruction. */
  readonly isProtected: boolean;
  /** Names of stacks whose code is gone. */
  readonly vanished: readonly string[];
  readonly lockTimeoutSeconds: number;
  /** Folder for what Terraform says of every resource it makes. */
  readonly journal: string;
  readonly context: CommandContext;
}

/**
 * Applies a bundle, two stacks at a time, each as soon as those it waits for are applied. One that fails or is stopped
 * stops those that wait for it, and nothing else. Nothing is applied where it is known beforehand that a plan of the
 * bundle must not be applied, or waits for approval.
 */
export async function deployStacks(props: DeployProps): Promise<Outcome[]> {
  const { steps, context } = props;
  const stopped = await judgeBeforehand(props);
  if (stopped.length > 0) {
    const names = new Set(stopped.map(({ name }) => name));
    const others = steps.filter(({ name }) => !names.has(name));
    const reasons = ["nothing is applied before that is settled"];
    return [...stopped, ...others.map(({ name }): Outcome => ({ name, kind: "skipped", reasons }))];
  }
  mkdirSync(props.journal, { recursive: true, mode: 0o700 });
  const outcomes = new Map<string, Promise<Outcome>>();
  await context.display(
    steps.map((step) => ({
      title: step.name,
      run: async (report) => {
        const outcome = deployOne(step, outcomes, props, report);
        outcomes.set(step.name, outcome);
        const { kind, reasons } = await outcome;
        if (kind !== "applied" && kind !== "unchanged") {
          throw new Error(reasons.join("\n"));
        }
        report(kind);
      },
    })),
    CONCURRENT_STACKS,
  );
  return Promise.all(outcomes.values());
}

/** What stops plans of the bundle, as far as it is known before anything is applied. */
async function judgeBeforehand(props: DeployProps): Promise<Outcome[]> {
  const applied = appliedStacks(props.folder);
  const entries = props.manifest.stacks.filter((entry) => entry.kind === "planned");
  const open = entries.filter(({ name, hasChanges: changes }) => changes && !applied.some((one) => one.name === name));
  const judged = await Promise.all([
    ...applied.map(({ name, state }) => judgeApplied(name, state, props)),
    ...open.map((entry) => judge(entry, props)),
  ]);
  return judged.flatMap((outcome) => outcome ?? []);
}

/** What stops a bundle that goes on behind a stack: another deployment of it since. */
async function judgeApplied(
  name: string,
  state: PlannedEntry["state"],
  { states }: DeployProps,
): Promise<Outcome | undefined> {
  if (isDeepStrictEqual(identityOf(await states.read(name)), state)) {
    return undefined;
  }
  const reasons = ["its plan was applied, and its state has changed since", "plan again, and have it reviewed"];
  return { name, kind: "refused", reasons };
}

/** What stops a reviewed plan; undefined where nothing does. */
async function judge(entry: PlannedEntry, props: DeployProps): Promise<Outcome | undefined> {
  const { name } = entry;
  const stale = await staleness(entry, props.states);
  if (stale.length > 0) {
    return { name, kind: "refused", reasons: [...stale, "plan again, and have it reviewed"] };
  }
  const plan = planOf(entry, props);
  return unapproved(name, [...mustBeNamed(name, props), ...lossesToApprove(name, plan, props)]);
}

function planOf({ name }: PlannedEntry, { plans }: DeployProps): PlanJson {
  const plan = plans.get(name);
  if (plan === undefined) {
    throw new Error(`${name} is in the bundle, and its plan is not`);
  }
  return plan;
}

function unapproved(name: string, found: readonly Objection[]): Outcome | undefined {
  const reasons = found.map(({ text }) => text);
  return found.length === 0 ? undefined : { name, kind: "unapproved", reasons, objections: found };
}

/** A stack that goes as a whole is named by whoever approves it. */
function mustBeNamed(name: string, { manifest, vanished, approvals }: DeployProps): readonly Objection[] {
  const text =
    manifest.purpose === "destroy"
      ? "everything it has deployed would be destroyed"
      : "its code is gone, and everything it has deployed would be destroyed";
  const isMeant = manifest.purpose === "destroy" || vanished.includes(name);
  return isMeant && !approvals.names.includes(name) ? [{ text, approval: ["--approve", name] }] : [];
}

/**
 * Losses that need approval. Whoever destroys a stack by its name means all of it, except where the environment protects what
 * holds data, or the code of the stack is gone: Terraform protects nothing there.
 */
function lossesToApprove(
  name: string,
  plan: PlanJson,
  { manifest, approvals, isProtected, vanished }: DeployProps,
): readonly Objection[] {
  const isMeant = manifest.purpose === "destroy" && !isProtected && !vanished.includes(name);
  return isMeant ? [] : objections(plan, approvals);
}

/** What has changed since a plan was made, a sentence each. */
async function staleness({ name, state, inputs }: PlannedEntry, states: Pick<States, "read">): Promise<string[]> {
  const upstream = [...new Set(inputs.map((input) => input.stack))];
  const now = new Map(
    await Promise.all([name, ...upstream].map(async (one) => [one, await states.read(one)] as const)),
  );
  const changed = inputs.filter(({ stack, output, digest }) => digestOfOutput(now.get(stack), output) !== digest);
  return [
    ...(isDeepStrictEqual(identityOf(now.get(name)), state)
      ? []
      : ["its state has changed since it was planned: by another deployment, or by this one, which did not end well"]),
    ...changed.map(({ stack, output }) => `${output} of ${stack} is no longer what it was planned with`),
  ];
}

async function deployOne(
  { name, dependencies }: Step,
  outcomes: ReadonlyMap<string, Promise<Outcome>>,
  props: DeployProps,
  report: (text: string) => void,
): Promise<Outcome> {
  report("waiting for those before it");
  const before = await Promise.all(dependencies.flatMap((dependency) => outcomes.get(dependency) ?? []));
  const missing = before.filter(({ kind }) => kind !== "applied" && kind !== "unchanged");
  if (missing.length > 0) {
    return { name, kind: "skipped", reasons: missing.map((one) => `${one.name} was not applied`) };
  }
  const entry = props.manifest.stacks.find((candidate) => candidate.name === name);
  if (appliedStacks(props.folder).some((applied) => applied.name === name)) {
    return { name, kind: "unchanged", reasons: ["its plan was applied before"] };
  }
  if (entry?.kind === "planned" && !entry.hasChanges) {
    return { name, kind: "unchanged", reasons: [] };
  }
  const stack = props.stacks.find((candidate) => candidate.name === name);
  if (stack === undefined || entry === undefined) {
    throw new Error(`${name} is in the order of the deployment, and not in its bundle`);
  }
  try {
    return await (entry.kind === "planned"
      ? applyReviewed(stack, entry, props, report)
      : applyDeferred(stack, entry, props, report));
  } catch (error) {
    return { name, kind: "failed", reasons: [toError(error).message] };
  }
}

/** Applies the plan of the bundle, if what it was made from is still so. */
async function applyReviewed(
  stack: DeployedStack,
  entry: PlannedEntry,
  props: DeployProps,
  report: (text: string) => void,
): Promise<Outcome> {
  const { name } = stack;
  report("initializing Terraform");
  const target = await props.prepare(stack, providerLockFile(props.folder, name));
  // last, because it takes a while to come here
  const stopped = await judge(entry, props);
  if (stopped !== undefined) {
    return stopped;
  }
  const file = takePlan(props.folder, entry, stack.directory);
  if (file === undefined) {
    return { name, kind: "refused", reasons: ["its plan file is not the one that was reviewed"] };
  }
  return apply(stack, target, file, props, report);
}

/** Plans what could not be planned before, and applies it if it does nothing that was not told. */
async function applyDeferred(
  stack: DeployedStack,
  { expected }: DeferredEntry,
  props: DeployProps,
  report: (text: string) => void,
): Promise<Outcome> {
  report("initializing Terraform");
  const target = await props.prepare(stack);
  report("planning");
  const file = join(stack.directory, PLAN_FILE);
  try {
    return await planAndApply(stack, target, file, expected, props, report);
  } finally {
    rmSync(file, { force: true });
  }
}

async function planAndApply(
  stack: DeployedStack,
  target: PlanTarget,
  file: string,
  expected: DeferredEntry["expected"],
  props: DeployProps,
  report: (text: string) => void,
): Promise<Outcome> {
  const { name } = stack;
  const { approvals, lockTimeoutSeconds } = props;
  const { refused } = await planDeployed(target, PLAN_FILE, { destroy: false, lockTimeoutSeconds });
  if (refused.length > 0) {
    return { name, kind: "refused", reasons: renderRefusals(refused) };
  }
  const plan = await showPlan(target, PLAN_FILE);
  const stopped = unapproved(name, [...beyond(plan, expected, approvals), ...objections(plan, approvals)]);
  if (stopped !== undefined) {
    return stopped;
  }
  if (!hasChanges(plan)) {
    return { name, kind: "unchanged", reasons: [] };
  }
  return apply(stack, target, file, props, report);
}

async function apply(
  { name, directory }: DeployedStack,
  target: PlanTarget,
  file: string,
  { folder, journal, lockTimeoutSeconds, states }: DeployProps,
  report: (text: string) => void,
): Promise<Outcome> {
  report("applying");
  const options = { journal: join(journal, `${name}.jsonl`), lockTimeoutSeconds };
  const failure = await applyPlan(target, file, options).then(() => undefined, toError);
  rmSync(file, { force: true });
  const unsaved = unsavedState(directory);
  if (failure !== undefined || unsaved !== undefined) {
    const reasons = [failure?.message, unsaved].flatMap((reason) => reason ?? []);
    return { name, kind: "failed", reasons };
  }
  noteApplied(folder, name, await states.read(name));
  return { name, kind: "applied", reasons: [] };
}
