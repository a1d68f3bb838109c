import { tablesOf } from "../../policies/lake-formation/catalog";
import { seesDatabase } from "../../policies/lake-formation/databases";
import { type Access, effectiveAccess } from "../../policies/lake-formation/effective-access";
import { refusedGrants } from "../../policies/lake-formation/held";
import { rowsText } from "../../policies/lake-formation/rows";
import { Graph } from "../../policies/graph";
import type { Resources } from "../support/cases";
import { ACCOUNT, arnOf, graphOf, type Lake } from "../support/lake-formation";
import { ALL, EDGES, filtered, GERMAN, IAM_GROUP, lake, OTHER_ACCOUNT, select, TABLE, tagged } from "./cases/access";

function accessOf(found: Lake, principal = "analyst", table = "orders", changes: Resources = {}): Access | undefined {
  return effectiveAccess(graphOf(found, "contract", changes)).find(
    (access) => access.principal === arnOf(principal) && access.table === table,
  );
}

/** The rows of each column that can be read. */
function cellsOf(access: Access | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((access?.columns ?? []).map(({ name, rows }) => [name, rowsText(rows)]));
}

test.each(EDGES)("$what", ({ steps, reads, principal, changes }) => {
  expect(cellsOf(accessOf(lake(steps, changes), principal))).toEqual(reads);
});

test("a table that an inner registration makes hybrid is that, whatever the outer one is", () => {
  const locations = { "arn:aws:s3:::lake": "registered", "arn:aws:s3:::lake/sales": "hybrid" } as const;
  const steps = [select({ table: TABLE })];

  expect(cellsOf(accessOf(lake(steps, { locations })))).toEqual({});
  expect(cellsOf(accessOf(lake(steps)))).toEqual(ALL);
});

test("a location that begins alike is another one", () => {
  const locations = { "arn:aws:s3:::lake/sal": "registered" } as const;

  expect(cellsOf(accessOf(lake([select({ table: TABLE })], { locations })))).toEqual({});
});

test("two values that are assigned for one key count both", () => {
  const second = {
    aws_lakeformation_resource_lf_tag: { twice: { table: [TABLE], lf_tag: [{ key: "sensitivity", value: "public" }] } },
  };

  const access = (values: readonly string[]) =>
    accessOf(lake([select(tagged({ sensitivity: values }))]), "analyst", "orders", second);
  expect(cellsOf(access(["pii"]))).toEqual({ email: "all" });
  expect(cellsOf(access(["public"]))).toEqual({ id: "all", email: "all" });
});

test("a tag on all tables of a database is one of each, and overrides the database's", () => {
  const wildcard = {
    aws_lakeformation_resource_lf_tags: {
      all: { table: { database_name: "sales", wildcard: true }, lf_tag: [{ key: "zone", value: "raw" }] },
    },
  };

  expect(cellsOf(accessOf(lake([select(tagged({ zone: ["raw"] }))]), "analyst", "orders", wildcard))).toEqual(ALL);
  expect(accessOf(lake([select(tagged({ zone: ["curated"] }))]), "analyst", "orders", wildcard)).toBeUndefined();
});

test("partition keys come with every column, also where a tag closes them", () => {
  const tables: Lake["tables"] = {
    "sales.orders": {
      tags: { sensitivity: "pii" },
      columns: { id: { sensitivity: "public" }, email: {}, dt: {} },
      partitionKeys: ["dt"],
    },
  };

  expect(cellsOf(accessOf(lake([select(tagged({ sensitivity: ["public"] }))], { tables })))).toEqual({
    id: "all",
    dt: "all",
  });
});

test("a table that is only spoken of has columns of which nothing is known", () => {
  const elsewhere = { database_name: "hr", name: "people" };
  const steps = [
    select({ table: elsewhere }),
    select({ table_with_columns: { ...elsewhere, column_names: ["id"] } }, "clerk"),
    select({ table_with_columns: { ...elsewhere, wildcard: true, excluded_column_names: ["ssn"] } }, "auditor"),
  ];
  const reads = (principal: string) => cellsOf(accessOf(lake(steps), principal, "people"));

  expect(reads("analyst")).toEqual({ id: "all", ssn: "all", "*": "all" });
  expect(reads("clerk")).toEqual({ id: "all" });
  expect(reads("auditor")).toEqual({ id: "all", "*": "all" });
});

test("a table of another catalog that is spoken of is none of ours", () => {
  const elsewhere = { database_name: "hr", name: "people" };
  const names = (table: object) => tablesOf(graphOf(lake([select({ table })]))).map(({ name }) => name);

  expect(names(elsewhere)).toEqual(["orders", "people"]);
  expect(names({ ...elsewhere, catalog_id: OTHER_ACCOUNT })).toEqual(["orders"]);
});

describe("tables whose databases", () => {
  const open = (settings: Lake["settings"], changes: Resources = {}, tableDefaults?: readonly object[]) =>
    accessOf(
      lake([], {
        settings,
        databases: { sales: tableDefaults === undefined ? {} : { tableDefaults: tableDefaults as never } },
      }),
      IAM_GROUP,
      "orders",
      changes,
    ) !== undefined;
  const DEFAULT = [{ permissions: ["ALL"], principal: IAM_GROUP }];

  test("may be made before the settings are left to IAM, as in a new account", () => {
    const { stacks } = graphOf(lake([]));
    const unordered = stacks.map((stack) => ({
      ...stack,
      dependencies: stack.dependencies.filter((name) => name !== "settings"),
    }));
    const readers = (all: typeof stacks) => effectiveAccess(new Graph(all, ACCOUNT)).map(({ principal }) => principal);

    expect(readers(stacks)).not.toContain(IAM_GROUP);
    expect(readers(unordered)).toContain(IAM_GROUP);
  });

  test("are made by settings that leave them to IAM are", () => {
    expect(open({ tableDefaults: DEFAULT })).toBe(true);
    expect(open({ tableDefaults: [{ permissions: [], principal: IAM_GROUP }] })).toBe(false);
  });

  test("say otherwise are as these say; an empty list says nothing", () => {
    const other = [{ permissions: ["SELECT"], principal: [{ data_lake_principal_identifier: arnOf("analyst") }] }];

    expect(open({ tableDefaults: DEFAULT }, {}, other)).toBe(false);
    expect(open({ tableDefaults: DEFAULT }, {}, [])).toBe(true);
    expect(open({}, {}, [{ permissions: ["ALL"], principal: [{ data_lake_principal_identifier: IAM_GROUP }] }])).toBe(
      true,
    );
  });
});

test("access comes with the grants that give it", () => {
  const access = accessOf(lake([select(tagged({ sensitivity: ["public"] })), select({ table: TABLE })]));

  expect(access?.columns[0]).toEqual({
    name: "id",
    rows: "all",
    reasons: [
      {
        kind: "tags",
        principal: arnOf("analyst"),
        grant: "aws_lakeformation_permissions.s0",
        text: "sensitivity=public",
      },
      {
        kind: "name",
        principal: arnOf("analyst"),
        grant: "aws_lakeformation_permissions.s1",
        text: "the table by name",
      },
    ],
  });
});

test("what is left to IAM is so whatever is granted", () => {
  const access = accessOf(
    lake([select({ table: TABLE }), { principal: IAM_GROUP, permissions: ["ALL"], table: TABLE }]),
  );

  expect(access?.columns.flatMap(({ reasons }) => reasons.map(({ kind }) => kind))).toEqual(["iam", "iam", "iam"]);
});

test("ALL on some columns is SELECT on them", () => {
  const access = accessOf(
    lake([{ principal: "analyst", permissions: ["ALL"], table_with_columns: { ...TABLE, column_names: ["id"] } }]),
  );

  expect(access?.permissions).toEqual(["DESCRIBE", "SELECT"]);
  expect(access?.schema).toEqual(["id"]);
});

test("DESCRIBE on a filter shows no table", () => {
  expect(accessOf(lake([GERMAN, { ...select(filtered("german")), permissions: ["DESCRIBE"] }]))).toBeUndefined();
});

test("a table whose contract nobody can read has columns of which nothing is known", () => {
  const made = {
    aws_lambda_invocation: {
      m: { function_name: "f", input: JSON.stringify({ tables: [{ database: "hr", table: "people" }] }) },
    },
  };
  const steps = [select({ table: { database_name: "hr", wildcard: true } })];

  expect(cellsOf(accessOf(lake(steps), "analyst", "people", made))).toEqual({ "*": "all" });
});

test("a database is shown to who has made it, and to who is granted all tables it will have", () => {
  const steps = [select({ table: { database_name: "empty", wildcard: true } }, "waiting")];
  const graph = graphOf(lake(steps, { databases: { empty: { createdBy: "owner" } } }));

  expect(["owner", "waiting", "analyst"].filter((name) => seesDatabase(arnOf(name), "empty", graph))).toEqual([
    "owner",
    "waiting",
  ]);
});

test("a database is hidden from who may not look, and from who was granted by who may not", () => {
  const sees = (found: Lake) => seesDatabase(arnOf("analyst"), "sales", graphOf(found));
  const granted = select({ table: TABLE });
  const all = select({ table: { database_name: "sales", wildcard: true } });

  expect(sees(lake([granted]))).toBe(true);
  expect(sees(lake([all]))).toBe(true);
  expect(sees(lake([all], { principals: { analyst: { iam: ["data"] } } }))).toBe(false);
  expect(sees(lake([{ type: "permissions", by: "stranger", values: granted }]))).toBe(false);
});

test("a table is shown to who may look up all that holds it, and it", () => {
  const shown = (...paths: string[]) => {
    const Resource = paths.map((path) => `arn:aws:glue:eu-west-1:${ACCOUNT.accountId}:${path}`);
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "glue:GetTable", Resource }] });
    const resources = { aws_iam_role_policy: { lookup: { role: "analyst", policy } } };
    const nothing = { principals: { analyst: { iam: [] } } };
    return accessOf(lake([select({ table: TABLE })], nothing), "analyst", "orders", resources) !== undefined;
  };

  expect(shown("catalog", "database/sales", "table/sales/*")).toBe(true);
  expect(shown("catalog", "database/sales")).toBe(false);
  expect(shown("database/sales", "table/sales/*")).toBe(false);
  expect(shown("catalog", "database/sales", "table/hr/*")).toBe(false);
});

test("of two grants that AWS does not take together, the later one is refused, and none where nothing orders them", () => {
  const some = select({ table_with_columns: { ...TABLE, column_names: ["id"] } });
  const insert = { ...select({ table: TABLE }), permissions: ["INSERT"] };
  const refused = (steps: readonly object[]) => refusedGrants(graphOf(lake(steps))).map(({ address }) => address);

  expect(refused([some, insert])).toEqual(["aws_lakeformation_permissions.s1"]);
  expect(refused([insert, some])).toEqual([]);
});
