import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { CommandError, ExitCode, InterruptedError } from "./exit-codes";

const POLL_MS = 300;

/**
 * Locks a folder against other commands. The lock of a killed command ends by itself within ten seconds.
 *
 * @returns what releases it; undefined where somebody else holds it
 */
export async function tryLock(folder: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ELOCKED") {
      return undefined;
    }
    throw error;
  }
}

/** A little longer than the lock of a killed command lasts. */
const STALE_AFTER_MS = 12_000;

/**
 * Locks a folder for a command, against others like it. One that was killed just now is waited for, one that runs is not.
 *
 * @param what names the commands, for example "bootstrap of dev"
 * @returns what releases it
 * @throws CommandError if another one is running; InterruptedError when `signal` fires before that is known
 */
export async function lockFor(what: string, folder: string, signal: AbortSignal): Promise<() => Promise<void>> {
  const deadline = AbortSignal.timeout(STALE_AFTER_MS);
  try {
    return await lockWhenFree(folder, AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (error instanceof InterruptedError && !signal.aborted) {
      throw new CommandError(`Another ${what} is running in ${folder}.`, ExitCode.failed);
    }
    throw error;
  }
}

/**
 * Locks a folder as soon as nobody else holds it.
 *
 * @returns what releases it
 * @throws InterruptedError when `signal` fires before
 */
export async function lockWhenFree(folder: string, signal: AbortSignal): Promise<() => Promise<void>> {
  for (;;) {
    if (signal.aborted) {
      throw new InterruptedError();
    }
    const release = await tryLock(folder);
    if (release !== undefined) {
      return release;
    }
    await sleep(POLL_MS);
  }
}
