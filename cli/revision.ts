import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "./command-context";
import { CommandError, ExitCode, InterruptedError } from "./exit-codes";

/** Another revision of the repository, checked out beside this one. */
export interface Revision {
  /** Full id of the commit. */
  readonly commit: string;
  /** Its files, with the packages that are installed here. */
  readonly folder: string;
}

/**
 * Checks out a revision into `.basin/revisions`, unless it is there. The work tree and git's index stay as they are.
 *
 * @throws CommandError if there is no git, no repository or no such revision
 */
export async function checkOut(ref: string, context: CommandContext): Promise<Revision> {
  const { root } = context;
  // --end-of-options: a name with a dash at its beginning is none of git's options
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const commit = (
    await git(args, context, `There is no revision "${ref}" in ${root}: name a commit, branch or tag.`)
  ).trim();
  const folder = join(root, ".basin", "revisions", commit);
  const complete = join(folder, ".complete");
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const index = { GIT_INDEX_FILE: join(folder, ".index") };
    const failure = `The files of ${ref} could not be written to ${folder}.`;
    await git(["read-tree", commit], context, failure, index);
    await git(["checkout-index", "--all", `--prefix=${folder}/`], context, failure, index);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    writeFileSync(complete, "");
  }
  return { commit, folder };
}

/** Runs git in the repository and returns what it prints. */
async function git(
  args: readonly string[],
  { root, variables, signal }: CommandContext,
  failure: string,
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { execa } = await import("execa");
  const result = await execa("git", args, {
    cwd: root,
    env: { ...variables, ...more },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    cancelSignal: signal,
  });
  if (result.isCanceled) {
    throw new InterruptedError();
  }
  if (result.code === "ENOENT") {
    throw new CommandError("git is not on PATH; install it from https://git-scm.com.", ExitCode.missing);
  }
  if (result.exitCode !== 0) {
    throw new CommandError([failure, result.stderr.trim()].filter((text) => text !== "").join("\n"), ExitCode.invalid);
  }
  return result.stdout;
}
