/**
 * Why a record, or a value in it, is not taken. It is handed back instead of thrown, and never repeats the value:
 * what is to be masked must not reach a message.
 */
export class Refusal {
  constructor(
    /** In kebab-case, to count by. */
    readonly reason: string,
    /** What is wrong, to be read behind the name of what it is wrong with. */
    readonly detail: string,
    /** Where within a column, for example "[3].price". */
    readonly path = "",
    /** The column, where it is one. */
    readonly column?: string,
  ) {}

  /** The same of a value that lies within another. */
  within(step: string): Refusal {
    return new Refusal(this.reason, this.detail, step + this.path, this.column);
  }

  of(column: string): Refusal {
    return new Refusal(this.reason, this.detail, this.path, column);
  }

  /** The sentence for people. */
  get sentence(): string {
    return `${this.column ?? "the record"}${this.path} ${this.detail}`;
  }
}
