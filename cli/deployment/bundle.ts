import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CommandError, ExitCode } from "../exit-codes";
import { actionsIn, type PlanJson } from "../terraform/plan";
import { PLAN_FILE, type StackPlan } from "./plan-stacks";
import type { State } from "./states";
import type { DeployedStack } from "./synthesis";

const MANIFEST = "manifest.json";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

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
  if (existsSync(folder) && !existsSync(join(folder, MANIFEST))) {
    throw new CommandError(`${folder} exists, and is no bundle of plans. Name another folder.`, ExitCode.invalid);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const manifest: Manifest = {
    version: 1,
    ...rest,
    stacks: plans.map((plan) => writeStack(folder, plan, states)),
  };
  writeFileSync(join(folder, MANIFEST), JSON.stringify(manifest, undefined, 2), { mode: 0o600 });
  return manifest;
}

function writeStack(folder: string, result: StackPlan, states: ReadonlyMap<string, State>): Manifest["stacks"][number] {
  const { name, digest, directory, reads } = result.stack;
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
        waitsFor: [...waitsFor],
        expected: { creates: [...creates], deletes: [...deletes], updates: [...updates] },
      };
    }
    case "planned": {
      const file = planFile(folder, name);
      copyFileSync(join(directory, PLAN_FILE), file);
      chmodSync(file, 0o600);
      writeFileSync(planJsonFile(folder, name), JSON.stringify(result.plan), { mode: 0o600 });
      return {
        kind: "planned",
        name,
        digest,
        planDigest: digestOfFile(file),
        planJsonDigest: digestOfFile(planJsonFile(folder, name)),
        providerLockDigest: providerLockDigest(result.stack),
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

/** Whether applying a plan would change anything, outputs included. */
export function hasChanges(plan: PlanJson): boolean {
  return actionsIn(plan).some((action) => action !== "no-op");
}

/** Where bundles are put, unless somebody says otherwise. */
export function bundleFolder(root: string, environment: string): string {
  return join(root, ".basin", "bundles", environment);
}

/** Where a stack's plan is in a bundle, for whoever reads it. */
export function planJsonFile(folder: string, stack: string): string {
  return join(folder, `${stack}.plan.json`);
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
export function readBundle(folder: string): Manifest {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) {
    throw new CommandError(`${folder} holds no plans: "npm run plan" makes them.`, ExitCode.invalid);
  }
  const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) {
    throw new CommandError(`${file} is damaged, or of another version of Basin. Plan again.`, ExitCode.invalid);
  }
  return parsed.data;
}

export interface VerifyBundleProps {
  readonly manifest: Manifest;
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
  const different = (["environment", "accountId", "commit", "terraformVersion"] as const)
    .filter((field) => manifest[field] !== props[field])
    .map((field) => `${FIELD_NAMES[field]}: planned for ${manifest[field]}, here is ${props[field]}`);
  const ofStacks = manifest.stacks.flatMap((planned) => {
    const stack = stacks.find(({ name }) => name === planned.name);
    if (stack?.digest !== planned.digest) {
      return [`${planned.name}: its code is another one than when it was planned`];
    }
    if (planned.kind === "planned" && !isIntact(folder, planned)) {
      return [`${planned.name}: its plan file is not the one that was reviewed`];
    }
    return [];
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
  environment: "environment",
  accountId: "AWS account",
  commit: "commit",
  terraformVersion: "Terraform",
} as const;

function isIntact(
  folder: string,
  { name, planDigest, planJsonDigest }: { name: string; planDigest: string; planJsonDigest: string },
): boolean {
  const isEqual = (file: string, digest: string) => existsSync(file) && digestOfFile(file) === digest;
  return isEqual(planFile(folder, name), planDigest) && isEqual(planJsonFile(folder, name), planJsonDigest);
}

/** SHA-256 of the value of an output, of nothing where there is none. */
export function digestOfOutput(state: State | undefined, output: string): string {
  return sha256(JSON.stringify(state?.outputs[output]?.value ?? null));
}

/** SHA-256 of what Terraform has locked the provider to. */
export function providerLockDigest({ directory }: DeployedStack): string {
  return digestOfFile(join(directory, ".terraform.lock.hcl"));
}

function digestOfFile(file: string): string {
  return sha256(readFileSync(file));
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
