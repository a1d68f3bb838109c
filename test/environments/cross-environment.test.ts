import { validate } from "../../environments/validation/validate";
import type { Sources } from "../../stacks/configuration";
import { type ComposedName, composedNames, type NamingContext } from "../../stacks/naming";
import { changed, problemsOf } from "../support/sources";

// names that are valid by themselves cannot collide or be too long today: suffixes that come later could make them
jest.mock("../../stacks/naming", () => {
  const actual = jest.requireActual<typeof import("../../stacks/naming")>("../../stacks/naming");
  return { ...actual, composedNames: jest.fn(actual.composedNames) };
});

const actualNames = jest.requireActual<typeof import("../../stacks/naming")>("../../stacks/naming").composedNames;

afterEach(() => {
  jest.mocked(composedNames).mockImplementation(actualNames);
});

const ACCOUNT_LIMIT = (file: string) =>
  `an account of its own; ${file} has the same, and Data Catalog, Lake Formation settings and OIDC provider exist once an account`;

describe("accounts", () => {
  test("an environment has the account of an earlier one", () => {
    expect(problemsOf(changed({ staging: { accountId: "111111111111" } }))).toStrictEqual([
      {
        level: "error",
        file: "environments/staging.ts",
        path: "accountId",
        value: "111111111111",
        limit: ACCOUNT_LIMIT("environments/dev.ts"),
        remedy: "give each environment its own AWS account",
      },
    ]);
  });

  test("where all have the same account, each later one is told of the first", () => {
    const sources = changed({ staging: { accountId: "111111111111" }, prod: { accountId: "111111111111" } });

    expect(problemsOf(sources)).toMatchObject([
      { file: "environments/staging.ts", path: "accountId", limit: ACCOUNT_LIMIT("environments/dev.ts") },
      { file: "environments/prod.ts", path: "accountId", limit: ACCOUNT_LIMIT("environments/dev.ts") },
    ]);
  });
});

describe("networks", () => {
  const REMEDY = "choose a block that no environment uses, so that the networks can be connected one day";
  const moveTo = (cidr: string, start: string) => ({
    "network.cidr": cidr,
    "network.dataSubnets": [0, 16, 32].map((third) => `${start}.${third}.0/20`),
    "network.nat": { kind: "none" },
    "network.egressRules": [],
  });

  test.each([
    ["the same as", "10.20.0.0/16"],
    ["a part of", "10.20.0.0/17"],
  ])("one is %s that of another environment", (_how, cidr) => {
    expect(problemsOf(changed({ prod: moveTo(cidr, "10.20") }))).toStrictEqual([
      {
        level: "error",
        file: "environments/prod.ts",
        path: "network.cidr",
        value: cidr,
        limit: "no overlap with the network of another environment, here environments/staging.ts",
        remedy: REMEDY,
      },
    ]);
  });

  test("one contains that of another environment", () => {
    const sources = changed({ dev: moveTo("10.20.0.0/18", "10.20"), staging: moveTo("10.20.0.0/16", "10.20") });

    expect(problemsOf(sources)).toMatchObject([
      { file: "environments/staging.ts", path: "network.cidr", value: "10.20.0.0/16", remedy: REMEDY },
    ]);
  });

  test("neighbours do not overlap", () => {
    const sources = changed({ dev: moveTo("10.20.0.0/17", "10.20"), staging: moveTo("10.21.0.0/16", "10.21") });

    expect(problemsOf(sources)).toEqual([]);
  });
});

test("an environment has the name of another, and so not that of its file", () => {
  expect(problemsOf(changed({ prod: { name: "dev" } }))).toStrictEqual([
    {
      level: "error",
      file: "environments/prod.ts",
      path: "name",
      value: "dev",
      limit: 'the key in environments/index.ts and the file\'s own name, "prod"',
      remedy: "name the file, the key and the environment alike",
    },
    {
      level: "error",
      file: "environments/prod.ts",
      path: "name",
      value: "dev",
      limit: "a name of its own; environments/dev.ts has the same",
      remedy: "rename one of the two, unless it is deployed: names are part of every address",
    },
  ]);
});

test("a copied environment is told of everything that must not be alike", () => {
  const { environments, ...sources } = changed({});

  expect(problemsOf({ ...sources, environments: { ...environments, copy: environments.prod } })).toMatchObject([
    { file: "environments/copy.ts", path: "name", value: "prod", limit: expect.stringContaining('"copy"') as string },
    { file: "environments/copy.ts", path: "accountId", limit: ACCOUNT_LIMIT("environments/prod.ts") },
    { file: "environments/copy.ts", path: "network.cidr" },
    { file: "environments/copy.ts", path: "name", limit: "a name of its own; environments/prod.ts has the same" },
  ]);
});

test.each([
  [{ accountId: "1111" }, { accountId: "1111" }, 2],
  [{ "network.cidr": "10.20.0.0" }, { "network.cidr": "10.20.0.0" }, 2],
  [{ network: null }, { "network.cidr": "10.10.0.0/8" }, 2],
  [{ name: "Dev" }, { name: "Dev" }, 2],
  [{ "": null }, { "": null }, 2],
])("broken fields are not compared: %j", (dev, prod, count) => {
  expect(problemsOf(changed({ dev, prod }))).toHaveLength(count);
});

test("only the environments without an error are handed on", () => {
  const { environments, platform, problems } = validate(changed({ dev: { region: "x" }, prod: { "tags.aws:x": "y" } }));

  expect(environments.map(({ name }) => name)).toEqual(["staging"]);
  expect(platform).toEqual(changed({}).platform);
  expect(problems.map(({ file, path }) => `${file} ${path}`)).toEqual([
    "environments/dev.ts region",
    "environments/prod.ts tags.aws:x",
  ]);
});

describe("composed names", () => {
  const REMEDY = "choose a platform name, or an environment name, with which the composed names are allowed";
  const platformProblem = (limit: string) => ({
    level: "error",
    file: "environments/platform.ts",
    path: "name",
    value: "basin",
    limit,
    remedy: REMEDY,
  });

  /** Lets every environment use some more names. */
  function compose(more: (context: NamingContext) => ComposedName[]): Sources {
    jest.mocked(composedNames).mockImplementation((context) => [...actualNames(context), ...more(context)]);
    return changed({});
  }

  test("the longest valid parts make names that are short enough", () => {
    const { environments, ...sources } = changed({
      platform: { name: "a1234567890123456789" },
      prod: { name: "a1234567" },
    });
    const { prod, ...others } = environments;

    expect(problemsOf({ ...sources, environments: { ...others, a1234567: prod } })).toEqual([]);
  });

  test("one that is too long is reported with its length", () => {
    const long = "n".repeat(65);
    const sources = compose(({ environmentName }) =>
      environmentName === "dev" ? [{ kind: "role", name: long, maximum: 64 }] : [],
    );

    expect(problemsOf(sources)).toStrictEqual([
      platformProblem(
        `as part of the names of environments/dev.ts: at most 64 characters for a role, "${long}" has 65`,
      ),
    ]);
  });

  test("one as long as is allowed is none of them", () => {
    const sources = compose(({ environmentName }) => [
      { kind: "role", name: environmentName.padEnd(64, "n"), maximum: 64 },
      { kind: "bucket", name: environmentName.padEnd(63, "n"), maximum: 63 },
    ]);

    expect(problemsOf(sources)).toEqual([]);
  });

  test("of several refused names of a kind the longest is reported", () => {
    const sources = compose(({ environmentName }) =>
      environmentName === "prod"
        ? [64, 66, 65].map((length) => ({ kind: "bucket", name: "n".repeat(length), maximum: 63 }))
        : [],
    );

    expect(problemsOf(sources)).toStrictEqual([
      platformProblem(`as part of the names of environments/prod.ts: 3 to 63 characters, "${"n".repeat(66)}" has 66`),
    ]);
  });

  test("buckets collide across accounts", () => {
    const sources = compose(({ environmentName }) =>
      environmentName === "staging" ? [] : [{ kind: "bucket", name: "basin-shared", maximum: 63 }],
    );

    expect(problemsOf(sources)).toStrictEqual([
      platformProblem(
        'as part of the names of environments/prod.ts: a name of its own; environments/dev.ts has the same bucket "basin-shared"',
      ),
    ]);
  });

  test("other names collide within an account only", () => {
    const topic: ComposedName = { kind: "topic", name: "basin-shared", maximum: 256 };

    expect(problemsOf(compose(() => [topic]))).toEqual([]);
    expect(
      problemsOf(compose(({ environmentName }) => (environmentName === "dev" ? [topic, topic] : []))),
    ).toStrictEqual([
      platformProblem(
        'as part of the names of environments/dev.ts: a name of its own; environments/dev.ts has the same topic "basin-shared"',
      ),
    ]);
  });

  test("nothing is composed of a platform that is broken", () => {
    expect(problemsOf(changed({ platform: { name: "sthree", providerMaxRetries: 0 } }))).toMatchObject([
      { file: "environments/platform.ts", path: "providerMaxRetries" },
    ]);
  });

  test("a reserved name is reported for every environment without an error", () => {
    const problems = problemsOf(changed({ platform: { name: "sthree" }, dev: { region: "x" } }));

    expect(problems.map(({ file, path, limit }) => [file, path, limit])).toEqual([
      ["environments/dev.ts", "region", "a region that AWS and the Terraform provider know"],
      [
        "environments/platform.ts",
        "name",
        'as part of the names of environments/staging.ts: no prefix or suffix that AWS keeps for itself, such as "sthree-" in "sthree-staging-lake-published-222222222222"',
      ],
      [
        "environments/platform.ts",
        "name",
        'as part of the names of environments/prod.ts: no prefix or suffix that AWS keeps for itself, such as "sthree-" in "sthree-prod-lake-published-333333333333"',
      ],
    ]);
  });
});
