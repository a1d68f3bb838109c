/** What the exit code of a command tells. */
export const ExitCode = {
  ok: 0,
  /** The work failed: Terraform refused the configuration, a file could not be written. */
  failed: 1,
  /** The command line or the configuration is wrong; nothing was started. */
  invalid: 2,
  /** Something this machine lacks: Terraform, the provider. */
  missing: 3,
  /** A contract's change, or one of access, takes something from readers. */
  tightening: 4,
  /** A contract's change, or one of access, shows readers more. */
  loosening: 5,
  /** A contract's change breaks what relies on it. */
  breaking: 6,
  /** A plan waits for somebody's approval. */
  unapproved: 7,
  /** Stopped by Ctrl-C, as shells report it. */
  interrupted: 130,
} as const;

/** A failure whose message is all a person needs: what happened and what to do. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "CommandError";
  }
}

/** What was thrown, as an error. */
export function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** The person pressed Ctrl-C, and everything that ran has stopped. */
export class InterruptedError extends CommandError {
  constructor() {
    super("Interrupted: what was started has stopped, nothing is locked.", ExitCode.interrupted);
    this.name = "InterruptedError";
  }
}
