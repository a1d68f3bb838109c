import { environments } from "../../environments";
import { platform } from "../../environments/platform";
import { formatProblem } from "../../stacks/configuration";
import { BAD_INPUTS, changed, expectedProblems, fieldsOf, fileOf, problemsOf, sourcesWith } from "./sources";

test("nothing is wrong with the real environments", () => {
  expect(problemsOf(changed({}))).toEqual([]);
});

describe("a bad value", () => {
  test.each(BAD_INPUTS)("$id: $title", (input) => {
    const problems = problemsOf(sourcesWith(input));

    expect(problems).toStrictEqual(expectedProblems(input));
    const place = input.path === "" ? "the whole object" : input.path;
    const found = "value" in input ? `is ${JSON.stringify(input.value)}` : "is missing";
    expect(problems.map(formatProblem)).toEqual(
      [input.limit]
        .flat()
        .map(
          (limit) =>
            `${input.level}: ${fileOf(input.file)}: ${place} ${found}\n  limit:  ${limit}\n  remedy: ${input.remedy}`,
        ),
    );
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

const FIELDS = [
  ...fieldsOf(platform).map(([path, value]) => ({ file: "platform", path, value })),
  ...fieldsOf(environments.prod).map(([path, value]) => ({ file: "prod", path, value })),
];
const OBJECTS = [
  { file: "platform", path: "", value: platform },
  { file: "prod", path: "", value: environments.prod },
  ...FIELDS,
].filter(({ path, value }) => typeof value === "object" && !Array.isArray(value) && path !== "tags");

describe("every field", () => {
  test.each(FIELDS)("$file $path has a bad value", ({ file, path }) => {
    const anyItem = (text: string) => text.replace(/\[\d+\]/g, "[]");
    const paths = BAD_INPUTS.filter((input) => input.file === file).map((input) => anyItem(input.path));

    expect(paths).toContain(anyItem(path));
  });

  test.each(FIELDS)("$file $path is required", ({ file, path }) => {
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

function problemAt(file: string, path: string, value: unknown) {
  return {
    level: "error",
    file: fileOf(file),
    path,
    value,
    limit: expect.stringMatching(/\w/) as string,
    remedy: expect.stringMatching(/\w/) as string,
  };
}
