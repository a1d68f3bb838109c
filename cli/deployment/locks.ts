import { setTimeout as sleep } from "node:timers/promises";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode, InterruptedError } from "../exit-codes";
import type { Lock, States } from "./states";

const POLL_SECONDS = 2;

/**
 * What Terraform notes of those who plan: they lock a state too, and change nothing. Source: OperationType in Terraform 1.11,
 * internal/backend/backendrun.
 */
const PLANNING = "OperationTypePlan";

export interface WaitForWritersProps {
  readonly lockTimeoutSeconds: number;
  readonly context: Pick<CommandContext, "printError" | "signal">;
}

/**
 * Waits until nobody is changing a state of the environment any more.
 *
 * @throws CommandError that tells who does, and since when; InterruptedError when the signal fires before
 */
export async function waitForWriters(
  states: Pick<States, "locks">,
  { lockTimeoutSeconds, context }: WaitForWritersProps,
): Promise<void> {
  const { printError, signal } = context;
  for (let waited = 0; ; waited += POLL_SECONDS) {
    const held = [...(await states.locks())].filter(([, { Operation }]) => Operation !== PLANNING);
    if (held.length === 0) {
      return;
    }
    const text = held.map((one) => renderLock(...one)).join("\n");
    if (waited >= lockTimeoutSeconds) {
      throw new CommandError(
        `${text}\nNothing was changed. Wait for the end of that run, with --lock-timeout if it takes long. A lock that outlived ` +
          `its run is taken away by "terraform force-unlock" with its id, once it is certain that the run has ended.`,
        ExitCode.failed,
      );
    }
    if (waited === 0) {
      printError(`${text}\nWaiting ${lockTimeoutSeconds} seconds for the end of that.`);
    }
    await sleep(POLL_SECONDS * 1000);
    if (signal.aborted) {
      throw new InterruptedError();
    }
  }
}

function renderLock(stack: string, { ID, Who, Operation, Created }: Lock): string {
  return `The state of ${stack} is locked by ${Who} since ${Created} (${Operation}, id ${ID}).`;
}
