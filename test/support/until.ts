/** Waits for something that happens soon. */
export async function until(condition: () => boolean): Promise<void> {
  for (const start = Date.now(); !condition();) {
    if (Date.now() - start > 60_000) {
      throw new Error("It did not happen within a minute.");
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
