import type { Case, Resources } from "../../support/cases";

/** So many resources of a type. */
function many(type: string, count: number, values: Readonly<Record<string, unknown>> = {}): Resources {
  return { [type]: Object.fromEntries(Array.from({ length: count }, (_, index) => [`one-${index}`, values])) };
}

const role = (name: string): Resources => ({ aws_iam_role: { role: { name } } });

const NAMES: Case[] = [
  {
    rule: "WIRE-NAME-01",
    what: "one name for two types",
    resources: { aws_sqs_queue: { a: { name: "orders" } }, aws_sns_topic: { a: { name: "orders" } } },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "one name in two stacks",
    resources: [{ aws_sqs_queue: { a: { name: "orders" } } }, { aws_sqs_queue: { b: { name: "orders" } } }],
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a name that a reference leads to",
    resources: {
      aws_glue_catalog_database: { a: { name: "sales" } },
      aws_glue_job: { a: { name: "sales" }, b: { name: "${aws_glue_catalog_database.a.name}" } },
    },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "queues in another case",
    resources: { aws_sqs_queue: { a: { name: "orders" }, b: { name: "Orders" } } },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "roles in another case",
    resources: { aws_iam_role: { a: { name: "reader" }, b: { name: "Reader" } } },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "inline policies of one name in two roles",
    resources: {
      aws_iam_role: { a: { name: "a" }, b: { name: "b" } },
      aws_iam_role_policy: {
        a: { name: "permissions", role: "${aws_iam_role.a.name}" },
        b: { name: "permissions", role: "${aws_iam_role.b.id}" },
      },
    },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "inline policies of one name in a role, referred to in two ways",
    resources: {
      aws_iam_role: { a: { name: "a" } },
      aws_iam_role_policy: {
        a: { name: "permissions", role: "${aws_iam_role.a.name}" },
        b: { name: "permissions", role: "a" },
      },
    },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a rule on the default bus, named and not",
    resources: {
      aws_cloudwatch_event_rule: { a: { name: "daily" }, b: { name: "daily", event_bus_name: "default" } },
    },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "alarms of two kinds",
    resources: {
      aws_cloudwatch_metric_alarm: { a: { alarm_name: "late" } },
      aws_cloudwatch_composite_alarm: { a: { alarm_name: "late" } },
    },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a provider of another region",
    resources: { aws_sqs_queue: { a: { name: "orders" }, b: { name: "orders", provider: "aws.us" } } },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "names that AWS or Terraform makes up",
    resources: {
      aws_sqs_queue: { a: {}, b: {}, c: { name: "${aws_vpc.v.id}" }, d: { name: "${aws_vpc.v.id}" } },
      aws_vpc: { v: {} },
    },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a role of another environment in the account",
    resources: role("reader"),
    neighbour: role("READER"),
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a security group of the same name in the VPC of another environment",
    resources: {
      aws_vpc: { v: {} },
      aws_security_group: { a: { name: "endpoints", vpc_id: "${aws_vpc.v.id}" } },
    },
    neighbour: {
      aws_vpc: { v: {} },
      aws_security_group: { a: { name: "endpoints", vpc_id: "${aws_vpc.v.id}" } },
    },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "two security groups of the same name in a VPC",
    resources: {
      aws_vpc: { v: {} },
      aws_security_group: {
        a: { name: "endpoints", vpc_id: "${aws_vpc.v.id}" },
        b: { name: "Endpoints", vpc_id: "${aws_vpc.v.id}" },
      },
    },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a bucket with a hash in its name",
    resources: { aws_s3_bucket: { a: { bucket: "basin-raw-3f9ac01b" } } },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a bucket with the region in its name",
    resources: { aws_s3_bucket: { a: { bucket: "basin-raw-eu-west-1" } } },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a bucket that might be anybody's",
    resources: { aws_s3_bucket: { a: { bucket: "basin-raw" } } },
    outcome: "warning",
  },
];

const LENGTHS: Case[] = [
  { rule: "WIRE-NAME-02", what: "64 characters", resources: role("x".repeat(64)), outcome: "passed" },
  { rule: "WIRE-NAME-02", what: "65 characters", resources: role("x".repeat(65)), outcome: "failed" },
  {
    rule: "WIRE-NAME-02",
    what: "a log group named after its function",
    resources: {
      aws_lambda_function: { f: { function_name: "loader" } },
      aws_cloudwatch_log_group: { l: { name: "/aws/lambda/${aws_lambda_function.f.function_name}" } },
    },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-02",
    what: "a rule named after a bucket in another stack",
    resources: [
      { aws_s3_bucket: { b: { bucket: `b-${"x".repeat(60)}` } } },
      { aws_cloudwatch_event_rule: { r: { name: "${aws_s3_bucket.b.id}-created" } } },
    ],
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-02",
    what: "a name on an id that AWS makes up",
    resources: { aws_vpc: { v: {} }, aws_sqs_queue: { q: { name: "q-${aws_vpc.v.id}" } } },
    outcome: "unknown",
  },
  {
    rule: "WIRE-NAME-02",
    what: "a name on an id that AWS makes up, which is too long without it",
    resources: { aws_vpc: { v: {} }, aws_sqs_queue: { q: { name: `${"q".repeat(81)}\${aws_vpc.v.id}` } } },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-02",
    what: "a prefix that leaves room for what Terraform adds",
    resources: { aws_iam_role: { r: { name_prefix: "x".repeat(38) } } },
    outcome: "passed",
  },
  {
    rule: "WIRE-NAME-02",
    what: "a prefix that leaves no room for what Terraform adds",
    resources: { aws_s3_bucket: { b: { bucket_prefix: "x".repeat(38) } } },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-02",
    what: "characters that a queue may not have",
    resources: { aws_sqs_queue: { q: { name: "orders/late" } } },
    outcome: "failed",
  },
  {
    rule: "WIRE-NAME-02",
    what: "the same characters in a log group",
    resources: { aws_cloudwatch_log_group: { l: { name: "orders/late" } } },
    outcome: "passed",
  },
  { rule: "WIRE-NAME-02", what: "no name at all", resources: { aws_sqs_queue: { q: {} } }, outcome: "passed" },
];

const OIDC = "aws_iam_openid_connect_provider";
const LAKE = "aws_lakeformation_data_lake_settings";

const SINGLETONS: Case[] = [
  { rule: "WIRE-ACC-01", what: "one of each", resources: { [LAKE]: { a: {} }, [OIDC]: { a: {} } }, outcome: "passed" },
  {
    rule: "WIRE-ACC-01",
    what: "two in two stacks, one of which names the account's catalog",
    resources: [{ [LAKE]: { a: {} } }, { [LAKE]: { b: { catalog_id: "333333333333" } } }],
    outcome: "failed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "the catalog of another account",
    resources: { [LAKE]: { a: {}, b: { catalog_id: "444444444444" } } },
    outcome: "passed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "one in each of two environments",
    resources: { [LAKE]: { a: {} } },
    neighbour: { [LAKE]: { a: {} } },
    outcome: "failed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "providers of two addresses",
    resources: { [OIDC]: { a: { url: "https://a.example" }, b: { url: "https://b.example" } } },
    outcome: "passed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "providers of one address, written in two ways",
    resources: { [OIDC]: { a: { url: "https://a.example" }, b: { url: "a.example" } } },
    outcome: "failed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "service-linked roles of one service with two suffixes",
    resources: {
      aws_iam_service_linked_role: {
        a: { aws_service_name: "autoscaling.amazonaws.com", custom_suffix: "a" },
        b: { aws_service_name: "autoscaling.amazonaws.com" },
      },
    },
    outcome: "passed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "service-linked roles of one service",
    resources: many("aws_iam_service_linked_role", 2, { aws_service_name: "kafka.amazonaws.com" }),
    outcome: "failed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "monitors of one's own",
    resources: many("aws_ce_anomaly_monitor", 2, { monitor_type: "CUSTOM" }),
    outcome: "passed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "monitors of services",
    resources: many("aws_ce_anomaly_monitor", 2, { monitor_type: "DIMENSIONAL", monitor_dimension: "SERVICE" }),
    outcome: "failed",
  },
  {
    rule: "WIRE-ACC-01",
    what: "monitors of two dimensions",
    resources: {
      aws_ce_anomaly_monitor: {
        a: { monitor_type: "DIMENSIONAL", monitor_dimension: "SERVICE" },
        b: { monitor_type: "DIMENSIONAL", monitor_dimension: "LINKED_ACCOUNT" },
      },
    },
    outcome: "passed",
  },
];

const TARGETS = (count: number) => many("aws_cloudwatch_event_target", count, { rule: "daily" });

const QUOTAS: Case[] = [
  { rule: "WIRE-QUO-01", what: "five VPCs", resources: many("aws_vpc", 5), outcome: "passed" },
  { rule: "WIRE-QUO-01", what: "six VPCs", resources: many("aws_vpc", 6), outcome: "failed" },
  {
    rule: "WIRE-QUO-01",
    what: "three addresses in each of two environments",
    resources: many("aws_eip", 3),
    neighbour: many("aws_eip", 3),
    outcome: "failed",
  },
  {
    rule: "WIRE-QUO-01",
    what: "five addresses in two environments",
    resources: many("aws_eip", 3),
    neighbour: many("aws_eip", 2),
    outcome: "passed",
  },
  { rule: "WIRE-QUO-01", what: "five targets", resources: TARGETS(5), outcome: "passed" },
  { rule: "WIRE-QUO-01", what: "six targets", resources: TARGETS(6), outcome: "failed" },
  {
    rule: "WIRE-QUO-01",
    what: "six targets of rules of two environments, whose names AWS makes up",
    resources: many("aws_cloudwatch_event_target", 3, { rule: "${aws_cloudwatch_event_rule.r.id}" }),
    neighbour: many("aws_cloudwatch_event_target", 3, { rule: "${aws_cloudwatch_event_rule.r.id}" }),
    outcome: "passed",
  },
  {
    rule: "WIRE-QUO-01",
    what: "gateway endpoints are of no interface",
    resources: many("aws_vpc_endpoint", 51, { vpc_id: "vpc-1" }),
    outcome: "passed",
  },
  {
    rule: "WIRE-QUO-01",
    what: "51 interface endpoints",
    resources: many("aws_vpc_endpoint", 51, { vpc_id: "vpc-1", vpc_endpoint_type: "Interface" }),
    outcome: "failed",
  },
  {
    rule: "WIRE-QUO-01",
    what: "61 rules of a security group, in and out",
    resources: {
      ...many("aws_vpc_security_group_ingress_rule", 60, { security_group_id: "sg-1" }),
      ...many("aws_vpc_security_group_egress_rule", 1, { security_group_id: "sg-1" }),
    },
    outcome: "passed",
  },
  {
    rule: "WIRE-QUO-01",
    what: "more consumers than streams that are not on demand may have",
    resources: many("aws_kinesis_stream_consumer", 21, { stream_arn: "arn:aws:kinesis:eu-west-1:1:stream/s" }),
    outcome: "warning",
  },
  {
    rule: "WIRE-QUO-01",
    what: "a function in six security groups",
    resources: { aws_lambda_function: { f: { vpc_config: { security_group_ids: ["a", "b", "c", "d", "e", "f"] } } } },
    outcome: "failed",
  },
];

export const ACCOUNT_WIRING_CASES: readonly Case[] = [...NAMES, ...LENGTHS, ...SINGLETONS, ...QUOTAS];
