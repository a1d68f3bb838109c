import { App } from "cdktf";
import { ConfigurationError, formatProblem, loadConfiguration } from "./stacks/configuration";
import { addPlatform } from "./stacks/platform";

/** The cdktf app: every layered stack of every environment. */
function main(): void {
  const { platform, environments, warnings } = loadConfiguration();
  warnings.forEach((warning) => {
    console.error(formatProblem(warning));
  });
  const app = new App();
  environments.forEach((environment) => {
    addPlatform(app, { platform, environment, layout: "layered" });
  });
  app.synth();
}

try {
  main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
