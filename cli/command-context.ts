import type { Display } from "./progress";

/** What a command reaches outside of itself. */
export interface CommandContext {
  /** The repository. */
  readonly root: string;
  readonly variables: NodeJS.ProcessEnv;
  /** Fires when the person interrupts. */
  readonly signal: AbortSignal;
  readonly display: Display;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}
