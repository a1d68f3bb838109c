import type { Case, Resources } from "../../support/cases";

const KEY = "${aws_kms_key.catalog.arn}";
const KEYS = { aws_kms_key: { catalog: {} } };

const atRest = { catalog_encryption_mode: "SSE-KMS", sse_aws_kms_key_id: KEY };
const passwords = { return_connection_password_encrypted: true, aws_kms_key_id: KEY };

const settings = (blocks: unknown): Resources => ({
  aws_glue_data_catalog_encryption_settings: { settings: { data_catalog_encryption_settings: blocks } },
});
const withKey = (blocks: unknown): Resources => ({ ...KEYS, ...settings(blocks) });
const both = (metadata: object, connections: object) => ({
  encryption_at_rest: metadata,
  connection_password_encryption: connections,
});

const READ = { Effect: "Allow", Action: "glue:GetTable", Resource: "*" };
const policyOf = (statement: object): Resources => ({
  aws_glue_resource_policy: { p: { policy: JSON.stringify({ Version: "2012-10-17", Statement: statement }) } },
});
const admitting = (principal: unknown, condition?: object): Resources =>
  policyOf({ ...READ, Principal: principal, Condition: condition });

export const GLUE_CASES: readonly Case[] = [
  ...(
    [
      { what: "both with our key", resources: withKey(both(atRest, passwords)), outcome: "passed" },
      {
        what: "every block a list",
        resources: withKey([{ encryption_at_rest: [atRest], connection_password_encryption: [passwords] }]),
        outcome: "passed",
      },
      {
        what: "a role of its own",
        resources: withKey(both({ ...atRest, catalog_encryption_mode: "SSE-KMS-WITH-SERVICE-ROLE" }, passwords)),
        outcome: "passed",
      },
      {
        what: "a key of another stack",
        resources: [KEYS, settings(both({ ...atRest, sse_aws_kms_key_id: output("0") }, passwordsOf(output("0"))))],
        json: { output: { key: { value: KEY } } },
        outcome: "passed",
      },
      {
        what: "a stack that gives out no key",
        resources: [KEYS, settings(both({ ...atRest, sse_aws_kms_key_id: output("0") }, passwordsOf(output("0"))))],
        outcome: "unknown",
      },
      {
        what: "both with an alias of our key",
        resources: {
          ...withKey(
            both({ ...atRest, sse_aws_kms_key_id: "alias/basin-catalog" }, passwordsOf("${aws_kms_alias.a.arn}")),
          ),
          aws_kms_alias: { a: { name: "alias/basin-catalog", target_key_id: KEY } },
        },
        outcome: "passed",
      },
      {
        what: "metadata with a key that is looked up",
        resources: withKey(both({ ...atRest, sse_aws_kms_key_id: "${data.aws_kms_key.a.arn}" }, passwords)),
        outcome: "unknown",
      },
      {
        what: "metadata in plain text",
        resources: withKey(both({ ...atRest, catalog_encryption_mode: "DISABLED" }, passwords)),
        outcome: "failed",
      },
      {
        what: "metadata with the key of Glue",
        resources: withKey(both({ catalog_encryption_mode: "SSE-KMS" }, passwords)),
        outcome: "failed",
      },
      { what: "metadata alone", resources: withKey({ encryption_at_rest: atRest }), outcome: "failed" },
      {
        what: "passwords that are returned in plain text",
        resources: withKey(both(atRest, { ...passwords, return_connection_password_encrypted: false })),
        outcome: "failed",
      },
      {
        what: "passwords with a key that nothing here makes",
        resources: withKey(both(atRest, passwordsOf("arn:aws:kms:eu-west-1:333333333333:key/1"))),
        outcome: "failed",
      },
    ] as const
  ).map((one) => ({ rule: "LAKE-GLUE-01", ...one })),
  ...(
    [
      { what: "a role of ours", resources: admitting({ AWS: "arn:aws:iam::333333333333:role/r" }), outcome: "passed" },
      { what: "everybody", resources: admitting("*"), outcome: "failed" },
      {
        what: "everybody of our account",
        resources: admitting("*", { StringEquals: { "aws:PrincipalAccount": "333333333333" } }),
        outcome: "passed",
      },
      {
        what: "everybody refused",
        resources: policyOf({ ...READ, Effect: "Deny", Principal: "*" }),
        outcome: "passed",
      },
      { what: "another account", resources: admitting({ AWS: "444444444444" }), outcome: "failed" },
      {
        what: "another account of the organization",
        resources: admitting({ AWS: "444444444444" }, { StringEquals: { "aws:PrincipalOrgID": "o-1" } }),
        outcome: "passed",
      },
      {
        what: "a policy of a data source",
        resources: { aws_glue_resource_policy: { p: { policy: "${data.aws_iam_policy_document.p.json}" } } },
        outcome: "unknown",
      },
    ] as const
  ).map((one) => ({ rule: "LAKE-GLUE-09", ...one })),
];

function output(stack: string): string {
  return `\${data.terraform_remote_state.cross-stack-reference-input-prod-${stack}.outputs.key}`;
}

function passwordsOf(key: string): object {
  return { ...passwords, aws_kms_key_id: key };
}
