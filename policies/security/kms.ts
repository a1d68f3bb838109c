import { conditionsOn, speaksOf } from "../iam-document";
import { failedIf, type Rule } from "../rule";
import { IDENTITY_POLICIES, namesEverybody, policyOf } from "./policies";

const KEY_MODULE = "make the key with modules/kms/encryption-key.ts";

/** Conditions that keep an Allow for everybody to callers of our own. */
const CONFINING = ["kms:CallerAccount", "kms:ViaService", "aws:PrincipalOrgID"];

/** Whether keys are rotated, recoverable and used by nobody but those who are meant. */
export const KMS_RULES: readonly Rule[] = [
  {
    id: "LAKE-KMS-01",
    title: "Every key is rotated",
    severity: "medium",
    level: "error",
    types: ["aws_kms_key"],
    external: {
      checkov: ["CKV_AWS_7"],
      trivy: ["AVD-AWS-0065"],
      cdkNag: ["AwsSolutions-KMS5"],
      securityHub: ["KMS.4"],
    },
    sources: ["https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"],
    remedy: `${KEY_MODULE}, which rotates it`,
    // keys that sign or of which the material is imported cannot be rotated, and Basin has none
    judge: ({ values }) => failedIf(values.enable_key_rotation !== true, "its rotation is off", "enable_key_rotation"),
  },
  {
    id: "LAKE-KMS-02",
    title: "Every key says who may use it",
    severity: "medium",
    level: "error",
    types: ["aws_kms_key"],
    external: { checkov: ["CKV2_AWS_64"] },
    sources: ["https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"],
    remedy: `${KEY_MODULE}, which gives it a policy`,
    judge: (key, { graph }) =>
      failedIf(
        key.values.policy === undefined && graph.referring("aws_kms_key_policy", "key_id", key).length === 0,
        "it has no policy of its own",
        "policy",
      ),
  },
  {
    id: "LAKE-KMS-03",
    title: "No key policy allows everybody",
    severity: "critical",
    level: "error",
    types: ["aws_kms_key", "aws_kms_key_policy"],
    external: { checkov: ["CKV_AWS_33"], securityHub: ["KMS.5"] },
    sources: ["https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"],
    remedy: "name the principal, or confine the statement by kms:CallerAccount, kms:ViaService or aws:PrincipalOrgID",
    judge: ({ values }) =>
      policyOf(values.policy).flatMap((statement) =>
        failedIf(
          statement.effect === "Allow" &&
            namesEverybody(statement) &&
            !CONFINING.some((key) => conditionsOn(statement, key).length > 0),
          `${statement.sid ?? "a statement"} of its policy allows everybody`,
          "policy",
        ),
      ),
  },
  {
    id: "LAKE-KMS-04",
    title: "A key that is deleted can be brought back for a month",
    severity: "high",
    level: "error",
    stages: ["staging", "production"],
    types: ["aws_kms_key"],
    external: { securityHub: ["KMS.3"] },
    sources: ["https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"],
    remedy: "set keys.deletionWindowDays of the environment to 30",
    judge: ({ values }) =>
      // the provider's default is 30 as well
      failedIf(
        (values.deletion_window_in_days ?? 30) !== 30,
        `it is deleted after ${String(values.deletion_window_in_days)} days`,
        "deletion_window_in_days",
      ),
  },
  {
    id: "LAKE-KMS-06",
    title: "Nobody may decrypt with every key",
    severity: "high",
    level: "error",
    types: IDENTITY_POLICIES,
    external: { securityHub: ["KMS.1", "KMS.2"] },
    sources: ["https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html"],
    remedy: "grant the use of one key: key.grantDecrypt(role)",
    judge: ({ values }, { graph }) =>
      policyOf(values.policy).flatMap((statement) => {
        const decrypts = ["kms:Decrypt", "kms:ReEncryptFrom"].some((action) => speaksOf(statement, action));
        const all = (statement.resources ?? ["*"]).map((resource) => graph.text(resource));
        return failedIf(
          statement.effect === "Allow" && decrypts && all.some((resource) => /^\*$|:key\/\*$/.test(resource)),
          `${statement.sid ?? "a statement"} allows to decrypt with every key`,
          "policy",
        );
      }),
  },
];
