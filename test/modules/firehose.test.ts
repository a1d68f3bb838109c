import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { TerraformStack } from "cdktf";
import { LogGroup } from "../../modules/cloudwatch/log-group";
import { IcebergDeliveryStream, type IcebergDeliveryStreamProps } from "../../modules/firehose/delivery-stream";
import { BOUNDARY, dataStream, lambdaFunction, surroundings } from "../support/streams";
import {
  account,
  address,
  database,
  dataBucket,
  encryptionKey,
  only,
  reference,
  resource,
  statements,
  statementsOf,
  synth,
} from "../support/synth";

type Props = Partial<IcebergDeliveryStreamProps> & {
  readonly maximumAgeMinutes?: number;
  readonly failuresFolder?: string;
};

/** What the delivery stream is told to come after, by the grants of its role and otherwise. */
const withEarlier = (stack: TerraformStack): Props => ({
  grant: (role) => [new KmsKey(stack, "granted", { description: role.roleArn })],
  after: [new KmsKey(stack, "migrated", {})],
});

const synthDelivery = (
  { maximumAgeMinutes = 15, failuresFolder = "stream-failures/web/clicks", ...props }: Props = {},
  earlier?: typeof withEarlier,
) =>
  synth((stack) => {
    const key = encryptionKey(stack);
    const bucket = dataBucket(stack);
    const tables = database(stack, {}, bucket, key);
    const around = surroundings(stack, key);
    new IcebergDeliveryStream(stack, "delivery", {
      deliveryStreamName: "basin-test-web-clicks",
      roleName: "basin-test-web-clicks-delivery",
      stream: dataStream(stack, around),
      transform: lambdaFunction(stack, around, {}, bucket),
      database: tables,
      tables: [
        { tableName: "clicks", uniqueKeys: [] },
        { tableName: "clicks_quarantine", uniqueKeys: ["record_id"] },
      ],
      data: { bucket, folders: ["web/clicks", "web/clicks_quarantine"] },
      failures: { bucket, folder: failuresFolder },
      encryptionKey: key,
      logGroup: new LogGroup(stack, "log", {
        logGroupName: "/aws/kinesisfirehose/basin-test-web",
        encryptionKey: key,
        retentionDays: 365,
      }),
      buffer: { sizeMiB: 64, seconds: 300 },
      destroyProtection: true,
      account,
      permissionsBoundaryArn: BOUNDARY,
      alarms: { ...around.target, maximumAgeMinutes },
      grant: () => [],
      after: [],
      ...props,
      ...earlier?.(stack),
    });
  });

const made = (json: string) => only(json, "aws_kinesis_firehose_delivery_stream");
const roleArn = (json: string) => reference(json, "aws_iam_role", "delivery_role", "arn");
const bucketArn = (json: string) => reference(json, "aws_s3_bucket", "bucket", "arn");
const keyArn = (json: string) => reference(json, "aws_kms_key", "key", "arn");
const databaseName = (json: string) => reference(json, "aws_glue_catalog_database", "sales_database", "name");
const functionArn = (json: string) => reference(json, "aws_lambda_function", "tables_function", "arn");

const parametersOf = (json: string) =>
  (
    made(json).iceberg_configuration as {
      processing_configuration: { processors: { parameters: Record<string, string>[] }[] };
    }
  ).processing_configuration.processors.flatMap(({ parameters }) => parameters);

test("records of the stream become rows of its tables, and what no table takes is kept with the reason", () => {
  const json = synthDelivery();
  const logging = {
    enabled: true,
    log_group_name: reference(json, "aws_cloudwatch_log_group", "log_log-group", "name"),
    log_stream_name: reference(json, "aws_cloudwatch_log_stream", "delivery_log_log-stream", "name"),
  };

  expect(resource(json, "aws_cloudwatch_log_stream", "delivery_log_log-stream").name).toBe("basin-test-web-clicks");
  expect({ ...made(json), depends_on: undefined }).toEqual({
    name: "basin-test-web-clicks",
    destination: "iceberg",
    kinesis_source_configuration: {
      kinesis_stream_arn: reference(json, "aws_kinesis_stream", "stream", "arn"),
      role_arn: roleArn(json),
    },
    iceberg_configuration: {
      role_arn: roleArn(json),
      catalog_arn: "arn:aws:glue:eu-west-1:111122223333:catalog",
      buffering_size: 64,
      buffering_interval: 300,
      retry_duration: 3600,
      s3_backup_mode: "FailedDataOnly",
      cloudwatch_logging_options: logging,
      destination_table_configuration: [
        { database_name: databaseName(json), table_name: "clicks" },
        { database_name: databaseName(json), table_name: "clicks_quarantine", unique_keys: ["record_id"] },
      ],
      processing_configuration: {
        enabled: true,
        processors: [
          {
            type: "Lambda",
            parameters: [
              { parameter_name: "LambdaArn", parameter_value: `${functionArn(json)}:$LATEST` },
              { parameter_name: "BufferSizeInMBs", parameter_value: "0.5" },
            ],
          },
        ],
      },
      s3_configuration: {
        role_arn: roleArn(json),
        bucket_arn: bucketArn(json),
        error_output_prefix: "stream-failures/web/clicks/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
        compression_format: "GZIP",
        kms_key_arn: keyArn(json),
        cloudwatch_logging_options: logging,
      },
    },
    lifecycle: { prevent_destroy: true },
    depends_on: undefined,
  });
});

test("it can be destroyed where it is not protected", () => {
  expect(made(synthDelivery({ destroyProtection: false })).lifecycle).toEqual({ prevent_destroy: false });
});

test("commits are tried again as long as asked for", () => {
  expect(made(synthDelivery({ retrySeconds: 0 })).iceberg_configuration).toMatchObject({ retry_duration: 0 });
});

test.each([
  [0, "0"],
  [31, "15"],
  [119, "59"],
])("where rows are collected for %d seconds, records wait half of that for the transform, before", (seconds, value) => {
  expect(parametersOf(synthDelivery({ buffer: { sizeMiB: 1, seconds } })).slice(2)).toEqual([
    { parameter_name: "BufferIntervalInSeconds", parameter_value: value },
  ]);
});

test("what Firehose does anyway is not written, for the provider would forget it", () => {
  expect(parametersOf(synthDelivery({ buffer: { sizeMiB: 1, seconds: 120 } }))).toHaveLength(2);
});

test("it comes after its role may act, what it reads, calls and writes to, and what it is told to come after", () => {
  const json = synthDelivery({}, withEarlier);

  expect(resource(json, "aws_kms_key", "granted").description).toBe(roleArn(json));
  expect(made(json).depends_on).toEqual([
    address(json, "aws_iam_role_policy", "delivery_role_policy"),
    address(json, "aws_cloudwatch_log_stream", "delivery_log_log-stream"),
    address(json, "aws_kinesis_stream", "stream"),
    address(json, "aws_lambda_function", "tables_function"),
    address(json, "aws_s3_bucket_server_side_encryption_configuration", "bucket_encryption"),
    address(json, "aws_s3_bucket_versioning", "bucket_versioning"),
    address(json, "aws_s3_bucket_policy", "bucket_bucket-policy"),
    address(json, "aws_kms_key", "granted"),
    address(json, "aws_kms_key", "migrated"),
  ]);
});

test("the role may do its work and nothing else, within the boundary, for Firehose in this account", () => {
  const json = synthDelivery();
  const role = resource(json, "aws_iam_role", "delivery_role");
  const glue = "arn:aws:glue:eu-west-1:111122223333";
  const files = {
    Effect: "Allow",
    Action: [
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ],
  };

  expect(role.permissions_boundary).toBe(BOUNDARY);
  expect(statements(role.assume_role_policy)).toEqual([
    {
      Sid: "TrustServices",
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: ["firehose.amazonaws.com"] },
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    },
  ]);
  expect(statementsOf("basin-test-web-clicks-delivery", json)).toEqual([
    {
      Sid: "CommitToTables",
      Effect: "Allow",
      Action: ["glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"],
      Resource: [
        `${glue}:catalog`,
        `${glue}:database/${databaseName(json)}`,
        `${glue}:table/${databaseName(json)}/clicks`,
        `${glue}:table/${databaseName(json)}/clicks_quarantine`,
      ],
    },
    { Sid: "AskForData", Effect: "Allow", Action: ["lakeformation:GetDataAccess"], Resource: ["*"] },
    {
      Sid: "ListData",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      Resource: [bucketArn(json)],
    },
    { Sid: "ReadWriteDataWebClicks", ...files, Resource: [`${bucketArn(json)}/web/clicks/*`] },
    { Sid: "ReadWriteDataWebClicksQuarantine", ...files, Resource: [`${bucketArn(json)}/web/clicks_quarantine/*`] },
    {
      Sid: "ReadWriteDataStreamFailuresWebClicks",
      ...files,
      Resource: [`${bucketArn(json)}/stream-failures/web/clicks/*`],
    },
    {
      Sid: "UseKeyData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: [keyArn(json)],
    },
    {
      Sid: "ReadStreamBasinTestWebClicks",
      Effect: "Allow",
      Action: [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      Resource: [reference(json, "aws_kinesis_stream", "stream", "arn")],
    },
    {
      Sid: "DecryptWithKeyData",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey"],
      Resource: [keyArn(json)],
    },
    {
      Sid: "InvokeBasinTestTables",
      Effect: "Allow",
      Action: ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
      Resource: [functionArn(json), `${functionArn(json)}:$LATEST`],
    },
    {
      Sid: "WriteLogStreamBasinTestWebClicks",
      Effect: "Allow",
      Action: ["logs:PutLogEvents"],
      Resource: [reference(json, "aws_cloudwatch_log_stream", "delivery_log_log-stream", "arn")],
    },
  ]);
});

test.each([
  [
    "delivery-freshness",
    // a quarter of an hour
    {
      metric_name: "DeliveryToIceberg.DataFreshness",
      statistic: "Maximum",
      comparison_operator: "GreaterThanThreshold",
      threshold: 900,
    },
  ],
  [
    "delivery-failures",
    {
      metric_name: "DeliveryToIceberg.FailedRowCount",
      statistic: "Sum",
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
    },
  ],
  [
    "delivery-transform",
    {
      metric_name: "ExecuteProcessing.Success",
      statistic: "Average",
      comparison_operator: "LessThanThreshold",
      threshold: 1,
    },
  ],
])("the alarm %s rings", (name, expected) => {
  const json = synthDelivery();

  expect(json).toHaveResourceWithProperties(CloudwatchMetricAlarm, {
    alarm_name: `basin-test-web-clicks-${name}`,
    alarm_actions: [reference(json, "aws_sns_topic", "alerts_topic", "arn")],
    namespace: "AWS/Firehose",
    dimensions: {
      DeliveryStreamName: reference(json, "aws_kinesis_firehose_delivery_stream", "delivery_delivery-stream", "name"),
    },
    period: 300,
    evaluation_periods: 1,
    treat_missing_data: "notBreaching",
    ...expected,
  });
});

test.each<[Props, string]>([
  [{ deliveryStreamName: "" }, 'deliveryStreamName must be 1 to 64 letters, digits and . _ -, got ""'],
  [{ deliveryStreamName: "a b" }, 'deliveryStreamName must be 1 to 64 letters, digits and . _ -, got "a b"'],
  [
    { deliveryStreamName: "a".repeat(65) },
    `deliveryStreamName must be 1 to 64 letters, digits and . _ -, got "${"a".repeat(65)}"`,
  ],
  [{ tables: [] }, "tables must name at least one"],
  [{ buffer: { sizeMiB: 0, seconds: 60 } }, "buffer.sizeMiB must be a whole number between 1 and 128, got 0"],
  [{ buffer: { sizeMiB: 129, seconds: 60 } }, "buffer.sizeMiB must be a whole number between 1 and 128, got 129"],
  [{ buffer: { sizeMiB: 1, seconds: -1 } }, "buffer.seconds must be a whole number between 0 and 900, got -1"],
  [{ buffer: { sizeMiB: 1, seconds: 901 } }, "buffer.seconds must be a whole number between 0 and 900, got 901"],
  [{ retrySeconds: -1 }, "retrySeconds must be a whole number between 0 and 7200, got -1"],
  [{ retrySeconds: 7201 }, "retrySeconds must be a whole number between 0 and 7200, got 7201"],
  [
    { maximumAgeMinutes: 6 },
    "alarms.maximumAgeMinutes must be longer than the 360 seconds for which records and rows are collected, got 6",
  ],
  [
    { failuresFolder: "web/clicks" },
    'failures.folder must not lie in the folder of a table, got "web/clicks" in "web/clicks"',
  ],
  [
    { failuresFolder: "web/clicks/failures" },
    'failures.folder must not lie in the folder of a table, got "web/clicks/failures" in "web/clicks"',
  ],
])("refuses %j", (props, message) => {
  expect(() => synthDelivery(props)).toThrow(message);
});

test.each<Props>([
  { deliveryStreamName: "a".repeat(64), buffer: { sizeMiB: 128, seconds: 900 }, maximumAgeMinutes: 17 },
  { buffer: { sizeMiB: 1, seconds: 0 }, maximumAgeMinutes: 1, retrySeconds: 7200 },
  { failuresFolder: "web/clicks-failures" },
])("takes %j", (props) => {
  expect(() => synthDelivery(props)).not.toThrow();
});
