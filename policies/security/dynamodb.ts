import { at, failedIf, judgeKnown, type Rule } from "../rule";
import { judgeOurKey } from "./keys";

const MODULE = "make the table with modules/dynamodb/idempotency-table.ts";

/** Whether tables of DynamoDB are encrypted, and survive mistakes. */
export const DYNAMODB_RULES: readonly Rule[] = [
  {
    id: "LAKE-DDB-01",
    title: "Tables of DynamoDB are encrypted with a key of ours",
    severity: "medium",
    level: "error",
    types: ["aws_dynamodb_table"],
    external: { checkov: ["CKV_AWS_119"], trivy: ["AVD-AWS-0025"] },
    sources: ["https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html"],
    remedy: `${MODULE}, which takes a key`,
    judge: ({ values }, { graph }) => {
      const { server_side_encryption: encryption } = values;
      return [
        ...judgeKnown(at(encryption, "enabled"), "server_side_encryption.enabled", (isOn) =>
          failedIf(String(isOn) !== "true", "it is encrypted with a key that AWS owns", "server_side_encryption"),
        ),
        ...judgeOurKey(
          at(encryption, "kms_key_arn"),
          graph,
          "it is encrypted with no key of ours",
          "server_side_encryption.kms_key_arn",
        ),
      ];
    },
  },
  {
    id: "LAKE-DDB-02",
    title: "Outside of development tables of DynamoDB can be restored, and are not deleted by mistake",
    severity: "medium",
    level: "error",
    stages: ["staging", "production"],
    types: ["aws_dynamodb_table"],
    external: {
      checkov: ["CKV_AWS_28"],
      trivy: ["AVD-AWS-0024"],
      cdkNag: ["AwsSolutions-DDB3"],
      securityHub: ["DynamoDB.2", "DynamoDB.6"],
    },
    sources: [
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html",
      "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html",
    ],
    remedy: MODULE,
    judge: ({ values }) => [
      ...judgeKnown(at(values.point_in_time_recovery, "enabled"), "point_in_time_recovery.enabled", (isOn) =>
        failedIf(String(isOn) !== "true", "it cannot be restored to a point in time", "point_in_time_recovery"),
      ),
      ...judgeKnown(values.deletion_protection_enabled, "deletion_protection_enabled", (isOn) =>
        failedIf(String(isOn) !== "true", "nothing keeps it from being deleted", "deletion_protection_enabled"),
      ),
    ],
  },
];
