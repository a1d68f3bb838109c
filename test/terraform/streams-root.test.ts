import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_PROVIDER } from "../../cli/terraform/provider-mirror";
import { contentsOf } from "../emulator/account";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { zipOf } from "../emulator/functions";
import { temporaryFolder } from "../support/checkout";
import { describeTerraform, terraformIn } from "../support/terraform";

/** Most of it is the provider waiting for what is there already: 10 s after a call for a stream, 25 s after one for a queue. */
jest.setTimeout(1_200_000);

const account = { accountId: "111122223333", region: "eu-west-1" };

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator(account);
});

afterAll(() => emulator.stop());

describeTerraform("a root with streams, what delivers them, and what consumes them", () => {
  test("applies, plans nothing more, changes in place, plans nothing more, and leaves nothing behind", async () => {
    const directory = join(temporaryFolder(), "root");
    mkdirSync(directory);
    writeFileSync(join(directory, "function.zip"), zipOf({ "index.js": "exports.handler = async () => ({});" }));
    const run = await terraformIn(directory, emulator);
    const applied = async (stage: Stage) => {
      writeFileSync(join(directory, "main.tf.json"), JSON.stringify(root(stage)));
      expect(await run("init")).toMatchObject({ exitCode: 0 });
      const apply = await run("apply", "-auto-approve");
      expect(apply).toMatchObject({ exitCode: 0, stderr: "" });
      const { exitCode, stdout } = await run("plan", "-detailed-exitcode");
      expect(stdout).toContain("No changes.");
      expect(exitCode).toBe(0);
      return apply.stdout;
    };

    await applied("first");
    expect(await contentsOf(emulator)).toMatchObject({
      consumers: ["events/fan-out"],
      deliveryStreams: ["events"],
      keyValueTables: ["idempotency"],
      mappings: ["clicks -> consumer", "events/consumer/fan-out -> consumer"],
      queues: ["dead-letters", "work"],
      streams: ["clicks", "events"],
    });

    const changes = await applied("second");
    expect([...changes.matchAll(/^(\S+): Modifications complete/gm)].map(([, address]) => address).sort()).toEqual([
      "aws_dynamodb_table.this",
      "aws_kinesis_firehose_delivery_stream.this",
      "aws_kinesis_resource_policy.this",
      "aws_kinesis_stream.clicks",
      "aws_kinesis_stream.events",
      "aws_lambda_event_source_mapping.fan_out",
      "aws_lambda_event_source_mapping.polled",
      "aws_lambda_function.this",
      "aws_sqs_queue.dead_letters",
      "aws_sqs_queue.work",
      "aws_sqs_queue_policy.this",
    ]);
    expect(changes).not.toContain("Destruction complete");

    expect(await run("destroy", "-auto-approve")).toMatchObject({ exitCode: 0, stderr: "" });
    const left = Object.entries(await contentsOf(emulator)).filter(([, names]) => names.length > 0);
    expect(left).toEqual([]);
  });
});

/** The root as it is made, and as it is changed in all that can be. */
type Stage = "first" | "second";

function root(stage: Stage): object {
  const provider = { region: account.region, max_retries: 2, s3_use_path_style: true };
  return {
    terraform: { required_providers: { aws: AWS_PROVIDER } },
    provider: { aws: { ...provider, default_tags: { tags: { Team: "streams" } } } },
    resource: {
      ...foundation(),
      ...streams(stage),
      ...delivery(stage),
      ...consumers(stage),
      ...queues(stage),
      ...keyValues(stage),
    },
  };
}

const policy = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
const assumedBy = (service: string) =>
  policy({ Action: "sts:AssumeRole", Principal: { Service: `${service}.amazonaws.com` } });
const KEY = "${aws_kms_key.this.arn}";

function foundation(): object {
  const table = (name: string) => ({
    name,
    database_name: "${aws_glue_catalog_database.this.name}",
    table_type: "EXTERNAL_TABLE",
    open_table_format_input: { iceberg_input: { metadata_operation: "CREATE", version: 2 } },
    storage_descriptor: {
      location: `s3://\${aws_s3_bucket.lake.bucket}/${name}`,
      columns: [{ name: "id", type: "string" }],
    },
  });
  return {
    aws_kms_key: { this: { deletion_window_in_days: 7 } },
    aws_iam_role: {
      consumer: { name: "consumer", assume_role_policy: assumedBy("lambda") },
      delivery: { name: "delivery", assume_role_policy: assumedBy("firehose") },
      producer: { name: "producer", assume_role_policy: assumedBy("ecs-tasks") },
    },
    aws_s3_bucket: { lake: { bucket: "basin-test-lake" } },
    aws_glue_catalog_database: { this: { name: "web" } },
    aws_glue_catalog_table: { events: table("events"), quarantine: table("events_quarantine") },
    aws_cloudwatch_log_group: {
      this: { name: "/aws/kinesisfirehose/web", kms_key_id: KEY, retention_in_days: 30 },
    },
    aws_cloudwatch_log_stream: { this: { name: "events", log_group_name: "${aws_cloudwatch_log_group.this.name}" } },
  };
}

function streams(stage: Stage): object {
  const isFirst = stage === "first";
  const encrypted = { encryption_type: "KMS", kms_key_id: KEY };
  return {
    aws_kinesis_stream: {
      events: {
        name: "events",
        retention_period: 168,
        stream_mode_details: { stream_mode: "ON_DEMAND" },
        ...encrypted,
        tags: { Dataset: isFirst ? "events" : "web.events" },
      },
      clicks: {
        name: "clicks",
        retention_period: isFirst ? 24 : 48,
        shard_count: isFirst ? 2 : 3,
        ...encrypted,
      },
    },
    aws_kinesis_stream_consumer: { this: { name: "fan-out", stream_arn: "${aws_kinesis_stream.events.arn}" } },
    aws_kinesis_resource_policy: {
      this: {
        resource_arn: "${aws_kinesis_stream.events.arn}",
        policy: policy({
          Principal: { AWS: "${aws_iam_role.producer.arn}" },
          Action: ["kinesis:DescribeStreamSummary", "kinesis:PutRecord", ...(isFirst ? [] : ["kinesis:PutRecords"])],
          Resource: "${aws_kinesis_stream.events.arn}",
        }),
      },
    },
  };
}

function delivery(stage: Stage): object {
  const isFirst = stage === "first";
  const role_arn = "${aws_iam_role.delivery.arn}";
  const table = (name: string) => ({
    database_name: "${aws_glue_catalog_database.this.name}",
    table_name: `\${aws_glue_catalog_table.${name}.name}`,
    unique_keys: ["id"],
  });
  const cloudwatch_logging_options = {
    enabled: true,
    log_group_name: "${aws_cloudwatch_log_group.this.name}",
    log_stream_name: "${aws_cloudwatch_log_stream.this.name}",
  };
  // what AWS takes by itself is not written: the provider leaves it out of the state, and would plan it for ever
  const parameters = {
    LambdaArn: "${aws_lambda_function.this.arn}:$LATEST",
    BufferSizeInMBs: isFirst ? "0.5" : "2",
    BufferIntervalInSeconds: "10",
  };
  return {
    aws_kinesis_firehose_delivery_stream: {
      this: {
        name: "events",
        destination: "iceberg",
        kinesis_source_configuration: { kinesis_stream_arn: "${aws_kinesis_stream.events.arn}", role_arn },
        iceberg_configuration: {
          role_arn,
          catalog_arn: "arn:aws:glue:eu-west-1:111122223333:catalog",
          buffering_interval: isFirst ? 60 : 0,
          buffering_size: isFirst ? 64 : 5,
          retry_duration: isFirst ? 300 : 600,
          s3_backup_mode: "FailedDataOnly",
          destination_table_configuration: [table("events"), table("quarantine")],
          processing_configuration: {
            enabled: true,
            processors: [
              {
                type: "Lambda",
                parameters: Object.entries(parameters).map(([name, value]) => ({
                  parameter_name: name,
                  parameter_value: value,
                })),
              },
            ],
          },
          cloudwatch_logging_options,
          s3_configuration: {
            role_arn,
            bucket_arn: "${aws_s3_bucket.lake.arn}",
            error_output_prefix: "stream-failures/web/events/",
            compression_format: "GZIP",
            kms_key_arn: KEY,
            cloudwatch_logging_options,
          },
        },
        tags: { Dataset: isFirst ? "events" : "web.events" },
      },
    },
  };
}

function consumers(stage: Stage): object {
  const isFirst = stage === "first";
  const mapping = {
    function_name: "${aws_lambda_function.this.arn}",
    starting_position: "TRIM_HORIZON",
    batch_size: isFirst ? 100 : 200,
    maximum_batching_window_in_seconds: isFirst ? 0 : 5,
    parallelization_factor: isFirst ? 1 : 10,
    maximum_record_age_in_seconds: isFirst ? 43_200 : 3600,
    maximum_retry_attempts: isFirst ? 5 : 0,
    bisect_batch_on_function_error: true,
    function_response_types: ["ReportBatchItemFailures"],
    destination_config: { on_failure: { destination_arn: "${aws_sqs_queue.dead_letters.arn}" } },
  };
  return {
    aws_lambda_function: {
      this: {
        function_name: "consumer",
        role: "${aws_iam_role.consumer.arn}",
        handler: "index.handler",
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        filename: "function.zip",
        reserved_concurrent_executions: isFirst ? 5 : 7,
        dead_letter_config: { target_arn: "${aws_sqs_queue.dead_letters.arn}" },
        environment: { variables: { IDEMPOTENCY_TABLE: "${aws_dynamodb_table.this.name}" } },
        kms_key_arn: KEY,
      },
    },
    aws_lambda_event_source_mapping: {
      polled: {
        ...mapping,
        event_source_arn: "${aws_kinesis_stream.clicks.arn}",
        tags: { Dataset: isFirst ? "clicks" : "web.clicks" },
      },
      fan_out: { ...mapping, event_source_arn: "${aws_kinesis_stream_consumer.this.arn}" },
    },
  };
}

function queues(stage: Stage): object {
  const isFirst = stage === "first";
  const work = "arn:aws:sqs:eu-west-1:111122223333:work";
  return {
    aws_sqs_queue: {
      dead_letters: {
        name: "dead-letters",
        kms_master_key_id: KEY,
        kms_data_key_reuse_period_seconds: isFirst ? 300 : 3600,
        message_retention_seconds: 1_209_600,
        redrive_allow_policy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [work] }),
      },
      work: {
        name: "work",
        kms_master_key_id: KEY,
        visibility_timeout_seconds: isFirst ? 30 : 60,
        redrive_policy: `\${jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letters.arn, maxReceiveCount = ${isFirst ? 5 : 3} })}`,
      },
    },
    aws_sqs_queue_policy: {
      this: {
        queue_url: "${aws_sqs_queue.dead_letters.id}",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "DenyPlainTransport",
              Effect: "Deny",
              Principal: "*",
              Action: isFirst ? "sqs:SendMessage" : "sqs:*",
              Resource: "${aws_sqs_queue.dead_letters.arn}",
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
    },
  };
}

function keyValues(stage: Stage): object {
  const isFirst = stage === "first";
  return {
    aws_dynamodb_table: {
      this: {
        name: "idempotency",
        billing_mode: "PAY_PER_REQUEST",
        hash_key: "id",
        attribute: [{ name: "id", type: "S" }],
        ttl: { attribute_name: "expiration", enabled: true },
        point_in_time_recovery: { enabled: true },
        server_side_encryption: { enabled: true, kms_key_arn: KEY },
        deletion_protection_enabled: isFirst,
      },
    },
  };
}
