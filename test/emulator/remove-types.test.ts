import unsupportedTypes from "./unsupported-types.json";
import { removeTypes, type StackJson, type UnsupportedType } from "./remove-types";

const LIST: readonly UnsupportedType[] = unsupportedTypes;

const cluster: UnsupportedType = { type: "aws_msk_cluster", reason: "stays in creation" };

const upstream: StackJson = {
  terraform: { required_version: "~> 1.11" },
  resource: {
    aws_msk_cluster: { kafka: { cluster_name: "kafka" } },
    aws_msk_scram_secret_association: { users: { cluster_arn: "${aws_msk_cluster.kafka.arn}" } },
    aws_sns_topic: {
      alerts: { depends_on: ["aws_msk_cluster.kafka", "aws_kms_key.data"], name: "alerts" },
      "kafka-alerts": { "//": { path: "aws_msk_cluster.kafka" }, name: "${aws_msk_cluster.kafka-2.arn}" },
    },
  },
  data: { aws_msk_cluster: { kafka: { cluster_name: "theirs" } } },
  output: {
    brokers: { value: "${aws_msk_cluster.kafka.arn}" },
    theirs: { value: "${data.aws_msk_cluster.kafka.arn}" },
  },
};

const downstream: StackJson = {
  data: { terraform_remote_state: { "cross-stack-reference-input-dev-streaming": { backend: "local" } } },
  resource: {
    aws_glue_connection: {
      kafka: {
        connection_properties: [
          { BROKERS: "${data.terraform_remote_state.cross-stack-reference-input-dev-streaming.outputs.brokers}:9098" },
        ],
      },
      other: { name: "${data.terraform_remote_state.cross-stack-reference-input-dev-streaming.outputs.brokers-2}" },
    },
  },
  output: { "connection-name": { value: "${aws_glue_connection.kafka.name}" } },
};

const stacks = new Map([
  ["dev-streaming", upstream],
  ["dev-lake", downstream],
]);

describe("removing types the emulator cannot carry", () => {
  test("takes along what refers to them, in every stack, and says why", () => {
    expect(removeTypes(stacks, [cluster]).removed).toEqual([
      { stack: "dev-streaming", address: "aws_msk_cluster.kafka", because: "stays in creation" },
      {
        stack: "dev-streaming",
        address: "aws_msk_scram_secret_association.users",
        because: "refers to aws_msk_cluster.kafka",
      },
      { stack: "dev-streaming", address: "output.brokers", because: "refers to aws_msk_cluster.kafka" },
      { stack: "dev-lake", address: "aws_glue_connection.kafka", because: "refers to output.brokers" },
      { stack: "dev-lake", address: "output.connection-name", because: "refers to aws_glue_connection.kafka" },
    ]);
  });

  test("leaves everything else as it was, data sources of the same name included", () => {
    const rest = removeTypes(stacks, [cluster]).stacks;

    expect(rest.get("dev-streaming")).toEqual({
      terraform: { required_version: "~> 1.11" },
      resource: {
        aws_sns_topic: {
          alerts: { depends_on: ["aws_kms_key.data"], name: "alerts" },
          "kafka-alerts": upstream.resource?.aws_sns_topic?.["kafka-alerts"],
        },
      },
      data: upstream.data,
      output: { theirs: upstream.output?.theirs },
    });
    expect(rest.get("dev-lake")).toEqual({
      data: downstream.data,
      resource: { aws_glue_connection: { other: downstream.resource?.aws_glue_connection?.other } },
    });
  });

  test("leaves no part without entries, which Terraform would refuse", () => {
    const stack = { terraform: {}, resource: { aws_msk_cluster: { kafka: {} } } };

    expect(removeTypes(new Map([["dev-streaming", stack]]), [cluster]).stacks.get("dev-streaming")).toStrictEqual({
      terraform: {},
    });
  });

  test("copies: the stacks it was given stay whole", () => {
    const before = structuredClone([...stacks]);

    removeTypes(stacks, [cluster]);

    expect([...stacks]).toEqual(before);
  });

  test("changes nothing where no type is listed", () => {
    expect(removeTypes(stacks, [])).toEqual({ stacks, removed: [] });
  });
});

/** What the emulator carries: applied, second plan empty, destroyed. */
const HONEST_TYPES = [
  "aws_athena_workgroup",
  "aws_cloudwatch_dashboard",
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_log_group",
  "aws_cloudwatch_log_stream",
  "aws_cloudwatch_metric_alarm",
  "aws_default_security_group",
  "aws_dynamodb_table",
  "aws_eip",
  "aws_flow_log",
  "aws_glue_catalog_database",
  "aws_glue_catalog_table",
  "aws_glue_crawler",
  "aws_glue_data_catalog_encryption_settings",
  "aws_glue_job",
  "aws_glue_schema",
  "aws_glue_security_configuration",
  "aws_iam_instance_profile",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_internet_gateway",
  "aws_kinesis_firehose_delivery_stream",
  "aws_kinesis_resource_policy",
  "aws_kinesis_stream",
  "aws_kinesis_stream_consumer",
  "aws_kms_alias",
  "aws_kms_key",
  "aws_lakeformation_data_lake_settings",
  "aws_lakeformation_lf_tag",
  "aws_lambda_event_source_mapping",
  "aws_lambda_function",
  "aws_lambda_permission",
  "aws_nat_gateway",
  "aws_route",
  "aws_route_table",
  "aws_route_table_association",
  "aws_s3_bucket",
  "aws_s3_bucket_inventory",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_logging",
  "aws_s3_bucket_notification",
  "aws_s3_bucket_object_lock_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_s3_object",
  "aws_secretsmanager_secret",
  "aws_secretsmanager_secret_version",
  "aws_security_group",
  "aws_sns_topic",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
  "aws_sqs_queue",
  "aws_sqs_queue_policy",
  "aws_ssm_parameter",
  "aws_subnet",
  "aws_vpc",
  "aws_vpc_endpoint",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

describe("the list of types the emulator cannot carry", () => {
  test("names no type that it carries", () => {
    expect(LIST.map(({ type }) => type).filter((type) => HONEST_TYPES.includes(type))).toEqual([]);
  });

  test("names every type once, with a reason in a sentence", () => {
    const types = LIST.map(({ type }) => type);

    expect(types).toEqual([...new Set(types)].sort());
    expect(types.filter((type) => !/^aws_[a-z0-9_]+$/.test(type))).toEqual([]);
    expect(LIST.filter(({ reason }) => reason.split(" ").length < 4)).toEqual([]);
  });
});
