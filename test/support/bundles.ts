import { repository, runCli } from "./checkout";

/** Builds what stacks upload, unless it is built. */
export async function buildBundles(): Promise<void> {
  const { exitCode, stderr } = await runCli(repository, ["bundle"], process.env);
  if (exitCode !== 0) {
    throw new Error(`the bundles are not built:\n${stderr}`);
  }
}
