import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Environment } from "../../environments/schema";
import type { StackJson, SynthesizedStack } from "../../policies/graph";
import type { Configuration } from "../../stacks/configuration";
import { addPlatform } from "../../stacks/platform";
import { readStacks } from "../check-stacks";

/** An output of another stack that a stack reads. */
export interface Read {
  readonly stack: string;
  readonly output: string;
}

/** A stack as it is deployed: a root of its own, with a state of its own. */
export interface DeployedStack extends SynthesizedStack {
  /** Where Terraform runs. */
  readonly directory: string;
  /** SHA-256 of what is deployed, in hexadecimal: equal for equal stacks, wherever they are synthesized. */
  readonly digest: string;
  readonly reads: readonly Read[];
}

/** Synthesizes the layered stacks of an environment. They come in an order in which each follows what it depends on. */
export function synthesizeStacks(
  { platform, domains }: Configuration,
  environment: Environment,
  outdir: string,
): DeployedStack[] {
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  addPlatform(app, { platform, environment, domains, layout: "layered" });
  app.synth();
  return inOrder(readStacks(outdir)).map((stack) => ({
    ...stack,
    directory: join(outdir, "stacks", stack.name),
    digest: digestOf(stack.json),
    reads: readsOf(stack.json),
  }));
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

/** SHA-256 of a stack without cdktf's and our notes, which change nothing. */
export function digestOf(stack: StackJson): string {
  const text = JSON.stringify(stack, (key, value: unknown) => (key === "//" ? undefined : value));
  return createHash("sha256").update(text).digest("hex");
}

const OUTPUT = /data\.terraform_remote_state\.cross-stack-reference-input-([A-Za-z0-9-]+)\.outputs\.([\w-]+)/g;

function readsOf(stack: StackJson): Read[] {
  const found = [...JSON.stringify(stack).matchAll(OUTPUT)].map(([, name = "", output = ""]) => ({
    stack: name,
    output,
  }));
  return [...new Map(found.map((read) => [`${read.stack}.${read.output}`, read])).values()];
}
