import { checkProblems, fileNameProblems, type Source } from "../../validation/check";
import type { Problem } from "../../validation/problem";
import { schemaProblems } from "../../validation/schema-problems";
import { valueAt } from "../../validation/paths";
import { domainSchema } from "../schema";
import { domainChecks } from "./checks";
import { domainFile, referenceProblems } from "./references";

export interface ValidatedDomains {
  /** Every file, whether or not something is wrong with it. */
  readonly sources: readonly Source[];
  readonly problems: readonly Problem[];
}

/** Checks every domain by itself, then what one refers to in another, and reports every problem at once. */
export function validateDomains(domains: Readonly<Record<string, unknown>>): ValidatedDomains {
  const problems: Problem[] = [];
  const sources = Object.entries(domains).map(([name, raw]): Source => {
    const file = domainFile(name);
    const found = schemaProblems(file, raw, domainSchema.safeParse(raw).error);
    const source = { file, raw, invalidPaths: found.map(({ path }) => path) };
    problems.push(
      ...found,
      ...fileNameProblems(source, name, { folder: "domains", kind: "domain" }),
      ...checkProblems(source, domainChecks(raw)),
    );
    return source;
  });
  problems.push(...sources.flatMap((source) => referenceProblems(source, sources)));
  return { sources, problems: problems.map((problem) => withSubject(problem, sources)) };
}

/** Tells by name what a path counts to: nobody numbers columns. */
export function withSubject(problem: Problem, sources: readonly Source[]): Problem {
  const raw = sources.find(({ file }) => file === problem.file)?.raw;
  const [, dataset, column] = /^datasets\[(\d+)\](?:\.columns\[(\d+)\])?/.exec(problem.path) ?? [];
  if (dataset === undefined) {
    return problem;
  }
  const names = [
    valueAt(raw, ["datasets", Number(dataset), "name"]),
    column === undefined ? undefined : valueAt(raw, ["datasets", Number(dataset), "columns", Number(column), "name"]),
  ].filter((name) => typeof name === "string" && name !== "");
  return names.length === 0 ? problem : { ...problem, subject: names.join(".") };
}
