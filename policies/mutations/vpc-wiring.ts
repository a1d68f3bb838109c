import { find, inOrder, type Mutation, removed, set, statement, STREAM_FUNCTIONS } from "./mutation";

const VPC = ["aws_vpc", "network"] as const;
const GLUE = ["aws_vpc_endpoint", "endpoints_glue"] as const;
const GROUP = ["aws_security_group", "endpoints_security-group"] as const;
const INGRESS = ["aws_vpc_security_group_ingress_rule", "https"] as const;
const EGRESS = "aws_vpc_security_group_egress_rule";
const FLOW_LOG = ["aws_flow_log", "network"] as const;
const LOG_POLICY = ["aws_s3_bucket_policy", "log-bucket"] as const;

/** Each breaks the wiring of production's network, and says which rule notices. */
export const VPC_WIRING_MUTATIONS: readonly Mutation[] = [
  {
    rule: "WIRE-VPC-01",
    what: "a VPC without DNS hostnames",
    found: VPC,
    edit: (stacks) => {
      delete find(stacks, ...VPC).values.enable_dns_hostnames;
    },
  },
  {
    rule: "WIRE-VPC-01",
    what: "a VPC without DNS",
    found: VPC,
    edit: set(...VPC, "enable_dns_support", false),
  },
  {
    rule: "WIRE-VPC-02",
    what: "an endpoint in the default group",
    found: GLUE,
    edit: set(...GLUE, "security_group_ids", undefined),
  },
  { rule: "WIRE-VPC-02", what: "endpoints that let in nobody", found: GROUP, edit: removed(...INGRESS) },
  {
    rule: "WIRE-VPC-02",
    what: "endpoints that let in another port",
    found: GROUP,
    edit: inOrder(set(...INGRESS, "from_port", 80), set(...INGRESS, "to_port", 80)),
  },
  {
    rule: "WIRE-VPC-02",
    what: "endpoints that let in another network",
    found: GROUP,
    edit: set(...INGRESS, "cidr_ipv4", "192.168.0.0/16"),
  },
  {
    rule: "WIRE-VPC-03",
    what: "workloads that are let out to the VPC alone",
    found: ["aws_lambda_function", "processing_table-migrator"],
    also: STREAM_FUNCTIONS,
    edit: inOrder(removed(EGRESS, "workloads_s3_"), set(EGRESS, "to-0-0-0-0-0-443", "cidr_ipv4", "10.30.0.0/16")),
  },
  {
    rule: "WIRE-VPC-03",
    what: "a consumer that is not let out to DynamoDB",
    found: ["aws_lambda_function", "clickstream_consumer-purchases_"],
    edit: inOrder(removed(EGRESS, "workloads_dynamodb_"), set(EGRESS, "to-0-0-0-0-0-443", "cidr_ipv4", "10.30.0.0/16")),
  },
  {
    rule: "WIRE-VPC-04",
    what: "two endpoints of one service",
    found: ["aws_vpc_endpoint", "endpoints_kms"],
    edit: set("aws_vpc_endpoint", "endpoints_kms", "service_name", "com.amazonaws.eu-west-1.glue"),
  },
  {
    rule: "WIRE-VPC-04",
    what: "an endpoint twice in a zone",
    found: GLUE,
    edit: (stacks) => {
      const subnets = ["network_data-a", "network_internet_egress-a", "network_data-c"];
      find(stacks, ...GLUE).values.subnet_ids = subnets.map(
        (part) => `\${${find(stacks, "aws_subnet", part).address}.id}`,
      );
    },
  },
  ...["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"].map((sid) => ({
    rule: "WIRE-VPC-06",
    what: `a log bucket without ${sid}`,
    found: FLOW_LOG,
    edit: statement(...LOG_POLICY, sid),
  })),
  {
    rule: "WIRE-VPC-06",
    what: "a log bucket that cannot be listed",
    found: FLOW_LOG,
    edit: statement(...LOG_POLICY, "AWSLogDeliveryAclCheck", (found) => {
      found.Action = "s3:GetBucketAcl";
    }),
  },
  {
    rule: "WIRE-VPC-06",
    what: "a log bucket for another region",
    found: FLOW_LOG,
    edit: statement(...LOG_POLICY, "AWSLogDeliveryWrite", (found) => {
      found.Condition = { ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-central-1:333333333333:*" } };
    }),
  },
  {
    rule: "WIRE-VPC-06",
    what: "a flow log in another folder",
    found: FLOW_LOG,
    edit: (stacks) => {
      const { values } = find(stacks, ...FLOW_LOG);
      values.log_destination = String(values.log_destination).replace("vpc-flow", "elsewhere");
    },
  },
  {
    rule: "WIRE-VPC-06",
    what: "a flow log that does not wait for the bucket's policy",
    found: FLOW_LOG,
    edit: set(...FLOW_LOG, "depends_on", []),
  },
];
