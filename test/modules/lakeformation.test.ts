import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { TerraformStack } from "cdktf";
import type { Database } from "../../modules/glue/database";
import type { ServiceRole } from "../../modules/iam/service-role";
import { GovernedTable, type GovernedTableProps } from "../../modules/lakeformation/governed-table";
import { assignTags, LfTag } from "../../modules/lakeformation/lf-tag";
import { Location, type LocationProps } from "../../modules/lakeformation/location";
import { DataLakeSettings, type DataLakeSettingsProps } from "../../modules/lakeformation/settings";
import { TagGrant, type TagGrantProps } from "../../modules/lakeformation/tag-grant";
import {
  account,
  address,
  database,
  dataBucket,
  only,
  reference,
  resource,
  resources,
  serviceRole,
  statements,
  statementsOf,
  synth,
} from "../support/synth";

const ANALYSTS = "arn:aws:iam::111122223333:role/analysts";
const CARE = "arn:aws:identitystore:::group/care";

const settings = (stack: TerraformStack, props: Partial<DataLakeSettingsProps> = {}) =>
  new DataLakeSettings(stack, "lake-formation", {
    admins: ["arn:aws:iam::111122223333:role/apply"],
    readOnlyAdmins: ["arn:aws:iam::111122223333:role/plan"],
    ...props,
  });

const SETTINGS = "lake-formation_settings";

describe("settings", () => {
  test("name who administers, and open new databases and tables to nobody", () => {
    const json = synth((stack) => settings(stack));

    expect(only(json, "aws_lakeformation_data_lake_settings")).toEqual({
      admins: ["arn:aws:iam::111122223333:role/apply"],
      read_only_admins: ["arn:aws:iam::111122223333:role/plan"],
      create_database_default_permissions: [],
      create_table_default_permissions: [],
      allow_external_data_filtering: false,
      allow_full_table_external_data_access: false,
      external_data_filtering_allow_list: [],
      authorized_session_tag_value_list: [],
      trusted_resource_owners: [],
      parameters: { CROSS_ACCOUNT_VERSION: "4", SET_CONTEXT: "TRUE" },
    });
  });

  test("need an administrator", () => {
    expect(() => synth((stack) => settings(stack, { admins: [] }))).toThrow(
      "Lake Formation needs an administrator: without one nobody could grant anything",
    );
  });
});

describe("a location", () => {
  const synthLocation = (options: Partial<LocationProps> = {}) =>
    synth((stack) => {
      const location = new Location(stack, "raw", {
        bucket: dataBucket(stack),
        roleName: "basin-test-lake-raw",
        account,
        hybridAccess: false,
        settings: settings(stack),
        ...options,
      });
      location.grantUse(stack, "apply-uses-raw", "arn:aws:iam::111122223333:role/apply");
    });

  test("is registered with a role that may do so, when the bucket and Lake Formation are set up", () => {
    const json = synthLocation();

    expect(only(json, "aws_lakeformation_resource")).toEqual({
      arn: reference(json, "aws_s3_bucket", "bucket", "arn"),
      role_arn: reference(json, "aws_iam_role", "raw_role", "arn"),
      hybrid_access_enabled: false,
      depends_on: [
        address(json, "aws_iam_role_policy", "raw_role_policy"),
        address(json, "aws_lakeformation_data_lake_settings", SETTINGS),
        address(json, "aws_s3_bucket_server_side_encryption_configuration", "bucket_encryption"),
        address(json, "aws_s3_bucket_versioning", "bucket_versioning"),
        address(json, "aws_s3_bucket_policy", "bucket_bucket-policy"),
      ],
    });
  });

  test("has a role that Glue assumes for this account, and Lake Formation, which does not tell for whom it acts", () => {
    const trust = { Effect: "Allow", Action: "sts:AssumeRole" };

    expect(statements(only(synthLocation(), "aws_iam_role").assume_role_policy)).toEqual([
      {
        Sid: "TrustServices",
        ...trust,
        Principal: { Service: ["glue.amazonaws.com"] },
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
      { Sid: "TrustUnconfined", ...trust, Principal: { Service: ["lakeformation.amazonaws.com"] } },
      {
        ...trust,
        Sid: "TrustContext",
        Action: "sts:SetContext",
        Principal: { Service: ["lakeformation.amazonaws.com"] },
      },
    ]);
  });

  test("lends what reads and writes its bucket, and nothing else", () => {
    const json = synthLocation();
    const bucketArn = reference(json, "aws_s3_bucket", "bucket", "arn");
    const allowed = statementsOf("basin-test-lake-raw", json);

    expect(allowed.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      ["ListData", [bucketArn]],
      ["ReadWriteData", [`${bucketArn}/*`]],
    ]);
  });

  test("has a role within a boundary where it is given one", () => {
    const permissionsBoundaryArn = "arn:aws:iam::111122223333:policy/boundary";

    expect(only(synthLocation({ permissionsBoundaryArn }), "aws_iam_role").permissions_boundary).toBe(
      permissionsBoundaryArn,
    );
    expect(only(synthLocation(), "aws_iam_role")).not.toHaveProperty("permissions_boundary");
  });

  test("may leave its tables to IAM", () => {
    expect(only(synthLocation({ hybridAccess: true }), "aws_lakeformation_resource").hybrid_access_enabled).toBe(true);
  });

  test("is used by whom it is granted to, once it is registered", () => {
    const json = synthLocation();

    expect(only(json, "aws_lakeformation_permissions")).toEqual({
      principal: "arn:aws:iam::111122223333:role/apply",
      permissions: ["DATA_LOCATION_ACCESS"],
      data_location: { arn: reference(json, "aws_s3_bucket", "bucket", "arn") },
      depends_on: [address(json, "aws_lakeformation_resource", "raw_location")],
    });
  });
});

describe("a tag", () => {
  const KEY = "/^[a-z0-9_./=+@%-]{1,128}$/";
  const VALUE = "/^[a-z0-9_./=+@%-]{1,255}$/";
  const zone = (stack: TerraformStack, values: readonly string[] = ["raw", "curated"], key = "zone") =>
    new LfTag(stack, "zone", { key, values, settings: settings(stack) });
  const many = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);

  test("is made with its values once Lake Formation is set up", () => {
    const json = synth((stack) => zone(stack));

    expect(only(json, "aws_lakeformation_lf_tag")).toEqual({
      key: "zone",
      values: ["raw", "curated"],
      depends_on: [address(json, "aws_lakeformation_data_lake_settings", SETTINGS)],
    });
  });

  test.each(["", "Zone", "data zone", "a:b", "größe", "k".repeat(129)])('has no key "%s"', (key) => {
    expect(() => synth((stack) => zone(stack, ["raw"], key))).toThrow(
      `key of an LF-Tag must match ${KEY}, got "${key}"`,
    );
  });

  test.each(["z", "domain-sales_eu./=+@%1", "k".repeat(128)])("may have the key %s", (key) => {
    expect(
      only(
        synth((stack) => zone(stack, ["raw"], key)),
        "aws_lakeformation_lf_tag",
      ).key,
    ).toBe(key);
  });

  test.each(["", "Raw", "raw zone", "raw:1", "v".repeat(256)])('has no value "%s"', (value) => {
    expect(() => synth((stack) => zone(stack, ["raw", value]))).toThrow(
      `values of LF-Tag "zone" must match ${VALUE}, got "${value}"`,
    );
  });

  test.each([0, 1001])("has not %d values", (count) => {
    expect(() => synth((stack) => zone(stack, many(count)))).toThrow(
      `LF-Tag "zone" must have 1 to 1000 values, got ${count}`,
    );
  });

  test.each([
    ["one", ["v".repeat(255)]],
    ["1000", many(1000)],
  ])("may have %s", (_count, values) => {
    expect(
      only(
        synth((stack) => zone(stack, values)),
        "aws_lakeformation_lf_tag",
      ).values,
    ).toEqual(values);
  });

  test("has each value once", () => {
    expect(() => synth((stack) => zone(stack, ["raw", "curated", "raw"]))).toThrow(
      'LF-Tag "zone" has a value twice: raw, curated, raw',
    );
  });

  test("gives away no value that it does not have", () => {
    const MESSAGE = 'LF-Tag "zone" has the values raw, curated, not "landing"';

    expect(() => synth((stack) => zone(stack).is("landing"))).toThrow(MESSAGE);
    expect(() => synth((stack) => zone(stack).isOneOf(["raw", "landing"]))).toThrow(MESSAGE);
  });

  test.each([0, 51])("is in no expression with %d of its values", (count) => {
    expect(() => synth((stack) => zone(stack, many(60)).isOneOf(many(count)))).toThrow(
      `an expression takes 1 to 50 values of a key, got ${count}`,
    );
  });

  test("is in expressions with 50 of its values", () => {
    synth((stack) => {
      expect(zone(stack, many(60)).isOneOf(many(50)).values).toHaveLength(50);
    });
  });

  test("is put on something with one value, when both are there", () => {
    const json = synth((stack) => {
      assignTags(
        stack,
        "tags",
        { database: { name: "sales" } },
        [zone(stack).is("raw")],
        [new KmsKey(stack, "key", {})],
      );
    });

    expect(only(json, "aws_lakeformation_resource_lf_tags")).toEqual({
      database: { name: "sales" },
      lf_tag: [{ key: reference(json, "aws_lakeformation_lf_tag", "zone_tag", "key"), value: "raw" }],
      depends_on: [address(json, "aws_lakeformation_lf_tag", "zone_tag"), address(json, "aws_kms_key", "key")],
    });
  });

  test("is put on something once", () => {
    expect(() =>
      synth((stack) => {
        const tag = zone(stack);
        assignTags(stack, "tags", { database: { name: "sales" } }, [tag.is("raw"), tag.is("curated")], []);
      }),
    ).toThrow("tags: a resource has one value of each LF-Tag");
  });
});

/** The tags of tests: a domain's, and one for sensitivity. */
function tagsOf(stack: TerraformStack) {
  const common = { settings: settings(stack) };
  return {
    domain: new LfTag(stack, "domain", { key: "domain-sales", values: ["orders", "customers"], ...common }),
    sensitivity: new LfTag(stack, "sensitivity", { key: "sensitivity", values: ["internal", "pii"], ...common }),
  };
}

const keyOf = (json: string, tag: string) => reference(json, "aws_lakeformation_lf_tag", `${tag}_tag`, "key");
const tagIn = (json: string, tag: string) => address(json, "aws_lakeformation_lf_tag", `${tag}_tag`);

describe("a grant by tags", () => {
  type Options = Pick<TagGrantProps, "on" | "permissions"> & { readonly conditions?: TagGrantProps["conditions"] };
  const synthGrant = (build: (tags: ReturnType<typeof tagsOf>) => Options) =>
    synth((stack) => {
      const tags = tagsOf(stack);
      const conditions = [tags.domain.isOneOf(["orders"]), tags.sensitivity.isOneOf(["internal", "pii"])];
      new TagGrant(stack, "grant", { principal: ANALYSTS, conditions, ...build(tags) } as TagGrantProps);
    });

  test.each([
    ["tables", "TABLE", ["SELECT", "DESCRIBE"], ["DESCRIBE", "SELECT"]],
    ["databases", "DATABASE", ["DROP", "CREATE_TABLE", "ALTER"], ["ALTER", "CREATE_TABLE", "DROP"]],
  ] as const)(
    "on %s lists permissions in Lake Formation's order, when its tags are there",
    (on, type, given, sorted) => {
      const json = synthGrant(() => ({ on, permissions: given }));

      expect(only(json, "aws_lakeformation_permissions")).toEqual({
        principal: ANALYSTS,
        permissions: sorted,
        lf_tag_policy: {
          resource_type: type,
          expression: [
            { key: keyOf(json, "domain"), values: ["orders"] },
            { key: keyOf(json, "sensitivity"), values: ["internal", "pii"] },
          ],
        },
        depends_on: [tagIn(json, "domain"), tagIn(json, "sensitivity")],
      });
    },
  );

  test("needs a condition, without which it would be one on everything", () => {
    expect(() => synthGrant(() => ({ on: "tables", permissions: ["SELECT"], conditions: [] }))).toThrow(
      "a grant by tags needs a condition",
    );
  });

  test("names each tag once", () => {
    expect(() =>
      synthGrant(({ domain }) => ({
        on: "tables",
        permissions: ["SELECT"],
        conditions: [domain.isOneOf(["orders"]), domain.isOneOf(["customers"])],
      })),
    ).toThrow("a grant by tags names each tag once: values of one tag are alternatives");
  });

  const ON_TABLES = "permissions on tables are ALTER, DELETE, DESCRIBE, DROP, INSERT, SELECT";
  const ON_DATABASES = "permissions on databases are ALTER, CREATE_TABLE, DESCRIBE, DROP";

  test.each([
    ["tables", ["SELECT", "ALL"], `${ON_TABLES}, got "ALL"`],
    ["tables", ["READ"], `${ON_TABLES}, got "READ"`],
    ["tables", ["CREATE_TABLE"], `${ON_TABLES}, got "CREATE_TABLE"`],
    ["tables", [], `${ON_TABLES}, got "none"`],
    ["databases", ["SELECT"], `${ON_DATABASES}, got "SELECT"`],
    ["databases", [], `${ON_DATABASES}, got "none"`],
  ])("on %s is not of %j", (on, permissions, message) => {
    expect(() => synthGrant(() => ({ on, permissions }) as unknown as Options)).toThrow(message);
  });
});

/** All tags of the table and of its columns: Lake Formation refuses two changes of a table at once. */
function tagsOfOrders(json: string): string[] {
  return ["tags", "column-order_id", "column-total"].map((id) =>
    address(json, "aws_lakeformation_resource_lf_tags", `orders_${id}`),
  );
}

describe("a governed table", () => {
  type Build = (table: GovernedTable, tags: ReturnType<typeof tagsOf>, stack: TerraformStack, sales: Database) => void;
  const synthTable = (build: Build = () => undefined, options: Partial<GovernedTableProps> = {}) =>
    synth((stack) => {
      const tags = tagsOf(stack);
      const sales = database(stack);
      const table = new GovernedTable(stack, "orders", {
        database: sales,
        tableName: "orders",
        tags: [tags.domain.is("orders"), tags.sensitivity.is("pii")],
        columnTags: new Map([
          ["order_id", [tags.sensitivity.is("internal")]],
          ["total", [tags.sensitivity.is("internal")]],
        ]),
        account,
        hybridAccess: false,
        leftToIam: false,
        after: [new KmsKey(stack, "made", {})],
        ...options,
      });
      build(table, tags, stack, sales);
    });
  const nameIn = (json: string) => reference(json, "aws_glue_catalog_database", "sales_database", "name");
  const readAll: Build = (table, { sensitivity }) => {
    table.grantSelect({ name: "analysts", principal: ANALYSTS }, [sensitivity.isOneOf(["internal"])]);
  };
  const readSome: Build = (table) => {
    table.grantFilteredSelect({ name: "care", principal: CARE }, ["order_id", "total"], "status = 'paid'");
  };

  test("has its tags when it is made, and each column has its own after them", () => {
    const json = synthTable();
    const made = address(json, "aws_kms_key", "made");
    const ofColumn = (column: string) => ({
      table_with_columns: { database_name: nameIn(json), name: "orders", column_names: [column] },
      lf_tag: [{ key: keyOf(json, "sensitivity"), value: "internal" }],
      depends_on: [
        tagIn(json, "sensitivity"),
        made,
        address(json, "aws_lakeformation_resource_lf_tags", "orders_tags"),
      ],
    });

    expect(Object.values(resources(json, "aws_lakeformation_resource_lf_tags"))).toEqual([
      ofColumn("order_id"),
      ofColumn("total"),
      {
        table: { database_name: nameIn(json), name: "orders" },
        lf_tag: [
          { key: keyOf(json, "domain"), value: "orders" },
          { key: keyOf(json, "sensitivity"), value: "pii" },
        ],
        depends_on: [tagIn(json, "domain"), tagIn(json, "sensitivity"), made],
      },
    ]);
  });

  test("is open to nobody to whom it is not granted, and no column needs tags of its own", () => {
    const json = synthTable(undefined, { columnTags: undefined });

    expect(resources(json, "aws_lakeformation_permissions")).toEqual({});
    expect(resources(json, "aws_lakeformation_opt_in")).toEqual({});
    expect(Object.keys(resources(json, "aws_lakeformation_resource_lf_tags"))).toHaveLength(1);
  });

  test("is read by tags", () => {
    const json = synthTable(readAll);

    expect(only(json, "aws_lakeformation_permissions")).toEqual({
      principal: ANALYSTS,
      permissions: ["DESCRIBE", "SELECT"],
      lf_tag_policy: {
        resource_type: "TABLE",
        expression: [{ key: keyOf(json, "sensitivity"), values: ["internal"] }],
      },
      depends_on: [tagIn(json, "sensitivity")],
    });
  });

  test("is read through a filter of rows and columns, which is made when the table has its tags", () => {
    const json = synthTable(readSome);
    const cells = { database_name: nameIn(json), name: "care", table_catalog_id: "111122223333", table_name: "orders" };

    expect(only(json, "aws_lakeformation_data_cells_filter")).toEqual({
      table_data: [
        {
          ...cells,
          column_names: ["order_id", "total"],
          row_filter: [{ filter_expression: "status = 'paid'" }],
        },
      ],
      depends_on: [address(json, "aws_kms_key", "made"), ...tagsOfOrders(json)],
    });
    expect(only(json, "aws_lakeformation_permissions")).toEqual({
      principal: CARE,
      permissions: ["SELECT"],
      data_cells_filter: cells,
      depends_on: [address(json, "aws_lakeformation_data_cells_filter", "orders_filter-care")],
    });
  });

  const all = (table: GovernedTable, { sensitivity }: ReturnType<typeof tagsOf>) => {
    table.grantSelect({ name: "care", principal: CARE }, [sensitivity.isOneOf(["internal"])]);
  };

  test.each<[string, Build[]]>([
    ["all rows and then some", [all, readSome]],
    ["some rows and then all", [readSome, all]],
    ["all rows twice", [all, all]],
    ["some rows twice", [readSome, readSome]],
  ])("is not granted %s to one consumer", (_what, grants) => {
    expect(() =>
      synthTable((...given) => {
        grants.forEach((grant) => {
          grant(...given);
        });
      }),
    ).toThrow("care has a grant on orders already: two grants unite, and a filter is void");
  });

  test("is granted to several consumers in different ways", () => {
    const json = synthTable((...given) => {
      readAll(...given);
      readSome(...given);
    });

    expect(Object.values(resources(json, "aws_lakeformation_permissions")).map(({ principal }) => principal)).toEqual([
      ANALYSTS,
      CARE,
    ]);
  });

  describe("lets a role of ours", () => {
    const consumer = (role: ServiceRole) => ({ name: "reports", principal: role.roleArn, role });
    const READING = [
      {
        Sid: "LookUpTables",
        Effect: "Allow",
        Action: [
          "glue:GetDatabase",
          "glue:GetDatabases",
          "glue:GetPartition",
          "glue:GetPartitions",
          "glue:GetTable",
          "glue:GetTables",
        ],
        Resource: ["catalog", "database/*", "table/*"].map((name) => `arn:aws:glue:eu-west-1:111122223333:${name}`),
      },
      { Sid: "AskForData", Effect: "Allow", Action: ["lakeformation:GetDataAccess"], Resource: ["*"] },
    ];

    test.each<[string, Build]>([
      [
        "by tags",
        (table, { sensitivity }, stack) => {
          table.grantSelect(consumer(serviceRole(stack)), [sensitivity.isOneOf(["internal"])]);
        },
      ],
      [
        "through a filter",
        (table, _tags, stack) => {
          table.grantFilteredSelect(consumer(serviceRole(stack)), ["order_id"], "total > 0");
        },
      ],
    ])("look the table up and ask for its data %s, never S3 or a key for them", (_how, build) => {
      const json = synthTable(build);

      expect(statementsOf("reader", json)).toEqual(READING);
      expect(only(json, "aws_lakeformation_permissions").principal).toBe(
        reference(json, "aws_iam_role", "reader_role", "arn"),
      );
    });

    test("do so once for all tables", () => {
      const json = synthTable((table, tags, stack, sales) => {
        const reports = consumer(serviceRole(stack));
        const other = new GovernedTable(stack, "customers", {
          database: sales,
          tableName: "customers",
          tags: [tags.domain.is("customers")],
          account,
          hybridAccess: false,
          leftToIam: false,
          after: [],
        });
        table.grantSelect(reports, [tags.sensitivity.isOneOf(["internal"])]);
        other.grantFilteredSelect(reports, ["customer_id"], "segment = 'a'");
      });

      expect(statementsOf("reader", json)).toEqual(READING);
    });
  });

  test("of others leaves what reading needs in IAM to them", () => {
    const json = synthTable(readAll);
    const names = Object.values(resources(json, "aws_iam_role")).map(({ name }) => name);

    // that of the catalog's encryption is there without a reader too
    expect(names).toEqual(["basin-test-catalog-encryption"]);
  });

  describe("in a migration", () => {
    const migrating = { hybridAccess: true, leftToIam: true };

    test("is left to IAM by everything on the table, when it has its tags", () => {
      const json = synthTable(undefined, migrating);

      expect(only(json, "aws_lakeformation_permissions")).toEqual({
        principal: "IAM_ALLOWED_PRINCIPALS",
        permissions: ["ALL"],
        table: { database_name: nameIn(json), name: "orders" },
        depends_on: tagsOfOrders(json),
      });
      expect(resources(json, "aws_lakeformation_opt_in")).toEqual({});
    });

    test.each<[string, Build, string]>([
      ["by tags", readAll, ANALYSTS],
      ["through a filter", readSome, CARE],
    ])(
      "is Lake Formation's for who reads it %s: the opt-in names the table, not its tags",
      (_how, build, principal) => {
        const json = synthTable(build, migrating);

        expect(only(json, "aws_lakeformation_opt_in")).toEqual({
          principal: [{ data_lake_principal_identifier: principal }],
          resource_data: [{ table: [{ catalog_id: "111122223333", database_name: nameIn(json), name: "orders" }] }],
          depends_on: tagsOfOrders(json),
        });
        expect(resource(json, "aws_lakeformation_permissions", "orders_left-to-iam").principal).toBe(
          "IAM_ALLOWED_PRINCIPALS",
        );
      },
    );
  });
});
