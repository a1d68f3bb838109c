import { bucketNameRefusal, composedNames, namePrefix, type NamingContext, physicalName } from "../../stacks/naming";

const context: NamingContext = { platformName: "basin", environmentName: "dev", accountId: "111122223333" };

/** Every part as long as its schema allows. */
const longest: NamingContext = {
  platformName: "a1234567890123456789",
  environmentName: "a1234567",
  accountId: "111122223333",
};

test("a bucket's name carries the account id, because it is unique in all of AWS", () => {
  expect(physicalName(context, "bucket", "lake-raw")).toBe("basin-dev-lake-raw-111122223333");
});

test("a key's alias has the prefix that KMS demands", () => {
  expect(physicalName(context, "keyAlias", "data")).toBe("alias/basin-dev-data");
});

test("other names are platform, environment and suffix", () => {
  expect(physicalName(context, "role", "catalog-encryption")).toBe("basin-dev-catalog-encryption");
  expect(physicalName(context, "securityGroup", "workloads")).toBe("basin-dev-workloads");
  expect(physicalName(context, "topic", "alerts")).toBe("basin-dev-alerts");
});

test("all names of an environment share a prefix, which ends before the suffix", () => {
  expect(namePrefix(context)).toBe("basin-dev-");
  for (const { kind, name } of composedNames(context)) {
    expect(name.startsWith(kind === "keyAlias" ? "alias/basin-dev-" : "basin-dev-")).toBe(true);
  }
});

test("of buckets, only those of zones begin with the prefix of the lake", () => {
  const names = composedNames(context).filter(
    ({ kind, name }) => kind === "bucket" && name.startsWith("basin-dev-lake-"),
  );

  expect(names.map(({ name }) => name)).toEqual(
    ["curated", "landing", "published", "raw"].map((zone) => `basin-dev-lake-${zone}-111122223333`),
  );
});

describe("composedNames", () => {
  test("lists a name once", () => {
    const names = composedNames(context).map(({ kind, name }) => `${kind} ${name}`);

    expect(names).toContain("bucket basin-dev-state-111122223333");
    expect(names).toContain("keyAlias alias/basin-dev-state");
    expect(names).toEqual([...new Set(names)]);
  });

  test("knows the most characters AWS allows", () => {
    expect(Object.fromEntries(composedNames(context).map(({ kind, maximum }) => [kind, maximum]))).toEqual({
      bucket: 63,
      dynamodbTable: 255,
      function: 64,
      keyAlias: 256,
      policy: 128,
      role: 64,
      securityGroup: 255,
      topic: 256,
    });
  });

  test.each(composedNames(longest))("$kind $name is short enough with the longest parts", ({ name, maximum }) => {
    expect(name.length).toBeLessThanOrEqual(maximum);
  });

  test.each(composedNames(longest))("$kind $name consists of what every service allows", ({ name }) => {
    expect(name.replace(/^alias\//, "")).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/);
  });
});

const RESERVED_PREFIXES = ["xn--", "sthree-", "sthree-configurator", "amzn-s3-demo-"];
const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"];

describe("bucketNameRefusal", () => {
  test.each(["abc", "1-2", "a--b", "n".repeat(63), "xn-basin", "sthree", "amzn-s3-demo", "basin-s3", "basin-can"])(
    "%s is accepted",
    (name) => {
      expect(bucketNameRefusal(name)).toBeUndefined();
    },
  );

  test.each([
    ["", 0],
    ["ab", 2],
    ["n".repeat(64), 64],
  ])('"%s" has a length that S3 refuses', (name, length) => {
    expect(bucketNameRefusal(name)).toBe(`3 to 63 characters, "${name}" has ${length}`);
  });

  test.each(["DP-dev", "dp_dev", "dp.dev", "192.168.5.4", "-dev", "dev-", "dp dev", "dév", "dev\n", "basin.mrap"])(
    "%p has characters or ends that are refused",
    (name) => {
      expect(bucketNameRefusal(name)).toBe(
        `only lower-case letters, digits and hyphens, a letter or digit at both ends, which "${name}" does not keep to`,
      );
    },
  );

  test.each(["xn--", "sthree-", "amzn-s3-demo-"])("the prefix %s is AWS's own", (prefix) => {
    expect(bucketNameRefusal(`${prefix}basin`)).toBe(
      `no prefix or suffix that AWS keeps for itself, such as "${prefix}" in "${prefix}basin"`,
    );
    expect(bucketNameRefusal(`basin-${prefix}basin`)).toBeUndefined();
  });

  test.each(["-s3alias", "--ol-s3", "--x-s3", "--table-s3", "-an"])("the suffix %s is AWS's own", (suffix) => {
    expect(bucketNameRefusal(`basin${suffix}`)).toBe(
      `no prefix or suffix that AWS keeps for itself, such as "${suffix}" in "basin${suffix}"`,
    );
    expect(bucketNameRefusal(`basin${suffix}-1`)).toBeUndefined();
  });
});

describe("on random names, bucketNameRefusal", () => {
  const next = randomNumbers(20261122);
  const pick = <T>(values: readonly T[]): T => values[next() % values.length] as T;
  const text = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet.charAt(next() % alphabet.length)).join("");
  const isRefused = (name: string) => bucketNameRefusal(name) !== undefined;

  test("refuses what is composed of valid parts only where S3 keeps the platform's name for itself", () => {
    const words = ["basin", "sthree", "sthrees", "xn", "amzn-s3-demo", "demo", "an", "s3alias", "table-s3", "x-s3"];
    const parts = Array.from({ length: 2000 }, (): NamingContext => ({
      platformName: `${pick(words)}-${pick(words)}`.slice(0, 20).replace(/-$/, ""),
      environmentName: `${pick(["a", "z", "an"])}${text("abz019", 1 + (next() % 6))}`,
      accountId: text("0123456789", 12),
    }));
    const isReserved = ({ platformName }: NamingContext) => /^(sthree|amzn-s3-demo)-/.test(`${platformName}-`);

    const wrong = parts.flatMap((context) =>
      bucketsOf(context).filter((name) => isRefused(name) !== isReserved(context)),
    );
    expect(wrong).toEqual([]);
    expect(parts.filter(isReserved).length).toBeGreaterThan(200);
  });

  test("agrees with the rules of S3", () => {
    const names = Array.from({ length: 5000 }, () =>
      [
        pick([...RESERVED_PREFIXES.map(() => ""), ...RESERVED_PREFIXES]),
        text(pick(["ab0", "ab0-", "ab0-.A_"]), pick([0, 1, 2, 3, 8, 55, 59, 62, 63, 64])),
        pick([...RESERVED_SUFFIXES.map(() => ""), ...RESERVED_SUFFIXES]),
      ].join(""),
    );

    expect(names.filter((name) => isRefused(name) === keepsToTheRules(name))).toEqual([]);
    expect(names.filter(keepsToTheRules).length).toBeGreaterThan(200);
  });
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and no dots. */
function keepsToTheRules(name: string): boolean {
  return (
    name.length >= 3 &&
    name.length <= 63 &&
    Array.from(name).every((character) => "abcdefghijklmnopqrstuvwxyz0123456789-".includes(character)) &&
    !name.startsWith("-") &&
    !name.endsWith("-") &&
    !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
    !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix))
  );
}

function bucketsOf(parts: NamingContext): string[] {
  return composedNames(parts)
    .filter(({ kind }) => kind === "bucket")
    .map(({ name }) => name);
}

/** The same numbers in every run (a linear congruential generator), so that a failure can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // the low bits repeat soon
    return state >>> 8;
  };
}
