import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import type { CommandContext } from "./command-context";
import { CommandError, ExitCode } from "./exit-codes";
import { lockWhenFree } from "./folder-lock";
import { run } from "./run";
import type { Extent, RevisionFound } from "./synthesize-revision";

/**
 * Finds the commit in which the work here and a revision were last the same: what others have changed since in the
 * revision is no change of ours.
 *
 * @throws CommandError if there is no git, no repository or no such revision
 */
export async function commonAncestor(ref: string, context: CommandContext): Promise<string> {
  const hint = "name a commit, branch or tag; a shallow clone has few (git fetch --unshallow)";
  // --end-of-options: a name with a dash at its beginning is none of git's options
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const commit = await git(args, context, `There is no revision "${ref}" in ${context.root}: ${hint}.`);
  const failure = `"${ref}" and what is checked out in ${context.root} have no commit in common: ${hint}.`;
  return (await git(["merge-base", commit.trim(), "HEAD"], context, failure)).trim();
}

/**
 * The commit that is checked out; "-dirty" follows where files are changed since.
 *
 * @param except folder whose files are no part of it, wherever it is
 * @throws CommandError if there is no git, or no repository
 */
export async function currentCommit(context: CommandContext, except: string): Promise<string> {
  const failure = `${context.root} is in no git repository: a plan is of a commit.`;
  const commit = (await git(["rev-parse", "HEAD"], context, failure)).trim();
  const path = relative(context.root, except);
  const isWithin = path !== "" && !path.startsWith("..") && !isAbsolute(path);
  const others = isWithin ? ["--", ":/", `:(exclude)${path}`] : [];
  const status = await git(["status", "--porcelain", ...others], context, failure);
  return status.trim() === "" ? commit : `${commit}-dirty`;
}

/**
 * Checks out a commit into `.basin/revisions`, unless it is there. The work tree and git's index stay as they are.
 *
 * @returns where this project is in it
 *
 * @throws CommandError if it cannot be
 */
export async function checkOut(commit: string, context: CommandContext): Promise<string> {
  const { root, signal } = context;
  // the repository may hold more than this project
  const prefix = (await git(["rev-parse", "--show-prefix"], context, `${root} is in no git repository.`)).trim();
  const revisions = join(root, ".basin", "revisions");
  const folder = join(revisions, commit);
  mkdirSync(revisions, { recursive: true });
  const release = await lockWhenFree(revisions, signal);
  try {
    if (!existsSync(folder)) {
      // a folder has its name only when it is complete
      const unfinished = join(revisions, "unfinished");
      await writeFiles(commit, unfinished, context);
      symlinkSync(join(root, "node_modules"), join(unfinished, prefix, "node_modules"), "dir");
      renameSync(unfinished, folder);
      forgetOldest(revisions);
    }
  } finally {
    await release();
  }
  return join(folder, prefix);
}

/** How many checkouts are kept: those of the branches a person compares with. */
const KEPT_REVISIONS = 5;

function forgetOldest(revisions: string): void {
  const folders = readdirSync(revisions).map((name) => join(revisions, name));
  folders
    .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)
    .slice(KEPT_REVISIONS)
    .forEach((folder) => {
      rmSync(folder, { recursive: true, force: true });
    });
}

export interface SynthesizeAtProps {
  /** Where the files of the commit are. */
  readonly checkout: string;
  readonly commit: string;
  /** Name of the environment to synthesize. */
  readonly environment: string;
  readonly outdir: string;
  readonly extent: Extent;
}

/**
 * Synthesizes an environment with the code of another commit.
 *
 * @throws CommandError if its code fails, or is older than the form in which it is called
 */
export async function synthesizeAt(
  { checkout, commit, environment, outdir, extent }: SynthesizeAtProps,
  { root, variables, signal }: CommandContext,
): Promise<RevisionFound> {
  const answer = join(outdir, "revision.json");
  rmSync(answer, { force: true });
  const script = join(root, "cli", "synthesize-revision.ts");
  const args = ["--import", "tsx", script, checkout, environment, outdir, extent];
  const result = await run(process.execPath, args, { cwd: root, variables, signal });
  if (result.exitCode !== 0 || !existsSync(answer)) {
    throw new CommandError(
      `${environment} of ${commit} cannot be synthesized by that commit's own code, with the packages installed here:\n` +
        result.stderr.trim(),
      ExitCode.failed,
    );
  }
  return JSON.parse(readFileSync(answer, "utf8")) as RevisionFound;
}

async function writeFiles(commit: string, folder: string, context: CommandContext): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const index = { GIT_INDEX_FILE: join(folder, ".index") };
  const failure = `The files of ${commit} could not be written to ${folder}.`;
  // git names files from the top of the repository, whose folder holds the index: commands run there
  const top = (await git(["rev-parse", "--show-toplevel"], context, failure)).trim();
  await git(["read-tree", commit], { ...context, root: top }, failure, index);
  await git(["checkout-index", "--all", `--prefix=${folder}/`], { ...context, root: top }, failure, index);
  rmSync(index.GIT_INDEX_FILE);
}

/** Runs git in the repository and returns what it prints. */
async function git(
  args: readonly string[],
  { root, variables, signal }: CommandContext,
  failure: string,
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  const result = await run("git", args, { cwd: root, variables: { ...variables, ...more }, signal });
  if (result.code === "ENOENT") {
    throw new CommandError("git is not on PATH; install it from https://git-scm.com.", ExitCode.missing);
  }
  if (result.exitCode !== 0) {
    throw new CommandError([failure, result.stderr.trim()].filter((text) => text !== "").join("\n"), ExitCode.invalid);
  }
  return result.stdout;
}
