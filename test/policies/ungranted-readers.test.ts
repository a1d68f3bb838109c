import { ungrantedReaders } from "../../policies/lake-formation/ungranted-readers";
import type { Resources } from "../support/cases";
import { ACCOUNT, arnOf, type Door, graphOf, type Lake } from "../support/lake-formation";

const LAKE: Lake = {
  locations: { "arn:aws:s3:::lake": "registered" },
  databases: { sales: {} },
  tables: {
    "sales.orders": { location: "s3://lake/sales/orders", columns: { id: {}, email: {} } },
    "sales.returns": { location: "s3://lake/sales/returns", columns: { id: {} } },
  },
  steps: [],
  principals: {},
};
const ORDERS = { database_name: "sales", name: "orders" };
const TABLES = ["sales.orders", "sales.returns"];

/** Principal, kind and tables of those found, but for the maker of tables and the registration role, who are always there. */
function found(changes: Partial<Lake>, resources: Resources = {}) {
  return ungrantedReaders(graphOf({ ...LAKE, ...changes }, "contract", resources))
    .filter(({ principal }) => ![arnOf("table-maker"), arnOf("registration")].includes(principal))
    .map(({ principal, kind, tables, isCertain }) => ({ principal, kind, tables, isCertain }));
}

const with_ = (...iam: Door[]): Partial<Lake> => ({ principals: { etl: { iam } } });
const file = (principal: string, tables: readonly string[], isCertain: boolean) => ({
  principal,
  kind: "files",
  tables,
  isCertain,
});

test("who makes tables, and the role of their location, are always among them", () => {
  expect(
    ungrantedReaders(graphOf(LAKE, "contract")).map(({ principal, kind, tables }) => [principal, kind, tables]),
  ).toEqual([
    [arnOf("table-maker"), "creator", TABLES],
    [arnOf("registration"), "registration", TABLES],
  ]);
});

test("the role of a location is named once, though it reads files", () => {
  const kinds = ungrantedReaders(graphOf({ ...LAKE, principals: { registration: { iam: ["files"] } } }, "contract"))
    .filter(({ principal }) => principal === arnOf("registration"))
    .map(({ kind }) => kind);

  expect(kinds).toEqual(["registration"]);
});

test("who reads its grants alone is none", () => {
  const steps = [
    {
      type: "permissions",
      values: { principal: "etl", permissions: ["SELECT"], table: ORDERS },
    },
  ];

  expect(found({ ...with_("catalog", "data"), steps })).toEqual([]);
});

test("administrators, though not those who only look", () => {
  expect(found({ settings: { admins: ["boss"], readOnlyAdmins: ["auditor"] } })).toEqual([
    { principal: arnOf("boss"), kind: "administrator", tables: TABLES, isCertain: true },
  ]);
});

test("everybody whom IAM allows, where a table is left to it", () => {
  const steps = [
    {
      type: "permissions",
      values: {
        principal: "IAM_ALLOWED_PRINCIPALS",
        permissions: ["ALL"],
        table: ORDERS,
      },
    },
  ];

  expect(found({ steps })).toContainEqual({
    principal: "IAM_ALLOWED_PRINCIPALS",
    kind: "iam",
    tables: ["sales.orders"],
    isCertain: true,
  });
});

test.each([
  ["INSERT", { table: ORDERS }, true],
  ["DELETE", { table: ORDERS }, true],
  ["ALTER", { table: ORDERS }, false],
])("who holds %s on a table without SELECT", (permission, target, isReader) => {
  const steps = [{ type: "permissions", values: { principal: "etl", permissions: [permission], ...target } }];

  expect(found({ ...with_("catalog", "data"), steps })).toEqual(
    isReader ? [{ principal: arnOf("etl"), kind: "writer", tables: ["sales.orders"], isCertain: false }] : [],
  );
});

test("who holds INSERT but cannot ask for data is none", () => {
  const steps = [{ type: "permissions", values: { principal: "etl", permissions: ["INSERT"], table: ORDERS } }];

  expect(found({ ...with_("catalog"), steps })).toEqual([]);
});

test("who may write a table and read all of it is none", () => {
  const steps = [
    {
      type: "permissions",
      values: {
        principal: "etl",
        permissions: ["INSERT", "SELECT"],
        table: ORDERS,
      },
    },
  ];

  expect(found({ ...with_("catalog", "data"), steps })).toEqual([]);
});

test("accounts whose engines filter by themselves", () => {
  const settings = {
    aws_lakeformation_data_lake_settings: {
      s: { allow_external_data_filtering: true, external_data_filtering_allow_list: ["444455556666"] },
    },
  };
  const off = { aws_lakeformation_data_lake_settings: { s: { external_data_filtering_allow_list: ["444455556666"] } } };

  expect(found({}, settings)).toEqual([{ principal: "444455556666", kind: "engine", tables: TABLES, isCertain: true }]);
  expect(found({}, off)).toEqual([]);
});

describe("roles that read files", () => {
  const bucket = { aws_s3_bucket: { b: { bucket: "lake" } } };
  const encrypted: Resources = {
    ...bucket,
    aws_s3_bucket_server_side_encryption_configuration: {
      e: {
        bucket: "${aws_s3_bucket.b.id}",
        rule: [
          {
            apply_server_side_encryption_by_default: [
              { sse_algorithm: "aws:kms", kms_master_key_id: "${aws_kms_key.k.arn}" },
            ],
          },
        ],
      },
    },
    aws_kms_key: { k: {} },
  };
  const policyOf = (statement: object): Resources => ({
    ...bucket,
    aws_s3_bucket_policy: {
      p: { bucket: "${aws_s3_bucket.b.id}", policy: JSON.stringify({ Statement: [statement] }) },
    },
  });
  const objects = { Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*" };
  const keyUse: Resources = {
    aws_iam_role_policy: {
      key: {
        role: "etl",
        policy: JSON.stringify({
          Statement: [{ Effect: "Allow", Action: "kms:Decrypt", Resource: "${aws_kms_key.k.arn}" }],
        }),
      },
    },
  };

  test("by their own policies", () => {
    expect(found(with_("files"))).toEqual([file(arnOf("etl"), TABLES, true)]);
    expect(found(with_("catalog", "data"))).toEqual([]);
  });

  test("where a key encrypts them, if they may use it", () => {
    expect(found(with_("files"), encrypted)).toEqual([]);
    expect(found(with_("files"), { ...encrypted, ...keyUse })).toEqual([file(arnOf("etl"), TABLES, true)]);
  });

  test("of one table only", () => {
    const one: Resources = {
      aws_iam_role_policy: {
        one: {
          role: "etl",
          policy: JSON.stringify({
            Statement: [{ Effect: "Allow", ...objects, Resource: "arn:aws:s3:::lake/sales/orders/*" }],
          }),
        },
      },
    };

    expect(found(with_("catalog"), one)).toEqual([file(arnOf("etl"), ["sales.orders"], true)]);
  });

  test("by the policy of the bucket, be they ours or not", () => {
    const outsider = "arn:aws:iam::444455556666:role/partner";
    const names = (arn: string) => policyOf({ Effect: "Allow", Principal: { AWS: arn }, ...objects });

    expect(found(with_(), names(arnOf("etl")))).toEqual([file(arnOf("etl"), TABLES, true)]);
    expect(found({}, names(outsider))).toEqual([file(outsider, TABLES, false)]);
    expect(
      found(
        {},
        policyOf({ Effect: "Allow", Principal: { AWS: outsider }, ...objects, Resource: "arn:aws:s3:::lake/hr/*" }),
      ),
    ).toEqual([]);
  });

  test("unless the policy of the bucket denies it", () => {
    const denial = { Effect: "Deny", Principal: "*", ...objects };
    const butFor = (arn: string) => ({ ...denial, Condition: { StringNotEquals: { "aws:PrincipalArn": arn } } });

    expect(found(with_("files"), policyOf(denial))).toEqual([]);
    expect(found(with_("files"), policyOf(butFor(arnOf("other"))))).toEqual([]);
    expect(found(with_("files"), policyOf(butFor(arnOf("etl"))))).toEqual([file(arnOf("etl"), TABLES, true)]);
  });

  test("unless they are denied it themselves, whatever the bucket allows", () => {
    const allowed = policyOf({ Effect: "Allow", Principal: { AWS: arnOf("etl") }, ...objects });
    const policy = JSON.stringify({ Statement: [{ Effect: "Deny", ...objects }] });

    expect(found(with_(), { ...allowed, aws_iam_role_policy: { denied: { role: "etl", policy } } })).toEqual([]);
  });

  test("unless their boundary ends before", () => {
    const boundary = (action: string): Resources => ({
      aws_iam_policy: {
        b: { name: "b", policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] }) },
      },
      aws_iam_role: {
        bounded: { name: "bounded", permissions_boundary: `arn:aws:iam::${ACCOUNT.accountId}:policy/b` },
      },
      aws_iam_role_policy: {
        bounded: { role: "bounded", policy: JSON.stringify({ Statement: [{ Effect: "Allow", ...objects }] }) },
      },
    });

    expect(found({}, boundary("glue:*"))).toEqual([]);
    expect(found({}, boundary("s3:*"))).toEqual([file(arnOf("bounded"), TABLES, true)]);
  });

  test("by a policy that cannot be read here, perhaps", () => {
    const attached: Resources = {
      aws_iam_role_policy_attachment: {
        a: { role: "etl", policy_arn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
      },
    };

    expect(found(with_("catalog"), attached)).toEqual([file(arnOf("etl"), TABLES, false)]);
  });
});
