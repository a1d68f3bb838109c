import type { Problem } from "./problem";
import type { Environment } from "../schema";

/** A problem whose file and value are known from its path; an error unless it says otherwise. */
export type Finding = Omit<Problem, "file" | "value" | "level"> & { readonly level?: "warning" };

/** A rule over several fields. It runs only where all the fields it reads are valid by themselves. */
export interface Check {
  /** Paths of the fields, for example "network.cidr". */
  readonly reads: readonly string[];
  readonly findings: (environment: Environment) => readonly Finding[];
}

/** The finding, where `holds` is true. */
export function findingIf(holds: boolean, finding: Finding): Finding[] {
  return holds ? [finding] : [];
}

/** A finding for each value that stands earlier in the list too. */
export function repetitions(values: readonly string[], finding: (index: number) => Finding): Finding[] {
  return values.flatMap((value, index) => findingIf(values.indexOf(value) < index, finding(index)));
}
