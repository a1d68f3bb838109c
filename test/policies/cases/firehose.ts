import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [what: string, resources: Case["resources"], outcome: Case["outcome"]])[];

const of = (rule: string, outcomes: Outcomes): Case[] =>
  casesOf(
    rule,
    outcomes.map(([what, resources, outcome]) => ({ what, resources, outcome })),
  );

const KEY = "${aws_kms_key.k.arn}";

const delivery = (values: object): Resources => ({
  aws_kms_key: { k: {} },
  aws_kinesis_firehose_delivery_stream: { d: { name: "d", ...values } },
});
const put = (encryption?: object) => delivery({ server_side_encryption: encryption });
const OURS = { enabled: true, key_type: "CUSTOMER_MANAGED_CMK", key_arn: KEY };

const ENCRYPTION: Outcomes = [
  ["our key", put(OURS), "passed"],
  ["nothing", put(), "failed"],
  ["switched off", put({ ...OURS, enabled: false }), "failed"],
  ["a key that AWS owns", put({ enabled: true, key_type: "AWS_OWNED_CMK" }), "failed"],
  ["a key that nobody names", put({ ...OURS, key_arn: undefined }), "failed"],
  ["a key that is looked up", put({ ...OURS, key_arn: "${data.aws_kms_key.k.arn}" }), "unknown"],
  ["a stream, which has its own", delivery({ kinesis_source_configuration: { kinesis_stream_arn: "arn" } }), "passed"],
  ["a cluster, which has its own", delivery({ msk_source_configuration: [{ msk_cluster_arn: "arn" }] }), "passed"],
];

const LOGGING = { cloudwatch_logging_options: { enabled: true, log_group_name: "g", log_stream_name: "s" } };
const BUCKET = { bucket_arn: "arn:aws:s3:::b", kms_key_arn: KEY, error_output_prefix: "errors/" };
const iceberg = (values: object = {}, bucket: object = {}) =>
  delivery({ iceberg_configuration: { ...LOGGING, s3_configuration: { ...BUCKET, ...bucket }, ...values } });
const s3 = (values: object = {}) => delivery({ extended_s3_configuration: [{ ...LOGGING, ...BUCKET, ...values }] });

const DESTINATIONS: Outcomes = [
  ["tables", iceberg(), "passed"],
  ["tables, without logs", iceberg({ cloudwatch_logging_options: undefined }), "failed"],
  ["tables, with logs switched off", iceberg({ cloudwatch_logging_options: { enabled: false } }), "failed"],
  [
    "tables, with logs as an apply decides",
    iceberg({ cloudwatch_logging_options: { enabled: "${var.logs}" } }),
    "unknown",
  ],
  ["tables, and failures without a key", iceberg({}, { kms_key_arn: undefined }), "failed"],
  ["tables, and failures without a prefix", iceberg({}, { error_output_prefix: undefined }), "failed"],
  ["tables, and no bucket for failures", iceberg({ s3_configuration: undefined }), "failed"],
  ["tables, and a prefix as an apply decides", iceberg({}, { error_output_prefix: "${var.prefix}" }), "unknown"],
  ["files", s3({ prefix: "data/" }), "passed"],
  ["files without a prefix", s3(), "passed"],
  ["files without a key", s3({ kms_key_arn: undefined }), "failed"],
  ["files without logs", s3({ cloudwatch_logging_options: undefined }), "failed"],
  ["files, and failures among them", s3({ prefix: "data/", error_output_prefix: "data/errors/" }), "failed"],
  ["files, and copies without a key", s3({ s3_backup_configuration: { ...BUCKET, kms_key_arn: undefined } }), "failed"],
  [
    "a warehouse",
    delivery({ redshift_configuration: { ...LOGGING, s3_configuration: BUCKET, s3_backup_configuration: BUCKET } }),
    "passed",
  ],
  ["a warehouse without logs", delivery({ redshift_configuration: { s3_configuration: BUCKET } }), "failed"],
  ...["elasticsearch", "http_endpoint", "opensearch", "opensearchserverless", "snowflake", "splunk"].map(
    (name): Outcomes[number] => [
      `what fails for ${name} without a key`,
      delivery({ [`${name}_configuration`]: { ...LOGGING, s3_configuration: { ...BUCKET, kms_key_arn: undefined } } }),
      "failed",
    ],
  ),
  ["no destination", delivery({ destination: "elsewhere" }), "failed"],
];

/** Deliveries, by what they write and where. */
export const FIREHOSE_CASES: readonly Case[] = [...of("LAKE-FH-01", ENCRYPTION), ...of("LAKE-FH-02", DESTINATIONS)];
