import type { Case, Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  resources: Case["resources"],
  outcome: Case["outcome"],
  rest?: Partial<Case>,
])[];

const OUTPUT = "${data.terraform_remote_state.cross-stack-reference-input-prod-0.outputs.id}";
const through = (value: string): Partial<Case> => ({ json: { output: { id: { value } } } });

const BUCKET = "${aws_s3_bucket.data.bucket}";
const DATA: Resources = { aws_s3_bucket: { data: { bucket: "data" } } };
const versioning = (bucket = BUCKET): Resources => ({
  aws_s3_bucket_versioning: { data: { bucket, versioning_configuration: { status: "Enabled" } } },
});
const notifications = (...buckets: readonly string[]): Resources => ({
  aws_s3_bucket_notification: Object.fromEntries(buckets.map((bucket, index) => [`n${index}`, { bucket }])),
});

const SINGLE_SETTINGS: Outcomes = [
  ["one", { ...DATA, ...notifications(BUCKET) }, "passed"],
  ["one for each of two buckets", { ...DATA, ...notifications(BUCKET, "other") }, "passed"],
  [
    "settings of which a bucket has many",
    { aws_s3_bucket_inventory: { a: { bucket: "b" }, b: { bucket: "b" } } },
    "passed",
  ],
  ["two", { ...DATA, ...notifications(BUCKET, BUCKET) }, "failed"],
  ["two, one by id and one by name", { ...DATA, ...notifications("${aws_s3_bucket.data.id}", "data") }, "failed"],
  [
    "two of a bucket without a name",
    { aws_s3_bucket: { data: {} }, ...notifications(BUCKET, "${aws_s3_bucket.data.id}") },
    "failed",
  ],
  ["two of a bucket made elsewhere", notifications("theirs", "theirs"), "failed"],
  [
    "two, over stacks",
    [{ ...DATA, ...versioning() }, { aws_s3_bucket_versioning: { more: { bucket: OUTPUT } } }],
    "failed",
    through(BUCKET),
  ],
];

const ORDERED = ["aws_s3_bucket_versioning.data"];
const replication = (values: object, destination = "arn:aws:s3:::far"): Resources => ({
  aws_s3_bucket_replication_configuration: {
    copy: {
      bucket: BUCKET,
      role: "arn:aws:iam::1:role/copy",
      rule: { destination: { bucket: destination } },
      ...values,
    },
  },
});
const locked = (values: object, bucket: object = {}): Resources => ({
  aws_s3_bucket: { data: { bucket: "data", ...bucket } },
  aws_s3_bucket_object_lock_configuration: { lock: { bucket: BUCKET, ...values } },
});
const suspended = (status: string): Resources => ({
  aws_s3_bucket_versioning: { data: { bucket: BUCKET, versioning_configuration: [{ status }] } },
});
const expiring = (values: object): Resources => ({
  ...DATA,
  aws_s3_bucket_lifecycle_configuration: {
    ages: {
      bucket: BUCKET,
      rule: [{ status: "Enabled", noncurrent_version_expiration: [{ noncurrent_days: 1 }] }],
      ...values,
    },
  },
});

const VERSIONS: Outcomes = [
  ["replication after them", { ...DATA, ...versioning(), ...replication({ depends_on: ORDERED }) }, "passed"],
  [
    "replication that refers to them",
    {
      ...DATA,
      ...versioning(),
      ...replication({ bucket: "${aws_s3_bucket_versioning.data.bucket}" }),
    },
    "passed",
  ],
  ["replication between buckets made elsewhere", replication({ bucket: "near" }), "passed"],
  ["replication without them", { ...DATA, ...replication({}) }, "failed"],
  ["replication beside them", { ...DATA, ...versioning(), ...replication({}) }, "failed"],
  [
    "replication to a bucket without them",
    { ...DATA, ...replication({ bucket: "near" }, "${aws_s3_bucket.data.arn}") },
    "failed",
  ],
  [
    "replication of suspended ones",
    { ...DATA, ...suspended("Suspended"), ...replication({ depends_on: ORDERED }) },
    "failed",
  ],
  [
    "replication of a later stack",
    [{ ...DATA, ...versioning() }, replication({ bucket: OUTPUT })],
    "passed",
    through(BUCKET),
  ],
  ["a lock after them", { ...locked({ depends_on: ORDERED }), ...versioning() }, "passed"],
  ["a lock beside them", { ...locked({}), ...versioning() }, "failed"],
  ["a lock without them", locked({}), "failed"],
  ["a lock of a bucket made with it", locked({}, { object_lock_enabled: true }), "passed"],
  [
    "a lock of a bucket made with it, beside them",
    { ...locked({}, { object_lock_enabled: true }), ...versioning() },
    "passed",
  ],
  [
    "a lock of a bucket made with it, suspended",
    { ...locked({}, { object_lock_enabled: true }), ...suspended("Suspended") },
    "failed",
  ],
  ["a lifecycle of old ones after them", { ...expiring({ depends_on: ORDERED }), ...versioning() }, "passed"],
  ["a lifecycle of old ones beside them", { ...expiring({}), ...versioning() }, "warning"],
  [
    "a lifecycle of current ones beside them",
    { ...expiring({ rule: [{ expiration: { days: 1 } }] }), ...versioning() },
    "passed",
  ],
  [
    "Airflow without them",
    { ...DATA, aws_mwaa_environment: { airflow: { source_bucket_arn: "${aws_s3_bucket.data.arn}" } } },
    "failed",
  ],
];

const LOG_BUCKET = { bucket: "logs" };
const TARGET = "${aws_s3_bucket.logs.bucket}";
const LOGS = "${aws_s3_bucket.logs.arn}";
const delivery = (values: object = {}) => ({
  Effect: "Allow",
  Principal: { Service: "logging.s3.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: `${LOGS}/access/*`,
  ...values,
});
const policy = (bucket: string, ...statements: readonly object[]): Resources => ({
  aws_s3_bucket_policy: {
    [bucket]: { bucket: `\${aws_s3_bucket.${bucket}.bucket}`, policy: JSON.stringify({ Statement: statements }) },
  },
});
const logging = (values: object = {}): Resources => ({
  aws_s3_bucket: { data: { bucket: "data" }, logs: LOG_BUCKET },
  aws_s3_bucket_logging: { data: { bucket: BUCKET, target_bucket: TARGET, target_prefix: "access/data/", ...values } },
});
const condition = (conditions: object) => delivery({ Condition: conditions });
const denial = (conditions: object) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: `${LOGS}/*`,
  Condition: conditions,
});
const received = (...statements: readonly object[]): Resources => ({ ...logging(), ...policy("logs", ...statements) });
const PARTITIONED = { target_object_key_format: { partitioned_prefix: { partition_date_source: "EventTime" } } };
const OUTSIDE = { StringNotEquals: { "aws:SourceVpce": "vpce-1" } };

const ACCESS_LOGS: Outcomes = [
  ["a bucket without logs", DATA, "passed"],
  ["a bucket that lets them in", received(delivery()), "passed"],
  [
    "a list of actions and resources",
    received(delivery({ Action: ["s3:Put*"], Resource: [LOGS, `${LOGS}/*`] })),
    "passed",
  ],
  ["everybody", received(delivery({ Principal: "*" })), "passed"],
  ["the account", received(condition({ StringEquals: { "aws:SourceAccount": ["1", "333333333333"] } })), "passed"],
  ["another account", received(condition({ StringEquals: { "aws:SourceAccount": "111111111111" } })), "failed"],
  [
    "all but another account",
    received(condition({ StringNotEquals: { "aws:SourceAccount": "111111111111" } })),
    "passed",
  ],
  ["the bucket", received(condition({ ArnEquals: { "aws:SourceArn": "${aws_s3_bucket.data.arn}" } })), "passed"],
  ["another bucket", received(condition({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::other*" } })), "failed"],
  [
    "what only an apply knows",
    received(condition({ ArnLike: { "aws:SourceArn": "${aws_s3_access_point.a.arn}" } })),
    "passed",
  ],
  ["calls over TLS", received(condition({ Bool: { "aws:SecureTransport": "true" } })), "passed"],
  [
    "a key that nothing is known of",
    received(condition({ StringEquals: { "s3:signatureversion": "AWS4-HMAC-SHA256" } })),
    "passed",
  ],
  ["another service", received(delivery({ Principal: { Service: "delivery.logs.amazonaws.com" } })), "failed"],
  ["another folder", received(delivery({ Resource: `${LOGS}/flow/*` })), "failed"],
  ["reading", received(delivery({ Action: "s3:GetObject" })), "failed"],
  ["no policy", logging(), "failed"],
  [
    "a policy that stands elsewhere",
    {
      ...logging(),
      aws_s3_bucket_policy: { logs: { bucket: TARGET, policy: "${data.aws_iam_policy_document.logs.json}" } },
    },
    "unknown",
  ],
  [
    "folders by source",
    { ...logging(PARTITIONED), ...policy("logs", delivery({ Resource: `${LOGS}/access/data/333333333333/*` })) },
    "passed",
  ],
  [
    "a refusal of calls without TLS",
    received(delivery(), denial({ Bool: { "aws:SecureTransport": "false" } })),
    "passed",
  ],
  ["a refusal of old TLS", received(delivery(), denial({ NumericLessThan: { "s3:TlsVersion": "1.2" } })), "passed"],
  ["a refusal of other networks", received(delivery(), denial(OUTSIDE)), "failed"],
  [
    "a refusal of other networks, if they are known",
    received(delivery(), denial({ StringNotEqualsIfExists: { "aws:SourceVpc": "vpc-1" } })),
    "failed",
  ],
  [
    "a refusal of other networks that spares services",
    received(delivery(), denial({ ...OUTSIDE, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } })),
    "passed",
  ],
  [
    "a refusal of one network, or of none",
    received(delivery(), denial({ StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } })),
    "failed",
  ],
  [
    "a refusal where a network is known",
    received(delivery(), denial({ Null: { "aws:SourceVpce": "false" } })),
    "passed",
  ],
  [
    "a refusal of one network",
    received(delivery(), denial({ StringEquals: { "aws:SourceVpce": "vpce-1" } })),
    "passed",
  ],
  [
    "a refusal of some networks",
    received(delivery(), denial({ "ForAllValues:StringNotEquals": { "aws:SourceVpce": "vpce-1" } })),
    "passed",
  ],
  [
    "a bucket made with object lock",
    {
      ...received(delivery()),
      aws_s3_bucket: { data: { bucket: "data" }, logs: { bucket: "logs", object_lock_enabled: true } },
    },
    "failed",
  ],
  [
    "a lock",
    { ...received(delivery()), aws_s3_bucket_object_lock_configuration: { logs: { bucket: TARGET } } },
    "failed",
  ],
  [
    "a requester who pays",
    {
      ...received(delivery()),
      aws_s3_bucket_request_payment_configuration: { logs: { bucket: TARGET, payer: "Requester" } },
    },
    "failed",
  ],
  [
    "a bucket made elsewhere",
    { ...DATA, aws_s3_bucket_logging: { data: { bucket: BUCKET, target_bucket: "theirs", target_prefix: "" } } },
    "unknown",
  ],
  [
    "a bucket of another stack",
    [
      { aws_s3_bucket: { logs: LOG_BUCKET }, ...policy("logs", delivery()) },
      {
        ...DATA,
        aws_s3_bucket_logging: { data: { bucket: BUCKET, target_bucket: OUTPUT, target_prefix: "elsewhere/" } },
      },
    ],
    "failed",
    through(TARGET),
  ],
];

const ICEBERG = { parameters: { table_type: "ICEBERG" }, storage_descriptor: { location: "s3://data/tables/orders" } };
const aged = (rule: object, table: object = ICEBERG, bucket = BUCKET): Resources => ({
  ...DATA,
  aws_s3_bucket_lifecycle_configuration: { ages: { bucket, rule: [{ status: "Enabled", ...rule }] } },
  aws_glue_catalog_table: { orders: { ...table } },
});
const EXPIRING = { expiration: [{ days: 30 }] };
const zoned = (zone: string) => aged(EXPIRING, {}, `basin-prod-lake-${zone}-333333333333`);
const tiered = (values: object): Resources => ({
  ...DATA,
  aws_s3_bucket_intelligent_tiering_configuration: {
    tiers: { bucket: BUCKET, tiering: [{ access_tier: "DEEP_ARCHIVE_ACCESS", days: 180 }], ...values },
  },
  aws_glue_catalog_table: { orders: ICEBERG },
});

const AGES: Outcomes = [
  ["all files expire", aged(EXPIRING), "failed"],
  ["all files expire on a day", aged({ expiration: { date: "2027-01-01T00:00:00Z" } }), "failed"],
  ["files of the table expire", aged({ ...EXPIRING, filter: [{ prefix: "tables/orders/data/" }] }), "failed"],
  ["files of many tables expire", aged({ ...EXPIRING, filter: { prefix: "tables/" } }), "failed"],
  ["errors expire, the prefix being in the rule", aged({ ...EXPIRING, prefix: "errors/" }), "passed"],
  ["files expire, the prefix being in the rule", aged({ ...EXPIRING, prefix: "tables/" }), "failed"],
  ["big files expire", aged({ ...EXPIRING, filter: { object_size_greater_than: 1000 } }), "failed"],
  ["files of another table expire", aged({ ...EXPIRING, filter: { prefix: "tables/orders2/" } }), "passed"],
  ["errors expire", aged({ ...EXPIRING, filter: { prefix: "errors/" } }), "passed"],
  ["tagged files expire", aged({ ...EXPIRING, filter: { tag: { key: "detached", value: "true" } } }), "passed"],
  [
    "tagged files of a folder expire",
    aged({ ...EXPIRING, filter: { and: { prefix: "tables/", tags: { detached: "true" } } } }),
    "passed",
  ],
  [
    "files of a folder expire, without a tag",
    aged({ ...EXPIRING, filter: { and: { prefix: "tables/", tags: {} } } }),
    "failed",
  ],
  ["the rule is off", aged({ ...EXPIRING, status: "Disabled" }), "passed"],
  ["the rule may be off", aged({ ...EXPIRING, status: "${var.status}" }), "unknown"],
  [
    "markers may expire",
    aged({ expiration: { expired_object_delete_marker: true }, status: "${var.status}" }),
    "passed",
  ],
  ["files of a folder expire that an apply knows", aged({ ...EXPIRING, prefix: "${var.folder}" }), "unknown"],
  [
    "tagged files of such a folder",
    aged({ ...EXPIRING, filter: { and: { prefix: "${var.folder}", tags: { a: "b" } } } }),
    "passed",
  ],
  [
    "files of a folder that is named by reference",
    aged({ ...EXPIRING, prefix: "${aws_s3_bucket.data.bucket}/" }),
    "passed",
  ],
  ["old versions expire", aged({ noncurrent_version_expiration: { noncurrent_days: 1 } }), "passed"],
  ["markers expire", aged({ expiration: { expired_object_delete_marker: true } }), "passed"],
  ["files go to an archive", aged({ transition: { days: 1, storage_class: "DEEP_ARCHIVE" } }), "failed"],
  [
    "files go to storage that is read at once",
    aged({ transition: [{ days: 1, storage_class: "GLACIER_IR" }] }),
    "passed",
  ],
  [
    "files of a table made by Glue expire",
    aged(EXPIRING, { ...ICEBERG, parameters: {}, open_table_format_input: { iceberg_input: {} } }),
    "failed",
  ],
  [
    "files of a table by its reference expire",
    aged(EXPIRING, { ...ICEBERG, storage_descriptor: [{ location: "s3://${aws_s3_bucket.data.id}/" }] }),
    "failed",
  ],
  ["files of a Hive table expire", aged(EXPIRING, { ...ICEBERG, parameters: { classification: "parquet" } }), "passed"],
  ["files beside a table of another bucket expire", aged(EXPIRING, ICEBERG, "other"), "passed"],
  [
    "files of a table of another stack expire",
    [{ aws_glue_catalog_table: { orders: ICEBERG } }, aged(EXPIRING, {}, "data")],
    "failed",
  ],
  ["files of a zone expire", zoned("curated"), "failed"],
  ["files expire where they arrive", zoned("landing"), "passed"],
  ["tiers", tiered({}), "failed"],
  ["tiers of another folder", tiered({ filter: { prefix: "errors/" } }), "passed"],
  ["tiers of tagged files", tiered({ filter: { tags: { detached: "true" } } }), "passed"],
  ["tiers that are off", tiered({ status: "Disabled" }), "passed"],
];

const ARN = "${aws_s3_bucket.data.arn}";
const ROLE = "${aws_iam_role.job.arn}";
const refusal = (conditions: object, values: object = {}) => ({
  Sid: "DenyForeignNetworks",
  Effect: "Deny",
  Principal: "*",
  Action: ["s3:GetObject*", "s3:PutObject*"],
  Resource: `${ARN}/*`,
  Condition: { StringNotEqualsIfExists: { "aws:SourceVpce": "${aws_vpc_endpoint.s3.id}" }, ...conditions },
  ...values,
});
const VIA = { BoolIfExists: { "aws:ViaAWSService": "false" } };
const sparing = (...roles: readonly string[]) => ({ ...VIA, ArnNotLike: { "aws:PrincipalArn": roles } });
const everything = (conditions: object) => refusal(conditions, { Action: "s3:*", Resource: [ARN, `${ARN}/*`] });
const closed = (statement: object, rest: Resources = {}): Resources => ({
  ...DATA,
  ...policy("data", statement),
  ...rest,
});
const used = (type: string, values: object, resource: string | readonly string[] = `${ARN}/folder/*`): Resources => ({
  [type]: { job: { ...values } },
  aws_iam_role: { job: { name: "job" } },
  aws_iam_role_policy: {
    job: {
      role: "${aws_iam_role.job.name}",
      policy: JSON.stringify({
        Statement: [
          { Effect: "Allow", Action: "s3:GetObject", Resource: resource },
          { Effect: "Allow", Action: "logs:PutLogEvents", Resource: "*" },
        ],
      }),
    },
  },
});
const JOB = used("aws_glue_job", { role_arn: ROLE });
const location = (values: object): Resources => ({
  aws_lakeformation_resource: { location: { arn: `${ARN}/folder`, ...values } },
});

const NETWORKS: Outcomes = [
  ["no refusal", closed({ ...refusal({}), Condition: { Bool: { "aws:SecureTransport": "false" } } }), "passed"],
  ["objects, but through services", closed(refusal(VIA)), "passed"],
  [
    "objects, but from Athena",
    closed(refusal({ "ForAllValues:StringNotEquals": { "aws:CalledVia": "athena.amazonaws.com" } })),
    "passed",
  ],
  ["objects", closed(refusal({})), "warning"],
  [
    "objects of other VPCs",
    closed(refusal({}, { Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1" } } })),
    "warning",
  ],
  [
    "objects of one network",
    closed(refusal({}, { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } })),
    "passed",
  ],
  ["no objects", closed(refusal({}, { Resource: ARN })), "passed"],
  ["deletions", closed(refusal({}, { Action: "s3:DeleteObject" })), "passed"],
  ["everything", closed(everything(VIA)), "failed"],
  [
    "who changes its policy, but not who reads it",
    closed(refusal(VIA, { Action: "s3:PutBucketPolicy", Resource: ARN })),
    "failed",
  ],
  ["a job in no network, which may not read", closed(refusal(VIA, { Action: "s3:GetObject" }), JOB), "failed"],
  [
    "a job that uses another bucket and this one",
    closed(refusal(VIA), used("aws_glue_job", { role_arn: ROLE }, ["arn:aws:s3:::other/*", `${ARN}/*`])),
    "failed",
  ],
  [
    "everything, but services",
    closed(everything({ BoolIfExists: { "aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false" } })),
    "failed",
  ],
  ["everything but for a role", closed(everything(sparing("arn:aws:iam::333333333333:role/deploy"))), "passed"],
  [
    "everything but for a tag",
    closed(everything({ ...VIA, StringNotEquals: { "aws:PrincipalTag/deploy": "true" } })),
    "passed",
  ],
  ["every action on objects", closed(refusal(VIA, { Action: "s3:*" })), "passed"],
  ["a job in no network", closed(refusal(VIA), JOB), "failed"],
  [
    "a job in no network that is spared by name",
    closed(refusal(sparing("arn:aws:iam::333333333333:role/job")), JOB),
    "passed",
  ],
  ["a job in no network that is spared by reference", closed(refusal(sparing("other", ROLE)), JOB), "passed"],
  [
    "a job in no network that is not among the spared",
    closed(refusal(sparing("arn:aws:iam::333333333333:role/other*")), JOB),
    "failed",
  ],
  [
    "a job in no network that a tag may spare",
    closed(refusal({ ...VIA, StringNotEquals: { "aws:PrincipalTag/outside": "true" } }), JOB),
    "passed",
  ],
  [
    "a job in a network",
    closed(refusal(VIA), used("aws_glue_job", { role_arn: ROLE, connections: ["network"] })),
    "passed",
  ],
  [
    "a job that uses another bucket",
    closed(refusal(VIA), used("aws_glue_job", { role_arn: ROLE }, "arn:aws:s3:::other/*")),
    "passed",
  ],
  ["a job that uses every bucket", closed(refusal(VIA), used("aws_glue_job", { role_arn: ROLE }, "*")), "failed"],
  [
    "a job that the refusal does not speak of",
    closed(refusal(VIA, { Principal: { AWS: "arn:aws:iam::1:root" } }), JOB),
    "passed",
  ],
  [
    "a crawler in no network",
    closed(refusal(VIA), used("aws_glue_crawler", { role: ROLE, s3_target: [{ path: "s3://data" }] })),
    "failed",
  ],
  [
    "a crawler of which one target is in no network",
    closed(
      refusal(VIA),
      used("aws_glue_crawler", { role: ROLE, s3_target: [{ connection_name: "network" }, { path: "s3://data" }] }),
    ),
    "failed",
  ],
  [
    "a crawler in a network",
    closed(refusal(VIA), used("aws_glue_crawler", { role: ROLE, s3_target: { connection_name: "network" } })),
    "passed",
  ],
  [
    "an optimizer",
    closed(refusal(VIA), used("aws_glue_catalog_table_optimizer", { configuration: { role_arn: ROLE } })),
    "failed",
  ],
  [
    "a delivery stream",
    closed(
      refusal(VIA),
      used("aws_kinesis_firehose_delivery_stream", { extended_s3_configuration: { role_arn: ROLE } }),
    ),
    "failed",
  ],
  ["a function in no network", closed(refusal(VIA), used("aws_lambda_function", { role: ROLE })), "failed"],
  [
    "a function in a network",
    closed(refusal(VIA), used("aws_lambda_function", { role: ROLE, vpc_config: {} })),
    "passed",
  ],
  ["a warehouse", closed(refusal(VIA), used("aws_redshift_cluster", { iam_roles: [ROLE] })), "failed"],
  [
    "a location of Lake Formation",
    closed(refusal(VIA), location({ role_arn: "arn:aws:iam::333333333333:role/lake" })),
    "failed",
  ],
  [
    "a location that is spared",
    closed(refusal(sparing("*:role/lake")), location({ role_arn: "arn:aws:iam::333333333333:role/lake" })),
    "passed",
  ],
  ["a location with Lake Formation's own role", closed(refusal(sparing("*:role/lake")), location({})), "failed"],
  [
    "a location with Lake Formation's own role, which is spared",
    closed(refusal(sparing("arn:aws:iam::333333333333:role/aws-service-role/*")), location({})),
    "passed",
  ],
  ["a location of another bucket", closed(refusal(VIA), location({ arn: "arn:aws:s3:::data2" })), "passed"],
  [
    "a bucket made elsewhere",
    { aws_s3_bucket_policy: { data: { bucket: "theirs", policy: JSON.stringify({ Statement: everything({}) }) } } },
    "passed",
  ],
];

const OUTCOMES: Readonly<Record<string, Outcomes>> = {
  "WIRE-S3-01": SINGLE_SETTINGS,
  "WIRE-S3-04": VERSIONS,
  "WIRE-S3-05": ACCESS_LOGS,
  "WIRE-S3-06": AGES,
  "WIRE-S3-07": NETWORKS,
};

export const S3_WIRING_CASES: readonly Case[] = Object.entries(OUTCOMES).flatMap(([rule, outcomes]) =>
  outcomes.map(([what, resources, outcome, rest]): Case => ({ rule, what, resources, outcome, ...rest })),
);
