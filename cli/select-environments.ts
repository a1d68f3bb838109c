import { environments } from "../environments";
import { CommandError, ExitCode } from "./exit-codes";

/**
 * Names of the environments a command is to work on: those that are wanted, or all if none is.
 *
 * @throws CommandError if one does not exist
 */
export function selectEnvironments(wanted: readonly string[]): string[] {
  const known = Object.keys(environments);
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new CommandError(
      `There is no environment "${unknown}". environments/index.ts has ${known.join(", ")}.`,
      ExitCode.invalid,
    );
  }
  return wanted.length === 0 ? known : known.filter((name) => wanted.includes(name));
}
