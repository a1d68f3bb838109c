import { callJson, callLakeFormation, callQuery, type EmulatedAnswer, makeBucket } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { makeRole } from "../emulator/functions";
import { filtersOf, lfTagsOf, locationsOf, optInsOf, permissionsIn, permissionsOf } from "../emulator/lake";
import { TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const account = { accountId: "111122223333", region: "eu-west-1" };
const CatalogId = account.accountId;
const ORDERS = { DatabaseName: "sales", Name: "orders" };
const NOT_FOUND = "EntityNotFoundException";
const INVALID = "InvalidInputException";

let emulator: Emulator;
let role: string;

const lake = (operation: string, input: object = {}) => callLakeFormation(emulator, operation, input);
const glue = (operation: string, input: object) =>
  callJson(emulator, { service: "glue", target: `AWSGlue.${operation}`, input });

/** What an operation answers with, which has to be done. */
async function done(operation: string, input: object = {}): Promise<Record<string, unknown>> {
  const { status, text } = await lake(operation, input);
  expect({ status, text }).toMatchObject({ status: 200 });
  return JSON.parse(text) as Record<string, unknown>;
}

function refused(error: string, status = 400): EmulatedAnswer {
  return { status, text: expect.stringContaining(error) as string };
}

const principal = (identifier: string) => ({ Principal: { DataLakePrincipalIdentifier: identifier } });
const columnsOf = (names: readonly string[]) => ({ Columns: names.map((Name) => ({ Name, Type: "string" })) });
const put = (settings: object) => ({ DataLakeSettings: settings });

async function makeTable(database: string, name: string, columns: readonly string[]): Promise<void> {
  const table = { Name: name, StorageDescriptor: columnsOf(columns), PartitionKeys: [{ Name: "day", Type: "date" }] };
  expect(await glue("CreateTable", { DatabaseName: database, TableInput: table })).toMatchObject({ status: 200 });
}

beforeAll(async () => {
  emulator = await startEmulator(account);
  role = await makeRole(emulator, "reader");
  await makeBucket(emulator, "lake");
  await done("PutDataLakeSettings", put({ DataLakeAdmins: [principal(role).Principal] }));
  await glue("CreateDatabase", { DatabaseInput: { Name: "sales" } });
  await makeTable("sales", "orders", ["id", "email", "country"]);
  await done("CreateLFTag", { TagKey: "zone", TagValues: ["raw", "curated"] });
  await done("CreateLFTag", { TagKey: "sensitivity", TagValues: ["public", "pii", "secret"] });
  await done("RegisterResource", { ResourceArn: "arn:aws:s3:::lake/sales", RoleArn: role });
});

afterAll(() => emulator.stop());

describe("settings of the data lake", () => {
  test("are replaced as a whole, and told with what nobody has set", async () => {
    const allow = { DataLakePrincipalIdentifier: "IAM_ALLOWED_PRINCIPALS" };
    const defaults = [{ Principal: allow, Permissions: ["ALL"] }];
    const admins = { DataLakeAdmins: [principal(role).Principal] };
    await done("PutDataLakeSettings", put({ ...admins, CreateTableDefaultPermissions: defaults }));
    await done("PutDataLakeSettings", put({ ...admins, Parameters: { CROSS_ACCOUNT_VERSION: "4" } }));

    expect(await done("GetDataLakeSettings")).toMatchObject({
      DataLakeSettings: {
        ...admins,
        ReadOnlyAdmins: [],
        CreateDatabaseDefaultPermissions: [],
        CreateTableDefaultPermissions: [],
        Parameters: { CROSS_ACCOUNT_VERSION: "4", SET_CONTEXT: "TRUE" },
      },
    });
  });

  test.each([
    ["a role that does not exist", { DataLakeAdmins: [principal(`arn:aws:iam::${CatalogId}:role/absent`).Principal] }],
    ["an unknown parameter", { Parameters: { CROSS_ACCOUNT: "4" } }],
    ["an unknown version", { Parameters: { CROSS_ACCOUNT_VERSION: "9" } }],
    ["too many administrators", { DataLakeAdmins: Array.from({ length: 31 }, () => principal("x").Principal) }],
  ])("are refused with %s", async (_, settings) => {
    expect(await lake("PutDataLakeSettings", put(settings))).toMatchObject(refused(INVALID));
  });

  test("grant what they say on all that is new, as in an account that nobody has set anything in", async () => {
    const other = await startEmulator(account);
    const make = (operation: string, input: object) =>
      callJson(other, { service: "glue", target: `AWSGlue.${operation}`, input });
    await make("CreateDatabase", { DatabaseInput: { Name: "open" } });
    await callLakeFormation(other, "PutDataLakeSettings", put({}));
    await make("CreateTable", { DatabaseName: "open", TableInput: { Name: "table" } });
    await make("CreateDatabase", { DatabaseInput: { Name: "closed" } });
    await make("CreateTable", { DatabaseName: "closed", TableInput: { Name: "table" } });

    expect(await permissionsOf(other)).toEqual([
      `IAM_ALLOWED_PRINCIPALS: ALL on {"Database":{"CatalogId":"${CatalogId}","Name":"open"}}`,
      `IAM_ALLOWED_PRINCIPALS: ALL on {"Table":{"CatalogId":"${CatalogId}","DatabaseName":"open","Name":"table"}}`,
    ]);
    await other.stop();
  });
});

describe("a registered location", () => {
  const ResourceArn = "arn:aws:s3:::lake/other";

  test("is told, changed and removed", async () => {
    await done("RegisterResource", { ResourceArn, RoleArn: role, HybridAccessEnabled: true });
    expect(await done("DescribeResource", { ResourceArn })).toMatchObject({
      ResourceInfo: { ResourceArn, RoleArn: role, HybridAccessEnabled: true },
    });
    await done("UpdateResource", { ResourceArn, RoleArn: role, HybridAccessEnabled: false });
    expect(await done("DescribeResource", { ResourceArn })).toMatchObject({
      ResourceInfo: { HybridAccessEnabled: false },
    });
    expect(await locationsOf(emulator)).toEqual([ResourceArn, "arn:aws:s3:::lake/sales"]);
    await done("DeregisterResource", { ResourceArn });
    expect(await lake("DescribeResource", { ResourceArn })).toMatchObject(refused(NOT_FOUND));
    expect(await lake("DeregisterResource", { ResourceArn })).toMatchObject(refused(NOT_FOUND));
  });

  test.each([
    [
      "it is there already",
      () => ({ ResourceArn: "arn:aws:s3:::lake/sales", RoleArn: role }),
      "AlreadyExistsException",
    ],
    ["it has no role", () => ({ ResourceArn }), INVALID],
    ["its role does not exist", () => ({ ResourceArn, RoleArn: `${role}s` }), INVALID],
    ["it has two roles", () => ({ ResourceArn, RoleArn: role, UseServiceLinkedRole: true }), INVALID],
    ["it is not in S3", () => ({ ResourceArn: "arn:aws:sqs:eu-west-1:1:queue", UseServiceLinkedRole: true }), INVALID],
  ])("is refused if %s", async (_, input, error) => {
    expect(await lake("RegisterResource", input())).toMatchObject(refused(error));
  });

  test("is refused with what nobody does", async () => {
    const input = { ResourceArn, UseServiceLinkedRole: true, WithFederation: true };

    expect(await lake("RegisterResource", input)).toMatchObject(refused("NotImplemented", 501));
  });
});

describe("an LF-Tag", () => {
  test("is kept in lower case, and gets and loses values", async () => {
    await done("CreateLFTag", { TagKey: "Team", TagValues: ["Red", "BLUE"] });
    await done("UpdateLFTag", { TagKey: "TEAM", TagValuesToAdd: ["Green"], TagValuesToDelete: ["red"] });

    expect(await done("GetLFTag", { TagKey: "Team" })).toEqual({
      CatalogId,
      TagKey: "team",
      TagValues: ["blue", "green"],
    });
    expect(await lfTagsOf(emulator)).toEqual(["sensitivity", "team", "zone"]);
    await done("DeleteLFTag", { TagKey: "team" });
    expect(await lake("GetLFTag", { TagKey: "team" })).toMatchObject(refused(NOT_FOUND));
  });

  const many = Array.from({ length: 51 }, (__, index) => String(index));

  test.each([
    ["a key that exists, in other letters", "CreateLFTag", { TagKey: "Zone", TagValues: ["x"] }, INVALID],
    ["more values than a request takes", "CreateLFTag", { TagKey: "many", TagValues: many }, INVALID],
    ["no values", "CreateLFTag", { TagKey: "none", TagValues: [] }, INVALID],
    ["characters that a key may not have", "CreateLFTag", { TagKey: "a*", TagValues: ["x"] }, INVALID],
    ["an unknown key", "UpdateLFTag", { TagKey: "absent", TagValuesToAdd: ["x"] }, NOT_FOUND],
    ["an unknown value", "UpdateLFTag", { TagKey: "zone", TagValuesToDelete: ["absent"] }, NOT_FOUND],
    ["more new values than a request takes", "UpdateLFTag", { TagKey: "zone", TagValuesToAdd: many }, INVALID],
    ["an unknown key to delete", "DeleteLFTag", { TagKey: "absent" }, NOT_FOUND],
  ])("is refused: %s", async (_, operation, input, error) => {
    expect(await lake(operation, input)).toMatchObject(refused(error));
  });

  test("keeps a value that a resource carries, and goes with all its assignments and grants", async () => {
    await done("CreateLFTag", { TagKey: "owner", TagValues: ["a", "b"] });
    const Resource = { Table: ORDERS };
    await done("AddLFTagsToResource", { Resource, LFTags: [{ TagKey: "owner", TagValues: ["a"] }] });
    const LFTagPolicy = { ResourceType: "TABLE", Expression: [{ TagKey: "owner", TagValues: ["a"] }] };
    await done("GrantPermissions", { ...principal(role), Resource: { LFTagPolicy }, Permissions: ["SELECT"] });

    const update = { TagKey: "owner", TagValuesToDelete: ["a"] };
    expect(await lake("UpdateLFTag", update)).toMatchObject(refused("Update not allowed"));
    await done("DeleteLFTag", { TagKey: "owner" });
    expect(await done("GetResourceLFTags", { Resource })).toEqual({});
    expect(await permissionsOf(emulator)).toEqual([]);
  });
});

describe("LF-Tags on resources", () => {
  const tag = (TagKey: string, value: string) => ({ TagKey, TagValues: [value] });
  const shown = (TagKey: string, value: string) => ({ CatalogId, TagKey, TagValues: [value] });
  const database = { Database: { Name: "sales" } };
  const table = { Table: ORDERS };
  const columns = (...ColumnNames: string[]) => ({ TableWithColumns: { ...ORDERS, ColumnNames } });

  test("are inherited downwards, overridden there, and told as assigned or as they apply", async () => {
    await done("AddLFTagsToResource", { Resource: database, LFTags: [tag("zone", "raw")] });
    await done("AddLFTagsToResource", { Resource: database, LFTags: [tag("Zone", "Curated")] });
    await done("AddLFTagsToResource", { Resource: table, LFTags: [tag("sensitivity", "pii")] });
    await done("AddLFTagsToResource", { Resource: columns("id", "day"), LFTags: [tag("sensitivity", "public")] });

    const onDatabase = { LFTagOnDatabase: [shown("zone", "curated")] };
    expect(await done("GetResourceLFTags", { Resource: database })).toEqual(onDatabase);
    expect(await done("GetResourceLFTags", { Resource: columns("email", "id"), ShowAssignedLFTags: true })).toEqual({
      ...onDatabase,
      LFTagsOnTable: [shown("sensitivity", "pii")],
      LFTagsOnColumns: [{ Name: "id", LFTags: [shown("sensitivity", "public")] }],
    });
    expect(await done("GetResourceLFTags", { Resource: columns("email", "id") })).toEqual({
      ...onDatabase,
      LFTagsOnTable: [shown("sensitivity", "pii"), shown("zone", "curated")],
      LFTagsOnColumns: [
        { Name: "email", LFTags: [shown("sensitivity", "pii"), shown("zone", "curated")] },
        { Name: "id", LFTags: [shown("sensitivity", "public"), shown("zone", "curated")] },
      ],
    });

    for (const [Resource, pair] of [
      [database, tag("zone", "curated")],
      [table, tag("sensitivity", "pii")],
      [columns("id", "day"), tag("sensitivity", "public")],
    ] as const) {
      expect(await done("RemoveLFTagsFromResource", { Resource, LFTags: [pair] })).toEqual({ Failures: [] });
    }
    expect(await done("GetResourceLFTags", { Resource: columns("id") })).toEqual({});
  });

  test.each([
    ["an unknown key", tag("absent", "x")],
    ["an unknown value", tag("sensitivity", "absent")],
  ])("are assigned one by one: %s is told, and keeps no other away", async (_, wrong) => {
    const input = { Resource: table, LFTags: [wrong, tag("zone", "raw")] };
    const failure = { LFTag: { CatalogId, ...wrong }, Error: { ErrorCode: NOT_FOUND } };
    expect(await done("AddLFTagsToResource", input)).toMatchObject({ Failures: [failure] });

    expect(await done("GetResourceLFTags", { Resource: table })).toMatchObject({
      LFTagsOnTable: [shown("zone", "raw")],
    });
    expect(await done("RemoveLFTagsFromResource", input)).toMatchObject({ Failures: [failure] });
  });

  const zone = [tag("zone", "raw")];

  test.each<[string, object, readonly object[], string]>([
    ["a database that does not exist", { Database: { Name: "absent" } }, zone, NOT_FOUND],
    ["a table that does not exist", { Table: { ...ORDERS, Name: "absent" } }, zone, NOT_FOUND],
    ["a column that does not exist", columns("id", "absent"), zone, NOT_FOUND],
    ["all tables", { Table: { DatabaseName: "sales", TableWildcard: {} } }, zone, "Request is missing table name"],
    ["two values of a key", table, [{ TagKey: "zone", TagValues: ["raw", "curated"] }], "size not equal to 1"],
    ["a key twice", table, [tag("zone", "raw"), tag("zone", "curated")], "duplicate tag key"],
    ["more tags than a request takes", table, Array.from({ length: 51 }, () => tag("zone", "raw")), INVALID],
    ["two resources", { ...database, ...table }, zone, INVALID],
  ])("are refused for %s", async (_, Resource, LFTags, error) => {
    expect(await lake("AddLFTagsToResource", { Resource, LFTags })).toMatchObject(refused(error));
  });
});

describe("permissions", () => {
  const grant = (Resource: object, Permissions: readonly string[], to = role) => ({
    ...principal(to),
    Resource,
    Permissions,
  });
  const policy = (ResourceType: string, ...Expression: object[]) => ({ LFTagPolicy: { ResourceType, Expression } });
  const raw = { TagKey: "zone", TagValues: ["raw"] };
  const table = { Table: ORDERS };

  test("on a table are listed with SELECT on its columns, asked for by the table, and revoked", async () => {
    await done("GrantPermissions", grant(table, ["SELECT", "DESCRIBE"]));
    await done("GrantPermissions", grant(table, ["INSERT"]));
    const TableWithColumns = { ...ORDERS, ColumnNames: ["id"] };
    await done("GrantPermissions", grant({ TableWithColumns }, ["SELECT"], "arn:aws:iam::444455556666:role/foreign"));

    const answer = await done("ListPermissions", { ...principal(role), Resource: table });
    expect(answer.PrincipalResourcePermissions).toMatchObject([
      { Resource: { Table: { CatalogId, ...ORDERS } }, Permissions: ["DESCRIBE", "INSERT"] },
      { Resource: { TableWithColumns: { CatalogId, ...ORDERS, ColumnWildcard: {} } }, Permissions: ["SELECT"] },
    ]);
    expect(await done("ListPermissions", { Resource: table, MaxResults: 2 })).toMatchObject({ NextToken: "2" });
    expect(await done("ListPermissions", { ResourceType: "DATABASE" })).toEqual({ PrincipalResourcePermissions: [] });

    expect(await lake("RevokePermissions", grant(table, ["DROP", "INSERT"]))).toMatchObject(refused("not have:[DROP]"));
    await done("RevokePermissions", grant(table, ["DESCRIBE", "INSERT", "SELECT"]));
    await done("RevokePermissions", grant({ TableWithColumns }, ["SELECT"], "arn:aws:iam::444455556666:role/foreign"));
    expect(await lake("RevokePermissions", grant(table, ["SELECT"]))).toMatchObject(
      refused("No permissions revoked. Grantee has no"),
    );
    expect(await permissionsOf(emulator)).toEqual([]);
  });

  test("by tags are those of one expression, whatever its order", async () => {
    const sensitivity = { TagKey: "sensitivity", TagValues: ["secret", "public"] };
    await done("GrantPermissions", grant(policy("TABLE", raw, sensitivity), ["SELECT"]));
    const reversed = { TagKey: "Sensitivity", TagValues: ["public", "secret"] };
    await done("GrantPermissions", grant(policy("TABLE", reversed, raw), ["DESCRIBE"]));
    await done("GrantPermissions", grant(policy("TABLE", raw), ["ALL"]));
    await done("GrantPermissions", grant(policy("DATABASE", raw), ["CREATE_TABLE", "DESCRIBE"]));

    const answer = await done("ListPermissions", { ...principal(role), Resource: policy("TABLE", raw, sensitivity) });
    expect(answer.PrincipalResourcePermissions).toMatchObject([{ Permissions: ["DESCRIBE", "SELECT"] }]);
    const [, all] = await permissionsIn(emulator);
    expect(all?.Permissions).toEqual(["ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"]);
    for (const { Resource, Permissions } of await permissionsIn(emulator)) {
      await done("RevokePermissions", grant(Resource, Permissions));
    }
    expect(await permissionsOf(emulator)).toEqual([]);
  });

  test("on a location need its registration, also to be revoked", async () => {
    const on = (ResourceArn: string) => grant({ DataLocation: { ResourceArn } }, ["DATA_LOCATION_ACCESS"]);
    expect(await lake("GrantPermissions", on("arn:aws:s3:::lake"))).toMatchObject(refused("register the S3 path"));
    await done("GrantPermissions", on("arn:aws:s3:::lake/sales/orders"));
    await done("RevokePermissions", on("arn:aws:s3:::lake/sales/orders"));
    expect(await lake("RevokePermissions", on("arn:aws:s3:::else"))).toMatchObject(refused("register the S3 path"));
  });

  const cells = { TableCatalogId: CatalogId, DatabaseName: "sales", TableName: "orders", Name: "absent" };

  test.each<[string, object, readonly string[], string]>([
    ["on a database that does not exist", { Database: { Name: "absent" } }, ["DESCRIBE"], NOT_FOUND],
    ["on a table that does not exist", { Table: { ...ORDERS, Name: "absent" } }, ["SELECT"], NOT_FOUND],
    ["on a column that does not exist", { TableWithColumns: { ...ORDERS, ColumnNames: ["x"] } }, ["SELECT"], NOT_FOUND],
    ["on a filter that does not exist", { DataCellsFilter: cells }, ["SELECT"], NOT_FOUND],
    ["by an unknown key", policy("TABLE", { TagKey: "absent", TagValues: ["x"] }), ["SELECT"], NOT_FOUND],
    ["by an unknown value", policy("TABLE", { TagKey: "zone", TagValues: ["x"] }), ["SELECT"], NOT_FOUND],
    ["by a key twice", policy("TABLE", raw, raw), ["SELECT"], INVALID],
    ["by no key", policy("TABLE"), ["SELECT"], INVALID],
    ["that tables do not have", table, ["CREATE_TABLE"], INVALID],
    ["that databases do not have, by tags", policy("DATABASE", raw), ["SELECT"], INVALID],
    ["to describe single columns", { TableWithColumns: { ...ORDERS, ColumnNames: ["id"] } }, ["DESCRIBE"], INVALID],
    ["that there are not", table, ["READ"], INVALID],
    ["of none", table, [], INVALID],
  ])("are refused %s", async (_, resource, permissions, error) => {
    expect(await lake("GrantPermissions", grant(resource, permissions))).toMatchObject(refused(error));
    expect(await permissionsOf(emulator)).toEqual([]);
  });

  test("are refused to a role that does not exist, and to nobody elsewhere", async () => {
    const absent = `arn:aws:iam::${CatalogId}:role/absent`;

    expect(await lake("GrantPermissions", grant(table, ["SELECT"], absent))).toMatchObject(
      refused("Invalid principal"),
    );
  });

  test("in other catalogs, under conditions, and by named expressions are not there", async () => {
    const LFTagPolicy = { ResourceType: "TABLE", ExpressionName: "name" };
    const inputs = [
      grant({ Table: { CatalogId: "444455556666", ...ORDERS } }, ["SELECT"]),
      { ...grant(table, ["SELECT"]), Condition: { Expression: "true" } },
      grant({ LFTagPolicy }, ["SELECT"]),
    ];

    for (const input of inputs) {
      expect(await lake("GrantPermissions", input)).toMatchObject(refused("NotImplemented", 501));
    }
  });

  test("of several requests fail one by one", async () => {
    const entries = [
      { Id: "1", ...grant(table, ["SELECT"]) },
      { Id: "2", ...grant({ Database: { Name: "absent" } }, ["DESCRIBE"]) },
    ];
    const failures = { Failures: [{ RequestEntry: { Id: "2" }, Error: { ErrorCode: NOT_FOUND } }] };

    expect(await done("BatchGrantPermissions", { Entries: entries })).toMatchObject(failures);
    expect(await permissionsIn(emulator)).toMatchObject([{ Permissions: ["SELECT"] }]);
    expect(await done("BatchRevokePermissions", { Entries: entries })).toMatchObject(failures);
    expect(await permissionsOf(emulator)).toEqual([]);
  });
});

describe("a data cells filter", () => {
  const names = { TableCatalogId: CatalogId, DatabaseName: "sales", TableName: "orders", Name: "swiss" };
  const data = (changes: object = {}) => ({
    TableData: { ...names, ColumnNames: ["id", "day"], RowFilter: { FilterExpression: "country = 'CH'" }, ...changes },
  });
  const allRows = { AllRowsWildcard: {} };

  test("is told, changed in place, granted, and takes its grants along", async () => {
    await done("CreateDataCellsFilter", data());
    expect(await lake("CreateDataCellsFilter", data())).toMatchObject(refused("AlreadyExistsException"));
    const wildcard = { ColumnNames: undefined, ColumnWildcard: { ExcludedColumnNames: ["id", "email"] } };
    await done("UpdateDataCellsFilter", data({ ...wildcard, RowFilter: allRows }));
    expect(await done("GetDataCellsFilter", names)).toEqual({
      DataCellsFilter: {
        ...names,
        ColumnWildcard: { ExcludedColumnNames: ["email", "id"] },
        RowFilter: { FilterExpression: "TRUE", AllRowsWildcard: {} },
        VersionId: "2",
      },
    });
    const grant = { ...principal(role), Resource: { DataCellsFilter: names }, Permissions: ["SELECT"] };
    await done("GrantPermissions", grant);
    expect(await permissionsIn(emulator)).toHaveLength(1);
    expect(await filtersOf(emulator)).toEqual(["sales.orders.swiss"]);

    await done("DeleteDataCellsFilter", names);
    expect(await permissionsIn(emulator)).toEqual([]);
    expect(await lake("GetDataCellsFilter", names)).toMatchObject(refused(NOT_FOUND));
    expect(await lake("DeleteDataCellsFilter", names)).toMatchObject(refused(NOT_FOUND));
    expect(await lake("UpdateDataCellsFilter", data())).toMatchObject(refused(NOT_FOUND));
  });

  test.each<[string, object, string]>([
    ["a table that does not exist", { TableName: "absent" }, NOT_FOUND],
    ["a column that does not exist", { ColumnNames: ["id", "absent"] }, NOT_FOUND],
    [
      "an excluded column that does not exist",
      { ColumnNames: undefined, ColumnWildcard: { ExcludedColumnNames: ["x"] } },
      NOT_FOUND,
    ],
    ["columns by name and by wildcard", { ColumnWildcard: {} }, INVALID],
    ["no columns", { ColumnNames: undefined }, INVALID],
    ["no rows", { RowFilter: {} }, INVALID],
    ["rows by expression and by wildcard", { RowFilter: { FilterExpression: "id = '1'", ...allRows } }, INVALID],
    ["rows by a column that does not exist", { RowFilter: { FilterExpression: "land = 'CH'" } }, "names no column"],
    ["rows by no expression", { RowFilter: { FilterExpression: "country = 'CH" } }, "Invalid row filter expression"],
  ])("is refused with %s", async (_, changes, error) => {
    expect(await lake("CreateDataCellsFilter", data(changes))).toMatchObject(refused(error));
  });
});

test("an opt-in is of a principal and a table, told and removed", async () => {
  const optIn = { ...principal(role), Resource: { Table: ORDERS } };
  await done("CreateLakeFormationOptIn", optIn);

  expect(await lake("CreateLakeFormationOptIn", optIn)).toMatchObject(refused(INVALID));
  expect(await optInsOf(emulator)).toEqual([role]);
  expect(await done("ListLakeFormationOptIns", optIn)).toMatchObject({
    LakeFormationOptInsInfoList: [principal(role)],
  });
  await done("DeleteLakeFormationOptIn", optIn);
  expect(await lake("DeleteLakeFormationOptIn", optIn)).toMatchObject(refused(NOT_FOUND));
  const absent = { ...optIn, Resource: { Table: { ...ORDERS, Name: "absent" } } };
  expect(await lake("CreateLakeFormationOptIn", absent)).toMatchObject(refused(NOT_FOUND));
});

test("a table takes along all that is on it, and a column its tags", async () => {
  await makeTable("sales", "returns", ["id", "reason"]);
  const table = { DatabaseName: "sales", Name: "returns" };
  const LFTags = [{ TagKey: "zone", TagValues: ["raw"] }];
  const columns = { TableWithColumns: { ...table, ColumnNames: ["reason"] } };
  await done("AddLFTagsToResource", { Resource: { Table: table }, LFTags });
  await done("AddLFTagsToResource", { Resource: columns, LFTags });
  await done("GrantPermissions", {
    ...principal(role),
    Resource: { Table: table },
    Permissions: ["DESCRIBE", "SELECT"],
  });
  await done("CreateLakeFormationOptIn", { ...principal(role), Resource: { Table: table } });

  const TableInput = { Name: "returns", StorageDescriptor: columnsOf(["id"]) };
  await glue("UpdateTable", { DatabaseName: "sales", TableInput });
  const withoutColumn = await done("GetResourceLFTags", { Resource: { Table: table }, ShowAssignedLFTags: true });
  expect(Object.keys(withoutColumn)).toEqual(["LFTagsOnTable"]);
  await glue("DeleteTable", table);
  expect(await lake("GetResourceLFTags", { Resource: { Table: table } })).toMatchObject(refused(NOT_FOUND));

  await makeTable("sales", "returns", ["id", "reason"]);
  expect(await done("GetResourceLFTags", { Resource: columns })).toEqual({});
  expect(await permissionsOf(emulator)).toEqual([]);
  expect(await optInsOf(emulator)).toEqual([]);
});

test("operations that are not there are refused", async () => {
  expect(await lake("StartTransaction")).toMatchObject({ status: 501 });
  expect(await lake("GetTemporaryGlueTableCredentials")).toMatchObject({ status: 501 });
});

test("a user who exists can be granted something too", async () => {
  await callQuery(emulator, "iam", { Action: "CreateUser", Version: "2010-05-08", UserName: "person" });
  const input = { Resource: { Database: { Name: "sales" } }, Permissions: ["DESCRIBE"] };
  const of = (name: string) => ({ ...principal(`arn:aws:iam::${CatalogId}:user/${name}`), ...input });

  await done("GrantPermissions", of("person"));
  expect(await lake("GrantPermissions", of("absent"))).toMatchObject(refused("Invalid principal"));
  await done("RevokePermissions", of("person"));
});
