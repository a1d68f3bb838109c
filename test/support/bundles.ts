import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { repository, runCli } from "./checkout";

/** Builds what stacks upload, unless it is built. */
export async function buildBundles(): Promise<void> {
  const { exitCode, stderr } = await runCli(repository, ["bundle"], process.env);
  if (exitCode !== 0) {
    throw new Error(`the bundles are not built:\n${stderr}`);
  }
}

/** Where a checkout looks for what is built; what other checkouts of this repository have built serves it as well. */
export function linkBundles(checkout: string): void {
  mkdirSync(join(checkout, ".basin"), { recursive: true });
  symlinkSync(join(repository, ".basin", "artifacts"), join(checkout, ".basin", "artifacts"));
}
