import { at, failedIf, type Rule } from "../rule";

/** Whether the Data Catalog is encrypted. */
export const GLUE_RULES: readonly Rule[] = [
  {
    id: "LAKE-GLUE-01",
    title: "The Data Catalog's metadata and connection passwords are encrypted with our keys",
    severity: "high",
    level: "error",
    types: ["aws_glue_data_catalog_encryption_settings"],
    external: { checkov: ["CKV_AWS_94"] },
    sources: ["https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html"],
    remedy: "make the settings with modules/glue/catalog-encryption.ts",
    judge: ({ values }, { graph }) => {
      const settings = values.data_catalog_encryption_settings;
      const mode = at(settings, "encryption_at_rest", "catalog_encryption_mode");
      const isOurs = (...keys: string[]) => graph.reference(at(settings, ...keys))?.resource.type === "aws_kms_key";
      return [
        ...failedIf(mode !== "SSE-KMS" && mode !== "SSE-KMS-WITH-SERVICE-ROLE", "its metadata is not encrypted by KMS"),
        ...failedIf(
          !isOurs("encryption_at_rest", "sse_aws_kms_key_id"),
          "its metadata is encrypted with no key of ours",
        ),
        ...failedIf(
          at(settings, "connection_password_encryption", "return_connection_password_encrypted") !== true,
          "it returns passwords of connections in plain text",
        ),
        ...failedIf(
          !isOurs("connection_password_encryption", "aws_kms_key_id"),
          "passwords of connections are encrypted with no key of ours",
        ),
      ];
    },
  },
];
