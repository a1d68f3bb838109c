import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode, toError } from "../exit-codes";
import { errorsIn, formatDiagnostic, planDeployed, type PlanJson, type PlanTarget, showPlan } from "../terraform/plan";
import { digestOfOutput, hasChanges, type Manifest, planFile, providerLockDigest } from "./bundle";
import { type Approvals, beyond, objections } from "./guard";
import type { Step } from "./order";
import { CONCURRENT_STACKS, PLAN_FILE } from "./plan-stacks";
import type { States } from "./states";
import type { DeployedStack } from "./synthesis";

type Entry = Manifest["stacks"][number];

/** What has become of a stack. */
export interface Outcome {
  readonly name: string;
  readonly kind: "applied" | "unchanged" | "stopped" | "skipped" | "failed";
  /** Why it was not applied. */
  readonly reasons: readonly string[];
}

export interface DeployProps {
  readonly manifest: Manifest;
  /** Where the bundle is. */
  readonly folder: string;
  readonly stacks: readonly DeployedStack[];
  /** In an order in which each follows those it waits for. */
  readonly steps: readonly Step[];
  readonly plans: ReadonlyMap<string, PlanJson>;
  readonly states: States;
  readonly prepare: (stack: DeployedStack) => Promise<PlanTarget>;
  readonly approvals: Approvals;
  /** Names of stacks whose code is gone. */
  readonly vanished: readonly string[];
  /** Folder for what Terraform says of every resource it makes. */
  readonly journal: string;
  readonly context: CommandContext;
}

/**
 * Applies a bundle, two stacks at a time, each as soon as those it waits for are applied. One that fails or is stopped
 * stops those that wait for it, and nothing else.
 */
export async function deployStacks(props: DeployProps): Promise<Outcome[]> {
  const { steps, context } = props;
  mkdirSync(props.journal, { recursive: true, mode: 0o700 });
  const outcomes = new Map<string, Promise<Outcome>>();
  await context.display(
    steps.map((step) => ({
      title: step.name,
      run: async (report) => {
        const outcome = deployOne(step, outcomes, props, report);
        outcomes.set(step.name, outcome);
        const { kind, reasons } = await outcome;
        if (kind === "failed" || kind === "stopped") {
          throw new Error(reasons.join("\n"));
        }
      },
    })),
    CONCURRENT_STACKS,
  );
  return Promise.all(outcomes.values());
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
  const stack = props.stacks.find((candidate) => candidate.name === name);
  const entry = props.manifest.stacks.find((candidate) => candidate.name === name);
  if (stack === undefined || entry === undefined) {
    throw new Error(`${name} is in the order of the deployment, and not in its bundle`);
  }
  try {
    return await applyStack(stack, entry, props, report);
  } catch (error) {
    return { name, kind: "failed", reasons: [toError(error).message] };
  }
}

async function applyStack(
  stack: DeployedStack,
  entry: Entry,
  props: DeployProps,
  report: (text: string) => void,
): Promise<Outcome> {
  const { name } = stack;
  const stop = (reasons: readonly string[]): Outcome => ({ name, kind: "stopped", reasons });
  if (entry.kind === "planned" && !entry.hasChanges) {
    return { name, kind: "unchanged", reasons: [] };
  }
  if (props.vanished.includes(name) && !props.approvals.names.includes(name)) {
    return stop([`its code is gone, and everything it has deployed would be destroyed: --approve ${name}`]);
  }
  report("initializing Terraform");
  const target = await props.prepare(stack);
  const ready =
    entry.kind === "planned"
      ? await reviewedPlan(stack, entry, props)
      : await plannedNow(stack, entry, target, props, report);
  if ("reasons" in ready) {
    return stop(ready.reasons);
  }
  const objected = objections(ready.plan, props.approvals);
  if (objected.length > 0) {
    return stop(objected);
  }
  if (!hasChanges(ready.plan)) {
    return { name, kind: "unchanged", reasons: [] };
  }
  report("applying");
  await apply(name, target, ready.file, props);
  return { name, kind: "applied", reasons: [] };
}

type Ready = { readonly plan: PlanJson; readonly file: string } | { readonly reasons: readonly string[] };

/** The plan of the bundle, if what it has read is still so. */
async function reviewedPlan(
  stack: DeployedStack,
  entry: Extract<Entry, { kind: "planned" }>,
  { folder, plans, states }: DeployProps,
): Promise<Ready> {
  const upstream = [...new Set(entry.inputs.map((input) => input.stack))];
  const now = new Map(await Promise.all(upstream.map(async (name) => [name, await states.read(name)] as const)));
  const changed = entry.inputs.filter(
    ({ stack: name, output, digest }) => digestOfOutput(now.get(name), output) !== digest,
  );
  const plan = plans.get(stack.name);
  if (changed.length > 0 || plan === undefined) {
    return {
      reasons: changed.map((input) => `${input.output} of ${input.stack} is no longer what it was planned with`),
    };
  }
  return providerLockDigest(stack) === entry.providerLockDigest
    ? { plan, file: planFile(folder, stack.name) }
    : { reasons: ["its provider is locked to something else here than where it was planned"] };
}

/** The plan of a stack that could not be planned before, if it does nothing that was not told. */
async function plannedNow(
  stack: DeployedStack,
  { expected }: Extract<Entry, { kind: "deferred" }>,
  target: PlanTarget,
  { approvals }: DeployProps,
  report: (text: string) => void,
): Promise<Ready> {
  report("planning");
  const { refused } = await planDeployed(target, PLAN_FILE);
  if (refused.length > 0) {
    return { reasons: refused.map((address) => `prevent_destroy keeps ${address}; no approval can change that`) };
  }
  const plan = await showPlan(target, PLAN_FILE);
  const reasons = beyond(plan, expected, approvals.names);
  return reasons.length > 0 ? { reasons } : { plan, file: join(stack.directory, PLAN_FILE) };
}

async function apply(name: string, target: PlanTarget, file: string, { journal }: DeployProps): Promise<void> {
  const { terraform, directory, cliConfigFile, variables, signal } = target;
  const copy = join(journal, `${name}.jsonl`);
  const args = ["apply", "-json", "-input=false", "-lock-timeout=60s", file];
  const result = await terraform.run(args, { cwd: directory, cliConfigFile, variables, copy, signal });
  if (result.exitCode !== 0) {
    const errors = errorsIn(result.stdout).map(formatDiagnostic);
    const reasons = errors.length > 0 ? errors.join("\n") : result.stderr.trim();
    throw new CommandError(`${reasons}\nWhat was made before is in ${copy}.`, ExitCode.failed);
  }
}
