import { existsSync } from "node:fs";
import { join } from "node:path";
import { CommandError, ExitCode } from "../exit-codes";

/** Terraform's name for a state that it could not write to where it is kept, for example because credentials had expired. */
const FILE = "errored.tfstate";

/** What to do where an apply in this directory could not save its state: the one that is kept knows less; else undefined. */
export function unsavedState(directory: string): string | undefined {
  const file = join(directory, FILE);
  return existsSync(file)
    ? `An apply could not save its state, and left it in ${file}. Without it, what was made then would be made again. ` +
        `In that folder, with credentials of who deploys, "terraform state push ${FILE}" saves it; remove the file after that.`
    : undefined;
}

/** @throws CommandError if an apply in this directory could not save its state */
export function refuseUnsavedState(directory: string): void {
  const text = unsavedState(directory);
  if (text !== undefined) {
    throw new CommandError(text, ExitCode.failed);
  }
}
