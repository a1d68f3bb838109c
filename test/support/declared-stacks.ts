import { App, Testing, TerraformStack } from "cdktf";
import type { Declared } from "../../cli/access/agreement";
import { readStacks } from "../../cli/check-stacks";
import { estateOf } from "../../policies/engine";
import type { Graph, StackJson, SynthesizedStack } from "../../policies/graph";
import { addPlatform, type Layout } from "../../stacks/platform";
import { temporaryFolder } from "./checkout";

/** The stacks of a platform: one, which needs no files, or all of them as they are deployed. */
export function stacksOf(declared: Declared, layout: Layout = "single"): SynthesizedStack[] {
  const isSingle = layout === "single";
  const app = isSingle ? new App() : new App({ outdir: temporaryFolder() });
  addPlatform(app, { ...declared, layout });
  if (!isSingle) {
    app.synth();
    return readStacks(app.outdir);
  }
  return app.node.children
    .filter((child) => TerraformStack.isStack(child))
    .map((stack) => ({
      name: stack.node.id,
      dependencies: [],
      json: JSON.parse(Testing.synth(stack)) as StackJson,
    }));
}

export function graphOf({ environment }: Declared, stacks: readonly SynthesizedStack[]): Graph {
  return estateOf(environment, stacks).graph;
}
