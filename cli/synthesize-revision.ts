// Synthesizes an environment of another checkout, with that checkout's own code. Run as a program:
// synthesize-revision.ts <checkout> <environment> <outdir> <extent>. Writes what it has found to <outdir>/revision.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "cdktf";
import type { Domain } from "../domains/schema";
import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import type { Layout } from "../stacks/platform";

/** All layers in one of their layouts, or everything there is of an environment, with what comes before its first layer. */
export type Extent = Layout | "everything";

/** What a revision has. */
export interface RevisionFound {
  /** Names of its environments. */
  readonly environments: readonly string[];
  /** The environment that was asked for; absent where the revision does not have it. */
  readonly environment?: Pick<Environment, "name" | "accountId" | "region" | "consumers">;
  readonly platform: Pick<PlatformSettings, "name">;
  readonly domains: readonly Domain[];
}

/** What there has to be in the checkout; revisions that are older than this form cannot be synthesized. */
interface Checkout {
  readonly configuration: typeof import("../stacks/configuration.js");
  readonly platform: typeof import("../stacks/platform.js");
  readonly cdktf: { readonly App: typeof App };
}

async function main([checkout = "", name = "", outdir = "", extent = "single"]: readonly string[]): Promise<void> {
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
    if (extent === "everything") {
      platform.addEnvironment(app, { ...rest, environment });
    } else {
      platform.addPlatform(app, { ...rest, environment, layout: extent as Layout });
    }
    app.synth();
  }
  const found: RevisionFound = {
    environments: environments.map((candidate) => candidate.name),
    ...(environment && { environment: knownOf(environment) }),
    platform: rest.platform,
    domains: rest.domains,
  };
  // not standard output, where that code may print what it likes
  writeFileSync(join(outdir, "revision.json"), JSON.stringify(found));
}

/** What is told of an environment; revisions from before there were consumers have none. */
function knownOf(environment: Environment): RevisionFound["environment"] {
  const { name, accountId, region } = environment;
  const { consumers = {} } = environment as Partial<Environment>;
  return { name, accountId, region, consumers };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
