import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StackJson } from "../../policies/graph";
import type { State } from "./states";
import { type DeployedStack, digestOf } from "./synthesis";

const UPSTREAM = /^cross-stack-reference-input-(.+)$/;

export interface VanishedProps {
  /** Name of a stack that has a state, and no code any more. */
  readonly name: string;
  readonly state: State;
  /** A stack of the environment that is still there: it has the provider and the backend. */
  readonly sibling: DeployedStack;
  /** Where stacks are synthesized. */
  readonly outdir: string;
}

/** A root without resources for a stack whose code is gone, so that its plan removes all that its state holds. */
export function vanishedStack({ name, state, sibling, outdir }: VanishedProps): DeployedStack {
  const { terraform, provider } = sibling.json;
  const text = JSON.stringify({ terraform, provider }).replaceAll(`/${sibling.name}/`, `/${name}/`);
  const json = JSON.parse(text) as StackJson;
  const directory = join(outdir, "stacks", name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(json, undefined, 2));
  return { name, dependencies: upstreamIn(state), json, directory, digest: digestOf(json, directory), reads: [] };
}

/** Names of the stacks whose outputs a stack read when it was last applied. */
export function upstreamIn({ resources }: State): string[] {
  return resources
    .filter(({ mode, type }) => mode === "data" && type === "terraform_remote_state")
    .flatMap(({ name }) => UPSTREAM.exec(name)?.[1] ?? []);
}
