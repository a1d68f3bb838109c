import { rmSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "../command-context";
import { checkOut, commonAncestor, synthesizeAt } from "../revision";
import type { Session } from "./session";
import { type DeployedStack, readDeployedStacks } from "./synthesis";

/**
 * Names of the stacks of an environment that are another thing than they were at a revision, those whose code is gone since
 * included, and of all that depend on them.
 *
 * @throws CommandError if there is no such revision, or its code cannot be synthesized
 */
export async function affectedSince(ref: string, session: Session, context: CommandContext): Promise<Set<string>> {
  const { name: environment } = session.environment;
  const commit = await commonAncestor(ref, context);
  const checkout = await checkOut(commit, context);
  const outdir = join(context.root, ".basin", "deploy", environment, "since");
  rmSync(outdir, { recursive: true, force: true });
  const found = await synthesizeAt({ checkout, commit, environment, outdir, extent: "layered" }, context);
  const before = found.environment === undefined ? [] : readDeployedStacks(outdir);
  return affected(session.stacks, before);
}

/** Names of the stacks that are not what they were, and of all that depend on them. */
export function affected(
  now: readonly Pick<DeployedStack, "name" | "dependencies" | "digest">[],
  before: readonly Pick<DeployedStack, "name" | "digest">[],
): Set<string> {
  const digests = new Map(before.map(({ name, digest }) => [name, digest]));
  const names = new Set(now.filter(({ name, digest }) => digests.get(name) !== digest).map(({ name }) => name));
  for (let size = -1; size !== names.size;) {
    size = names.size;
    now
      .filter(({ dependencies }) => dependencies.some((dependency) => names.has(dependency)))
      .forEach(({ name }) => names.add(name));
  }
  return names;
}
