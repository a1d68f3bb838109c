import { domains } from "../fixtures/domains";
import { validateDomains } from "../../domains/validation/validate";
import { formatProblem, type Sources } from "../../stacks/configuration";
import type { Problem } from "../../validation/problem";
import {
  BAD_DOMAIN_INPUTS,
  type BadInput,
  changed,
  expectedProblems,
  expectedTexts,
  fieldsOf,
  problemAt,
  problemsOf,
  sourcesWith,
  withValue,
} from "../support/sources";

// expectations know the code of consumers exactly, whatever is there
jest.mock("../../pipelines/bundles.json", () => ({
  "consumer-count-sales": {},
  "consumer-purchases": {},
  "stream-transform": {},
}));

/** The domains of the fixtures with a bad input, and of the environments all if it is one in each of them. */
function sourcesOf(input: BadInput): Sources {
  const sources = sourcesWith(input, { "domains/web": {} });
  return Array.isArray(input.limit) ? sources : { ...sources, environments: { prod: sources.environments.prod } };
}

describe("a bad value", () => {
  test.each(BAD_DOMAIN_INPUTS)("$id: $title", (input) => {
    const problems = problemsOf(sourcesOf(input));

    expect(problems).toStrictEqual(expectedProblems(input));
    expect(problems.map(formatProblem)).toEqual(expectedTexts(input));
  });

  test("has an id of its own", () => {
    const ids = BAD_DOMAIN_INPUTS.map(({ id }) => id);

    expect(ids.filter((id, index) => ids.indexOf(id) < index)).toEqual([]);
  });
});

describe("a good neighbour of a bad value is accepted", () => {
  const neighbours = BAD_DOMAIN_INPUTS.flatMap((input) => (input.good ?? []).map((value) => ({ ...input, value })));

  test.each(neighbours)("$id: $value", (input) => {
    expect(problemsOf(sourcesOf(input))).toEqual([]);
  });
});

/** One place for each kind of field, so that "datasets[].columns[].name" is tried once. */
const FIELDS = uniqueBy(
  Object.entries(domains).flatMap(([name, domain]) =>
    fieldsOf(domain, "", (items) => items).map(([path, value]) => ({ file: `domains/${name}`, path, value, domain })),
  ),
  ({ path, domain }) => `${kindOf(path, domain)} ${anyItem(path)}`,
);

describe("every field", () => {
  const refused = new Set(BAD_DOMAIN_INPUTS.map(({ path }) => anyItem(path)));

  test.each(uniqueBy(FIELDS, ({ path }) => anyItem(path)))("$path has a bad value", ({ path }) => {
    expect([...refused]).toContain(anyItem(path));
  });

  const OPTIONAL = /\.(required|mask|minimum|maximum|rows|enrich|consumers)$|^datasets\[0\]\.schedule$/;

  test.each(FIELDS.filter(({ path }) => !OPTIONAL.test(path)))("$file $path is required", ({ file, path }) => {
    expect(problemsIn(file, path, undefined)).toContainEqual(expect.objectContaining(problemAt(file, path, undefined)));
  });

  test.each(FIELDS)("$file $path cannot be what is not even a number", ({ file, path }) => {
    expect(problemsIn(file, path, Number.NaN)).toEqual([expect.objectContaining(problemAt(file, path, Number.NaN))]);
  });
});

const OBJECTS = FIELDS.filter(({ value }) => typeof value === "object" && !Array.isArray(value));

test.each(OBJECTS)('$file "$path" has no fields but its own', ({ file, path }) => {
  expect(problemsIn(file, `${path}.surplus`, 1)).toEqual([
    expect.objectContaining({
      ...problemAt(file, `${path}.surplus`, 1),
      limit: "a field that exists",
      remedy: "correct the spelling or remove the field",
    }),
  ]);
});

test.each(["s", "s1234567890123456789", "web-sales-2"])("a domain and its file can be called %s", (name) => {
  const { domains: all, ...sources } = changed({ "domains/web": { name } });
  const { web, ...others } = all;

  expect(problemsOf({ ...sources, domains: { ...others, [name]: web } })).toEqual([]);
});

/** What is said of the domains alone, one of them with another value. */
function problemsIn(file: string, path: string, value: unknown): readonly Problem[] {
  const name = file.replace("domains/", "") as keyof typeof domains;
  return validateDomains({ ...domains, [name]: withValue(domains[name], path, value) }).problems;
}

function anyItem(path: string): string {
  return path.replaceAll(/\[\d+\]/g, "[]");
}

/** What decides which fields there are beside one: the kinds of all that it lies in. */
function kindOf(path: string, domain: unknown): string {
  const keys = path.match(/[^.[\]]+/g) ?? [];
  const holders = keys.map((_key, length) =>
    keys.slice(0, length).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], domain),
  );
  return holders
    .map((holder) => {
      const { kind, rule, transform, source } = holder as Readonly<Record<string, unknown>>;
      return JSON.stringify([kind, rule, transform, (source as { kind?: unknown } | undefined)?.kind]);
    })
    .join();
}

function uniqueBy<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  return [...new Map([...values].reverse().map((value) => [keyOf(value), value])).values()].reverse();
}
