import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { CommandError, ExitCode } from "./exit-codes";

/**
 * Makes sure that files can be written to a folder, before anything is done for them.
 *
 * @throws CommandError if they cannot
 */
export function prepareFolder(out: string): string {
  const folder = resolve(out);
  try {
    // the last folder only: making a whole path never ends where the file system refuses its beginning
    if (!existsSync(folder)) {
      mkdirSync(folder);
    }
    if (!statSync(folder).isDirectory()) {
      throw new Error("it is not a folder");
    }
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `Nothing can be written to ${folder} (${reason}). Name another folder with --out.`,
      ExitCode.invalid,
    );
  }
  return folder;
}

/** Makes a folder that only its owner may read: Terraform writes plans into it, and they hold every value in plain text. */
export function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
}
