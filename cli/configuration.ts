import { type Configuration, formatProblem, loadConfiguration } from "../stacks/configuration";
import type { CommandContext } from "./command-context";

/**
 * Loads the configuration, and prints what is no error about it.
 *
 * @throws ConfigurationError if it is wrong
 */
export function loadPrintingWarnings({ printError }: Pick<CommandContext, "printError">): Configuration {
  const configuration = loadConfiguration();
  configuration.warnings.forEach((warning) => {
    printError(formatProblem(warning));
  });
  return configuration;
}
