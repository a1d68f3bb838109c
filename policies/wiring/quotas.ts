/** How many resources there may be, where nobody asked AWS for more. */
export interface Quota {
  readonly type: string;
  /**
   * The attribute that says of what, for example "role".
   *
   * @default - of the account in one region
   */
  readonly by?: string;
  /** Which of them count, by an attribute that has to have a value. */
  readonly where?: readonly [attribute: string, value: string];
  readonly limit: number;
  /** What it counts, as "6 ..." goes on. */
  readonly what: string;
  /**
   * Where passing it is no failure of the apply, or AWS's document could not be consulted.
   *
   * @default - the rule's
   */
  readonly level?: "warning";
}

export const QUOTAS: readonly Quota[] = [
  // IAM User Guide, "IAM and AWS STS quotas"
  { type: "aws_iam_role_policy_attachment", by: "role", limit: 10, what: "managed policies are attached to its role" },
  // EventBridge API Reference, PutTargets; EventBridge User Guide, "Amazon EventBridge quotas"
  { type: "aws_cloudwatch_event_target", by: "rule", limit: 5, what: "targets are of its rule" },
  { type: "aws_cloudwatch_event_rule", by: "event_bus_name", limit: 300, what: "rules are on its bus" },
  // CloudWatch Logs API Reference, PutResourcePolicy
  { type: "aws_cloudwatch_log_resource_policy", limit: 10, what: "resource policies of logs are in the region" },
  // VPC User Guide, "Amazon VPC quotas"
  { type: "aws_eip", limit: 5, what: "Elastic IP addresses are in the region" },
  { type: "aws_internet_gateway", limit: 5, what: "internet gateways are in the region" },
  { type: "aws_vpc", limit: 5, what: "VPCs are in the region" },
  {
    type: "aws_vpc_security_group_egress_rule",
    by: "security_group_id",
    limit: 60,
    what: "outbound rules are of its group",
  },
  {
    type: "aws_vpc_security_group_ingress_rule",
    by: "security_group_id",
    limit: 60,
    what: "inbound rules are of its group",
  },
  // AWS PrivateLink Guide, "AWS PrivateLink quotas"
  {
    type: "aws_vpc_endpoint",
    by: "vpc_id",
    where: ["vpc_endpoint_type", "Interface"],
    limit: 50,
    what: "interface endpoints are in its VPC",
  },
  // Kinesis API Reference, RegisterStreamConsumer: on-demand streams may have more
  {
    type: "aws_kinesis_stream_consumer",
    by: "stream_arn",
    limit: 20,
    what: "consumers are registered with its stream",
    level: "warning",
  },
  // Lake Formation Developer Guide, "Tag-based access control notes and restrictions": a soft limit
  { type: "aws_lakeformation_lf_tag", limit: 1000, what: "LF-Tags are in the region", level: "warning" },
  { type: "aws_mwaa_environment", limit: 10, what: "Airflow environments are in the region", level: "warning" },
];

/** How long a list within a resource may be. */
export interface ListQuota {
  readonly type: string;
  readonly path: readonly string[];
  readonly limit: number;
  /** What it counts, as "6 ..." goes on. */
  readonly what: string;
  readonly level?: "warning";
}

// VPC User Guide, "Amazon VPC quotas"
const GROUPS = { limit: 5, what: "security groups are on its network interfaces" } as const;

export const LIST_QUOTAS: readonly ListQuota[] = [
  {
    type: "aws_iam_role",
    path: ["managed_policy_arns"],
    limit: 10,
    what: "managed policies are attached to it",
  },
  {
    type: "aws_lakeformation_resource_lf_tags",
    path: ["lf_tag"],
    limit: 50,
    what: "LF-Tags are assigned by it",
    level: "warning",
  },
  { type: "aws_lambda_function", path: ["vpc_config", "security_group_ids"], ...GROUPS },
  { type: "aws_mwaa_environment", path: ["network_configuration", "security_group_ids"], ...GROUPS },
  { type: "aws_vpc_endpoint", path: ["security_group_ids"], ...GROUPS },
];
