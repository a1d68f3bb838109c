import type { Environment } from "../../environments/schema";
import { conditionsOn, matches, speaksOf, type Statement } from "../iam-document";
import { failedIf, judgeKnown, type Rule } from "../rule";
import { IDENTITY_POLICIES, judgeAllows } from "./identities";
import { confines, isConfinedBy, judgePolicy, namesEverybody } from "./policies";

const KEY_MODULE = "make the key with modules/kms/encryption-key.ts";

/** Conditions that keep an Allow for everybody to callers of our own. */
const CONFINING = ["kms:CallerAccount", "kms:ViaService", "aws:PrincipalAccount", "aws:PrincipalOrgID"];

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
    judge: ({ values }) => {
      // keys of other kinds, for signatures for example, and keys of a store of one's own cannot be rotated
      const isRotatable =
        (values.customer_master_key_spec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT" &&
        values.custom_key_store_id === undefined;
      return judgeKnown(values.enable_key_rotation, "enable_key_rotation", (isRotated) =>
        failedIf(isRotatable && isRotated !== true, "its rotation is off", "enable_key_rotation"),
      );
    },
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
      judgePolicy(values.policy, (statements) =>
        statements.flatMap((statement) =>
          failedIf(
            statement.effect === "Allow" &&
              namesEverybody(statement) &&
              !CONFINING.some((key) => isConfinedBy(statement, key)),
            `${statement.sid ?? "a statement"} of its policy allows everybody`,
            "policy",
          ),
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
      judgeKnown(values.deletion_window_in_days ?? 30, "deletion_window_in_days", (days) =>
        failedIf(days !== 30, `it is deleted after ${Number(days)} days, not 30`, "deletion_window_in_days"),
      ),
  },
  {
    id: "LAKE-KMS-06",
    title: "Nobody may decrypt with every key",
    severity: "high",
    level: "error",
    types: IDENTITY_POLICIES,
    external: { checkov: ["CKV_AWS_290", "CKV_AWS_355"], securityHub: ["KMS.1", "KMS.2"] },
    sources: [
      "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
      "https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html",
    ],
    remedy: "grant the use of one key, key.grantDecrypt(role), or name aliases in kms:ResourceAliases",
    judge: (resource, context) =>
      judgeAllows(resource, context, (statement, attribute) => {
        const { graph, environment } = context;
        const decrypts = ["kms:Decrypt", "kms:ReEncryptFrom"].some((action) => speaksOf(statement, action));
        const all = (statement.resources ?? ["*"]).map((resource) => graph.text(resource));
        return failedIf(
          decrypts && all.some((resource) => isEveryKey(resource, environment)) && !namesAliases(statement),
          `${statement.sid ?? "a statement"} allows decrypting with every key`,
          attribute,
        );
      }),
  },
  {
    id: "LAKE-KMS-05",
    title: "Who administers a key does not use it, the account's root aside",
    severity: "high",
    level: "warning",
    types: ["aws_kms_key", "aws_kms_key_policy"],
    sources: ["https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"],
    remedy: "give administration and use in two statements, to different roles",
    judge: ({ values }, { environment }) =>
      judgePolicy(values.policy, (statements) =>
        statements.flatMap((statement) => {
          const administers = ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"].some((action) =>
            speaksOf(statement, action),
          );
          const uses = ["kms:Decrypt", "kms:GenerateDataKey"].some((action) => speaksOf(statement, action));
          return failedIf(
            statement.effect === "Allow" && administers && uses && !isRoot(statement, environment),
            `${statement.sid ?? "a statement"} of its policy lets the same principal administer and use the key`,
            "policy",
          );
        }),
      ),
  },
];

/** Whether a pattern of ARNs takes in every key: of the environment, or of an account that it names. */
function isEveryKey(pattern: string, { region, accountId }: Environment): boolean {
  return /:key\/\*+$/.test(pattern) || matches(pattern, `arn:aws:kms:${region}:${accountId}:key/*`);
}

/** Whether a statement is on keys with aliases that it names, or that begin as it says. */
function namesAliases(statement: Statement): boolean {
  return ["kms:ResourceAliases", "kms:RequestAlias"]
    .flatMap((key) => conditionsOn(statement, key))
    .some((condition) => confines(condition) && condition.values.every((alias) => /^alias\/[^*?]/.test(alias)));
}

/** Whether a statement leaves it to the account's own policies: who is named beside its root gets nothing by it that they could not give. */
function isRoot({ principals }: Statement, { accountId }: Environment): boolean {
  return principals?.AWS?.some((one) => one === accountId || one.endsWith(`:iam::${accountId}:root`)) === true;
}
