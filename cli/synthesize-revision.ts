// Synthesizes an environment of another checkout as one root, with that checkout's own code. Run as a program:
// synthesize-revision.ts <checkout> <environment> <outdir>. Prints whether the checkout has such an environment.
import { join } from "node:path";
import type { App } from "cdktf";

/** What there has to be in the checkout; revisions that are older than this form cannot be synthesized. */
interface Checkout {
  readonly configuration: typeof import("../stacks/configuration.js");
  readonly platform: typeof import("../stacks/platform.js");
  readonly cdktf: { readonly App: typeof App };
}

async function main([checkout = "", name = "", outdir = ""]: readonly string[]): Promise<void> {
  const load = async (...path: readonly string[]): Promise<unknown> => import(join(checkout, ...path));
  const [configuration, platform, cdktf] = (await Promise.all([
    load("stacks", "configuration.ts"),
    load("stacks", "platform.ts"),
    load("node_modules", "cdktf", "lib", "index.js"),
  ])) as [Checkout["configuration"], Checkout["platform"], Checkout["cdktf"]];
  const { environments, ...rest } = configuration.loadConfiguration();
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment !== undefined) {
    const app = new cdktf.App({ outdir });
    platform.addPlatform(app, { ...rest, environment, layout: "single" });
    app.synth();
  }
  process.stdout.write(JSON.stringify({ isFound: environment !== undefined }));
}

void main(process.argv.slice(2));
