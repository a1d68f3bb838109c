import { InterruptedError } from "./exit-codes";

export interface RunProps {
  readonly cwd: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end, whatever its exit code, and returns what it printed.
 *
 * @throws InterruptedError when `signal` fires
 */
export async function run(command: string, args: readonly string[], { cwd, variables, signal }: RunProps) {
  // execa has no CommonJS form, and a package it uses cannot be required at all
  const { execa } = await import("execa");
  const result = await execa(command, args, {
    cwd,
    env: variables,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    cancelSignal: signal,
  });
  if (result.isCanceled) {
    throw new InterruptedError();
  }
  return result;
}
