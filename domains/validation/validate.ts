import { checkProblems, fileNameProblems, isValid, problemOf, type Source } from "../../validation/check";
import type { Problem } from "../../validation/problem";
import { schemaProblems } from "../../validation/schema-problems";
import { valueAt } from "../../validation/paths";
import { icebergType } from "../column-type";
import { type Column, domainSchema, isObjects, type QualityRule, type TableDataset } from "../schema";
import { domainChecks } from "./checks";
import { typeOf } from "./columns";

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

export function domainFile(name: string): string {
  return `domains/${name}.ts`;
}

/** What rules ask of a dataset of any domain: that it exists, with a column of the same type. */
function referenceProblems(source: Source, sources: readonly Source[]): Problem[] {
  return datasetsOf(source).flatMap((dataset, index) => {
    const path = `datasets[${index}]`;
    const rules = isValid(source, `${path}.columns[*].name`) ? dataset.quality : [];
    return (Array.isArray(rules) ? rules : []).flatMap((rule: QualityRule, position) => {
      const at = `${path}.quality[${position}]`;
      return isValid(source, at) && rule.rule === "references"
        ? referenceFindings(rule, dataset, sources).map(({ field, ...finding }) =>
            problemOf(source, { ...finding, path: `${at}.${field}` }),
          )
        : [];
    });
  });
}

/** The tables a domain declares, and what it says in their place, which may not have passed the schema. */
function datasetsOf({ raw }: Source): readonly Partial<TableDataset>[] {
  const datasets = valueAt(raw, ["datasets"]);
  return (Array.isArray(datasets) ? datasets : []).map((dataset: unknown) =>
    typeof dataset === "object" && dataset !== null ? dataset : {},
  );
}

type Reference = Extract<QualityRule, { rule: "references" }>;

interface ReferenceFinding {
  readonly field: "dataset" | "key";
  readonly limit: string;
  readonly remedy: string;
}

/** What is wrong at the place referred to is reported there, and only there. */
function referenceFindings(
  { column, dataset: target, key }: Reference,
  { columns }: Partial<TableDataset>,
  sources: readonly Source[],
): ReferenceFinding[] {
  const [domainName = "", datasetName] = target.split(".");
  const source =
    sources.find(({ raw }) => valueAt(raw, ["name"]) === domainName) ??
    sources.find(({ file }) => file === domainFile(domainName));
  const datasets = source === undefined ? [] : datasetsOf(source);
  const index = datasets.findIndex(({ name }) => name === datasetName);
  const found = datasets[index];
  if (found === undefined || isObjects(found)) {
    const limit = "a dataset with a table that one of the domains declares";
    const isKnown = source === undefined || (isValid(source, "name") && isValid(source, "datasets[*].name"));
    return isKnown ? [{ field: "dataset", limit, remedy: "correct the name, or declare the dataset" }] : [];
  }
  if (source === undefined || !isValid(source, `datasets[${index}].columns[*].name`)) {
    return [];
  }
  const referred = found.columns?.find(({ name }) => name === key);
  return referred === undefined
    ? [{ field: "key", limit: `a column of ${target}`, remedy: `name one of ${namesOf(found)}` }]
    : typeFindings(
        columns?.find(({ name }) => name === column),
        referred,
      );
}

function typeFindings(column: Column | undefined, referred: Column): ReferenceFinding[] {
  const types = [column, referred].map((one) => (one === undefined ? undefined : typeOf(one)));
  const [type, other] = types.map((one) => (one === undefined ? undefined : icebergType(one)));
  return type === undefined || other === undefined || type === other
    ? []
    : [
        {
          field: "key",
          limit: `a column of the same type as the one that refers to it, ${column?.type ?? ""}`,
          remedy: `refer to another column: "${referred.name}" is ${referred.type}`,
        },
      ];
}

function namesOf({ columns = [] }: Partial<TableDataset>): string {
  return columns.map(({ name }) => name).join(", ");
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
