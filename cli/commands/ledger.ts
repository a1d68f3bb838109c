import { join } from "node:path";
import { loadConfiguration } from "../../stacks/configuration";
import { synthesizeEverything } from "../check-stacks";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode } from "../exit-codes";
import { lockWhenFree } from "../folder-lock";
import { makePrivate } from "../folder";
import { compareLedger, LEDGER, ledgerOf, readLedger, writeLedger } from "../ledger";

export interface LedgerOptions {
  /** Tells what is different instead of writing it. */
  readonly check: boolean;
}

/**
 * Writes the addresses of all resources whose loss would lose data to the ledger, and tells what was different.
 *
 * @throws ConfigurationError if the configuration is wrong; CommandError if something is different and is only to be told
 */
export async function ledger({ check }: LedgerOptions, context: CommandContext): Promise<void> {
  const outdir = join(context.root, ".basin", "ledger");
  makePrivate(outdir);
  const release = await lockWhenFree(outdir, context.signal);
  try {
    const stacks = synthesizeEverything(loadConfiguration(), outdir);
    const differences = compareLedger(readLedger(context.root), stacks);
    differences.forEach(context.print);
    if (differences.length === 0) {
      context.printError(`${LEDGER} is as it should be.`);
    } else if (check) {
      throw new CommandError(`${LEDGER} is not what the stacks hold.`, ExitCode.failed);
    } else {
      writeLedger(context.root, ledgerOf(stacks));
      context.printError(`${LEDGER} was written.`);
    }
  } finally {
    await release();
  }
}
