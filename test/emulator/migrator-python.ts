import { resolve } from "node:path";
import { preparePython } from "../../cli/python/environment";

/** What the table migrator runs on. */
export const MIGRATOR_REQUIREMENTS = resolve(__dirname, "..", "..", "pipelines", "tables", "requirements.txt");

/**
 * The Python with the packages of the table migrator as they are locked, of which the emulator takes what the bundle has
 * compiled for another machine.
 */
export function migratorPython(signal: AbortSignal): Promise<string> {
  return preparePython({ name: "tables", requirements: MIGRATOR_REQUIREMENTS, signal });
}
