import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./checkout";

/** A document whose blocks of code a test runs, makes or expects: what stands there is what happens. */
export class Guide {
  private readonly text: string;

  /** @param name of a file in docs */
  constructor(name: string) {
    this.text = readFileSync(join(repository, "docs", name), "utf8");
  }

  /** The blocks of a language, in their order. */
  blocks(language: string): string[] {
    return [...this.text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
      ([, code = ""]) => code,
    );
  }

  /**
   * The block of a language that holds a text.
   *
   * @throws Error if there is no such block
   */
  block(language: string, holding: string): string {
    const found = this.blocks(language).find((code) => code.includes(holding));
    if (found === undefined) {
      throw new Error(`no block of ${language} holds ${holding}`);
    }
    return found;
  }

  /** The cells of its tables, row by row, without heads. */
  rows(): string[][] {
    return [...this.text.matchAll(/^\| -+ .*\n((?:\|.*\n)+)/gm)].flatMap(([, rows = ""]) =>
      rows
        .trim()
        .split("\n")
        .map((row) => row.split("|").slice(1, -1))
        .map((cells) => cells.map((cell) => cell.trim())),
    );
  }
}

/** Makes an edit in a checkout as a block of "diff" shows it. */
export function apply(checkout: string, diff: string): void {
  execFileSync("git", ["apply", "-"], { cwd: checkout, input: diff });
}
