import { environments } from "../fixtures/environments";
import type { Check } from "../../validation/check";
import { CHECKS } from "../../environments/validation/checks";
import { overlap, parseCidr } from "../../environments/validation/cidr";
import { type Environment, environmentSchema } from "../../environments/schema";
import { BAD_INPUTS, changed, problemsOf, sourcesWith } from "../support/sources";

const checks = CHECKS.map((check, index): [string, Check<Environment>] => [
  `${index + 1} (${check.reads.join(", ")})`,
  check,
]);

describe("check", () => {
  const invalidByChecks = BAD_INPUTS.map((input) => sourcesWith(input).environments[input.file]).filter(
    (environment): environment is Environment => environmentSchema.safeParse(environment).success,
  );

  test.each(checks)("%s finds nothing in the environments of the fixtures", (_name, { findings }) => {
    expect(Object.values(environments).flatMap(findings)).toEqual([]);
  });

  test.each(checks)("%s finds something in a bad input", (_name, { findings }) => {
    expect(invalidByChecks.flatMap(findings)).not.toEqual([]);
  });

  const reads = checks.flatMap(([name, check]) => check.reads.map((path): [string, string] => [name, path]));

  test.each(reads)("%s is left out while %s is broken", (_name, path) => {
    expect(problemsOf(changed({ prod: { [path]: null } }))).toMatchObject([{ path, value: null }]);
  });
});

test.each([
  ["network.dataSubnets[0]", "10.30.0.0"],
  ["network.nat.egressSubnets[2]", 10],
  ["network.nat.publicSubnets", "10.30.240.0/26"],
  ["network.nat.kind", "double"],
  ["network.endpoints[3]", null],
  ["network.egressRules[0]", null],
  ["network.egressRules[0].cidr", "::/0"],
  ["alerts.emails[0]", null],
  ["lake.landing.transitions[1]", null],
  ["lake.landing.objectLock.days", "90"],
  ["lake.logs.transitions[0].storageClass", "COLD"],
  ["tags.Owner", null],
  ["network", null],
  ["lake", 3],
  ["alerts", undefined],
  ["", undefined],
])('a broken "%s" leaves out what reads it or anything around it', (path, value) => {
  expect(problemsOf(changed({ prod: { [path]: value } }))).toMatchObject([{ path, value }]);
});

test.each([
  ["destroyProtection", { "lake.landing.objectLock.mode": "COMPLIANCE" }],
  ["network.cidr", { "network.nat": { kind: "none" } }],
  ["region", { "state.region": "us-gov-west-1" }],
  [
    "state.region",
    { region: "us-gov-west-1", availabilityZones: ["us-gov-west-1a", "us-gov-west-1b", "us-gov-west-1c"] },
  ],
  ["lake.landing.expirationDays", { "lake.landing.objectLock.days": 731 }],
])("while %s is broken, nothing is said of what would be compared with it", (path, values) => {
  const problems = problemsOf(changed({ prod: { ...values, [path]: null } }));

  expect(problems).toMatchObject([{ path, value: null }]);
});

test("a broken field hides neither broken neighbours nor what other checks find", () => {
  const sources = changed({
    prod: {
      region: "us-eats-1",
      "network.cidr": "10.30.0.0/15",
      "network.endpoints[2]": "athena",
      "network.egressRules[0].port": 0,
      "keys.deletionWindowDays": 31,
      "lake.landing.transitions[0].days": 29,
      "tags.aws:env": "prod",
    },
  });

  expect(problemsOf(sources).map(({ path }) => path)).toEqual([
    "region",
    "network.cidr",
    "network.egressRules[0].port",
    "keys.deletionWindowDays",
    "network.endpoints[2]",
    "lake.landing.transitions[0].days",
    "tags.aws:env",
  ]);
});

describe("network", () => {
  const moved = (first: number, second: number) => ({
    "network.cidr": `${first}.${second}.0.0/16`,
    "network.dataSubnets": [0, 16, 32].map((third) => `${first}.${second}.${third}.0/20`),
    "network.nat": { kind: "none" },
    "network.egressRules": [],
  });

  test.each([
    [10, 0],
    [10, 255],
    [172, 16],
    [172, 18],
    [172, 31],
    [192, 168],
    [100, 64],
    [100, 127],
  ])("%d.%d.0.0/16 is a private block like any other", (first, second) => {
    expect(problemsOf(changed({ prod: moved(first, second) }))).toEqual([]);
  });

  test.each(["10.30.0.0/16", "10.30.0.0/28"])("its size may be that of %s", (cidr) => {
    const problems = problemsOf(changed({ prod: { "network.cidr": cidr } }));

    expect(problems.filter(({ path }) => path === "network.cidr")).toEqual([]);
  });

  test("one subnet may fill it, so that the others overlap", () => {
    expect(problemsOf(changed({ prod: { "network.dataSubnets[0]": "10.30.0.0/16" } }))).toHaveLength(8);
    expect(problemsOf(changed({ prod: { "network.dataSubnets[0]": "10.30.0.0/16" } }))[0]).toMatchObject({
      path: "network.dataSubnets[1]",
      limit: "no overlap with another subnet; network.dataSubnets[0] is 10.30.0.0/16",
    });
  });

  test.each([
    ["per-zone", 5, []],
    ["per-zone", 6, ["network.nat.kind"]],
    ["single", 6, []],
  ])("AWS grants addresses for NAT %s in %d zones", (kind, count, paths) => {
    const zones = ["a", "b", "c", "d", "e", "f"].slice(0, count);
    const sources = changed({
      prod: {
        availabilityZones: zones.map((zone) => `eu-west-1${zone}`),
        "network.dataSubnets": zones.map((_zone, index) => `10.30.${index * 8}.0/21`),
        "network.nat": {
          kind,
          publicSubnets: zones.map((_zone, index) => `10.30.${240 + index}.0/24`),
          egressSubnets: zones.map((_zone, index) => `10.30.${64 + index * 8}.0/21`),
        },
      },
    });

    expect(problemsOf(sources).map(({ path }) => path)).toEqual(paths);
  });

  test.each([
    [10, []],
    [11, ["network.dataSubnets[0]", "network.dataSubnets[2]"]],
  ])("a /28 has room for the addresses of 10 endpoints, here %d", (count, paths) => {
    const endpoints = environments.dev.network.endpoints.slice(0, count);
    const dataSubnets = ["10.30.0.0/28", "10.30.16.0/20", "10.30.32.0/28"];
    const sources = changed({ prod: { "network.endpoints": endpoints, "network.dataSubnets": dataSubnets } });

    expect(problemsOf(sources).map(({ path }) => path)).toEqual(paths);
  });

  test("every repetition is reported, the first of equal values is not", () => {
    const zones = ["eu-west-1a", "eu-west-1a", "eu-west-1a"];

    expect(problemsOf(changed({ prod: { availabilityZones: zones } })).map(({ path }) => path)).toEqual([
      "availabilityZones[1]",
      "availabilityZones[2]",
    ]);
  });
});

describe("transitions", () => {
  test("each is compared with the one before it", () => {
    const transitions = [
      { storageClass: "INTELLIGENT_TIERING", days: 0 },
      { storageClass: "GLACIER_IR", days: 1 },
      { storageClass: "GLACIER", days: 90 },
      { storageClass: "DEEP_ARCHIVE", days: 179 },
    ];

    expect(problemsOf(changed({ prod: { "lake.logs.transitions": transitions } }))).toMatchObject([
      {
        path: "lake.logs.transitions[2].days",
        limit: expect.stringMatching(/^at least 91: GLACIER_IR begins at 1 /) as string,
      },
      {
        path: "lake.logs.transitions[3].days",
        limit: expect.stringMatching(/^at least 180: GLACIER begins at 90 /) as string,
      },
    ]);
  });

  test("the latest one decides when objects may expire, wherever it stands", () => {
    const transitions = [
      { storageClass: "GLACIER", days: 800 },
      { storageClass: "DEEP_ARCHIVE", days: 100 },
    ];

    expect(problemsOf(changed({ prod: { "lake.logs.transitions": transitions } }))).toMatchObject([
      { path: "lake.logs.transitions[1].days", limit: expect.stringMatching(/^at least 890: /) as string },
      { path: "lake.logs.expirationDays", limit: "later than the last transition, which is at 800" },
    ]);
  });

  test("none are needed, and files that never move may expire after a day", () => {
    const landing = { transitions: [], expirationDays: 1, objectLock: { kind: "none" } };

    expect(problemsOf(changed({ prod: { "lake.landing": landing } }))).toEqual([]);
  });
});

describe("tags", () => {
  test.each(["k", "k".repeat(128), "Équipe 1_2.3:4/5=6+7-8@9", "awsome", "my:aws:key", "Names"])(
    "the key %s is accepted",
    (key) => {
      expect(problemsOf(changed({ prod: { [`tags.${key}`]: "x" } }))).toEqual([]);
    },
  );

  test("every key that breaks a limit is reported with its value", () => {
    const sources = changed({
      prod: { "tags.name": "a", "tags.cost.centre": "b", "tags.aws:x.y[0]": "e", "tags.TEAM": "c", "tags.team": "d" },
    });

    expect(problemsOf(sources)).toMatchObject([
      { path: "tags.name", value: "a" },
      { path: "tags.aws:x.y[0]", value: "e" },
      { path: "tags.team", value: "d" },
    ]);
  });
});

describe("blocks", () => {
  test.each([
    ["10.0.0.0/16", "10.0.0.0/16", true],
    ["10.0.0.0/16", "10.0.255.240/28", true],
    ["10.0.0.0/16", "10.1.0.0/16", false],
    ["10.0.0.0/24", "10.0.1.0/24", false],
    ["0.0.0.0/0", "255.255.255.255/32", true],
  ])("%s and %s share an address: %p", (one, other, shared) => {
    expect([overlap(one, other), overlap(other, one)]).toEqual([shared, shared]);
  });

  test.each([
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "10.0.0.0/8x",
    "10.0.0/8",
    "10.0.0.0.0/8",
    "0x0a.0.0.0/8",
    "10.0.0.0/08",
    "012.0.0.0/8",
    "",
  ])("%p is none", (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test.each(["0.0.0.0/0", "10.0.0.0/8", "255.255.255.255/32"])("%s is one", (text) => {
    expect(parseCidr(text)?.toString()).toBe(text);
  });
});
