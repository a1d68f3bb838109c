// What the rules cost, measured in a process of its own: prints the resources judged and the CPU seconds they took, once
// and without anything warmed up, as the app pays it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { checkStacks, readStacks } from "../../cli/check-stacks";
import { loadConfiguration } from "../../stacks/configuration";
import { addPlatform } from "../../stacks/platform";

/** What judging some resources took. */
export interface CheckCost {
  readonly resources: number;
  readonly cpuSeconds: number;
}

function main(): CheckCost {
  const outdir = mkdtempSync(join(tmpdir(), "basin-bench-"));
  try {
    const { platform, environments, domains } = loadConfiguration();
    const app = new App({ outdir });
    environments.forEach((environment) => {
      addPlatform(app, { platform, environment, domains, layout: "layered" });
    });
    app.synth();
    const before = process.cpuUsage();
    checkStacks({ platform, environments, outdir, today: new Date() });
    const { user, system } = process.cpuUsage(before);
    const resources = readStacks(outdir)
      .flatMap(({ json }) => Object.values(json.resource ?? {}))
      .reduce((sum, byId) => sum + Object.keys(byId).length, 0);
    return { resources, cpuSeconds: (user + system) / 1e6 };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

console.log(JSON.stringify(main()));
