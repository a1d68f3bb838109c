import { type Case, casesOf, type Resources } from "../../support/cases";

const KEY = "${aws_kms_key.a.arn}";
const SETTINGS = "aws_glue_data_catalog_encryption_settings";

const settings = (mode: string, key = KEY): Resources => ({
  aws_kms_key: { a: {} },
  [SETTINGS]: {
    a: {
      data_catalog_encryption_settings: {
        encryption_at_rest: {
          catalog_encryption_mode: mode,
          catalog_encryption_service_role: mode === "SSE-KMS" ? undefined : "arn:aws:iam::333333333333:role/a",
          sse_aws_kms_key_id: key,
        },
      },
    },
  },
});

const role = (...allowed: readonly string[]): Resources => ({
  aws_iam_role: { a: { name: "a" } },
  aws_iam_role_policy: {
    a: {
      role: "${aws_iam_role.a.name}",
      policy: JSON.stringify({ Statement: { Effect: "Allow", Action: allowed, Resource: "*" } }),
    },
  },
});

const ALL = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];

/** The encrypted Data Catalog and its users. */
export const GLUE_WIRING_CASES: readonly Case[] = casesOf("WIRE-GLUE-05", [
  { what: "no settings", resources: role("glue:GetTable"), outcome: "passed" },
  { what: "plain metadata", resources: { ...settings("DISABLED"), ...role("glue:GetTable") }, outcome: "passed" },
  {
    what: "a catalog with a role of its own, which is another",
    resources: {
      ...settings("SSE-KMS-WITH-SERVICE-ROLE"),
      ...role("glue:GetTable"),
      aws_iam_role: { a: { name: "reader" } },
    },
    outcome: "passed",
  },
  {
    what: "a catalog whose own role may use the key",
    resources: { ...settings("SSE-KMS-WITH-SERVICE-ROLE"), ...role(...ALL) },
    outcome: "passed",
  },
  {
    what: "a catalog whose own role may only decrypt",
    resources: { ...settings("SSE-KMS-WITH-SERVICE-ROLE"), ...role("kms:Decrypt") },
    outcome: "failed",
  },
  {
    what: "AWS's key, which everybody may use",
    resources: { ...settings("SSE-KMS", "alias/aws/glue"), ...role("glue:GetTable") },
    outcome: "passed",
  },
  { what: "a reader without the key", resources: { ...settings("SSE-KMS"), ...role("glue:Get*") }, outcome: "failed" },
  {
    what: "a reader that may decrypt alone",
    resources: { ...settings("SSE-KMS"), ...role("glue:GetTable", "kms:Decrypt") },
    outcome: "warning",
  },
  {
    what: "a reader as the guide has it",
    resources: { ...settings("SSE-KMS"), ...role("glue:GetTable", ...ALL) },
    outcome: "passed",
  },
  {
    what: "a writer that may decrypt alone",
    resources: { ...settings("SSE-KMS"), ...role("glue:BatchCreatePartition", "kms:Decrypt") },
    outcome: "failed",
  },
  {
    what: "a writer",
    resources: { ...settings("SSE-KMS"), ...role("glue:UpdateTable", ...ALL) },
    outcome: "passed",
  },
  {
    what: "a role that runs jobs",
    resources: { ...settings("SSE-KMS"), ...role("glue:StartJobRun", "glue:GetJobRun") },
    outcome: "passed",
  },
  {
    what: "a reader with a policy of AWS",
    resources: {
      ...settings("SSE-KMS"),
      ...role("glue:GetTable"),
      aws_iam_role_policy_attachment: {
        a: { role: "${aws_iam_role.a.name}", policy_arn: "arn:aws:iam::aws:policy/PowerUserAccess" },
      },
    },
    outcome: "unknown",
  },
  {
    what: "a catalog whose own role has a policy of AWS",
    resources: {
      ...settings("SSE-KMS-WITH-SERVICE-ROLE"),
      ...role("kms:Decrypt"),
      aws_iam_role_policy_attachment: {
        a: { role: "${aws_iam_role.a.name}", policy_arn: "arn:aws:iam::aws:policy/PowerUserAccess" },
      },
    },
    outcome: "unknown",
  },
  {
    what: "a reader by one of two policies",
    resources: {
      ...settings("SSE-KMS"),
      ...role("s3:GetObject"),
      aws_iam_policy: {
        a: { policy: JSON.stringify({ Statement: { Effect: "Allow", Action: "glue:GetTable", Resource: "*" } }) },
      },
      aws_iam_role_policy_attachment: {
        a: { role: "${aws_iam_role.a.name}", policy_arn: "${aws_iam_policy.a.arn}" },
      },
    },
    outcome: "failed",
  },
  {
    what: "a database that waits for settings within a function",
    resources: {
      ...settings("SSE-KMS"),
      aws_glue_catalog_database: { a: { name: "a", description: `\${format("after %s", ${SETTINGS}.a.id)}` } },
    },
    outcome: "passed",
  },
  {
    what: "a reader that may decrypt, with a policy of AWS",
    resources: {
      ...settings("SSE-KMS"),
      ...role("glue:GetTable", "kms:Decrypt"),
      aws_iam_role_policy_attachment: {
        a: { role: "${aws_iam_role.a.name}", policy_arn: "arn:aws:iam::aws:policy/PowerUserAccess" },
      },
    },
    outcome: "passed",
  },
  {
    what: "a database after the settings",
    resources: {
      ...settings("SSE-KMS"),
      aws_glue_catalog_database: { a: { name: "a", depends_on: [`${SETTINGS}.a`] } },
    },
    outcome: "passed",
  },
  {
    what: "a database of a later stack",
    resources: [settings("SSE-KMS-WITH-SERVICE-ROLE"), { aws_glue_catalog_database: { a: { name: "a" } } }],
    outcome: "passed",
  },
  {
    what: "a database that does not wait for the settings",
    resources: { ...settings("SSE-KMS"), aws_glue_catalog_database: { a: { name: "a" } } },
    outcome: "failed",
  },
]);
