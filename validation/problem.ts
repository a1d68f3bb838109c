/** One thing that is wrong with the configuration, or a warning about what probably is. */
export interface Problem {
  readonly level: "error" | "warning";
  /** File to edit, relative to the repository. */
  readonly file: string;
  /** Where in the file's object, for example "network.dataSubnets[1]". */
  readonly path: string;
  /** What the path leads to, by name, where it counts through lists: "orders.status". */
  readonly subject?: string;
  /** The value found there; undefined where it is missing. */
  readonly value: unknown;
  readonly limit: string;
  readonly remedy: string;
}
