import { IdempotencyTable, type IdempotencyTableProps } from "../../modules/dynamodb/idempotency-table";
import { encryptionKey, only, reference, serviceRole, statementsOf, synth } from "../support/synth";

const synthTable = (props: Partial<IdempotencyTableProps> = {}, keyPrefix = "basin-test-web-purchases") =>
  synth((stack) => {
    new IdempotencyTable(stack, "table", {
      tableName: "basin-test-idempotency",
      encryptionKey: encryptionKey(stack),
      destroyProtection: true,
      ...props,
    }).grantUse(serviceRole(stack), keyPrefix);
  });

test("a table is encrypted with the key, forgets by itself, and is protected", () => {
  const json = synthTable();

  expect(only(json, "aws_dynamodb_table")).toEqual({
    name: "basin-test-idempotency",
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "id",
    attribute: [{ name: "id", type: "S" }],
    ttl: { enabled: true, attribute_name: "expiration" },
    server_side_encryption: { enabled: true, kms_key_arn: reference(json, "aws_kms_key", "key", "arn") },
    point_in_time_recovery: { enabled: true },
    deletion_protection_enabled: true,
    lifecycle: { prevent_destroy: true },
  });
});

test("a table can be deleted where it is not protected", () => {
  expect(only(synthTable({ destroyProtection: false }), "aws_dynamodb_table")).toMatchObject({
    deletion_protection_enabled: false,
    lifecycle: { prevent_destroy: false },
  });
});

test("grantUse allows items that begin with the prefix and the use of the key, and nothing else", () => {
  const json = synthTable();

  expect(statementsOf("reader", json)).toEqual([
    {
      Sid: "RememberBasinTestIdempotency",
      Effect: "Allow",
      Action: ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      Resource: [reference(json, "aws_dynamodb_table", "table", "arn")],
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "basin-test-web-purchases#*" } },
    },
    {
      Sid: "UseKeyData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: [reference(json, "aws_kms_key", "key", "arn")],
    },
  ]);
});

test.each(["", "a b", "*", "a#b"])("the prefix of keys is not %j", (keyPrefix) => {
  expect(() => synthTable({}, keyPrefix)).toThrow(`keyPrefix must be letters, digits and . _ -, got "${keyPrefix}"`);
});

test.each(["ab", "a b c", "a".repeat(256)])("a table is not called %j", (tableName) => {
  expect(() => synthTable({ tableName })).toThrow(
    `tableName must be 3 to 255 letters, digits and . _ -, got "${tableName}"`,
  );
});
