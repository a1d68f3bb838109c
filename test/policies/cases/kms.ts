import type { Case, Resources } from "../../support/cases";

const ANYBODY = { Sid: "Use", Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" };
const ROOT = { AWS: "arn:aws:iam::333333333333:root" };
const KEYS_OF_OURS = "arn:aws:kms:eu-west-1:333333333333";

const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const key = (values: object): Resources => ({ aws_kms_key: { key: { ...values } } });
const confined = (Condition: object) => key({ policy: document({ ...ANYBODY, Condition }) });
const identity = (statement: object, type = "aws_iam_role_policy"): Resources => ({
  [type]: { policy: { policy: document({ Effect: "Allow", ...statement }) } },
});
const decrypt = (Resource: unknown, Action: unknown = "kms:Decrypt") => identity({ Action, Resource });

const aliased = (aliases: object) =>
  identity({
    Action: "kms:Decrypt",
    Resource: `${KEYS_OF_OURS}:key/*`,
    Condition: { "ForAnyValue:StringLike": aliases },
  });

const ROTATION: readonly Case[] = [
  { rule: "LAKE-KMS-01", what: "rotated", resources: key({ enable_key_rotation: true }), outcome: "passed" },
  { rule: "LAKE-KMS-01", what: "a local", resources: key({ enable_key_rotation: "${local.on}" }), outcome: "unknown" },
  { rule: "LAKE-KMS-01", what: "left as it is", resources: key({}), outcome: "failed" },
  {
    rule: "LAKE-KMS-01",
    what: "a period without rotation",
    resources: key({ enable_key_rotation: false, rotation_period_in_days: 90 }),
    outcome: "failed",
  },
  {
    rule: "LAKE-KMS-01",
    what: "the default kind, written out",
    resources: key({ customer_master_key_spec: "SYMMETRIC_DEFAULT" }),
    outcome: "failed",
  },
  {
    rule: "LAKE-KMS-01",
    what: "a key that signs",
    resources: key({ key_usage: "SIGN_VERIFY", customer_master_key_spec: "ECC_NIST_P256" }),
    outcome: "passed",
  },
  {
    rule: "LAKE-KMS-01",
    what: "a key in a store of one's own",
    resources: key({ custom_key_store_id: "cks-1234567890abcdef0" }),
    outcome: "passed",
  },
];

const POLICIES: readonly Case[] = [
  { rule: "LAKE-KMS-02", what: "a policy", resources: key({ policy: document() }), outcome: "passed" },
  { rule: "LAKE-KMS-02", what: "none", resources: key({ description: "data" }), outcome: "failed" },
  {
    rule: "LAKE-KMS-02",
    what: "a policy of its own resource",
    resources: { ...key({}), aws_kms_key_policy: { policy: { key_id: "${aws_kms_key.key.id}" } } },
    outcome: "passed",
  },
  {
    rule: "LAKE-KMS-02",
    what: "a policy of another stack",
    resources: [
      key({}),
      {
        aws_kms_key_policy: {
          policy: { key_id: "${data.terraform_remote_state.cross-stack-reference-input-prod-0.outputs.key}" },
        },
      },
    ],
    json: { output: { key: { value: "${aws_kms_key.key.key_id}" } } },
    outcome: "passed",
  },
  {
    rule: "LAKE-KMS-02",
    what: "another key's policy",
    resources: {
      aws_kms_key: { key: {}, other: { policy: document() } },
      aws_kms_key_policy: { policy: { key_id: "${aws_kms_key.other.id}" } },
    },
    outcome: "failed",
  },
];

const EVERYBODY = (
  [
    ["the account", key({ policy: document({ ...ANYBODY, Principal: ROOT }) }), "passed"],
    ["everybody refused", key({ policy: document({ ...ANYBODY, Effect: "Deny" }) }), "passed"],
    [
      "callers of ours through a service",
      confined({ StringEquals: { "KMS:CallerAccount": "333333333333" }, StringLike: { "kms:ViaService": "s3.*" } }),
      "passed",
    ],
    ["the organization", confined({ StringEquals: { "aws:PrincipalOrgID": ["o-1234567890"] } }), "passed"],
    ["principals of an account", confined({ StringEquals: { "aws:PrincipalAccount": "333333333333" } }), "passed"],
    ["everybody", key({ policy: document(ANYBODY) }), "failed"],
    ["everybody, in a list", key({ policy: document({ ...ANYBODY, Principal: { AWS: ["*"] } }) }), "failed"],
    [
      "everybody but one",
      key({ policy: document({ ...ANYBODY, Principal: undefined, NotPrincipal: ROOT }) }),
      "failed",
    ],
    ["other callers alone", confined({ StringNotEquals: { "kms:CallerAccount": "333333333333" } }), "failed"],
    [
      "callers that need not be known",
      confined({ StringEqualsIfExists: { "kms:CallerAccount": "333333333333" } }),
      "failed",
    ],
    ["any caller", confined({ StringLike: { "kms:CallerAccount": "*" } }), "failed"],
    ["any caller, in another way", confined({ StringLike: { "kms:CallerAccount": "?*" } }), "failed"],
    ["any organization", confined({ StringLike: { "aws:PrincipalOrgID": "o-*" } }), "failed"],
    ["a policy that is looked up", key({ policy: "${data.aws_iam_policy_document.key.json}" }), "unknown"],
    ["a condition on something else", confined({ Bool: { "aws:SecureTransport": "true" } }), "failed"],
    ["everybody by a second statement", key({ policy: document({ ...ANYBODY, Principal: ROOT }, ANYBODY) }), "failed"],
    ["everybody by a policy of its own", { aws_kms_key_policy: { policy: { policy: document(ANYBODY) } } }, "failed"],
  ] as const
).map(([what, resources, outcome]): Case => ({ rule: "LAKE-KMS-03", what, resources, outcome }));

const DELETION: readonly Case[] = [
  { rule: "LAKE-KMS-04", what: "a month", resources: key({ deletion_window_in_days: 30 }), outcome: "passed" },
  { rule: "LAKE-KMS-04", what: "the provider's default, a month", resources: key({}), outcome: "passed" },
  { rule: "LAKE-KMS-04", what: "a day less", resources: key({ deletion_window_in_days: 29 }), outcome: "failed" },
  {
    rule: "LAKE-KMS-04",
    what: "a local",
    resources: key({ deletion_window_in_days: "${local.days}" }),
    outcome: "unknown",
  },
  {
    rule: "LAKE-KMS-04",
    what: "a week in staging",
    resources: key({ deletion_window_in_days: 7 }),
    environment: { stage: "staging" },
    outcome: "failed",
  },
  {
    rule: "LAKE-KMS-04",
    what: "a week in development",
    resources: key({ deletion_window_in_days: 7 }),
    environment: { stage: "development" },
    outcome: "passed",
  },
];

const DECRYPTION = (
  [
    ["one key", { ...key({}), ...decrypt(["${aws_kms_key.key.arn}"]) }, "passed"],
    ["one key by its ARN", decrypt(`${KEYS_OF_OURS}:key/1234`), "passed"],
    ["what needs no key", decrypt("*", ["kms:ListAliases", "kms:GenerateRandom"]), "passed"],
    ["refused", identity({ Effect: "Deny", Action: "kms:Decrypt", Resource: "*" }), "passed"],
    ["every key", decrypt("*"), "failed"],
    ["every key of the account, in a list", decrypt([`${KEYS_OF_OURS}:key/1234`, `${KEYS_OF_OURS}:key/*`]), "failed"],
    ["every key of another account", decrypt("arn:aws:kms:us-east-1:999999999999:key/*"), "failed"],
    ["everything of the service", decrypt("arn:aws:kms:*"), "failed"],
    ["everything of the region", decrypt(`${KEYS_OF_OURS}:*`), "failed"],
    ["all keys but one", identity({ Action: "kms:Decrypt", NotResource: `${KEYS_OF_OURS}:key/1234` }), "failed"],
    ["a pattern of actions", decrypt("*", ["KMS:reencrypt*"]), "failed"],
    ["all actions but some", identity({ NotAction: "iam:*", Resource: "*" }), "failed"],
    ["keys with an alias of ours", aliased({ "kms:ResourceAliases": "alias/basin-prod-*" }), "passed"],
    ["keys asked for by an alias of ours", aliased({ "kms:RequestAlias": ["alias/basin-prod-data"] }), "passed"],
    ["keys with any alias", aliased({ "kms:ResourceAliases": ["alias/basin-prod-data", "alias/*"] }), "failed"],
    [
      "every key, in the role",
      { aws_iam_role: { role: { inline_policy: [{ policy: document({ ...ANYBODY, Principal: undefined }) }] } } },
      "failed",
    ],
    [
      "a policy that is looked up",
      { aws_iam_policy: { a: { policy: "${data.aws_iam_policy_document.a.json}" } } },
      "unknown",
    ],
    ["every key by a managed policy", identity({ Action: "kms:*", Resource: "*" }, "aws_iam_policy"), "failed"],
  ] as const
).map(([what, resources, outcome]): Case => ({ rule: "LAKE-KMS-06", what, resources, outcome }));

const administration = (what: string, statement: object, outcome: Case["outcome"]): Case => ({
  rule: "LAKE-KMS-05",
  what,
  resources: {
    aws_kms_key: { a: { policy: document({ Effect: "Allow", Action: "kms:*", Resource: "*", ...statement }) } },
  },
  outcome,
});

const ADMINISTRATION: readonly Case[] = [
  administration("the account's root", { Principal: { AWS: "arn:aws:iam::333333333333:root" } }, "passed"),
  administration("the account", { Principal: { AWS: ["333333333333"] } }, "passed"),
  administration(
    "the account beside a role",
    { Principal: { AWS: ["arn:aws:iam::333333333333:root", "arn:aws:iam::333333333333:role/a"] } },
    "passed",
  ),
  administration(
    "a role that changes the policy and encrypts",
    { Principal: { AWS: "a" }, Action: ["kms:PutKeyPolicy", "kms:GenerateDataKey"] },
    "warning",
  ),
  administration("another account's root", { Principal: { AWS: "arn:aws:iam::444444444444:root" } }, "warning"),
  administration("a role", { Principal: { AWS: "arn:aws:iam::333333333333:role/a" } }, "warning"),
  administration(
    "a role that uses it",
    { Principal: { AWS: "a" }, Action: ["kms:Decrypt", "kms:Describe*"] },
    "passed",
  ),
  administration("a role that administers it", { Principal: { AWS: "a" }, Action: ["kms:Put*", "kms:Tag*"] }, "passed"),
  administration("a role that is denied both", { Principal: { AWS: "a" }, Effect: "Deny" }, "passed"),
  {
    rule: "LAKE-KMS-05",
    what: "a policy that is looked up",
    resources: key({ policy: "${data.aws_iam_policy_document.key.json}" }),
    outcome: "unknown",
  },
  {
    rule: "LAKE-KMS-05",
    what: "a policy beside the key",
    resources: {
      aws_kms_key_policy: {
        a: { policy: document({ Effect: "Allow", Principal: { AWS: "a" }, NotAction: "kms:Encrypt", Resource: "*" }) },
      },
    },
    outcome: "warning",
  },
];

export const KMS_CASES: readonly Case[] = [
  ...ROTATION,
  ...POLICIES,
  ...EVERYBODY,
  ...DELETION,
  ...DECRYPTION,
  ...ADMINISTRATION,
];
