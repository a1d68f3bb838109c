import { domains as realDomains } from "../../domains";
import { environments as realEnvironments } from "../../environments";
import { platform } from "../../environments/platform";
import type { Problem } from "../../validation/problem";
import { ConfigurationError, formatProblem, loadConfiguration } from "../../stacks/configuration";
import { namingContext } from "../../stacks/naming";
import { environments } from "../fixtures/environments";
import { changed, problemsOf } from "../support/sources";

const PUBLIC_NETWORK = {
  "network.cidr": "8.8.0.0/16",
  "network.dataSubnets": ["8.8.0.0/20", "8.8.16.0/20", "8.8.32.0/20"],
  "network.nat": { kind: "none" },
};

test("the real configuration loads without a warning", () => {
  expect(loadConfiguration()).toEqual({
    platform,
    environments: Object.values(realEnvironments),
    domains: Object.values(realDomains),
    warnings: [],
  });
});

test("environments come in the order in which a change travels", () => {
  expect(loadConfiguration(changed({})).environments.map(({ name }) => name)).toEqual(["dev", "staging", "prod"]);
});

test("a configuration may have neither environments nor domains yet", () => {
  expect(loadConfiguration({ platform, environments: {}, domains: {} })).toEqual({
    platform,
    environments: [],
    domains: [],
    warnings: [],
  });
});

test("names are made of the platform's name, the environment's and its account", () => {
  expect(namingContext(platform, environments.staging)).toEqual({
    platformName: "basin",
    environmentName: "staging",
    accountId: "222222222222",
  });
});

describe("problems", () => {
  test("three bad values in three files are three problems of one error", () => {
    const sources = changed({
      platform: { providerMaxRetries: 101 },
      dev: { "keys.deletionWindowDays": 6 },
      prod: { "network.dataSubnets[1]": "10.31.0.0/20" },
    });

    expect(() => loadConfiguration(sources)).toThrow(ConfigurationError);
    expect(() => loadConfiguration(sources)).toThrow(
      [
        "error: environments/platform.ts: providerMaxRetries is 101",
        "  limit:  a whole number from 1 to 100",
        "  remedy: use 25, the provider's own default",
        "",
        "error: environments/dev.ts: keys.deletionWindowDays is 6",
        "  limit:  a whole number of days from 7 to 30",
        "  remedy: use 30 wherever data depends on the key: a deleted key cannot be restored",
        "",
        'error: environments/prod.ts: network.dataSubnets[1] is "10.31.0.0/20"',
        "  limit:  a block inside the VPC's 10.30.0.0/16",
        "  remedy: choose a block from 10.30.0.0 to 10.30.255.255",
      ].join("\n"),
    );
    expect(problemsOf(sources)).toHaveLength(3);
  });

  test("several in one file are all reported", () => {
    const sources = changed({
      dev: { accountId: "1", region: undefined, "network.natt": {}, "tags.Owner": "", "lake.logs.expirationDays": 0 },
    });

    expect(problemsOf(sources).map(({ path }) => path)).toEqual([
      "accountId",
      "region",
      "network.natt",
      "lake.logs.expirationDays",
      "tags.Owner",
    ]);
  });

  test("a missing platform does not hide what is wrong with the environments", () => {
    const sources = changed({ platform: { "": undefined }, prod: { "state.region": "us-gov-west-1" } });

    expect(problemsOf(sources)).toMatchObject([
      { file: "environments/platform.ts", path: "" },
      { file: "environments/prod.ts", path: "state.region" },
    ]);
  });

  test("the error keeps them and says what it is", () => {
    const error = new ConfigurationError([]);

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "ConfigurationError", problems: [], message: "" });
  });
});

describe("a consumer that is a role of the platform", () => {
  const problemsWith = (changes: Parameters<typeof changed>[0]) =>
    problemsOf(changed(changes)).map(({ file, path }) => `${file} ${path}`);
  const role = (environment: string) => ({ "consumers.analysts.roleName": `basin-${environment}-apply` });
  const place = (environment: string) => `environments/${environment}.ts consumers.analysts.roleName`;

  test("is refused in each environment by the names of its own", () => {
    expect(problemsWith({ dev: role("dev"), staging: role("prod"), prod: role("prod") })).toEqual([
      place("dev"),
      place("prod"),
    ]);
  });

  test("is refused whatever else is broken", () => {
    const broken = { accountId: "1", "consumers.customer-care": null, disabledDatasets: null };

    expect(problemsWith({ dev: { ...broken, ...role("dev") } })).toContain(place("dev"));
  });

  test.each([
    ["the platform", { platform: { name: "Basin" }, prod: role("prod") }, "environments/platform.ts name"],
    ["the environment", { prod: { ...role("prod"), name: "Prod" } }, "environments/prod.ts name"],
  ])("is not known by its name while that of %s is broken", (_what, changes, problem) => {
    expect(problemsWith(changes)).toEqual([problem]);
  });
});

describe("warnings", () => {
  const warning: Problem = {
    level: "warning",
    file: "environments/prod.ts",
    path: "network.cidr",
    value: "8.8.0.0/16",
    limit: "a private block (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10)",
    remedy: "public addresses of this block become unreachable from the VPC; choose a private block",
  };

  test("are returned with the configuration, environment included", () => {
    const sources = changed({ prod: { ...PUBLIC_NETWORK, "network.egressRules": [] } });
    const configuration = loadConfiguration(sources);

    expect(configuration.warnings).toStrictEqual([warning]);
    expect(configuration.environments).toEqual(Object.values(sources.environments));
  });

  test("are told beside the errors where there are any", () => {
    const sources = changed({
      dev: { "keys.rotationPeriodDays": 1 },
      prod: { ...PUBLIC_NETWORK, "network.egressRules": [], "tags.Name": "x" },
    });

    expect(problemsOf(sources).map(({ level, file, path }) => `${level} ${file} ${path}`)).toEqual([
      "error environments/dev.ts keys.rotationPeriodDays",
      "warning environments/prod.ts network.cidr",
      "error environments/prod.ts tags.Name",
    ]);
  });

  test("several fields may be warned of", () => {
    const sources = changed({
      dev: { "lake.landing.objectLock": { kind: "retain", mode: "COMPLIANCE", days: 1 } },
      prod: PUBLIC_NETWORK,
    });

    expect(loadConfiguration(sources).warnings.map(({ file, path }) => `${file} ${path}`)).toEqual([
      "environments/dev.ts lake.landing.objectLock.mode",
      "environments/prod.ts network.cidr",
      "environments/prod.ts network.egressRules[0].cidr",
      "environments/prod.ts network.egressRules[1].cidr",
    ]);
  });
});

describe("formatProblem", () => {
  const problem: Problem = {
    level: "error",
    file: "environments/dev.ts",
    path: "keys.rotationPeriodDays",
    value: 30,
    limit: "a whole number of days from 90 to 2560",
    remedy: "use 365, a rotation a year",
  };
  const END = "\n  limit:  a whole number of days from 90 to 2560\n  remedy: use 365, a rotation a year";

  test("says where, what stands there, what would be allowed and what to do", () => {
    expect(formatProblem(problem)).toBe(`error: environments/dev.ts: keys.rotationPeriodDays is 30${END}`);
  });

  test("begins with the level", () => {
    expect(formatProblem({ ...problem, level: "warning" })).toBe(
      `warning: environments/dev.ts: keys.rotationPeriodDays is 30${END}`,
    );
  });

  test("speaks of the whole object where there is no path", () => {
    expect(formatProblem({ ...problem, path: "", value: [] })).toBe(
      `error: environments/dev.ts: the whole object is []${END}`,
    );
  });

  test.each([
    [undefined, "is missing"],
    [null, "is null"],
    ["", 'is ""'],
    ['a "name"\n', 'is "a \\"name\\"\\n"'],
    ["30", 'is "30"'],
    [Number.NaN, "is NaN"],
    [Number.POSITIVE_INFINITY, "is Infinity"],
    [30n, "is 30n"],
    [false, "is false"],
    [Symbol("thirty"), "is Symbol(thirty)"],
    [["a", 1, null], 'is ["a",1,null]'],
    [{ kind: "none", days: 30n }, 'is {"kind":"none","days":"30n"}'],
    [() => 30, "is [Function (anonymous)]"],
  ])("writes the value as it was found: %p", (value, found) => {
    expect(formatProblem({ ...problem, value })).toBe(
      `error: environments/dev.ts: keys.rotationPeriodDays ${found}${END}`,
    );
  });
});
