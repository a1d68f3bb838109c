import { overlaps, parsePath, valueAt } from "./paths";
import type { Problem } from "./problem";

/** A problem whose file and value are known from its path; an error unless it says otherwise. */
export type Finding = Omit<Problem, "file" | "value" | "level"> & { readonly level?: "warning" };

/** A rule over several fields. It runs only where all the fields it reads are valid by themselves. */
export interface Check<T> {
  /** Paths of the fields, for example "network.cidr" or "datasets[2].columns[*].name". */
  readonly reads: readonly string[];
  readonly findings: (value: T) => readonly Finding[];
}

/** What a file declares, as it was written, and where its schema refuses it. */
export interface Source {
  readonly file: string;
  readonly raw: unknown;
  readonly invalidPaths: readonly string[];
}

/** What the checks find in a file, but for those that read what its schema refuses. */
export function checkProblems<T>(source: Source, checks: readonly Check<T>[]): Problem[] {
  return checks
    .filter(({ reads }) => reads.every((path) => isValid(source, path)))
    .flatMap(({ findings }) => findings(source.raw as T).map((finding) => problemOf(source, finding)));
}

/** A finding with the file it is in and the value it speaks of. */
export function problemOf({ file, raw }: Pick<Source, "file" | "raw">, finding: Finding): Problem {
  return { level: "error", ...finding, file, value: valueAt(raw, parsePath(finding.path)) };
}

/** Whether neither `path`, nor anything around or inside it, has failed its schema; [*] is every item of a list. */
export function isValid({ invalidPaths }: Source, path: string): boolean {
  return !invalidPaths.some((invalid) => overlaps(parsePath(invalid), parsePath(path)));
}

/** A problem where a file, its key in the folder's index and what it declares are not called alike. */
export function fileNameProblems(
  source: Source,
  name: string,
  { folder, kind }: { folder: string; kind: string },
): Problem[] {
  if (!isValid(source, "name") || (source.raw as { name: string }).name === name) {
    return [];
  }
  const limit = `the key in ${folder}/index.ts and the file's own name, "${name}"`;
  return [problemOf(source, { path: "name", limit, remedy: `name the file, the key and the ${kind} alike` })];
}

/** The finding, where `holds` is true. */
export function findingIf(holds: boolean, finding: Finding): Finding[] {
  return holds ? [finding] : [];
}

/** A finding for each value that stands earlier in the list too. */
export function repetitions(values: readonly string[], finding: (index: number) => Finding): Finding[] {
  return values.flatMap((value, index) => findingIf(values.indexOf(value) < index, finding(index)));
}
