import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CommandError, ExitCode } from "../exit-codes";
import { actionsIn, isMoved, type PlanJson } from "../terraform/plan";
import { PROVIDER_LOCK } from "../terraform/working-directory";
import { PLAN_FILE, type StackPlan } from "./plan-stacks";
import type { State } from "./states";
import type { DeployedStack } from "./synthesis";

const MANIFEST = "manifest.json";
const APPLIED = "applied.json";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const identitySchema = z.object({ lineage: z.string(), serial: z.int() }).nullable();

const inputSchema = z.object({ stack: z.string(), output: z.string(), digest: sha256Schema });

const stackSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("planned"),
    name: z.string(),
    /** Of the stack's code. */
    digest: sha256Schema,
    planDigest: sha256Schema,
    /** Of the plan as JSON. */
    planJsonDigest: sha256Schema,
    /** Of Terraform's lock of the provider. */
    providerLockDigest: sha256Schema,
    /** Outputs that the plan has read, with digests of their values. */
    inputs: z.array(inputSchema),
    /** The state that it was planned against; null where there was none. */
    state: identitySchema,
    /** Whether it changes anything. */
    hasChanges: z.boolean(),
  }),
  z.object({
    kind: z.literal("deferred"),
    name: z.string(),
    digest: sha256Schema,
    waitsFor: z.array(z.object({ stack: z.string(), output: z.string() })),
    /** All that its plan may do without asking again. */
    expected: z.object({
      creates: z.array(z.string()),
      deletes: z.array(z.string()),
      updates: z.array(z.string()),
    }),
  }),
]);

const manifestSchema = z.object({
  version: z.literal(1),
  /** Whether the plans change the stacks into what the code says, or destroy them. */
  purpose: z.enum(["deploy", "destroy"]),
  environment: z.string(),
  accountId: z.string(),
  /** What was checked out. */
  commit: z.string(),
  terraformVersion: z.string(),
  stacks: z.array(stackSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;

export interface WriteBundleProps extends Omit<Manifest, "version" | "stacks"> {
  /** None of them failed. */
  readonly plans: readonly StackPlan[];
  readonly states: ReadonlyMap<string, State>;
}

/**
 * Writes what was planned into a folder that only its owner may read: plan files hold every value in plain text.
 *
 * @param folder is emptied before, if it holds a bundle
 * @throws CommandError if the folder holds something else
 */
export function writeBundle(folder: string, { plans, states, ...rest }: WriteBundleProps): Manifest {
  forgetBundle(folder);
  // a bundle has its name only when it is complete
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const manifest: Manifest = {
    version: 1,
    ...rest,
    stacks: plans.map((plan) => writeStack(unfinished, plan, states, rest.purpose)),
  };
  writeFileSync(join(unfinished, MANIFEST), JSON.stringify(manifest, undefined, 2), { mode: 0o600 });
  forgetBundle(folder);
  renameSync(unfinished, folder);
  return manifest;
}

/**
 * Removes a bundle, so that nobody applies it in place of the one that is being made.
 *
 * @throws CommandError if the folder holds something else
 */
export function forgetBundle(folder: string): void {
  const isOurs = !existsSync(folder) || (statSync(folder).isDirectory() && holdsBundle(folder));
  if (!isOurs) {
    throw new CommandError(`${folder} exists, and is no bundle of plans. Name another folder.`, ExitCode.invalid);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Names of the files in a bundle. */
const FILES = /^(manifest\.json|applied\.json(\.unfinished)?|summary\.md|.+\.(tfplan|plan\.json|lock\.hcl))$/;

/** Whether a folder holds a bundle, whatever version of Basin wrote it and however damaged it is, or nothing. */
function holdsBundle(folder: string): boolean {
  const manifest = parseFile(join(folder, MANIFEST));
  const isForeign = manifest !== undefined && !z.looseObject({ purpose: z.string() }).safeParse(manifest).success;
  return !isForeign && readdirSync(folder).every((name) => FILES.test(name));
}

function writeStack(
  folder: string,
  result: StackPlan,
  states: ReadonlyMap<string, State>,
  purpose: Manifest["purpose"],
): Manifest["stacks"][number] {
  const { name, digest, directory } = result.stack;
  // what is destroyed is destroyed whatever others tell by then
  const reads = purpose === "deploy" ? result.stack.reads : [];
  switch (result.kind) {
    case "failed":
      throw result.error;
    case "deferred": {
      const { waitsFor, expected } = result;
      const { creates, deletes, updates } = expected;
      return {
        kind: "deferred",
        name,
        digest,
        waitsFor: waitsFor.map(({ stack, output }) => ({ stack, output })),
        expected: { creates: [...creates], deletes: [...deletes], updates: [...updates] },
      };
    }
    case "planned": {
      const file = planFile(folder, name);
      copyFileSync(join(directory, PLAN_FILE), file);
      chmodSync(file, 0o600);
      writeFileSync(planJsonFile(folder, name), JSON.stringify(result.plan), { mode: 0o600 });
      copyFileSync(join(directory, PROVIDER_LOCK), providerLockFile(folder, name));
      return {
        kind: "planned",
        name,
        digest,
        planDigest: digestOfFile(file),
        planJsonDigest: digestOfFile(planJsonFile(folder, name)),
        providerLockDigest: digestOfFile(providerLockFile(folder, name)),
        state: identityOf(states.get(name)),
        inputs: reads.map(({ stack, output }) => ({
          stack,
          output,
          digest: digestOfOutput(states.get(stack), output),
        })),
        hasChanges: hasChanges(result.plan),
      };
    }
  }
}

/** Whether applying a plan would change anything, outputs and what the state knows included. */
export function hasChanges(plan: PlanJson): boolean {
  const { resource_changes: changes = [] } = plan;
  const isNoted = changes.some((resource) => resource.change.importing !== undefined || isMoved(resource));
  return isNoted || actionsIn(plan).some((action) => action !== "no-op");
}

/** Which state it is, and how often it was written. */
export function identityOf(state: State | undefined): { lineage: string; serial: number } | null {
  return state === undefined ? null : { lineage: state.lineage, serial: state.serial };
}

/** SHA-256 of all that a bundle holds, by which a review names it. */
export function digestOfBundle(folder: string): string {
  return digestOfFile(join(folder, MANIFEST));
}

const appliedSchema = z.array(z.object({ name: z.string(), state: identitySchema }));

/** Stacks that the plans of a bundle were applied to, with the states that this has left behind. */
export function appliedStacks(folder: string): z.infer<typeof appliedSchema> {
  const file = join(folder, APPLIED);
  const noted = appliedSchema.safeParse(existsSync(file) ? parseFile(file) : []);
  if (!noted.success) {
    throw new CommandError(`${file} is damaged: it is not known what was applied. Plan again.`, ExitCode.invalid);
  }
  return noted.data;
}

/** Notes that a stack's plan was applied, so that a deployment that stopped half-way goes on behind it. */
export function noteApplied(folder: string, name: string, state: State | undefined): void {
  const file = join(folder, APPLIED);
  const noted = JSON.stringify([...appliedStacks(folder), { name, state: identityOf(state) }]);
  // all of it or nothing, whenever this ends
  writeFileSync(`${file}.unfinished`, noted, { mode: 0o600 });
  renameSync(`${file}.unfinished`, file);
}

/** Where bundles are put, unless somebody says otherwise. */
export function bundleFolder(root: string, environment: string, purpose: Manifest["purpose"]): string {
  return join(root, ".basin", purpose === "deploy" ? "bundles" : "removals", environment);
}

/** Where a stack's plan is in a bundle, for whoever reads it. */
export function planJsonFile(folder: string, stack: string): string {
  return join(folder, `${stack}.plan.json`);
}

/** Where it is in a bundle what the provider of a stack's plan is locked to. */
export function providerLockFile(folder: string, stack: string): string {
  return join(folder, `${stack}.lock.hcl`);
}

/** Where a stack's plan is in a bundle. */
export function planFile(folder: string, stack: string): string {
  return join(folder, `${stack}.tfplan`);
}

/**
 * Reads the manifest of a bundle.
 *
 * @throws CommandError if the folder holds none, or one of another form
 */
export function readBundle(folder: string, purpose: Manifest["purpose"]): Manifest {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) {
    const maker = purpose === "deploy" ? '"npm run plan"' : '"npm run destroy" without --approve';
    throw new CommandError(`${folder} holds no plans: ${maker} makes them.`, ExitCode.invalid);
  }
  const parsed = manifestSchema.safeParse(parseFile(file));
  if (!parsed.success) {
    throw new CommandError(`${file} is damaged, or of another version of Basin. Plan again.`, ExitCode.invalid);
  }
  return parsed.data;
}

/** What a file holds; undefined where it holds no JSON, or there is none. */
function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

export interface VerifyBundleProps {
  readonly manifest: Manifest;
  readonly purpose: Manifest["purpose"];
  readonly environment: string;
  readonly accountId: string;
  readonly commit: string;
  readonly terraformVersion: string;
  /** The environment's stacks as they are synthesized now. */
  readonly stacks: readonly DeployedStack[];
}

/**
 * Makes sure that a bundle is what was reviewed, for this code and this account.
 *
 * @throws CommandError with everything that is different
 */
export function verifyBundle(folder: string, props: VerifyBundleProps): void {
  const { manifest, stacks } = props;
  const different = (["purpose", "environment", "accountId", "commit", "terraformVersion"] as const)
    .filter((field) => manifest[field] !== props[field])
    .map((field) => `${FIELD_NAMES[field]}: planned for ${manifest[field]}, here is ${props[field]}`);
  const applied = appliedStacks(folder).map(({ name }) => name);
  const ofStacks = manifest.stacks.flatMap((planned) => {
    const isApplied = applied.includes(planned.name);
    const stack = stacks.find(({ name }) => name === planned.name);
    if (stack === undefined) {
      return isApplied ? [] : [`${planned.name}: neither its code is there any more, nor anything it has deployed`];
    }
    if (stack.digest !== planned.digest) {
      return [`${planned.name}: its code is another one than when it was planned`];
    }
    return !isApplied && planned.kind === "planned" && !isIntact(folder, planned)
      ? [`${planned.name}: its plan file is not the one that was reviewed`]
      : [];
  });
  const problems = [...different, ...ofStacks];
  if (problems.length > 0) {
    throw new CommandError(
      `The plans in ${folder} are not applied:\n${problems.map((text) => `  ${text}`).join("\n")}\nPlan again, and have it reviewed.`,
      ExitCode.invalid,
    );
  }
}

const FIELD_NAMES = {
  purpose: "command",
  environment: "environment",
  accountId: "AWS account",
  commit: "commit",
  terraformVersion: "Terraform",
} as const;

type PlannedEntry = Extract<Manifest["stacks"][number], { kind: "planned" }>;

function isIntact(folder: string, { name, planDigest, planJsonDigest, providerLockDigest }: PlannedEntry): boolean {
  const isEqual = (file: string, digest: string) => existsSync(file) && digestOfFile(file) === digest;
  return (
    isEqual(planFile(folder, name), planDigest) &&
    isEqual(planJsonFile(folder, name), planJsonDigest) &&
    isEqual(providerLockFile(folder, name), providerLockDigest)
  );
}

/**
 * Brings a plan out of a bundle to where it is applied.
 *
 * @returns the plan, as it was reviewed; undefined if it is another one
 */
export function takePlan(folder: string, { name, planDigest }: PlannedEntry, directory: string): string | undefined {
  const copy = join(directory, PLAN_FILE);
  copyFileSync(planFile(folder, name), copy);
  chmodSync(copy, 0o600);
  if (digestOfFile(copy) === planDigest) {
    return copy;
  }
  rmSync(copy);
  return undefined;
}

/** SHA-256 of the value of an output, of nothing where there is none. */
export function digestOfOutput(state: State | undefined, output: string): string {
  return sha256(JSON.stringify(state?.outputs[output]?.value ?? null));
}

function digestOfFile(file: string): string {
  return sha256(readFileSync(file));
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
