import type { Case, Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  resources: Case["resources"],
  outcome: Case["outcome"],
  rest?: Partial<Case>,
])[];

const NAME = "basin-prod-lake-raw-333333333333";
const REFERENCE = "${aws_s3_bucket.raw.bucket}";
const OUTPUT = "${data.terraform_remote_state.cross-stack-reference-input-prod-0.outputs.raw}";
const THROUGH_OUTPUT = { json: { output: { raw: { value: REFERENCE } } } };
const STAGING = { environment: { stage: "staging" } } as const;
const DEVELOPMENT = { environment: { stage: "development" } } as const;

const bucket = (values: object = {}): Resources => ({ aws_s3_bucket: { raw: { bucket: NAME, ...values } } });
const setting = (type: string, values: object, of = REFERENCE): Resources => ({
  [`aws_s3_bucket_${type}`]: { raw: { bucket: of, ...values } },
});
const configured = (type: string, values: object): Resources => ({ ...bucket(), ...setting(type, values) });
const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

const THREE = { block_public_acls: true, block_public_policy: true, ignore_public_acls: true };
const CLOSED = { ...THREE, restrict_public_buckets: true };

const PUBLIC_ACCESS: Outcomes = [
  ["all four", configured("public_access_block", CLOSED), "passed"],
  ["all four of a bucket that is named", { ...bucket(), ...setting("public_access_block", CLOSED, NAME) }, "passed"],
  [
    "all four, by its id",
    { ...bucket(), ...setting("public_access_block", CLOSED, "${aws_s3_bucket.raw.id}") },
    "passed",
  ],
  ["all four in another stack", [bucket(), setting("public_access_block", CLOSED, OUTPUT)], "passed", THROUGH_OUTPUT],
  ["none", bucket(), "failed"],
  ["three, the fourth being off by default", configured("public_access_block", THREE), "failed"],
  ["one known later", configured("public_access_block", { ...CLOSED, block_public_acls: "${local.on}" }), "unknown"],
  ["one off", configured("public_access_block", { ...CLOSED, block_public_acls: false }), "failed"],
  ["those of another bucket", { ...bucket(), ...setting("public_access_block", CLOSED, "other") }, "failed"],
];

const encrypted = (values: object): Resources => ({
  ...configured("server_side_encryption_configuration", {
    rule: [{ apply_server_side_encryption_by_default: values }],
  }),
  aws_kms_key: { data: {} },
});
const LOGS_ARRIVE = setting("logging", { target_bucket: REFERENCE }, "some-other-bucket");
const AUDIT: Resources = { aws_redshift_logging: { audit: { bucket_name: "${aws_s3_bucket.raw.id}" } } };
const OUR_KEY = { sse_algorithm: "aws:kms", kms_master_key_id: "${aws_kms_key.data.arn}" };

const ENCRYPTION: Outcomes = [
  ["our key", encrypted(OUR_KEY), "passed"],
  ["our key, twice", encrypted({ ...OUR_KEY, sse_algorithm: "aws:kms:dsse" }), "passed"],
  [
    "our key, blocks once and in a list",
    {
      ...encrypted({}),
      ...setting("server_side_encryption_configuration", {
        rule: { apply_server_side_encryption_by_default: [OUR_KEY] },
      }),
    },
    "passed",
  ],
  ["our key, not by KMS", encrypted({ ...OUR_KEY, sse_algorithm: "AES256" }), "failed"],
  ["an algorithm known later", encrypted({ ...OUR_KEY, sse_algorithm: "${local.algorithm}" }), "unknown"],
  ["a key that is looked up", encrypted({ ...OUR_KEY, kms_master_key_id: "${data.aws_kms_key.a.arn}" }), "unknown"],
  ["S3's default", bucket(), "failed"],
  ["S3's own key", encrypted({ sse_algorithm: "AES256" }), "failed"],
  ["the account's key", encrypted({ sse_algorithm: "aws:kms" }), "failed"],
  ["a key that nothing here makes", encrypted({ ...OUR_KEY, kms_master_key_id: "arn:aws:kms:::key/1" }), "failed"],
  // in another account's request an alias means that account's key
  [
    "an alias",
    { ...encrypted({ ...OUR_KEY, kms_master_key_id: "${aws_kms_alias.data.arn}" }), aws_kms_alias: { data: {} } },
    "failed",
  ],
  ["a bucket that logs arrive in", { ...encrypted({ sse_algorithm: "AES256" }), ...LOGS_ARRIVE }, "passed"],
  ["a bucket that logs arrive in, left as it is", { ...bucket(), ...LOGS_ARRIVE }, "passed"],
  ["a bucket of Redshift's logs", { ...encrypted({ sse_algorithm: "AES256" }), ...AUDIT }, "passed"],
  ["our key, which Redshift's logs cannot have", { ...encrypted(OUR_KEY), ...AUDIT }, "failed"],
  ["our key, with which no log arrives", { ...encrypted(OUR_KEY), ...LOGS_ARRIVE }, "failed"],
];

const VERSIONS: Outcomes = [
  ["kept", configured("versioning", { versioning_configuration: { status: "Enabled" } }), "passed"],
  ["kept, in a list", configured("versioning", { versioning_configuration: [{ status: "Enabled" }] }), "passed"],
  ["S3's default, none", bucket(), "failed"],
  ["known later", configured("versioning", { versioning_configuration: { status: "${local.status}" } }), "unknown"],
  ["suspended", configured("versioning", { versioning_configuration: { status: "Suspended" } }), "failed"],
];

const LOGGING: Outcomes = [
  ["to another bucket", configured("logging", { target_bucket: "basin-prod-logs-333333333333" }), "passed"],
  ["a bucket that logs arrive in", { ...bucket(), ...LOGS_ARRIVE }, "passed"],
  ["a bucket of Redshift's logs", { ...bucket(), ...AUDIT }, "failed"],
  ["none", bucket(), "failed"],
  ["to itself", configured("logging", { target_bucket: REFERENCE }), "failed"],
  ["to itself by its name", configured("logging", { target_bucket: NAME }), "failed"],
];

const ARN = "${aws_s3_bucket.raw.arn}";
const refusal = (Condition: object, Resource: unknown = [ARN, `${ARN}/*`], Action: unknown = "s3:*") => ({
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource,
  Condition,
});
const WITHOUT_TLS = { Bool: { "aws:SecureTransport": "false" } };
const OLD_TLS = { NumericLessThan: { "s3:TlsVersion": "1.2" } };
const policy = (...statements: readonly object[]) => configured("policy", { policy: document(...statements) });

const TRANSPORT: Outcomes = [
  ["both refused", policy(refusal(WITHOUT_TLS), refusal(OLD_TLS)), "passed"],
  [
    "both refused, written in other ways",
    policy(
      {
        ...refusal({ bool: { "AWS:securetransport": [false] } }, `arn:aws:s3:::${NAME}*`, ["*"]),
        Principal: { AWS: "*" },
      },
      refusal({ NumericLessThan: { "s3:tlsversion": 1.2 } }, "*", ["S3:*"]),
    ),
    "passed",
  ],
  [
    "TLS 1.2 refused as well",
    policy(refusal(WITHOUT_TLS), refusal({ NumericLessThan: { "s3:TlsVersion": 1.3 } })),
    "passed",
  ],
  [
    "bucket and objects apart",
    policy(refusal(WITHOUT_TLS, ARN), refusal(WITHOUT_TLS, `${ARN}/*`), refusal(OLD_TLS)),
    "passed",
  ],
  ["a policy that is looked up", configured("policy", { policy: "${data.aws_iam_policy_document.a.json}" }), "unknown"],
  ["no policy", bucket(), "failed"],
  ["old TLS let in", policy(refusal(WITHOUT_TLS)), "failed"],
  ["refused where both hold", policy(refusal({ ...WITHOUT_TLS, ...OLD_TLS })), "failed"],
  ["objects let in", policy(refusal(WITHOUT_TLS, ARN), refusal(OLD_TLS)), "failed"],
  ["objects of one folder refused", policy(refusal(WITHOUT_TLS, [ARN, `${ARN}/a/*`]), refusal(OLD_TLS)), "failed"],
  ["another bucket's objects refused", policy(refusal(WITHOUT_TLS, "arn:aws:s3:::other*"), refusal(OLD_TLS)), "failed"],
  ["actions that begin alike refused", policy(refusal(WITHOUT_TLS, undefined, "s3:A*"), refusal(OLD_TLS)), "failed"],
  [
    "all actions but one refused",
    policy({ ...refusal(WITHOUT_TLS), Action: undefined, NotAction: "s3:GetObject" }, refusal(OLD_TLS)),
    "failed",
  ],
  [
    "one role refused",
    policy({ ...refusal(WITHOUT_TLS), Principal: { AWS: "arn:aws:iam::1:role/a" } }, refusal(OLD_TLS)),
    "failed",
  ],
  ["allowed, not refused", policy({ ...refusal(WITHOUT_TLS), Effect: "Allow" }, refusal(OLD_TLS)), "failed"],
];

const ENFORCED = { rule: { object_ownership: "BucketOwnerEnforced" } };

const ACLS: Outcomes = [
  ["off", configured("ownership_controls", ENFORCED), "passed"],
  ["not said to be off", bucket(), "failed"],
  ["on", configured("ownership_controls", { rule: [{ object_ownership: "BucketOwnerPreferred" }] }), "failed"],
  ["off, and set", { ...configured("ownership_controls", ENFORCED), ...setting("acl", { acl: "private" }) }, "failed"],
  [
    "off, and set on the bucket",
    { ...configured("ownership_controls", ENFORCED), ...bucket({ acl: "private" }) },
    "failed",
  ],
];

const anybody = (Condition?: object) => ({
  Effect: "Allow",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: `${ARN}/*`,
  ...(Condition && { Condition }),
});
const ORGANIZATION = { "aws:PrincipalOrgID": "o-1234567890" };
const SOURCE = { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } };

const OUR_ROLE = "arn:aws:iam::333333333333:role/a";
const PUT_POLICY = { Effect: "Allow", Action: "s3:PutBucketPolicy", Resource: ARN };

const ALLOWING: Outcomes = [
  ["a service", policy({ ...anybody(), Principal: { Service: "logging.s3.amazonaws.com" } }), "passed"],
  ["everybody refused", policy(refusal(WITHOUT_TLS)), "passed"],
  ["the organization", policy(anybody({ StringEquals: { "aws:principalorgid": ["o-1234567890"] } })), "passed"],
  [
    "principals of the account",
    policy(anybody({ StringEquals: { "aws:PrincipalAccount": "333333333333" } })),
    "passed",
  ],
  [
    "a resource of an account",
    policy(anybody({ ...SOURCE, StringEquals: { "aws:SourceAccount": "333333333333" } })),
    "passed",
  ],
  ["everybody", policy(anybody()), "failed"],
  ["everybody, in a list", policy({ ...anybody(), Principal: { AWS: ["arn:aws:iam::1:root", "*"] } }), "failed"],
  [
    "everybody but one",
    policy({ ...anybody(), Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::1:root" } }),
    "failed",
  ],
  ["everybody by a second statement", policy(refusal(WITHOUT_TLS), anybody()), "failed"],
  ["everybody by a policy on the bucket", bucket({ policy: document(anybody()) }), "failed"],
  ["a resource of any account", policy(anybody(SOURCE)), "failed"],
  ["other organizations", policy(anybody({ StringNotEquals: ORGANIZATION })), "failed"],
  ["callers of no organization", policy(anybody({ StringEqualsIfExists: ORGANIZATION })), "failed"],
  ["callers all of whose organizations", policy(anybody({ "ForAllValues:StringEquals": ORGANIZATION })), "failed"],
  ["some organization", policy(anybody({ StringLike: { "aws:PrincipalOrgID": "o-*" } })), "failed"],
  [
    "a resource of some account",
    policy(anybody({ ...SOURCE, StringLike: { "aws:SourceAccount": ["333333333333", "?*"] } })),
    "failed",
  ],
  ["a policy that is looked up", configured("policy", { policy: "${data.aws_iam_policy_document.a.json}" }), "unknown"],
  ["objects for another account", policy({ ...anybody(), Principal: { AWS: "444444444444" } }), "passed"],
  ["the bucket's policy for a role of ours", policy({ ...PUT_POLICY, Principal: { AWS: OUR_ROLE } }), "passed"],
  [
    "the bucket's policy for another account",
    policy({ ...PUT_POLICY, Principal: { AWS: [OUR_ROLE, "arn:aws:iam::444444444444:root"] } }),
    "failed",
    { says: "444444444444:root, of another account, s3:PutBucketPolicy" },
  ],
  [
    "every action for another account",
    policy({ ...PUT_POLICY, Action: ["s3:GetObject", "s3:*"], Principal: { AWS: "444444444444" } }),
    "failed",
  ],
  [
    "the bucket's policy refused to another account",
    policy({ ...PUT_POLICY, Effect: "Deny", Principal: { AWS: "444444444444" } }),
    "passed",
  ],
  ["any organization", policy(anybody({ StringLike: { "aws:PrincipalOrgID": "*" } })), "failed"],
];

const aging = (rule: object) => configured("lifecycle_configuration", { rule: [{ status: "Enabled", ...rule }] });
const abort = (days: number) => ({ abort_incomplete_multipart_upload: { days_after_initiation: days } });
const OLD_VERSIONS = { noncurrent_version_expiration: [{ noncurrent_days: 1 }] };
const PREFIX = { filter: { prefix: "tmp/" } };

const UPLOADS: Outcomes = [
  ["a week", aging({ ...abort(7), filter: [{ prefix: "" }] }), "passed"],
  ["a day, without a filter", aging(abort(1)), "passed"],
  [
    "a day, once and with an empty filter",
    configured("lifecycle_configuration", { rule: { status: "Enabled", ...abort(1), filter: {} } }),
    "passed",
  ],
  ["no lifecycle", bucket(), "failed"],
  ["a lifecycle for other things", aging(OLD_VERSIONS), "failed"],
  ["eight days", aging(abort(8)), "failed"],
  ["no day", aging(abort(0)), "failed"],
  ["a rule that is off", aging({ ...abort(7), status: "Disabled" }), "failed"],
  ["a rule that may be off", aging({ ...abort(7), status: "${local.status}" }), "unknown"],
  ["days known later, in one folder", aging({ ...abort(7), ...PREFIX, status: "${local.status}" }), "failed"],
  ["one folder", aging({ ...abort(7), ...PREFIX }), "failed"],
  ["one folder, written in the old way", aging({ ...abort(7), prefix: "tmp/" }), "failed"],
];

const OLD: Outcomes = [
  ["a day", aging(OLD_VERSIONS), "passed"],
  [
    "by the second of two rules",
    configured("lifecycle_configuration", {
      rule: [
        { status: "Enabled", ...abort(7) },
        { status: "Enabled", ...OLD_VERSIONS },
      ],
    }),
    "passed",
  ],
  ["no lifecycle", bucket(), "failed"],
  ["new versions alone", aging({ expiration: { days: 30 } }), "failed"],
  [
    "old versions moved, not deleted",
    aging({ noncurrent_version_transition: [{ noncurrent_days: 30, storage_class: "GLACIER" }] }),
    "failed",
  ],
  ["a rule that is off", aging({ ...OLD_VERSIONS, status: "Disabled" }), "failed"],
  ["one folder", aging({ ...OLD_VERSIONS, ...PREFIX }), "failed"],
  ["objects of one tag", aging({ ...OLD_VERSIONS, filter: { and: { prefix: "", tags: { a: "b" } } } }), "failed"],
];

const EMPTYING: Outcomes = [
  ["not said, which is no", bucket(), "passed"],
  ["no", bucket({ force_destroy: false }), "passed"],
  ["known later", bucket({ force_destroy: "${local.on}" }), "unknown"],
  ["yes", bucket({ force_destroy: true }), "failed"],
  ["yes, in staging", bucket({ force_destroy: true }), "failed", STAGING],
  ["yes, in development", bucket({ force_destroy: true }), "passed", DEVELOPMENT],
];

const landing = (values: object = { object_lock_enabled: true }) =>
  bucket({ bucket: "basin-prod-lake-landing-333333333333", ...values });
const retaining = (rule: unknown) => setting("object_lock_configuration", { rule });

const RETENTION: Outcomes = [
  [
    "a landing zone for 90 days",
    { ...landing(), ...retaining({ default_retention: { mode: "GOVERNANCE", days: 90 } }) },
    "passed",
  ],
  [
    "a landing zone for a year, in lists",
    { ...landing(), ...retaining([{ default_retention: [{ mode: "COMPLIANCE", years: 1 }] }]) },
    "passed",
  ],
  ["another zone", bucket(), "passed"],
  ["a landing zone without", landing({}), "failed"],
  [
    "a landing zone without, its name being a reference",
    {
      aws_s3_bucket: { raw: { bucket: "${aws_s3_bucket.old.bucket}" }, old: { bucket: "a-lake-landing-333333333333" } },
    },
    "failed",
  ],
  ["a landing zone with locks, none by default", landing(), "failed"],
  ["a landing zone with locks and no rule", { ...landing(), ...retaining(undefined) }, "failed"],
  [
    "a landing zone made without locks",
    { ...landing({}), ...retaining({ default_retention: { mode: "GOVERNANCE", days: 90 } }) },
    "failed",
  ],
  ["a landing zone in staging", landing({}), "passed", STAGING],
];

const OUTCOMES: Readonly<Record<string, Outcomes>> = {
  "LAKE-S3-01": PUBLIC_ACCESS,
  "LAKE-S3-02": ENCRYPTION,
  "LAKE-S3-04": VERSIONS,
  "LAKE-S3-05": LOGGING,
  "LAKE-S3-06": TRANSPORT,
  "LAKE-S3-07": ACLS,
  "LAKE-S3-08": ALLOWING,
  "LAKE-S3-10": UPLOADS,
  "LAKE-S3-11": OLD,
  "LAKE-S3-13": EMPTYING,
  "LAKE-S3-14": RETENTION,
};

export const S3_CASES: readonly Case[] = Object.entries(OUTCOMES).flatMap(([rule, outcomes]) =>
  outcomes.map(([what, resources, outcome, rest]): Case => ({ rule, what, resources, outcome, ...rest })),
);
