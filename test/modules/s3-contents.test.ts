import type { TerraformStack } from "cdktf";
import { Artifact } from "../../modules/s3/artifact";
import { ObjectInventory } from "../../modules/s3/object-inventory";
import { account, address, dataBucket, encryptionKey, logBucket, only, reference, synth } from "../support/synth";

describe("an artifact", () => {
  const synthArtifact = (content: string) => {
    const artifacts: Artifact[] = [];
    const json = synth((stack) => {
      artifacts.push(
        new Artifact(stack, "contract", {
          bucket: dataBucket(stack),
          key: "contracts/orders.json",
          content,
          contentType: "application/json",
        }),
      );
    });
    return { object: only(json, "aws_s3_object"), json, hash: artifacts[0]?.hash };
  };

  test("is put where everything about its bucket is in place", () => {
    const { object, json } = synthArtifact('{"a":1}\n');

    expect(object).toEqual({
      bucket: reference(json, "aws_s3_bucket", "bucket", "bucket"),
      key: "contracts/orders.json",
      content: '{"a":1}\n',
      content_type: "application/json",
      override_provider: { default_tags: { tags: {} } },
      depends_on: [
        address(json, "aws_s3_bucket_server_side_encryption_configuration", "bucket_encryption"),
        address(json, "aws_s3_bucket_versioning", "bucket_versioning"),
        address(json, "aws_s3_bucket_policy", "bucket_bucket-policy"),
      ],
    });
  });

  test("keeps its key when its content changes: another key would delete every version of the old one", () => {
    expect(synthArtifact("b").object.key).toBe(synthArtifact("a").object.key);
  });

  test("tells its content's hash", () => {
    // printf '{"a":1}\n' | sha256sum
    expect(synthArtifact('{"a":1}\n').hash).toBe("e346432021b04179518d9614f3560ccd71354a4ee101ddcb893d6959a9d6301c");
  });

  test.each([
    ["${user}", "$${user}"],
    ["%{ if true }", "%%{ if true }"],
    ["$${user}", "$$${user}"],
    ["{$}", "{$}"],
  ])("keeps %p from Terraform's templates", (content, escaped) => {
    expect(synthArtifact(content).object.content).toBe(escaped);
  });
});

test("an inventory lists a folder, encrypted, when the log bucket takes it", () => {
  const json = synth((stack: TerraformStack) => {
    new ObjectInventory(stack, "invoices", {
      inventoryName: "sales-invoices",
      bucket: dataBucket(stack),
      folder: "sales/invoices",
      frequency: "Weekly",
      reports: logBucket(stack),
      encryptionKey: encryptionKey(stack),
      account,
    });
  });

  expect(only(json, "aws_s3_bucket_inventory")).toEqual({
    bucket: reference(json, "aws_s3_bucket", "bucket", "bucket"),
    name: "sales-invoices",
    included_object_versions: "Current",
    optional_fields: ["Size", "LastModifiedDate", "EncryptionStatus"],
    filter: { prefix: "sales/invoices/" },
    schedule: { frequency: "Weekly" },
    destination: {
      bucket: {
        bucket_arn: reference(json, "aws_s3_bucket", "logs_bucket", "arn"),
        account_id: "111122223333",
        format: "Parquet",
        prefix: "inventory",
        encryption: { sse_kms: { key_id: reference(json, "aws_kms_key", "key", "arn") } },
      },
    },
    depends_on: [address(json, "aws_s3_bucket_policy", "logs_bucket_bucket-policy")],
  });
});
