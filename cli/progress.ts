/** One piece of work of a command, with a line of its own while it runs. */
export interface Work<T> {
  readonly title: string;
  /** Does the work; `report` says what it is at. */
  readonly run: (report: (text: string) => void) => Promise<T>;
}

/** Runs pieces of work, some at a time, and shows how far they are. Every piece ends, whatever happens to the others. */
export type Display = <T>(works: readonly Work<T>[], concurrency: number) => Promise<PromiseSettledResult<T>[]>;

/** Shows nothing. */
export const silentDisplay: Display = (works) => Promise.allSettled(works.map(({ run }) => run(() => undefined)));

/** Shows progress on standard error: a line a piece on a terminal, a line a step elsewhere. */
export const terminalDisplay: Display = async <T>(works: readonly Work<T>[], concurrency: number) => {
  // loaded only here: tests of commands bring a display of their own
  const { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } = await import("listr2");
  const results = works.map((): PromiseSettledResult<T> => ({
    status: "rejected",
    reason: new Error("did not start"),
  }));
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const list = new Listr(
    works.map(({ title, run }, index) => ({
      title,
      task: async (_context: unknown, task: { output: string }) => {
        try {
          results[index] = { status: "fulfilled", value: await run((text) => (task.output = text)) };
        } catch (reason) {
          results[index] = { status: "rejected", reason };
          // the command itself says what went wrong, once and in full
          throw new Error("see below");
        }
      },
    })),
    {
      concurrent: concurrency,
      exitOnError: false,
      // Ctrl-C is ours: Terraform has to stop before we do
      registerSignalListeners: false,
      rendererOptions: { logger, timer: PRESET_TIMER, showErrorMessage: false, collapseErrors: false },
      fallbackRenderer: "simple",
      fallbackRendererOptions: { logger, timestamp: undefined },
    },
  );
  await list.run();
  return results;
};
