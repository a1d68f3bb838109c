import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaFunction as FunctionResource } from "@cdktf/provider-aws/lib/lambda-function";
import type { TerraformStack } from "cdktf";
import type { LambdaFunctionProps } from "../../modules/lambda/function";
import { Invocation } from "../../modules/lambda/invocation";
import { BOUNDARY, lambdaFunction, queue, SHA256, surroundings } from "../support/streams";
import {
  address,
  database,
  dataBucket,
  encryptionKey,
  only,
  reference,
  resource,
  resources,
  serviceRole,
  statementsOf,
  synth,
} from "../support/synth";

const addFunction = (stack: TerraformStack, props: Partial<LambdaFunctionProps> = {}) =>
  lambdaFunction(stack, surroundings(stack), props);

const synthFunction = (props: Partial<LambdaFunctionProps> = {}) =>
  synth((stack) => {
    addFunction(stack, props);
  });

test("a function runs the very version of its code, traced, in the isolated subnets, and logs to a group of its own", () => {
  const json = synthFunction();

  expect(json).toHaveResourceWithProperties(FunctionResource, {
    function_name: "basin-test-tables",
    role: reference(json, "aws_iam_role", "tables_role", "arn"),
    runtime: "python3.13",
    handler: "package.module.handle",
    architectures: ["arm64"],
    s3_bucket: reference(json, "aws_s3_object", "code_object", "bucket"),
    s3_key: reference(json, "aws_s3_object", "code_object", "key"),
    s3_object_version: reference(json, "aws_s3_object", "code_object", "version_id"),
    source_code_hash: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    timeout: 300,
    memory_size: 1024,
    vpc_config: {
      subnet_ids: ["a", "b"].map((zone) => reference(json, "aws_subnet", `network_data-${zone}`, "id")),
      security_group_ids: [reference(json, "aws_security_group", "workloads_security-group", "id")],
    },
    tracing_config: { mode: "Active" },
    logging_config: {
      application_log_level: "INFO",
      log_format: "JSON",
      log_group: reference(json, "aws_cloudwatch_log_group", "tables_log_log-group", "name"),
      system_log_level: "INFO",
    },
  });
  expect(only(json, "aws_lambda_function")).not.toHaveProperty("environment");
  expect(only(json, "aws_lambda_function")).not.toHaveProperty("kms_key_arn");
  expect(json).toHaveResourceWithProperties(CloudwatchLogGroup, {
    name: "/aws/lambda/basin-test-tables",
    kms_key_id: reference(json, "aws_kms_key", "key", "arn"),
    retention_in_days: 365,
  });
});

test("a function is made when its role may act and the network is there, and anew when another role takes its role's name", () => {
  const json = synthFunction();
  const role = address(json, "aws_iam_role", "tables_role");
  const made = only(json, "aws_lambda_function");

  expect(made.lifecycle).toEqual({ replace_triggered_by: [`${role}.unique_id`] });
  expect(made.depends_on).toEqual(
    expect.arrayContaining([
      address(json, "aws_iam_role_policy", "tables_role_policy"),
      address(json, "aws_route_table_association", "network_data-a-routes"),
      address(json, "aws_vpc_endpoint", "endpoints_glue"),
      address(json, "aws_vpc_endpoint", "endpoints_s3"),
      address(json, "aws_vpc_security_group_egress_rule", "workloads_endpoints"),
    ]),
  );
});

test("variables are encrypted with the key", () => {
  expect(only(synthFunction({ variables: { MODE: "strict" } }), "aws_lambda_function")).toMatchObject({
    environment: { variables: { MODE: "strict" } },
    kms_key_arn: reference(synthFunction(), "aws_kms_key", "key", "arn"),
  });
});

test("variables may refer to what is not there yet", () => {
  const json = synth((stack) => {
    const key = encryptionKey(stack);
    const bucket = dataBucket(stack);
    const { databaseName } = database(stack, {}, bucket, key);
    lambdaFunction(stack, surroundings(stack, key), { variables: { DATABASE: databaseName } }, bucket);
  });

  expect(only(json, "aws_lambda_function")).toMatchObject({
    environment: {
      variables: { DATABASE: reference(json, "aws_glue_catalog_database", "sales_database", "name") },
    },
  });
});

test("unless asked for, no concurrency is kept free, and no dead letters are kept", () => {
  const made = only(synthFunction(), "aws_lambda_function");

  expect(made).not.toHaveProperty("reserved_concurrent_executions");
  expect(made).not.toHaveProperty("dead_letter_config");
});

test("concurrency is kept free where it is reserved", () => {
  expect(only(synthFunction({ reservedConcurrency: 5 }), "aws_lambda_function").reserved_concurrent_executions).toBe(5);
});

test("dead letters go to a queue that the role may send to, and that is there first", () => {
  const json = synth((stack) => {
    const around = surroundings(stack);
    lambdaFunction(stack, around, { deadLetters: queue(stack, around) });
  });
  const queueArn = reference(json, "aws_sqs_queue", "dead-letters_queue", "arn");

  expect(only(json, "aws_lambda_function")).toMatchObject({
    dead_letter_config: { target_arn: queueArn },
    depends_on: expect.arrayContaining([
      address(json, "aws_sqs_queue", "dead-letters_queue"),
      address(json, "aws_sqs_queue_policy", "dead-letters_policy"),
    ]) as unknown,
  });
  expect(statementsOf("basin-test-tables", json).slice(-2)).toEqual([
    { Sid: "SendToBasinTestDeadLetters", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queueArn] },
    expect.objectContaining({ Sid: "UseKeyData" }),
  ]);
});

test("a function comes after what it is told to come after", () => {
  const json = synth((stack) => {
    addFunction(stack, { after: [new KmsKey(stack, "other", {})] });
  });

  expect(only(json, "aws_lambda_function").depends_on).toContain(address(json, "aws_kms_key", "other"));
});

test("grantInvoke allows calling the function as it is now and looking at it, and nothing else", () => {
  const json = synth((stack) => {
    addFunction(stack).grantInvoke(serviceRole(stack));
  });
  const arn = reference(json, "aws_lambda_function", "tables_function", "arn");

  expect(statementsOf("reader", json)).toEqual([
    {
      Sid: "InvokeBasinTestTables",
      Effect: "Allow",
      Action: ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
      Resource: [arn, `${arn}:$LATEST`],
    },
  ]);
});

test("without a grant the role logs, traces and uses the network, within the boundary", () => {
  const json = synthFunction();

  expect(resource(json, "aws_iam_role", "tables_role").permissions_boundary).toBe(BOUNDARY);
  expect(statementsOf("basin-test-tables", json)).toEqual([
    {
      Sid: "WriteLogAwsLambdaBasinTestTables",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`${reference(json, "aws_cloudwatch_log_group", "tables_log_log-group", "arn")}:*`],
    },
    {
      Sid: "UseNetwork",
      Effect: "Allow",
      Action: [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ],
      Resource: ["*"],
    },
    {
      Sid: "KeepCodeFromNetwork",
      Effect: "Deny",
      Action: [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ],
      Resource: ["*"],
      Condition: {
        ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:basin-test-tables" },
      },
    },
    {
      Sid: "Trace",
      Effect: "Allow",
      Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
      Resource: ["*"],
    },
  ]);
});

test.each([
  ["errors", { metric_name: "Errors", statistic: "Sum", threshold: 1 }],
  ["throttles", { metric_name: "Throttles", statistic: "Sum", threshold: 1 }],
  // four fifths of 300 seconds
  ["duration", { metric_name: "Duration", statistic: "Maximum", threshold: 240_000 }],
])("an alarm rings on %s, and tells when that is over", (name, expected) => {
  const json = synthFunction();
  const topicArn = reference(json, "aws_sns_topic", "alerts_topic", "arn");

  expect(json).toHaveResourceWithProperties(CloudwatchMetricAlarm, {
    alarm_name: `basin-test-tables-${name}`,
    alarm_actions: [topicArn],
    ok_actions: [topicArn],
    namespace: "AWS/Lambda",
    dimensions: { FunctionName: reference(json, "aws_lambda_function", "tables_function", "function_name") },
    comparison_operator: "GreaterThanOrEqualToThreshold",
    treat_missing_data: "notBreaching",
    ...expected,
  });
  expect(Object.keys(resources(json, "aws_cloudwatch_metric_alarm"))).toHaveLength(3);
});

test.each<[Partial<LambdaFunctionProps>, string]>([
  [
    { functionName: "a".repeat(65) },
    `functionName must be 1 to 64 letters, digits, hyphens and underscores, got "${"a".repeat(65)}"`,
  ],
  [{ functionName: "a.b" }, 'functionName must be 1 to 64 letters, digits, hyphens and underscores, got "a.b"'],
  [{ timeoutSeconds: 0 }, "timeoutSeconds must be a whole number between 1 and 900, got 0"],
  [{ timeoutSeconds: 901 }, "timeoutSeconds must be a whole number between 1 and 900, got 901"],
  [{ memoryMb: 100 }, "memoryMb must be a whole number between 128 and 10240, got 100"],
  [{ memoryMb: 10_241 }, "memoryMb must be a whole number between 128 and 10240, got 10241"],
  [{ memoryMb: 128.5 }, "memoryMb must be a whole number between 128 and 10240, got 128.5"],
  [
    { variables: { AWS_REGION: "eu-west-1" } },
    'variables must not be named as those that Lambda sets itself, got "AWS_REGION"',
  ],
  [
    { variables: { AWS_LAMBDA_ANYTHING: "1" } },
    'variables must not be named as those that Lambda sets itself, got "AWS_LAMBDA_ANYTHING"',
  ],
  [
    { variables: { A: "1" } },
    'variables must have names of 2 or more letters, digits and _, beginning with a letter, got "A"',
  ],
  [{ reservedConcurrency: 0 }, "reservedConcurrency must be a whole number between 1 and 1000, got 0"],
  [{ reservedConcurrency: 1001 }, "reservedConcurrency must be a whole number between 1 and 1000, got 1001"],
  [{ runtime: "python2.8" }, "runtime must be one of nodejs22.x, python3.12, python3.13, got python2.8"],
])("refuses %j", (props, message) => {
  expect(() => synthFunction(props)).toThrow(message);
});

test.each<Partial<LambdaFunctionProps>>([
  { functionName: "a".repeat(64) },
  { timeoutSeconds: 900, memoryMb: 10_240 },
  { timeoutSeconds: 1, memoryMb: 128 },
  { variables: { AWS_MAX_ATTEMPTS: "5" } },
])("takes %j", (props) => {
  expect(() => synthFunction(props)).not.toThrow();
});

test("a call waits for the function and for what it is about, and is made again when a trigger changes", () => {
  const json = synth((stack) => {
    const called = addFunction(stack);
    new Invocation(stack, "call", {
      function: called,
      input: { table: "orders" },
      triggers: { contract: "abc" },
      after: [new KmsKey(stack, "other", {})],
    });
  });

  expect(only(json, "aws_lambda_invocation")).toEqual({
    function_name: reference(json, "aws_lambda_function", "tables_function", "function_name"),
    input: '{"table":"orders"}',
    triggers: { contract: "abc" },
    depends_on: [address(json, "aws_lambda_function", "tables_function"), address(json, "aws_kms_key", "other")],
  });
});

test("code is uploaded to one key when the bucket is ready, and again when it is another", () => {
  expect(only(synthFunction(), "aws_s3_object")).toMatchObject({
    key: "functions/tables.zip",
    source: "bundles/tables.zip",
    source_hash: SHA256,
    content_type: "application/zip",
    override_provider: { default_tags: { tags: {} } },
    depends_on: expect.arrayContaining([
      address(synthFunction(), "aws_s3_bucket_versioning", "bucket_versioning"),
    ]) as unknown,
  });
});
