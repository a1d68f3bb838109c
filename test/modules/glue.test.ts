import { GlueDataCatalogEncryptionSettings } from "@cdktf/provider-aws/lib/glue-data-catalog-encryption-settings";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { CatalogEncryption } from "../../modules/glue/catalog-encryption";
import { CatalogPolicy, type CatalogPolicyProps } from "../../modules/glue/catalog-policy";
import { TableOptimizers, type TableRetention } from "../../modules/glue/table-optimizers";
import type { DatabaseProps } from "../../modules/glue/database";
import { LfTag } from "../../modules/lakeformation/lf-tag";
import { DataLakeSettings } from "../../modules/lakeformation/settings";
import {
  account,
  address,
  database,
  encryptionKey,
  only,
  reference,
  resources,
  serviceRole,
  statements,
  statementsOf,
  synth,
} from "../support/synth";

const synthCatalog = () =>
  synth((stack) => {
    new CatalogEncryption(stack, "catalog", {
      encryptionKey: encryptionKey(stack),
      account,
      roleName: "basin-test-catalog-encryption",
    });
  });

test("metadata and connection passwords are encrypted with the key, metadata by way of the role", () => {
  const json = synthCatalog();
  const keyArn = reference(json, "aws_kms_key", "key", "arn");

  expect(json).toHaveResourceWithProperties(GlueDataCatalogEncryptionSettings, {
    catalog_id: "111122223333",
    data_catalog_encryption_settings: {
      encryption_at_rest: {
        catalog_encryption_mode: "SSE-KMS-WITH-SERVICE-ROLE",
        catalog_encryption_service_role: reference(json, "aws_iam_role", "catalog_role", "arn"),
        sse_aws_kms_key_id: keyArn,
      },
      connection_password_encryption: { return_connection_password_encrypted: true, aws_kms_key_id: keyArn },
    },
  });
});

test("the role is Glue's, for this account only", () => {
  const json = synthCatalog();

  expect(json).toHaveResourceWithProperties(IamRole, {
    name: "basin-test-catalog-encryption",
    description: "Encrypts and decrypts the Glue Data Catalog",
  });
  expect(statements(only(json, "aws_iam_role").assume_role_policy)).toEqual([
    {
      Sid: "TrustServices",
      Effect: "Allow",
      Principal: { Service: ["glue.amazonaws.com"] },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    },
  ]);
});

test("the role may use the key and nothing else", () => {
  const json = synthCatalog();

  expect(statementsOf("basin-test-catalog-encryption", json)).toEqual([
    {
      Sid: "UseKeyData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: [reference(json, "aws_kms_key", "key", "arn")],
    },
  ]);
});

test("the settings wait for the role's permissions, which Glue tests with the key", () => {
  const json = synthCatalog();

  expect(only(json, "aws_glue_data_catalog_encryption_settings").depends_on).toEqual([
    address(json, "aws_iam_role_policy", "catalog_role_policy"),
  ]);
});

describe("a database", () => {
  const synthDatabase = (options: Partial<DatabaseProps> = {}) =>
    synth((stack) => {
      database(stack, options);
    });

  test("keeps its tables in a folder, and is made when the catalog is encrypted", () => {
    const json = synthDatabase();

    expect(only(json, "aws_glue_catalog_database")).toEqual({
      name: "basin_test_sales_raw",
      description: "What customers buy",
      lifecycle: { prevent_destroy: true },
      location_uri: `s3://${reference(json, "aws_s3_bucket", "bucket", "bucket")}/sales/`,
      depends_on: [
        address(json, "aws_glue_data_catalog_encryption_settings", "catalog_settings"),
        address(json, "aws_glue_resource_policy", "catalog-policy"),
      ],
    });
  });

  test("takes tags", () => {
    expect(only(synthDatabase({ tags: { Domain: "sales" } }), "aws_glue_catalog_database").tags).toEqual({
      Domain: "sales",
    });
  });

  test("waits for what else has to be there", () => {
    const json = synth((stack) => {
      database(stack, { after: [new KmsKey(stack, "settings", {})] });
    });

    expect(only(json, "aws_glue_catalog_database").depends_on).toEqual([
      address(json, "aws_glue_data_catalog_encryption_settings", "catalog_settings"),
      address(json, "aws_glue_resource_policy", "catalog-policy"),
      address(json, "aws_kms_key", "settings"),
    ]);
  });

  test("has tags of Lake Formation before its first table", () => {
    let ready: string[] = [];
    const json = synth((stack) => {
      const settings = new DataLakeSettings(stack, "lake-formation", { admins: ["apply"], readOnlyAdmins: [] });
      const zone = new LfTag(stack, "zone", { key: "zone", values: ["raw"], settings });
      ready = database(stack, { lfTags: [zone.is("raw")] }).ready.map(
        (resource) => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`,
      );
    });

    expect(only(json, "aws_lakeformation_resource_lf_tags")).toEqual({
      database: { name: reference(json, "aws_glue_catalog_database", "sales_database", "name") },
      lf_tag: [{ key: reference(json, "aws_lakeformation_lf_tag", "zone_tag", "key"), value: "raw" }],
      depends_on: [address(json, "aws_lakeformation_lf_tag", "zone_tag")],
    });
    expect(ready).toEqual([
      address(json, "aws_glue_catalog_database", "sales_database"),
      address(json, "aws_lakeformation_resource_lf_tags", "sales_lf-tags"),
    ]);
  });

  test("has none of them unless it is given some", () => {
    expect(resources(synthDatabase(), "aws_lakeformation_resource_lf_tags")).toEqual({});
  });

  test("may be destroyed where the environment says so", () => {
    expect(only(synthDatabase({ destroyProtection: false }), "aws_glue_catalog_database").lifecycle).toEqual({
      prevent_destroy: false,
    });
  });
});

describe("the policy of the catalog", () => {
  const synthPolicy = (options: Partial<CatalogPolicyProps> = {}) =>
    statements(
      only(
        synth((stack) => {
          new CatalogPolicy(stack, "catalog-policy", { account, ...options });
        }),
        "aws_glue_resource_policy",
      ).policy,
    );
  const catalog = ["catalog", "database/*", "table/*", "userDefinedFunction/*"].map(
    (resource) => `arn:aws:glue:eu-west-1:111122223333:${resource}`,
  );

  test("refuses principals of other accounts, services that act by themselves aside", () => {
    expect(synthPolicy()).toEqual([
      {
        Sid: "DenyOtherAccounts",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "glue:*",
        Resource: catalog,
        Condition: {
          StringNotEqualsIfExists: { "aws:PrincipalAccount": "111122223333" },
          BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
        },
      },
    ]);
  });

  test("lets only whom it names drop tables and databases", () => {
    const kept = {
      resources: ["arn:aws:glue:eu-west-1:111122223333:table/basin_test_*"],
      except: ["arn:aws:iam::111122223333:role/basin-test-apply"],
    };

    expect(synthPolicy({ kept })[1]).toEqual({
      Sid: "DenyDrops",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: ["glue:BatchDeleteTable", "glue:DeleteDatabase", "glue:DeleteTable"],
      Resource: kept.resources,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": kept.except } },
    });
  });
});

describe("the optimizers of a table", () => {
  const retention: TableRetention = { snapshotDays: 7, minimumSnapshots: 5, orphanFileDays: 3 };
  const synthOptimizers = (options: Partial<TableRetention> = {}) =>
    synth((stack) => {
      const role = serviceRole(stack, "upkeep");
      role.allow("UpdateTables", ["glue:UpdateTable"], ["*"]);
      new TableOptimizers(stack, "orders", {
        database: database(stack),
        tableName: "orders",
        retention: { ...retention, ...options },
        role,
        account,
        after: [new KmsKey(stack, "table", {})],
      });
    });

  test("join files, let snapshots expire and delete what belongs to none, once the table is there and the role may act", () => {
    const json = synthOptimizers();
    const roleArn = reference(json, "aws_iam_role", "upkeep_role", "arn");
    const table = {
      catalog_id: "111122223333",
      database_name: reference(json, "aws_glue_catalog_database", "sales_database", "name"),
      table_name: "orders",
      depends_on: [address(json, "aws_iam_role_policy", "upkeep_policy"), address(json, "aws_kms_key", "table")],
    };

    expect(Object.values(resources(json, "aws_glue_catalog_table_optimizer"))).toEqual([
      { ...table, type: "compaction", configuration: [{ enabled: true, role_arn: roleArn }] },
      {
        ...table,
        type: "orphan_file_deletion",
        configuration: [
          {
            enabled: true,
            role_arn: roleArn,
            orphan_file_deletion_configuration: [
              { iceberg_configuration: [{ orphan_file_retention_period_in_days: 3 }] },
            ],
          },
        ],
      },
      {
        ...table,
        type: "retention",
        configuration: [
          {
            enabled: true,
            role_arn: roleArn,
            retention_configuration: [
              {
                iceberg_configuration: [
                  {
                    clean_expired_files: true,
                    number_of_snapshots_to_retain: 5,
                    snapshot_retention_period_in_days: 7,
                  },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  test.each<[keyof TableRetention, number]>([
    ["snapshotDays", 0],
    ["minimumSnapshots", 0],
    ["orphanFileDays", 0.5],
  ])("refuse %s of %d", (name, value) => {
    expect(() => synthOptimizers({ [name]: value })).toThrow(
      `${name} must be a whole number of 1 or more, got ${value}`,
    );
  });
});
