import { buildNode } from "./node-bundle";
import { buildPython } from "./python-bundle";
import type { Recipe } from "./recipe";
import type { Zipped } from "./zip";

export interface BuildProps {
  /** The repository. */
  readonly root: string;
  /** Path of the zip. */
  readonly file: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly report: (text: string) => void;
}

/**
 * Builds a bundle: our own sources, with the packages that they need.
 *
 * @throws CommandError if it cannot be built here
 */
export function buildBundle(recipe: Recipe, props: BuildProps): Promise<Zipped> {
  return recipe.kind === "node" ? buildNode(recipe, props) : buildPython(recipe, props);
}
