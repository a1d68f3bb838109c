import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { InterruptedError } from "./exit-codes";

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
