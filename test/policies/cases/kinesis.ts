import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  resources: Case["resources"],
  outcome: Case["outcome"],
  rest?: Partial<Case>,
])[];

const of = (rule: string, outcomes: Outcomes): Case[] =>
  casesOf(
    rule,
    outcomes.map(([what, resources, outcome, rest]) => ({ what, resources, outcome, ...rest })),
  );

const DEVELOPMENT = { environment: { stage: "development" } } as const;
const KEY = "${aws_kms_key.k.arn}";
const STREAM = "${aws_kinesis_stream.s.arn}";

const stream = (values: object = {}): Resources => ({
  aws_kms_key: { k: {} },
  aws_kinesis_stream: { s: { name: "s", encryption_type: "KMS", kms_key_id: KEY, ...values } },
});

const ENCRYPTION: Outcomes = [
  ["our key", stream(), "passed"],
  ["no encryption, the provider's default", stream({ encryption_type: undefined, kms_key_id: undefined }), "failed"],
  ["our key that is not used", stream({ encryption_type: "NONE" }), "failed"],
  ["the account's key", stream({ kms_key_id: "alias/aws/kinesis" }), "failed"],
  ["a key that is looked up", stream({ kms_key_id: "${data.aws_kms_key.k.arn}" }), "unknown"],
  ["encryption that an apply decides", stream({ encryption_type: "${var.type}" }), "unknown"],
];

const RETENTION: Outcomes = [
  ["a week", stream({ retention_period: 168 }), "passed"],
  ["six days in production", stream({ retention_period: 144 }), "failed"],
  ["the default in production", stream(), "failed"],
  ["the default in development", stream(), "passed", DEVELOPMENT],
  ["a day in staging", stream({ retention_period: 24 }), "passed", { environment: { stage: "staging" } }],
  ["less than a day in development", stream({ retention_period: 12 }), "failed", DEVELOPMENT],
  ["no number", stream({ retention_period: null }), "failed"],
  ["what an apply decides", stream({ retention_period: "${var.hours}" }), "unknown"],
];

const DELETION: Outcomes = [
  ["the default", stream(), "passed"],
  ["kept while somebody reads", stream({ enforce_consumer_deletion: false }), "passed"],
  ["deleted although somebody reads", stream({ enforce_consumer_deletion: true }), "failed"],
  ["deleted in development", stream({ enforce_consumer_deletion: true }), "passed", DEVELOPMENT],
  ["what an apply decides", stream({ enforce_consumer_deletion: "${var.is_forced}" }), "unknown"],
];

const put = (principal: unknown, values: object = {}) => ({
  Sid: "Put",
  Effect: "Allow",
  Principal: principal,
  Action: ["kinesis:PutRecord", "kinesis:PutRecords"],
  Resource: STREAM,
  ...values,
});
const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const policy = (...statements: readonly object[]): Resources => ({
  ...stream(),
  aws_kinesis_resource_policy: { p: { resource_arn: STREAM, policy: document(...statements) } },
});
const OURS = { AWS: "arn:aws:iam::333333333333:role/shop" };
const THEIRS = { AWS: "arn:aws:iam::444444444444:role/shop" };
const ORGANIZATION = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } };

const POLICIES: Outcomes = [
  ["a role of ours", policy(put(OURS)), "passed"],
  ["a role of another account of the organization", policy(put(THEIRS, ORGANIZATION)), "passed"],
  ["a role of another account", policy(put(THEIRS)), "failed"],
  ["everybody", policy(put("*")), "failed"],
  ["everybody of the organization", policy(put("*", ORGANIZATION)), "passed"],
  ["everybody refused", policy(put("*", { Effect: "Deny" })), "passed"],
  ["every action", policy(put(OURS, { Action: "kinesis:*" })), "failed"],
  ["who may let in others", policy(put(OURS, { Action: "kinesis:PutResourcePolicy" })), "failed"],
  [
    "a policy that is looked up",
    {
      ...stream(),
      aws_kinesis_resource_policy: { p: { resource_arn: STREAM, policy: "${data.aws_iam_policy_document.p.json}" } },
    },
    "unknown",
  ],
];

const keyed = (principal: unknown, more: object = {}, producer: object = THEIRS): Resources => ({
  ...policy(put(producer, ORGANIZATION)),
  aws_kms_key: {
    k: {
      policy: document(
        { Effect: "Allow", Principal: { AWS: "arn:aws:iam::333333333333:root" }, Action: "kms:*", Resource: "*" },
        { Effect: "Allow", Principal: principal, Action: "kms:GenerateDataKey", Resource: "*", ...more },
      ),
    },
  },
});
const when = (key: string, value: string) => ({ Condition: { StringEquals: { [key]: value } } });
const OTHER = "arn:aws:kinesis:eu-west-1:333333333333:stream/other";

const PRODUCERS: Outcomes = [
  ["a role of ours, which its own policy lets use the key", policy(put(OURS)), "passed"],
  ["a role of theirs that the key lets in", keyed(THEIRS), "passed"],
  ["a role of theirs by its account", keyed({ AWS: "arn:aws:iam::444444444444:root" }), "passed"],
  [
    "a role of theirs through Kinesis",
    keyed(THEIRS, when("kms:ViaService", "kinesis.eu-west-1.amazonaws.com")),
    "passed",
  ],
  ["a role of theirs through S3", keyed(THEIRS, when("kms:ViaService", "s3.eu-west-1.amazonaws.com")), "failed"],
  [
    "a role of theirs for another stream",
    keyed(THEIRS, when("kms:EncryptionContext:aws:kinesis:arn", OTHER)),
    "failed",
  ],
  ["a role of theirs that may only decrypt", keyed(THEIRS, { Action: "kms:Decrypt" }), "failed"],
  ["a role of yet another account", keyed({ AWS: "arn:aws:iam::555555555555:root" }), "failed"],
  ["a key without a policy of its own", policy(put(THEIRS, ORGANIZATION)), "failed"],
  [
    "a role of theirs that may only read",
    policy(put(THEIRS, { ...ORGANIZATION, Action: "kinesis:DescribeStreamSummary" })),
    "passed",
  ],
  [
    "a key whose policy is looked up",
    { ...keyed(THEIRS), aws_kms_key: { k: { policy: "${data.aws_iam_policy_document.k.json}" } } },
    "unknown",
  ],
];

/** Streams, and who puts something there. */
export const KINESIS_CASES: readonly Case[] = [
  ...of("LAKE-KIN-01", ENCRYPTION),
  ...of("LAKE-KIN-02", RETENTION),
  ...of("LAKE-KIN-03", DELETION),
  ...of("LAKE-KIN-04", POLICIES),
  ...of("WIRE-KIN-01", PRODUCERS),
];
