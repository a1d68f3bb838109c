import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";

const KEPT_LOG_CHARACTERS = 20_000;

export interface Answer {
  readonly result?: unknown;
  /** The type of what was raised, and what it says. */
  readonly error?: string;
  readonly message?: string;
}

export interface LineProcessProps {
  readonly program: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** A process that answers each line of its input, a command in JSON, with a line of JSON. */
export class LineProcess {
  private readonly child;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;
  private log = "";

  constructor({ program, args, variables }: LineProcessProps) {
    this.child = spawn(program, args, { env: { PATH: process.env.PATH, LANG: "C.UTF-8", ...variables } });
    this.child.stderr.on("data", (data: Buffer) => {
      this.log = (this.log + data.toString()).slice(-KEPT_LOG_CHARACTERS);
    });
    this.reader = createInterface({ input: this.child.stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  /**
   * What came of a command.
   *
   * @throws Error if the process has ended
   */
  async ask(command: string, argument: unknown): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify([command, argument])}\n`);
    const line = await this.lines.next();
    if (line.done === true) {
      throw new Error(`The process has ended at ${command}:\n${this.log}`);
    }
    return JSON.parse(line.value) as Answer;
  }

  /**
   * The result of a command that succeeds.
   *
   * @throws Error if it does not
   */
  async get<T>(command: string, argument: unknown): Promise<T> {
    const { result, error, message } = await this.ask(command, argument);
    if (error !== undefined) {
      throw new Error(`${command}: ${error}: ${message ?? ""}\n${this.log}`);
    }
    return result as T;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "close");
    this.child.stdin.end();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await ended;
    }
  }
}
