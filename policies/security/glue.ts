import { at, failedIf, judgeKnown, type Rule } from "../rule";
import { judgeOurKey } from "./keys";
import { allowsAnybody, judgePolicy, judgeStrangers } from "./policies";

/** Whether the Data Catalog is encrypted, and closed to others. */
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
      const atRest = at(settings, "encryption_at_rest");
      const passwords = at(settings, "connection_password_encryption");
      return [
        ...judgeKnown(at(atRest, "catalog_encryption_mode"), "catalog_encryption_mode", (mode) =>
          failedIf(mode !== "SSE-KMS" && mode !== "SSE-KMS-WITH-SERVICE-ROLE", "its metadata is not encrypted by KMS"),
        ),
        ...judgeOurKey(at(atRest, "sse_aws_kms_key_id"), graph, "its metadata is encrypted with no key of ours"),
        ...judgeKnown(
          at(passwords, "return_connection_password_encrypted"),
          "return_connection_password_encrypted",
          (isEncrypted) => failedIf(isEncrypted !== true, "it returns passwords of connections in plain text"),
        ),
        ...judgeOurKey(
          at(passwords, "aws_kms_key_id"),
          graph,
          "passwords of connections are encrypted with no key of ours",
        ),
      ];
    },
  },
  {
    id: "LAKE-GLUE-09",
    title: "The Data Catalog's own policy lets in nobody whom it does not name, and no account of others",
    severity: "critical",
    level: "error",
    types: ["aws_glue_resource_policy"],
    sources: [
      "https://docs.aws.amazon.com/glue/latest/dg/security_iam_resource-based-policy-examples.html",
      "https://docs.aws.amazon.com/glue/latest/dg/cross-account-access.html",
    ],
    remedy: "name roles of this account, or leave access to their policies and to Lake Formation",
    judge: ({ values }, { environment }) =>
      judgePolicy(values.policy, (statements) =>
        statements.flatMap((statement) => [
          ...failedIf(allowsAnybody(statement), `${statement.sid ?? "a statement"} of its policy allows everybody`),
          ...judgeStrangers(statement, environment.accountId),
        ]),
      ),
  },
];
