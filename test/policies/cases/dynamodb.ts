import { type Case, casesOf, type Resources } from "../../support/cases";

const table = (values: object = {}): Resources => ({
  aws_kms_key: { k: {} },
  aws_dynamodb_table: {
    t: {
      name: "t",
      server_side_encryption: { enabled: true, kms_key_arn: "${aws_kms_key.k.arn}" },
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: true,
      ...values,
    },
  },
});

/** Tables of DynamoDB. */
export const DYNAMODB_CASES: readonly Case[] = [
  ...casesOf("LAKE-DDB-01", [
    { what: "our key", resources: table(), outcome: "passed" },
    {
      what: "the default, a key that AWS owns",
      resources: table({ server_side_encryption: undefined }),
      outcome: "failed",
    },
    { what: "the account's key", resources: table({ server_side_encryption: { enabled: true } }), outcome: "failed" },
    {
      what: "our key that is not used",
      resources: table({ server_side_encryption: { enabled: false, kms_key_arn: "${aws_kms_key.k.arn}" } }),
      outcome: "failed",
    },
    {
      what: "a key that is looked up",
      resources: table({ server_side_encryption: { enabled: true, kms_key_arn: "${data.aws_kms_key.k.arn}" } }),
      outcome: "unknown",
    },
  ]),
  ...casesOf("LAKE-DDB-02", [
    { what: "both", resources: table(), outcome: "passed" },
    { what: "no recovery", resources: table({ point_in_time_recovery: undefined }), outcome: "failed" },
    {
      what: "recovery switched off",
      resources: table({ point_in_time_recovery: { enabled: false } }),
      outcome: "failed",
    },
    { what: "no protection", resources: table({ deletion_protection_enabled: undefined }), outcome: "failed" },
    {
      what: "neither in development",
      resources: table({ point_in_time_recovery: undefined, deletion_protection_enabled: false }),
      environment: { stage: "development" },
      outcome: "passed",
    },
    {
      what: "protection that an apply decides",
      resources: table({ deletion_protection_enabled: "${var.is_protected}" }),
      outcome: "unknown",
    },
  ]),
];
