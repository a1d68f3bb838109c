import { GlueDataCatalogEncryptionSettings } from "@cdktf/provider-aws/lib/glue-data-catalog-encryption-settings";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { CatalogEncryption } from "../../modules/glue/catalog-encryption";
import { Database, type DatabaseProps } from "../../modules/glue/database";
import {
  account,
  address,
  dataBucket,
  encryptionKey,
  only,
  reference,
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
      const catalogEncryption = new CatalogEncryption(stack, "catalog", {
        encryptionKey: encryptionKey(stack),
        account,
        roleName: "basin-test-catalog-encryption",
      });
      new Database(stack, "orders", {
        databaseName: "basin_test_orders_raw",
        description: "What was ordered",
        bucket: dataBucket(stack),
        folder: "orders",
        catalogEncryption,
        destroyProtection: true,
        ...options,
      });
    });

  test("keeps its tables in a folder, and is made when the catalog is encrypted", () => {
    const json = synthDatabase();

    expect(only(json, "aws_glue_catalog_database")).toEqual({
      name: "basin_test_orders_raw",
      description: "What was ordered",
      lifecycle: { prevent_destroy: true },
      location_uri: `s3://${reference(json, "aws_s3_bucket", "bucket", "bucket")}/orders/`,
      depends_on: [address(json, "aws_glue_data_catalog_encryption_settings", "catalog_settings")],
    });
  });

  test("takes tags", () => {
    expect(only(synthDatabase({ tags: { Domain: "sales" } }), "aws_glue_catalog_database").tags).toEqual({
      Domain: "sales",
    });
  });

  test("may be destroyed where the environment says so", () => {
    expect(only(synthDatabase({ destroyProtection: false }), "aws_glue_catalog_database").lifecycle).toEqual({
      prevent_destroy: false,
    });
  });
});
