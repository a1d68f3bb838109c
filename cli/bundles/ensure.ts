import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundleFileName } from "../../stacks/bundle-file";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode } from "../exit-codes";
import { lockWhenFree } from "../folder-lock";
import { buildBundle } from "./build";
import {
  artifactsFolder,
  BUNDLE_LOCK,
  type BundleLock,
  isBuilt,
  type LockedBundle,
  readBundleLock,
  REFRESH,
} from "./lock";
import { inputsOf, type Recipe, recipesOf } from "./recipe";
import type { Zipped } from "./zip";

/**
 * Builds bundles that are not there yet, and makes sure that they are what was locked.
 *
 * @param names of the bundles; all of them without it
 * @throws CommandError if a bundle is not built from what it was locked for, or becomes another one
 */
export async function ensureBundles(context: CommandContext, names?: readonly string[]): Promise<void> {
  const { root, signal } = context;
  const lock = readBundleLock(root);
  const stale = compareBundleLock(root, lock, names);
  if (stale.length > 0) {
    throw new CommandError(stale.join("\n"), ExitCode.invalid);
  }
  const folder = artifactsFolder(root);
  mkdirSync(folder, { recursive: true });
  const release = await lockWhenFree(folder, signal);
  try {
    const missing = recipesNamed(root, names).flatMap((recipe) => {
      const locked = lock[recipe.name];
      return locked === undefined || isBuilt(root, recipe.name, locked) ? [] : [{ recipe, locked }];
    });
    await buildAll(
      missing.map(({ recipe }) => recipe),
      context,
      (recipe, built, file) => {
        const locked = missing.find((one) => one.recipe === recipe)?.locked;
        if (locked?.sha256 !== built.sha256) {
          throw new CommandError(renderOther(recipe, built, locked, keepOther(recipe, file)), ExitCode.failed);
        }
      },
    );
  } finally {
    await release();
  }
}

/**
 * Builds bundles anew.
 *
 * @param names of the bundles; all of them without it
 * @returns the lock, in which others stay as they are locked
 * @throws CommandError if one cannot be built, or there is none of a name
 */
export async function lockBundles(context: CommandContext, names?: readonly string[]): Promise<BundleLock> {
  const { root, signal } = context;
  const recipes = recipesNamed(root, names);
  const lock = new Map(Object.entries(readBundleLock(root)));
  const folder = artifactsFolder(root);
  mkdirSync(folder, { recursive: true });
  const release = await lockWhenFree(folder, signal);
  try {
    await buildAll(recipes, context, (recipe, { sha256, bytes, unpackedBytes }) => {
      lock.set(recipe.name, { sha256, bytes, unpackedBytes, inputs: inputsOf(root, recipe) });
    });
  } finally {
    await release();
  }
  return Object.fromEntries(
    recipesOf(root).flatMap(({ name }) => {
      const locked = lock.get(name);
      return locked === undefined ? [] : [[name, locked]];
    }),
  );
}

/**
 * What a lock does not know of bundles, or knows of earlier ones, a sentence each.
 *
 * @param names of the bundles; all of them without it
 * @throws CommandError if there is none of a name
 */
export function compareBundleLock(root: string, lock: BundleLock, names?: readonly string[]): string[] {
  const known = recipesOf(root).map(({ name }) => name);
  const gone = (names ?? Object.keys(lock)).filter((name) => !known.includes(name) && lock[name] !== undefined);
  const there = names?.filter((name) => !gone.includes(name));
  return [
    ...gone.map((name) => `${BUNDLE_LOCK} locks ${name}, which is built of nothing any more: ${REFRESH} removes it.`),
    ...recipesNamed(root, there).flatMap((recipe) => compareLocked(root, recipe, lock[recipe.name])),
  ];
}

function compareLocked(root: string, recipe: Recipe, locked: LockedBundle | undefined): string[] {
  const { name } = recipe;
  if (locked === undefined) {
    return [`${BUNDLE_LOCK} does not lock ${name}: ${REFRESH} builds it, and writes what it has become.`];
  }
  const inputs = inputsOf(root, recipe);
  return inputs === locked.inputs
    ? []
    : [
        `${name} is locked for other inputs than there are now (SHA-256 ${inputs}, and ${locked.inputs} in ${BUNDLE_LOCK}): ` +
          `${renderInputs(recipe)} has changed. ${REFRESH} builds it anew, and writes what it has become.`,
      ];
}

/** How bundles of some names are built; of all without names. */
function recipesNamed(root: string, names?: readonly string[]): Recipe[] {
  const recipes = recipesOf(root);
  const unknown = names?.filter((name) => recipes.every((recipe) => recipe.name !== name)) ?? [];
  if (unknown.length > 0) {
    const all = recipes.map(({ name }) => name).join(", ");
    throw new CommandError(`There is no bundle ${unknown.join(", ")}. There are: ${all}.`, ExitCode.invalid);
  }
  return recipes.filter(({ name }) => names?.includes(name) ?? true);
}

/** What can have changed. */
function renderInputs(recipe: Recipe): string {
  if (recipe.kind === "node") {
    return `${recipe.entry}, what it imports of ours or of package-lock.json, esbuild, fflate, or how it is built`;
  }
  const { folder, packageName, requirements, runtime, architecture } = recipe;
  return `${folder}/${packageName}, ${requirements}, uv, fflate, or how it is built for ${runtime} on ${architecture}`;
}

/** Builds bundles under their final names, unless `judge` throws. */
async function buildAll(
  recipes: readonly Recipe[],
  { root, variables, signal, display }: CommandContext,
  judge: (recipe: Recipe, built: Zipped, file: string) => void,
): Promise<void> {
  if (recipes.length === 0) {
    return;
  }
  const folder = artifactsFolder(root);
  const works = recipes.map((recipe) => ({
    title: `bundle ${recipe.name}`,
    run: async (report: (text: string) => void) => {
      const file = join(folder, `${recipe.name}.unfinished`);
      try {
        const built = await buildBundle(recipe, { root, file, variables, signal, report });
        judge(recipe, built, file);
        renameSync(file, join(folder, bundleFileName(recipe.name, built.sha256)));
      } finally {
        rmSync(file, { force: true });
      }
    },
  }));
  const failed = (await display(works, 1)).find((result) => result.status === "rejected");
  if (failed !== undefined) {
    throw failed.reason;
  }
}

/** Keeps a bundle that became another one, for comparison, and tells where. */
function keepOther({ name }: Recipe, file: string): string {
  const kept = join(file, "..", `${name}.refused.zip`);
  renameSync(file, kept);
  return kept;
}

function renderOther({ kind, name }: Recipe, built: Zipped, locked: LockedBundle | undefined, kept: string): string {
  const size = ({ bytes, unpackedBytes }: Pick<Zipped, "bytes" | "unpackedBytes">) =>
    `${bytes} bytes, ${unpackedBytes} unpacked`;
  const cause = {
    node: 'a package in node_modules is not as it was published ("npm ci")',
    python: "the package index here offers other files of the same packages",
  }[kind];
  return (
    `${name} became another bundle than ${BUNDLE_LOCK} locks, of the same inputs:\n` +
    `  built:  SHA-256 ${built.sha256}, ${size(built)}\n` +
    `  locked: SHA-256 ${String(locked?.sha256)}${locked === undefined ? "" : `, ${size(locked)}`}\n` +
    `Most likely ${cause}. What was built is kept in ${kept}; nothing uploads it.` +
    ` If it is right, ${REFRESH} locks it.`
  );
}
