import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_PROVIDER } from "../../cli/terraform/provider-mirror";
import { callJson } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { zipOf } from "../emulator/functions";
import { temporaryFolder } from "../support/checkout";
import { describeTerraform, TERRAFORM_TIMEOUT_MS, terraformIn } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const account = { accountId: "111122223333", region: "eu-west-1" };

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator(account);
});

afterAll(() => emulator.stop());

const glue = (operation: string, input: object) =>
  callJson(emulator, { service: "glue", target: `AWSGlue.${operation}`, input });

/** An Iceberg table as engines put it into the catalog. */
function iceberg(name: string): object {
  const parameters = { table_type: "ICEBERG", metadata_location: `s3://lake/${name}/metadata/1.json` };
  const StorageDescriptor = { Location: `s3://lake/${name}`, Columns: [{ Name: "id", Type: "string" }] };
  return { Name: name, TableType: "EXTERNAL_TABLE", Parameters: parameters, StorageDescriptor };
}

describe("an optimizer of a table", () => {
  const CatalogId = account.accountId;
  const optimizer = (table: string) => ({ CatalogId, DatabaseName: "optimized", TableName: table, Type: "retention" });
  const icebergConfiguration = {
    snapshotRetentionPeriodInDays: 7,
    numberOfSnapshotsToRetain: 3,
    cleanExpiredFiles: true,
  };
  const TableOptimizerConfiguration = {
    roleArn: "arn:aws:iam::111122223333:role/optimizer",
    enabled: true,
    retentionConfiguration: { icebergConfiguration },
  };

  beforeAll(async () => {
    await glue("CreateDatabase", { DatabaseInput: { Name: "optimized" } });
    await glue("CreateTable", { DatabaseName: "optimized", TableInput: iceberg("table") });
    await glue("CreateTable", { DatabaseName: "optimized", TableInput: { Name: "files", Parameters: {} } });
  });

  test("is kept, changed and removed", async () => {
    const changed = { ...TableOptimizerConfiguration, enabled: false };
    const configuration = async () => {
      const { text } = await glue("GetTableOptimizer", optimizer("table"));
      return (JSON.parse(text) as { TableOptimizer?: { type: string; configuration: object } }).TableOptimizer;
    };

    await glue("CreateTableOptimizer", { ...optimizer("table"), TableOptimizerConfiguration });
    expect(await configuration()).toMatchObject({ type: "retention", configuration: TableOptimizerConfiguration });
    await glue("UpdateTableOptimizer", { ...optimizer("table"), TableOptimizerConfiguration: changed });
    expect(await configuration()).toMatchObject({ configuration: changed });
    expect(await glue("CreateTableOptimizer", { ...optimizer("table"), TableOptimizerConfiguration })).toMatchObject({
      status: 400,
      text: expect.stringContaining("AlreadyExistsException") as string,
    });
    expect(await glue("DeleteTableOptimizer", optimizer("table"))).toMatchObject({ status: 200 });
    expect(await configuration()).toBeUndefined();
  });

  test.each([
    ["a table that does not exist", "CreateTableOptimizer", "absent", "EntityNotFoundException"],
    ["a table that is not Iceberg's", "CreateTableOptimizer", "files", "InvalidInputException"],
    ["reading what is not there", "GetTableOptimizer", "table", "EntityNotFoundException"],
    ["changing what is not there", "UpdateTableOptimizer", "table", "EntityNotFoundException"],
    ["removing what is not there", "DeleteTableOptimizer", "table", "EntityNotFoundException"],
  ])("is refused: %s", async (_, operation, table, error) => {
    const input =
      operation.startsWith("Create") || operation.startsWith("Update") ? { TableOptimizerConfiguration } : {};

    expect(await glue(operation, { ...optimizer(table), ...input })).toMatchObject({
      status: 400,
      text: expect.stringContaining(error) as string,
    });
  });

  test("is refused with the settings of another type", async () => {
    const input = { ...optimizer("table"), Type: "compaction", TableOptimizerConfiguration };

    expect(await glue("CreateTableOptimizer", input)).toMatchObject({
      status: 400,
      text: expect.stringContaining("retentionConfiguration is not for compaction") as string,
    });
  });
});

test("the catalog's resource policy is there or not, and is replaced only as its conditions say", async () => {
  const refused = (error: string) => ({ status: 400, text: expect.stringContaining(error) as string });
  const statement = { Effect: "Allow", Principal: "*", Action: "glue:GetTable", Resource: "*" };
  const PolicyInJson = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const put = (input: object) => glue("PutResourcePolicy", { PolicyInJson, ...input });

  expect(await glue("GetResourcePolicy", {})).toMatchObject(refused("EntityNotFoundException"));
  expect(await glue("DeleteResourcePolicy", {})).toMatchObject(refused("EntityNotFoundException"));
  expect(await put({ PolicyExistsCondition: "MUST_EXIST" })).toMatchObject(refused("ConditionCheckFailureException"));
  expect(await put({ PolicyInJson: "{" })).toMatchObject(refused("InvalidInputException"));
  expect(await put({ PolicyExistsCondition: "NOT_EXIST" })).toMatchObject({ status: 200 });
  expect(await put({ PolicyExistsCondition: "NOT_EXIST" })).toMatchObject(refused("ConditionCheckFailureException"));
  expect(await put({ PolicyHashCondition: "0" })).toMatchObject(refused("ConditionCheckFailureException"));
  const { text } = await glue("GetResourcePolicy", {});
  expect(JSON.parse(text)).toMatchObject({ PolicyInJson, PolicyHash: expect.stringMatching(/./) as string });
  expect(await glue("DeleteResourcePolicy", {})).toMatchObject({ status: 200 });
});

describeTerraform("a root with a function, what calls it, and a catalog", () => {
  test("fails with the function, applies, plans nothing more, and is destroyed with the tables of others", async () => {
    const directory = join(temporaryFolder(), "root");
    mkdirSync(directory);
    const run = await terraformIn(directory, emulator);
    const write = (changeable: Changeable) => {
      writeFileSync(join(directory, "function.zip"), zipOf({ "index.py": changeable.code }));
      writeFileSync(join(directory, "main.tf.json"), JSON.stringify(root(changeable)));
    };
    write({
      code: 'def handle(event, context):\n    raise ValueError("no good")\n',
      architecture: "x86_64",
      tracing: "PassThrough",
      megabytes: 512,
      format: "Text",
      retries: 2,
      days: 5,
      action: "glue:GetTables",
    });
    expect(await run("init")).toMatchObject({ exitCode: 0 });

    const failed = await run("apply", "-auto-approve");
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr.match(/^Error:/gm)).toHaveLength(1);
    expect(failed.stderr.replace(/\s+/g, " ")).toContain('"errorMessage": "no good", "errorType": "ValueError"');

    write({
      code: 'def handle(event, context):\n    return {"got": event}\n',
      architecture: "arm64",
      tracing: "Active",
      megabytes: 1024,
      format: "JSON",
      retries: 0,
      days: 7,
      action: "glue:GetTable",
    });
    const applied = await run("apply", "-auto-approve");
    expect(applied).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse((await run("output", "-raw", "result")).stdout.trim())).toEqual({ got: { a: 1 } });

    const { exitCode, stdout } = await run("plan", "-detailed-exitcode");
    expect(stdout).toContain("No changes.");
    expect(exitCode).toBe(0);

    await glue("CreateTable", { DatabaseName: "lake", TableInput: iceberg("of_others") });
    expect(await run("destroy", "-auto-approve")).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await glue("GetDatabase", { Name: "lake" })).text).toContain("EntityNotFoundException");
    expect((await glue("GetTable", { DatabaseName: "lake", Name: "of_others" })).text).toContain("EntityNotFound");
  });
});

/** What the root is changed in, while it stands. */
interface Changeable {
  readonly code: string;
  readonly architecture: string;
  readonly tracing: string;
  readonly megabytes: number;
  readonly format: "JSON" | "Text";
  readonly retries: number;
  readonly days: number;
  readonly action: string;
}

function root(changeable: Changeable): object {
  const provider = { region: account.region, max_retries: 2, s3_use_path_style: true };
  return {
    terraform: { required_providers: { aws: AWS_PROVIDER } },
    provider: { aws: provider },
    resource: { ...networkAndCode(), ...functionAndCalls(changeable), ...catalog(changeable) },
    output: { result: { value: "${aws_lambda_invocation.this.result}" } },
  };
}

const allow = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

function networkAndCode(): object {
  const bucket = "${aws_s3_bucket_versioning.code.bucket}";
  return {
    aws_kms_key: { this: { deletion_window_in_days: 7 } },
    aws_iam_role: {
      this: {
        name: "function",
        assume_role_policy: allow({ Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }),
      },
    },
    aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
    aws_subnet: { this: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.1.0/24" } },
    aws_security_group: { this: { name: "function", vpc_id: "${aws_vpc.this.id}" } },
    aws_s3_bucket: { code: { bucket: "basin-test-code", force_destroy: true } },
    aws_s3_bucket_versioning: {
      code: { bucket: "${aws_s3_bucket.code.id}", versioning_configuration: { status: "Enabled" } },
    },
    aws_s3_object: {
      code: { bucket, key: "function.zip", source: "function.zip", source_hash: '${filemd5("function.zip")}' },
    },
    aws_cloudwatch_log_group: {
      this: { name: "/basin/function", kms_key_id: "${aws_kms_key.this.arn}", retention_in_days: 30 },
    },
  };
}

function functionAndCalls({ architecture, tracing, megabytes, format, retries }: Changeable): object {
  const levels = format === "JSON" ? { application_log_level: "WARN", system_log_level: "WARN" } : {};
  const shared = { role: "${aws_iam_role.this.arn}", handler: "index.handle", runtime: "python3.13" };
  const function_name = "${aws_lambda_function.this.function_name}";
  return {
    aws_lambda_function: {
      // with what the provider and AWS fill in
      plain: { ...shared, function_name: "plain", filename: "function.zip" },
      this: {
        ...shared,
        function_name: "function",
        architectures: [architecture],
        s3_bucket: "${aws_s3_object.code.bucket}",
        s3_key: "${aws_s3_object.code.key}",
        s3_object_version: "${aws_s3_object.code.version_id}",
        kms_key_arn: "${aws_kms_key.this.arn}",
        timeout: 60,
        memory_size: megabytes,
        ephemeral_storage: { size: megabytes },
        tracing_config: { mode: tracing },
        vpc_config: { subnet_ids: ["${aws_subnet.this.id}"], security_group_ids: ["${aws_security_group.this.id}"] },
        environment: { variables: { FORMAT: format } },
        logging_config: { log_format: format, log_group: "${aws_cloudwatch_log_group.this.name}", ...levels },
        tags: { Format: format },
      },
    },
    aws_lambda_function_event_invoke_config: {
      this: { function_name, maximum_event_age_in_seconds: 60, maximum_retry_attempts: retries },
    },
    aws_lambda_invocation: { this: { function_name, input: JSON.stringify({ a: 1 }), lifecycle_scope: "CREATE_ONLY" } },
    aws_sns_topic: { this: { name: "alarms" } },
    aws_cloudwatch_metric_alarm: {
      this: {
        alarm_name: "function-errors",
        comparison_operator: "GreaterThanThreshold",
        evaluation_periods: 1,
        metric_name: "Errors",
        namespace: "AWS/Lambda",
        period: 300,
        statistic: "Sum",
        threshold: 0,
        treat_missing_data: "notBreaching",
        dimensions: { FunctionName: function_name },
        alarm_actions: ["${aws_sns_topic.this.arn}"],
      },
      share: {
        alarm_name: "function-error-share",
        comparison_operator: "GreaterThanThreshold",
        evaluation_periods: 1,
        metric_query: [
          { id: "result", expression: "errors / FILL(calls, 1)", label: "share", return_data: true },
          ...Object.entries({ errors: "Errors", calls: "Invocations" }).map(([id, metric_name]) => ({
            id,
            metric: {
              namespace: "AWS/Lambda",
              metric_name,
              dimensions: { FunctionName: function_name },
              period: 300,
              stat: "Sum",
            },
          })),
        ],
        threshold: 0.5,
        treat_missing_data: "notBreaching",
      },
    },
  };
}

function catalog({ days, action }: Changeable): object {
  const location = "s3://${aws_s3_bucket.code.bucket}/lake/orders";
  const optimizer = (type: string, configuration: object) => ({
    catalog_id: account.accountId,
    database_name: "${aws_glue_catalog_table.this.database_name}",
    table_name: "${aws_glue_catalog_table.this.name}",
    type,
    configuration: { role_arn: "${aws_iam_role.this.arn}", enabled: true, ...configuration },
  });
  return {
    aws_glue_catalog_database: { this: { name: "lake" } },
    aws_glue_catalog_table: {
      this: {
        name: "orders",
        database_name: "${aws_glue_catalog_database.this.name}",
        table_type: "EXTERNAL_TABLE",
        open_table_format_input: { iceberg_input: { metadata_operation: "CREATE", version: 2 } },
        storage_descriptor: { location, columns: [{ name: "order_id", type: "string" }] },
      },
    },
    aws_glue_catalog_table_optimizer: {
      compaction: optimizer("compaction", {}),
      retention: optimizer("retention", {
        retention_configuration: {
          iceberg_configuration: {
            snapshot_retention_period_in_days: days,
            number_of_snapshots_to_retain: 3,
            clean_expired_files: true,
          },
        },
      }),
      orphans: optimizer("orphan_file_deletion", {
        orphan_file_deletion_configuration: {
          iceberg_configuration: { orphan_file_retention_period_in_days: days, location },
        },
      }),
    },
    aws_glue_resource_policy: {
      this: {
        enable_hybrid: "TRUE",
        policy: allow({
          Action: action,
          Principal: { AWS: "arn:aws:iam::111122223333:root" },
          Resource: "arn:aws:glue:eu-west-1:111122223333:*",
        }),
      },
    },
  };
}
