import { join, resolve } from "node:path";
import { App } from "cdktf";
import { placeBundles } from "./cli/bundles/place";
import { checkStacks, readStacks } from "./cli/check-stacks";
import { hasErrors, renderFindings } from "./cli/report/findings";
import { ConfigurationError, formatProblem, loadConfiguration } from "./stacks/configuration";
import { addEnvironment } from "./stacks/platform";

/** The cdktf app: every layered stack of every environment. */
function main(): void {
  const localStates = localStatesFolder(process.env.BASIN_STATE);
  const configuration = loadConfiguration();
  const { platform, environments, domains, warnings } = configuration;
  warnings.forEach((warning) => {
    console.error(formatProblem(warning));
  });
  if (localStates !== undefined) {
    console.error(
      `warning: BASIN_STATE=local: the states of all environments are kept in ${localStates}, not in S3, and rules on ` +
        "states are not checked. For trying only; refused where CI is set.",
    );
  }
  const app = new App();
  environments.forEach((environment) => {
    addEnvironment(app, { platform, environment, domains, localStates });
  });
  app.synth();
  // a pipeline that deploys from its own machine loses the state with it
  const isStateLocal = localStates !== undefined && process.env.CI === undefined;
  const reports = checkStacks({ ...configuration, outdir: app.outdir, today: new Date(), isStateLocal });
  const failed = reports.filter(hasErrors);
  const findings = reports.map(renderFindings).filter((text) => text !== "");
  if (failed.length > 0) {
    throw new RefusalError(findings.join("\n\n"));
  }
  findings.forEach((text) => {
    console.error(text);
  });
  provideBundles(app.outdir);
}

/** Puts what stacks upload where Terraform finds it, as far as it is built: a synth neither needs Python nor waits for it. */
function provideBundles(outdir: string): void {
  const stacks = readStacks(outdir).map((stack) => ({ ...stack, directory: join(outdir, "stacks", stack.name) }));
  const missing = placeBundles(stacks, resolve("."));
  if (missing.length > 0) {
    console.error(
      `warning: ${missing.join(", ")} is not built: run "npm run bundle" before "cdktf deploy", which uploads it.`,
    );
  }
}

/** Where states are kept on this machine instead of S3, which BASIN_STATE=local asks for. */
function localStatesFolder(setting: string | undefined): string | undefined {
  if (setting === undefined || setting === "") {
    return undefined;
  }
  if (setting !== "local") {
    throw new RefusalError(`BASIN_STATE is "${setting}"; unset it to keep states in S3, or set it to "local".`);
  }
  return resolve(".basin", "state");
}

/** Nothing is planned until it is mended; the message says all there is to say. */
class RefusalError extends Error {}

try {
  main();
} catch (error) {
  if (!(error instanceof ConfigurationError || error instanceof RefusalError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
