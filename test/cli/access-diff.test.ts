import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessDiff, classOf } from "../../cli/access/diff";
import { renderDiff } from "../../cli/access/render-diff";
import { readMatrix } from "../../cli/access/sources";
import { byFilter, byName, byTags, GROUP, matrixOf, namesOf } from "../support/access";
import { arnOf } from "../support/lake-formation";

const internal = byTags("analysts", "published", ["internal"]);
const confidential = byTags("analysts", "published", ["internal", "confidential"]);

test("nothing has changed where nothing has, whatever the reason", () => {
  const diff = accessDiff(matrixOf([internal]), matrixOf([byName("boss", ["DESCRIBE"]), internal]));

  expect(classOf(diff)).toBe("none");
  expect(renderDiff(diff, matrixOf([internal]), "main")).toBe("Who may read what in dev is what it is in main.");
});

test("columns that somebody reads now are gained, and the other way round lost", () => {
  const [less, more] = [matrixOf([internal]), matrixOf([confidential])];
  const total = { principal: { id: "analysts", name: "analysts", consumers: ["analysts"] }, table: "sales.orders" };

  expect(accessDiff(less, more)).toMatchObject({ gained: [{ ...total, columns: ["total"], after: "all" }], lost: [] });
  expect(accessDiff(more, less)).toMatchObject({ gained: [], lost: [{ ...total, columns: ["total"], before: "all" }] });
  expect([classOf(accessDiff(less, more)), classOf(accessDiff(more, less))]).toEqual(["gained", "lost"]);
});

test("a consumer that has become somebody else is lost to one and gained by the other", () => {
  const consumers = { analysts: { kind: "iam-role", roleName: "everybody" } } as const;
  const before = matrixOf([internal]);
  const after = matrixOf([byTags("everybody", "published", ["internal"])], {
    names: namesOf("dev", undefined, consumers),
  });
  const diff = accessDiff(before, after);

  expect(diff.gained.map(({ principal }) => principal.name)).toEqual([`analysts (${arnOf("everybody")})`]);
  expect(diff.lost.map(({ principal }) => principal.name)).toEqual([`analysts (${arnOf("analysts")})`]);
  expect(classOf(diff)).toBe("gained");
});

test("between environments a consumer is who has its name", () => {
  const other = { ...matrixOf([internal]), environment: "prod" };

  expect(classOf(accessDiff(other, matrixOf([internal])))).toBe("none");
});

describe("rows", () => {
  const german = matrixOf(byFilter(GROUP, "country_code = 'DE'"));
  const french = matrixOf(byFilter(GROUP, "country_code = 'FR'"));
  const all = matrixOf(byFilter(GROUP, "true"));

  test.each([
    ["fewer", all, german, "lost"],
    ["more", german, all, "gained"],
    // nobody here knows which rows a predicate shows
    ["other", german, french, "gained"],
  ] as const)("%s rows of the same columns are told as such", (direction, before, after, of) => {
    const diff = accessDiff(before, after);

    expect(diff).toMatchObject({
      gained: [],
      lost: [],
      rows: [{ columns: ["order_id", "country_code", "total"], direction }],
    });
    expect(classOf(diff)).toBe(of);
  });

  test("are read as what they were and what they are", () => {
    const text = renderDiff(accessDiff(all, german), german, "main");

    expect(text).toContain("OTHER ROWS\n  - customer-care reads sales.orders: order_id, country_code, total\n");
    expect(text).toContain("      rows: all -> country_code = 'DE'\n      by the data filter some\n");
  });
});

test("readers without a grant are gained and lost by table, and so is certainty", () => {
  const before = matrixOf([]);
  const after = matrixOf([byName("etl", ["INSERT"])], { settings: { admins: ["chief"] } });
  const diff = accessDiff(before, after);

  expect(diff.withoutGrant).toMatchObject({
    gained: [
      { id: "role chief", kind: "administrator", tables: ["sales.orders", "sales.orders (curated)"] },
      { id: "role etl", kind: "writer", tables: ["sales.orders"], isCertain: false },
    ],
    lost: [{ id: "role boss", kind: "administrator" }],
  });
  expect(classOf(diff)).toBe("gained");
  expect(renderDiff(diff, after, "main")).toBe(`Who may read what in dev, against main:

GAINED WITHOUT A GRANT
  + chief, administrator: is an administrator of Lake Formation, and can grant itself everything
      of sales.orders, sales.orders (curated)
  + etl, writer, not certain: holds INSERT or DELETE, which AWS says read underlying data
      of sales.orders

LOST WITHOUT A GRANT
  - boss, administrator: is an administrator of Lake Formation, and can grant itself everything
      of sales.orders, sales.orders (curated)

0 columns gained (principals: 0), 0 columns lost (principals: 0), 0 columns with other rows (principals: 0); readers without a grant: 2 gained, 1 lost.`);
});

test("environments are compared by what is the same in both", () => {
  const tables = {
    "basin_prod_sales_published.orders": {
      location: "s3://prod-lake/orders",
      tags: { zone: "published", sensitivity: "internal" },
      columns: {
        order_id: {},
        country_code: {},
        total: { sensitivity: "confidential" },
        delivery_note: { sensitivity: "pii" },
      },
    },
  };
  const names = namesOf("prod", "111122223333", { analysts: { kind: "iam-role", roleName: "prod_analysts" } });
  const databases = { basin_prod_sales_published: {} };
  const prod = matrixOf([byTags("prod_analysts", "published", ["internal"])], { tables, databases, names });

  expect(prod.principals[0]).toMatchObject({ id: "analysts", arn: arnOf("prod_analysts") });
  // the makers of tables have the same names here, and one table more
  expect(
    accessDiff(prod, matrixOf([confidential])).gained.filter(({ principal }) => principal.id === "analysts"),
  ).toEqual([expect.objectContaining({ table: "sales.orders", columns: ["total"] })]);
});

describe("a file to compare with", () => {
  const folder = mkdtempSync(join(tmpdir(), "basin-test-"));
  const file = join(folder, "access.json");

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("is what --json has written", () => {
    writeFileSync(file, JSON.stringify(matrixOf([internal])));

    expect(classOf(accessDiff(readMatrix(file), matrixOf([internal])))).toBe("none");
  });

  test.each([
    ["no JSON", "{", "cannot be read as JSON"],
    ["JSON of something else", "[1]", "is not what --json prints"],
    [
      "one of a later version",
      '{"accessVersion": 2}',
      "has version 2 of the form, here it is 1: they cannot be compared",
    ],
    [
      "one of a principal alone",
      JSON.stringify({ ...matrixOf([]), only: "analysts" }),
      "is of analysts alone, and cannot be compared with all",
    ],
  ])("that is %s is one error", (_what, text, message) => {
    writeFileSync(file, text);

    expect(() => readMatrix(file)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) as string, exitCode: 2 }) as Error,
    );
  });
});
