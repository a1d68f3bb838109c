import { lock } from "proper-lockfile";

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
