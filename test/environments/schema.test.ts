import { environments } from "../fixtures/environments";
import { platform } from "../../environments/platform";
import { formatProblem } from "../../stacks/configuration";
import {
  BAD_INPUTS,
  changed,
  expectedProblems,
  expectedTexts,
  fieldsOf,
  problemAt,
  problemsOf,
  sourcesWith,
} from "../support/sources";

test("nothing is wrong with the environments of the fixtures", () => {
  expect(problemsOf(changed({}))).toEqual([]);
});

describe("a bad value", () => {
  test.each(BAD_INPUTS)("$id: $title", (input) => {
    const problems = problemsOf(sourcesWith(input));

    expect(problems).toStrictEqual(expectedProblems(input));
    expect(problems.map(formatProblem)).toEqual(expectedTexts(input));
  });

  test("has an id of its own", () => {
    const ids = BAD_INPUTS.map(({ id }) => id);

    expect(ids.filter((id, index) => ids.indexOf(id) < index)).toEqual([]);
  });
});

describe("a good neighbour of a bad value is accepted", () => {
  const neighbours = BAD_INPUTS.flatMap((input) => (input.good ?? []).map((value) => ({ ...input, value })));

  test.each(neighbours)("$id: $value", (input) => {
    expect(problemsOf(sourcesWith(input))).toEqual([]);
  });
});

/** Objects whose keys people choose: none of them is required, none is too many. */
const NAMED = ["tags", "connections", "producers", "consumers", "disabledDatasets"];

const FIELDS = [
  ...fieldsOf(platform).map(([path, value]) => ({ file: "platform", path, value })),
  ...fieldsOf(environments.prod).map(([path, value]) => ({ file: "prod", path, value })),
];
const OBJECTS = [
  { file: "platform", path: "", value: platform },
  { file: "prod", path: "", value: environments.prod },
  ...FIELDS,
].filter(({ path, value }) => typeof value === "object" && !Array.isArray(value) && !NAMED.includes(path));

describe("every field", () => {
  test.each(FIELDS)("$file $path has a bad value", ({ file, path }) => {
    const anyItem = (text: string) => text.replace(/\[\d+\]/g, "[]");
    const paths = BAD_INPUTS.filter((input) => input.file === file).map((input) => anyItem(input.path));

    expect(paths).toContain(anyItem(path));
  });

  const required = FIELDS.filter(({ path }) => !/^(connections|producers|consumers)\.[^.]+$/.test(path));

  test.each(required)("$file $path is required", ({ file, path }) => {
    expect(problemsOf(changed({ [file]: { [path]: undefined } }))).toStrictEqual([problemAt(file, path, undefined)]);
  });

  test.each(FIELDS)("$file $path cannot be what is not even a number", ({ file, path }) => {
    expect(problemsOf(changed({ [file]: { [path]: Number.NaN } }))).toStrictEqual([problemAt(file, path, Number.NaN)]);
  });
});

test.each(OBJECTS)('$file "$path" has no fields but its own', ({ file, path }) => {
  const unknown = path === "" ? "surplus" : `${path}.surplus`;

  expect(problemsOf(changed({ [file]: { [unknown]: 1 } }))).toStrictEqual([
    {
      ...problemAt(file, unknown, 1),
      limit: "a field that exists",
      remedy: "correct the spelling or remove the field",
    },
  ]);
});

test.each(["ab", "a1234567"])("an environment and its file can be called %s", (name) => {
  const { environments: all, ...sources } = changed({ prod: { name } });
  const { prod, ...others } = all as Record<string, unknown>;

  expect(problemsOf({ ...sources, environments: { ...others, [name]: prod } })).toEqual([]);
});
