import { addedStatement, type Mutation, set, statement } from "./mutation";

const KEY = "aws_kms_key";
const PART = "foundation_data-key";
const FOUND = [KEY, PART] as const;

/** Each weakens one thing of production, and says which rule notices. */
export const KMS_MUTATIONS: readonly Mutation[] = [
  { rule: "LAKE-KMS-01", what: "no rotation", edit: set(KEY, PART, "enable_key_rotation", false), found: FOUND },
  { rule: "LAKE-KMS-02", what: "no policy", edit: set(KEY, PART, "policy", undefined), found: FOUND },
  {
    rule: "LAKE-KMS-03",
    what: "a service's statement for everybody",
    edit: statement(KEY, PART, "EncryptInventoryReports", (found) => {
      found.Principal = "*";
    }),
    found: FOUND,
  },
  { rule: "LAKE-KMS-04", what: "a week", edit: set(KEY, PART, "deletion_window_in_days", 7), found: FOUND },
  {
    rule: "LAKE-KMS-06",
    what: "decryption with every key",
    edit: statement("aws_iam_role_policy", "lake_catalog-encryption", "UseKeyCatalog", (found) => {
      found.Resource = "*";
    }),
    found: ["aws_iam_role_policy", "lake_catalog-encryption"],
  },
  {
    rule: "LAKE-KMS-05",
    what: "an administrator that may decrypt",
    edit: addedStatement(KEY, PART, {
      Sid: "AdministerAndUse",
      Effect: "Allow",
      Principal: { Service: "backup.amazonaws.com" },
      Action: ["kms:Put*", "kms:Decrypt"],
      Resource: "*",
    }),
    found: FOUND,
  },
];
