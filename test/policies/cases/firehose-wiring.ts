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

const STREAM = "${aws_kinesis_stream.s.arn}";
const KEY = "${aws_kms_key.k.arn}";
const ROLE = "${aws_iam_role.r.arn}";
const FUNCTION = "${aws_lambda_function.f.arn}";
const BUCKET = "arn:aws:s3:::raw";
const GLUE = "arn:aws:glue:eu-west-1:333333333333";

const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (actions: readonly string[], ...resources: readonly string[]) => ({
  Effect: "Allow",
  Action: actions,
  Resource: resources,
});

const CATALOG = allow(
  ["glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"],
  `${GLUE}:catalog`,
  `${GLUE}:database/raw`,
  `${GLUE}:table/raw/clicks`,
);
const IN_BUCKET = allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], BUCKET);
const OBJECTS = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
const FILES = allow([...OBJECTS, "s3:DeleteObject"], `${BUCKET}/web/clicks/*`);
const ERRORS = allow(OBJECTS, `${BUCKET}/errors/*`);
const READ = allow(
  ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
  STREAM,
);
const TRANSFORM = allow(["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"], `${FUNCTION}:$LATEST`);
const LOG = allow(["logs:PutLogEvents"], "${aws_cloudwatch_log_group.g.arn}:log-stream:s");
const ALL = [CATALOG, IN_BUCKET, FILES, ERRORS, READ, TRANSFORM, LOG];
const without = (one: object, ...instead: readonly object[]) => [...ALL.filter((other) => other !== one), ...instead];

const CONTRACT = {
  columns: [{ name: "event_id" }, { name: "Page" }],
  primaryKey: ["event_id"],
};
const TABLES = [{ database: "raw", table: "clicks", location: "s3://raw/web/clicks" }];
const made = (contract: object = CONTRACT, tables: readonly object[] = TABLES): Resources => ({
  aws_lambda_invocation: {
    m: { function_name: "migrator", input: JSON.stringify({ contract, tables }) },
  },
});
const TARGET = { database_name: "raw", table_name: "clicks", unique_keys: ["event_id"] };
const processing = (parameters: Readonly<Record<string, unknown>> = {}, values: object = {}) => ({
  enabled: true,
  processors: [
    {
      type: "Lambda",
      parameters: Object.entries({ LambdaArn: `${FUNCTION}:$LATEST`, ...parameters }).map(([name, value]) => ({
        parameter_name: name,
        parameter_value: value,
      })),
    },
  ],
  ...values,
});
const LOGGING = {
  enabled: true,
  log_group_name: "${aws_cloudwatch_log_group.g.name}",
  log_stream_name: "${aws_cloudwatch_log_stream.s.name}",
};
const ICEBERG = {
  role_arn: ROLE,
  catalog_arn: `${GLUE}:catalog`,
  cloudwatch_logging_options: LOGGING,
  destination_table_configuration: [TARGET],
  processing_configuration: processing(),
  s3_configuration: {
    role_arn: ROLE,
    bucket_arn: "${aws_s3_bucket.raw.arn}",
    error_output_prefix: "errors/!{timestamp:yyyy}/",
  },
};
const delivery = (values: object, iceberg: object = {}, rest: Resources = {}): Resources => ({
  ...made(),
  aws_kms_key: { k: {} },
  aws_s3_bucket: { raw: { bucket: "raw" } },
  aws_kinesis_stream: { s: { name: "clicks" } },
  aws_lambda_function: { f: { function_name: "f" } },
  aws_cloudwatch_log_group: { g: { name: "/aws/kinesisfirehose/clicks" } },
  aws_cloudwatch_log_stream: { s: { name: "s", log_group_name: "${aws_cloudwatch_log_group.g.name}" } },
  aws_kinesis_firehose_delivery_stream: {
    d: {
      name: "d",
      destination: "iceberg",
      kinesis_source_configuration: { kinesis_stream_arn: STREAM, role_arn: ROLE },
      iceberg_configuration: { ...ICEBERG, ...iceberg },
      depends_on: ["aws_lambda_invocation.m"],
      ...values,
    },
  },
  ...rest,
});
const role = (...statements: readonly object[]): Resources => ({
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: { r: { role: "r", policy: document(...statements) } },
});
const allowed = (statements: readonly object[], iceberg: object = {}, rest: Resources = {}): Resources =>
  delivery({}, iceberg, { ...role(...statements), ...rest });

const REGISTERED: Resources = { aws_lakeformation_resource: { l: { arn: `${BUCKET}/web` } } };
const LEND = allow(["lakeformation:GetDataAccess"], "*");
const files = (...statements: readonly object[]) =>
  delivery(
    {
      iceberg_configuration: undefined,
      extended_s3_configuration: {
        role_arn: ROLE,
        bucket_arn: BUCKET,
        prefix: "data/",
        error_output_prefix: "errors/",
      },
    },
    {},
    role(...statements),
  );

const ROLES: Outcomes = [
  ["all that it takes", allowed(ALL), "passed"],
  ["nothing of the catalog", allowed(without(CATALOG)), "failed"],
  [
    "another table of the catalog",
    allowed(without(CATALOG, allow(["glue:*"], `${GLUE}:catalog`, `${GLUE}:database/raw`, `${GLUE}:table/raw/views`))),
    "failed",
  ],
  ["no commit to the table", allowed(without(CATALOG, { ...CATALOG, Action: ["glue:Get*"] })), "failed"],
  ["nothing of the bucket", allowed(without(IN_BUCKET)), "failed"],
  ["no files of the table", allowed(without(FILES)), "failed"],
  ["no deletion of files", allowed(without(FILES, { ...FILES, Action: OBJECTS })), "warning"],
  ["credentials of Lake Formation for files", allowed(without(FILES, LEND), {}, REGISTERED), "passed"],
  ["credentials of Lake Formation, where no location is registered", allowed(without(FILES, LEND)), "failed"],
  ["a registered location, and no leave to ask for it", allowed(without(FILES), {}, REGISTERED), "failed"],
  ["nowhere to put what fails", allowed(without(ERRORS)), "failed"],
  ["no stream", allowed(without(READ)), "failed"],
  [
    "a stream of which shards are not listed",
    allowed(without(READ, { ...READ, Action: ["kinesis:Get*", "kinesis:Describe*"] })),
    "failed",
  ],
  ["no function", allowed(without(TRANSFORM)), "failed"],
  [
    "a function without the version that is called",
    allowed(without(TRANSFORM, { ...TRANSFORM, Resource: FUNCTION })),
    "failed",
  ],
  ["a function in every version", allowed(without(TRANSFORM, { ...TRANSFORM, Resource: `${FUNCTION}:*` })), "passed"],
  [
    "a function that is named without a version",
    allowed(without(TRANSFORM, { ...TRANSFORM, Resource: FUNCTION }), {
      processing_configuration: processing({ LambdaArn: FUNCTION }),
    }),
    "passed",
  ],
  [
    "a function that may not be looked at",
    allowed(without(TRANSFORM, { ...TRANSFORM, Action: "lambda:InvokeFunction" })),
    "failed",
  ],
  ["no logs", allowed(without(LOG)), "failed"],
  [
    "logs by reference to their stream",
    allowed(without(LOG, { ...LOG, Resource: "${aws_cloudwatch_log_stream.s.arn}" })),
    "passed",
  ],
  [
    "logs that are switched off",
    allowed(without(LOG), { cloudwatch_logging_options: { ...LOGGING, enabled: false } }),
    "passed",
  ],
  [
    "what fails among files of the table",
    allowed([...ALL, allow(["s3:*"], `${BUCKET}/*`)], {
      s3_configuration: { ...ICEBERG.s3_configuration, error_output_prefix: "web/clicks/errors/" },
    }),
    "failed",
  ],
  [
    "a key of its own that the role may not use",
    allowed(ALL, { s3_configuration: { ...ICEBERG.s3_configuration, kms_key_arn: KEY } }),
    "failed",
  ],
  [
    "a key of its own",
    allowed([...ALL, allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY)], {
      s3_configuration: { ...ICEBERG.s3_configuration, kms_key_arn: KEY },
    }),
    "passed",
  ],
  [
    "a role that reads, and another that writes",
    delivery(
      { kinesis_source_configuration: { kinesis_stream_arn: STREAM, role_arn: "${aws_iam_role.reader.arn}" } },
      {},
      {
        aws_iam_role: { r: { name: "r" }, reader: { name: "reader" } },
        aws_iam_role_policy: {
          r: { role: "r", policy: document(...without(READ)) },
          reader: { role: "reader", policy: document(READ) },
        },
      },
    ),
    "passed",
  ],
  [
    "a boundary that ends it",
    allowed(
      ALL,
      {},
      {
        aws_iam_role: { r: { name: "r", permissions_boundary: "arn:aws:iam::333333333333:policy/b" } },
        aws_iam_policy: { b: { name: "b", policy: document(allow(["glue:*", "kinesis:*", "logs:*", "s3:*"], "*")) } },
      },
    ),
    "failed",
  ],
  [
    "a policy of AWS",
    allowed([], {}, { aws_iam_role_policy_attachment: { a: { role: "r", policy_arn: "arn:aws:iam::aws:policy/X" } } }),
    "unknown",
  ],
  ["a role of elsewhere", delivery({}), "passed"],
  ["files", files(READ, IN_BUCKET, ERRORS), "passed"],
  ["files, without a place for what fails", files(READ, IN_BUCKET, allow(OBJECTS, `${BUCKET}/data/*`)), "failed"],
  ["tables by record", allowed(without(CATALOG), { destination_table_configuration: undefined }), "passed"],
];

const SHAPES: Outcomes = [
  ["the catalog", delivery({}), "passed"],
  ["a catalog within it", delivery({}, { catalog_arn: `${GLUE}:catalog/s3tablescatalog/b` }), "passed"],
  ["no catalog", delivery({}, { catalog_arn: undefined }), "failed"],
  ["a database", delivery({}, { catalog_arn: `${GLUE}:database/raw` }), "failed"],
  [
    "a catalog of another region",
    delivery({}, { catalog_arn: "arn:aws:glue:us-east-1:333333333333:catalog" }),
    "failed",
  ],
  [
    "a catalog that an apply decides",
    delivery({}, { catalog_arn: "arn:aws:glue:${var.region}:333333333333:catalog" }),
    "unknown",
  ],
  ["what fails backed up", delivery({}, { s3_backup_mode: "FailedDataOnly" }), "passed"],
  ["everything backed up", delivery({}, { s3_backup_mode: "AllData" }), "failed"],
  ["a small buffer", delivery({}, { buffering_size: 1, buffering_interval: 0 }), "passed"],
  ["too large a buffer", delivery({}, { buffering_size: 129 }), "failed"],
  ["too long an interval", delivery({}, { buffering_interval: 901 }), "failed"],
  ["files", files(), "passed"],
];

const table = (values: object = {}): Resources => ({
  aws_lambda_invocation: {},
  aws_glue_catalog_table: {
    t: {
      database_name: "raw",
      name: "clicks",
      open_table_format_input: { iceberg_input: { metadata_operation: "CREATE", version: "2" } },
      storage_descriptor: { columns: [{ name: "event_id" }] },
      ...values,
    },
  },
});
const AFTER_TABLE = { depends_on: ["aws_glue_catalog_table.t"] };
const into = (target: object, rest: Resources = {}, values: object = {}) =>
  delivery(values, { destination_table_configuration: [{ ...TARGET, ...target }] }, rest);
const routed = (variables: object, targets: readonly object[] = [TARGET]) =>
  delivery(
    {},
    { destination_table_configuration: targets },
    {
      ...made(CONTRACT, [...TABLES, { database: "raw", table: "clicks_refused" }]),
      aws_lambda_function: { f: { function_name: "f", environment: { variables } } },
    },
  );
const VARIABLES = { DATABASE: "raw", TABLE: "clicks" };

const TARGETS: Outcomes = [
  ["a table that a migration makes, with its key", delivery({}), "passed"],
  ["a table before its migration", delivery({ depends_on: undefined }), "failed"],
  [
    "a table in an earlier stack",
    [made(), delivery({ depends_on: undefined }, {}, { aws_lambda_invocation: {} })],
    "passed",
  ],
  ["a key that is no column", into({ unique_keys: ["id"] }), "failed"],
  ["a column that is not the key", into({ unique_keys: ["page"] }), "failed"],
  ["a column too many", into({ unique_keys: ["event_id", "page"] }), "failed"],
  ["no key, where the contract has one", into({ unique_keys: undefined }), "failed"],
  [
    "no key, where the contract has none",
    into({ unique_keys: undefined }, made({ ...CONTRACT, primaryKey: [] })),
    "passed",
  ],
  [
    "no key, before the migration",
    into({ unique_keys: undefined }, made({ ...CONTRACT, primaryKey: [] }), { depends_on: undefined }),
    "warning",
  ],
  [
    "keys in another order",
    into({ unique_keys: ["page", "event_id"] }, made({ ...CONTRACT, primaryKey: ["event_id", "Page"] })),
    "passed",
  ],
  ["keys that an apply decides", into({ unique_keys: ["${var.key}"] }), "passed"],
  ["a table that nothing makes", into({ table_name: "views" }), "failed"],
  ["a table that nothing makes, without keys", into({ table_name: "views", unique_keys: undefined }), "warning"],
  ["a table that an apply decides", into({ table_name: "${var.table}" }), "unknown"],
  ["a table that is declared", into({}, table(), AFTER_TABLE), "passed"],
  ["a table that is declared, before it", into({}, table()), "failed"],
  ["a declared table without the column", into({ unique_keys: ["id"] }, table(), AFTER_TABLE), "failed"],
  [
    "a declared table of version 1",
    into({}, table({ open_table_format_input: { iceberg_input: { version: "1" } } }), AFTER_TABLE),
    "failed",
  ],
  ["a declared table of Hive", into({}, table({ open_table_format_input: undefined }), AFTER_TABLE), "failed"],
  ["no table, and a function that says which", delivery({}, { destination_table_configuration: undefined }), "passed"],
  [
    "no table, and nobody who says which",
    delivery({}, { destination_table_configuration: undefined, processing_configuration: undefined }),
    "failed",
  ],
  ["the table that the function knows", routed(VARIABLES), "passed"],
  [
    "a second table that the function knows alone",
    routed({ ...VARIABLES, QUARANTINE_TABLE: "clicks_refused" }),
    "failed",
  ],
  [
    "both tables that the function knows",
    routed({ ...VARIABLES, QUARANTINE_TABLE: "clicks_refused" }, [TARGET, { ...TARGET, table_name: "clicks_refused" }]),
    "passed",
  ],
  ["a database that an apply decides", routed({ ...VARIABLES, DATABASE: "${var.database}" }), "passed"],
  ["files", files(), "passed"],
];

const ENCRYPTED: Resources = {
  aws_kinesis_stream: { s: { name: "clicks", encryption_type: "KMS", kms_key_id: KEY } },
};
const when = (key: string, value: string) => ({ Condition: { StringEquals: { [key]: value } } });
const DECRYPT = allow(["kms:Decrypt"], KEY);
const CONTEXT = "kms:EncryptionContext:aws:kinesis:arn";
const decrypting = (...statements: readonly object[]) =>
  allowed([allow(["kinesis:*"], "*"), ...statements], {}, ENCRYPTED);

const KEYS: Outcomes = [
  ["a stream without a key", allowed(ALL), "passed"],
  ["leave to decrypt", decrypting(DECRYPT), "passed"],
  ["no leave to decrypt", decrypting(), "failed"],
  ["leave to encrypt alone", decrypting(allow(["kms:GenerateDataKey"], KEY)), "failed"],
  [
    "leave to decrypt through Kinesis",
    decrypting({ ...DECRYPT, ...when("kms:ViaService", "kinesis.eu-west-1.amazonaws.com") }),
    "passed",
  ],
  [
    "leave to decrypt through S3",
    decrypting({ ...DECRYPT, ...when("kms:ViaService", "s3.eu-west-1.amazonaws.com") }),
    "failed",
  ],
  [
    "leave to decrypt this stream",
    decrypting({ ...DECRYPT, ...when(CONTEXT, "arn:aws:kinesis:eu-west-1:333333333333:stream/clicks") }),
    "passed",
  ],
  [
    "leave to decrypt another stream",
    decrypting({ ...DECRYPT, ...when(CONTEXT, "arn:aws:kinesis:eu-west-1:333333333333:stream/views") }),
    "failed",
  ],
  [
    "leave to decrypt for the role that writes alone",
    delivery(
      { kinesis_source_configuration: { kinesis_stream_arn: STREAM, role_arn: "${aws_iam_role.reader.arn}" } },
      {},
      {
        ...ENCRYPTED,
        aws_iam_role: { r: { name: "r" }, reader: { name: "reader" } },
        aws_iam_role_policy: { r: { role: "r", policy: document(DECRYPT) } },
      },
    ),
    "failed",
  ],
  [
    "a policy of AWS",
    allowed(
      [],
      {},
      {
        ...ENCRYPTED,
        aws_iam_role_policy_attachment: { a: { role: "r", policy_arn: "arn:aws:iam::aws:policy/X" } },
      },
    ),
    "unknown",
  ],
];

const logged = (logging: object, rest: Resources = {}) =>
  delivery({}, { cloudwatch_logging_options: { ...LOGGING, ...logging } }, rest);

const LOGS: Outcomes = [
  ["a group and a stream", logged({}), "passed"],
  [
    "both by their names, awaited",
    delivery(
      { depends_on: ["aws_lambda_invocation.m", "aws_cloudwatch_log_stream.s"] },
      {
        cloudwatch_logging_options: {
          enabled: true,
          log_group_name: "/aws/kinesisfirehose/clicks",
          log_stream_name: "s",
        },
      },
    ),
    "passed",
  ],
  ["both by their names", logged({ log_group_name: "/aws/kinesisfirehose/clicks", log_stream_name: "s" }), "failed"],
  ["a stream by its name", logged({ log_stream_name: "s" }), "failed"],
  ["a group that nothing makes", logged({ log_group_name: "/aws/kinesisfirehose/none" }), "failed"],
  ["a stream that nothing makes", logged({ log_stream_name: "none" }), "failed"],
  [
    "a stream of another group",
    logged(
      {},
      {
        aws_cloudwatch_log_stream: { s: { name: "s", log_group_name: "/aws/kinesisfirehose/other" } },
      },
    ),
    "failed",
  ],
  ["no stream", logged({ log_stream_name: undefined }), "failed"],
  ["nothing logged", logged({ enabled: false, log_group_name: undefined }), "passed"],
  ["a group that is looked up", logged({ log_group_name: "${data.aws_cloudwatch_log_group.g.name}" }), "unknown"],
  ["a stream that an apply decides", logged({ log_stream_name: "${var.stream}" }), "unknown"],
  [
    "what fails, logged to a stream that nothing makes",
    delivery(
      {},
      {
        s3_configuration: [
          { ...ICEBERG.s3_configuration, cloudwatch_logging_options: [{ ...LOGGING, log_stream_name: "none" }] },
        ],
      },
    ),
    "failed",
  ],
  [
    "files, logged to a group that nothing makes",
    delivery({
      iceberg_configuration: undefined,
      extended_s3_configuration: { cloudwatch_logging_options: { ...LOGGING, log_group_name: "none" } },
    }),
    "failed",
  ],
];

const called = (callee: object, parameters: Readonly<Record<string, unknown>> = {}, values: object = {}) =>
  delivery(
    {},
    { processing_configuration: processing(parameters, values) },
    { aws_lambda_function: { f: { function_name: "f", ...callee } } },
  );

const FUNCTIONS: Outcomes = [
  ["a function as it is by default", called({}), "passed"],
  ["a function that has five minutes", called({ timeout: 300 }), "passed"],
  ["a function that has more", called({ timeout: 301 }), "failed"],
  ["a function whose time an apply decides", called({ timeout: "${var.timeout}" }), "unknown"],
  ["a function that is switched off", called({ reserved_concurrent_executions: 0 }), "failed"],
  ["a function of elsewhere", called({}, { LambdaArn: "arn:aws:lambda:eu-west-1:333333333333:function:x" }), "passed"],
  ["processors that are switched off", called({}, {}, { enabled: false }), "failed"],
  ["processors of which nothing says that they are on", called({}, {}, { enabled: undefined }), "failed"],
  ["nothing that processes", delivery({}, { processing_configuration: { enabled: false } }), "passed"],
  ["a batch as large as can be", called({}, { BufferSizeInMBs: "3", BufferIntervalInSeconds: "900" }), "passed"],
  ["too large a batch", called({}, { BufferSizeInMBs: "4" }), "failed"],
  ["too long a wait", called({}, { BufferIntervalInSeconds: "901" }), "failed"],
];

/** Deliveries: what they read, call, write and log. */
export const FIREHOSE_WIRING_CASES: readonly Case[] = [
  ...of("WIRE-FH-01", ROLES),
  ...of("WIRE-FH-02", SHAPES),
  ...of("WIRE-FH-03", TARGETS),
  ...of("WIRE-FH-05", KEYS),
  ...of("WIRE-FH-06", LOGS),
  ...of("WIRE-FH-07", FUNCTIONS),
];
