// Synthesizes an environment of another checkout, with that checkout's own code. Run as a program:
// synthesize-revision.ts <checkout> <environment> <outdir> <layout>. Writes what it has found to <outdir>/revision.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "cdktf";
import type { Environment } from "../environments/schema";
import type { Layout } from "../stacks/platform";

/** What a revision has. */
export interface RevisionFound {
  /** Names of its environments. */
  readonly environments: readonly string[];
  /** The environment that was asked for; absent where the revision does not have it. */
  readonly environment?: Pick<Environment, "accountId" | "region">;
}

/** What there has to be in the checkout; revisions that are older than this form cannot be synthesized. */
interface Checkout {
  readonly configuration: typeof import("../stacks/configuration.js");
  readonly platform: typeof import("../stacks/platform.js");
  readonly cdktf: { readonly App: typeof App };
}

async function main([checkout = "", name = "", outdir = "", layout = "single"]: readonly string[]): Promise<void> {
  const load = async (...path: readonly string[]): Promise<unknown> => import(join(checkout, ...path));
  const [configuration, platform, cdktf] = (await Promise.all([
    load("stacks", "configuration.ts"),
    load("stacks", "platform.ts"),
    load("node_modules", "cdktf", "lib", "index.js"),
  ])) as [Checkout["configuration"], Checkout["platform"], Checkout["cdktf"]];
  const { environments, ...rest } = configuration.loadConfiguration();
  const environment = environments.find((candidate) => candidate.name === name);
  mkdirSync(outdir, { recursive: true });
  if (environment !== undefined) {
    const app = new cdktf.App({ outdir });
    platform.addPlatform(app, { ...rest, environment, layout: layout as Layout });
    app.synth();
  }
  const found: RevisionFound = {
    environments: environments.map((candidate) => candidate.name),
    ...(environment && { environment: { accountId: environment.accountId, region: environment.region } }),
  };
  // not standard output, where that code may print what it likes
  writeFileSync(join(outdir, "revision.json"), JSON.stringify(found));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
