import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import type { StackJson, SynthesizedStack } from "../../policies/graph";
import type { Configuration } from "../../stacks/configuration";
import { layerNames } from "../../stacks/platform";
import { assertPassing, readStacks } from "../check-stacks";

/** An output of another stack that a stack reads. */
export interface Read {
  readonly stack: string;
  readonly output: string;
  /** What the other stack tells by it, for example "aws_kms_key.data.arn"; cdktf's names of outputs cannot be read. */
  readonly expression?: string;
}

/** A stack as it is deployed: a root of its own, with a state of its own. */
export interface DeployedStack extends SynthesizedStack {
  /** Where Terraform runs. */
  readonly directory: string;
  /** SHA-256 of what is deployed, in hexadecimal: equal for equal stacks, wherever they are synthesized. */
  readonly digest: string;
  readonly reads: readonly Read[];
}

/**
 * Synthesizes the layered stacks of an environment and judges them.
 *
 * @returns the stacks, in an order in which each follows what it depends on, and what is found that is no error
 * @throws CommandError with everything that is found, if anything is an error
 */
export function synthesizePassing(
  configuration: Configuration,
  environment: Environment,
  outdir: string,
): { readonly stacks: DeployedStack[]; readonly findings: readonly string[] } {
  forgetAssets(outdir);
  // the check synthesizes what is in the same account as well
  const findings = assertPassing(configuration, environment, outdir);
  const names = layerNames(configuration.domains).map((layer) => `${environment.name}-${layer}`);
  return { stacks: readDeployedStacks(outdir).filter(({ name }) => names.includes(name)), findings };
}

/** Removes files that stacks uploaded when they were synthesized before: cdktf leaves them. */
function forgetAssets(outdir: string): void {
  const stacks = join(outdir, "stacks");
  const names = existsSync(stacks) ? readdirSync(stacks) : [];
  names.forEach((name) => {
    rmSync(join(stacks, name, "assets"), { recursive: true, force: true });
  });
}

/** The layered stacks that a synth has written to a folder, in an order in which each follows what it depends on. */
export function readDeployedStacks(outdir: string): DeployedStack[] {
  const stacks = inOrder(readStacks(outdir)).map((stack) => toDeployed(stack, outdir));
  return stacks.map((stack) => ({ ...stack, reads: explained(stack.reads, stacks) }));
}

/** What is read, with what the others tell by it. */
export function explained(reads: readonly Read[], stacks: readonly SynthesizedStack[]): Read[] {
  return reads.map((read) => {
    const value = stacks.find(({ name }) => name === read.stack)?.json.output?.[read.output]?.value;
    const expression = /^\$\{([^{}]+)\}$/.exec(String(value))?.[1];
    return { ...read, ...(expression !== undefined && { expression }) };
  });
}

/** A stack that was synthesized into a folder, as it is deployed. */
export function toDeployed(stack: SynthesizedStack, outdir: string): DeployedStack {
  const directory = join(outdir, "stacks", stack.name);
  return { ...stack, directory, digest: digestOf(stack.json, directory), reads: readsOf(stack.json) };
}

/** Stacks so that each follows those it depends on. */
export function inOrder<T extends Pick<SynthesizedStack, "name" | "dependencies">>(stacks: readonly T[]): T[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const ordered = new Set<T>();
  const visit = (stack: T): void => {
    stack.dependencies.forEach((name) => {
      const dependency = byName.get(name);
      if (dependency !== undefined && !ordered.has(dependency)) {
        visit(dependency);
      }
    });
    ordered.add(stack);
  };
  stacks.forEach(visit);
  return [...ordered];
}

/**
 * SHA-256 of a stack and the files it uploads, without cdktf's and our notes, which change nothing.
 *
 * @param directory where its files are
 */
export function digestOf(stack: StackJson, directory: string): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(stack, (key, value: unknown) => (key === "//" ? undefined : value)));
  const assets = join(directory, "assets");
  const names = existsSync(assets) ? readdirSync(assets, { recursive: true, encoding: "utf8" }).sort() : [];
  names
    .filter((name) => statSync(join(assets, name)).isFile())
    .forEach((name) => hash.update(`\0${name}\0`).update(readFileSync(join(assets, name))));
  return hash.digest("hex");
}

const OUTPUT = /data\.terraform_remote_state\.cross-stack-reference-input-([A-Za-z0-9-]+)\.outputs\.([\w-]+)/g;

function readsOf(stack: StackJson): Read[] {
  const found = [...JSON.stringify(stack).matchAll(OUTPUT)].map(([, name = "", output = ""]) => ({
    stack: name,
    output,
  }));
  return [...new Map(found.map((read) => [`${read.stack}.${read.output}`, read])).values()];
}
