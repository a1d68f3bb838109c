import { functionOf } from "../aws/functions";
import { perGraph } from "../aws/remember";
import { roleOf, statementsOf } from "../aws/roles";
import { listOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { speaksOf } from "../iam-document";
import { at, blocks, failedIf, type Verdict, warnIf } from "../rule";

/** A role that AWS tries when a resource is made. */
interface Trial {
  readonly role: unknown;
  /**
   * The actions that are tried; policies for other work may come later.
   *
   * @default - all that the role may do
   */
  readonly actions?: readonly string[];
}

const INTERFACES = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"];
const LOG_DELIVERY = ["logs:CreateLogDelivery", "logs:DescribeResourcePolicies", "logs:PutResourcePolicy"];
const LOG_WRITING = ["logs:CreateLogStream", "logs:PutLogEvents"];
const SENDING = ["sns:Publish", "sqs:SendMessage"];
const KAFKA = ["kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers", "kafka-cluster:Connect"];
const STREAMS = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"];

const TRIALS: Readonly<Record<string, (values: Resource["values"], graph: Graph) => readonly Trial[]>> = {
  aws_cloudtrail: ({ cloud_watch_logs_role_arn: role }) => [{ role, actions: LOG_WRITING }],
  aws_cloudwatch_log_subscription_filter: ({ role_arn: role }) => [
    { role, actions: ["firehose:PutRecord", "kinesis:PutRecord"] },
  ],
  aws_kinesis_firehose_delivery_stream: ({
    iceberg_configuration: iceberg,
    kinesis_source_configuration: stream,
    msk_source_configuration: msk,
  }) => [
    { role: at(stream, "role_arn"), actions: STREAMS },
    { role: at(msk, "authentication_configuration", "role_arn"), actions: KAFKA },
    // with keys, Firehose looks at the table and its columns
    {
      role: at(iceberg, "role_arn"),
      actions: blocks(at(iceberg, "destination_table_configuration")).some(
        ({ unique_keys: keys }) => keys !== undefined,
      )
        ? ["glue:GetDatabase", "glue:GetTable"]
        : [],
    },
  ],
  aws_lambda_event_source_mapping: ({ function_name: name }, graph) => [
    {
      role: functionOf(name, graph)?.values.role,
      actions: [...STREAMS, ...KAFKA, ...INTERFACES, ...SENDING, "sqs:ReceiveMessage"],
    },
  ],
  aws_lambda_function: ({ role, vpc_config: network, dead_letter_config: deadLetters }) => [
    { role, actions: listOf(at(network, "subnet_ids")).length === 0 ? [] : INTERFACES },
    { role, actions: at(deadLetters, "target_arn") === undefined ? [] : SENDING },
  ],
  // the code runs at once, and needs all that it ever does
  aws_lambda_invocation: ({ function_name: name }, graph) => [{ role: functionOf(name, graph)?.values.role }],
  aws_mwaa_environment: ({ execution_role_arn: role }) => [
    {
      role,
      actions: ["kms:Decrypt", "logs:CreateLogGroup", ...LOG_WRITING, "s3:GetObject", "s3:ListBucket", ...SENDING],
    },
  ],
  aws_sfn_state_machine: ({ role_arn: role, logging_configuration: logging, definition }) => [
    { role, actions: logging === undefined ? [] : LOG_DELIVERY },
    { role, actions: String(definition).includes(".sync") ? ["events:PutRule", "events:PutTargets"] : [] },
  ],
};

/** Types of which the creation tries no more than the trust: what comes too late is missed by their first run alone. */
const UNTRIED: Readonly<Record<string, (values: Resource["values"]) => readonly Trial[]>> = {
  aws_glue_catalog_table_optimizer: ({ configuration }) => [{ role: at(configuration, "role_arn") }],
  aws_lakeformation_resource: ({ role_arn: role }) => [{ role }],
  aws_quicksight_vpc_connection: ({ role_arn: role }) => [{ role, actions: INTERFACES }],
  aws_scheduler_schedule: ({ target }) => [{ role: at(target, "role_arn") }],
};

export const TRYING_TYPES = [...Object.keys(TRIALS), ...Object.keys(UNTRIED)];

/** Resources that give roles what they may do, with the policies. */
const grantsByRole = perGraph((graph) => {
  const grants = [
    ...graph.ofType("aws_iam_role_policy").map((grant) => ({ grant, policy: grant.values.policy })),
    ...graph.ofType("aws_iam_role_policy_attachment").map((grant) => {
      const policy = graph.reference(grant.values.policy_arn)?.resource;
      return { grant, policy: policy?.type === "aws_iam_policy" ? policy.values.policy : undefined };
    }),
  ];
  const byRole = new Map<Resource | undefined, typeof grants>();
  for (const one of grants) {
    const role = roleOf(one.grant.values.role, graph);
    byRole.set(role, [...(byRole.get(role) ?? []), one]);
  }
  return byRole;
});

/** Policies of roles that may be made after what tries the roles. */
export function judgeTrials(resource: Resource, graph: Graph): Verdict[] {
  const trials = TRIALS[resource.type]?.(resource.values, graph);
  const verdict = trials === undefined ? warnIf : failedIf;
  return (trials ?? UNTRIED[resource.type]?.(resource.values) ?? []).flatMap(({ role: value, actions }) => {
    const role = roleOf(value, graph);
    const late = role === undefined ? [] : lateGrants(role, actions, resource, graph);
    return verdict(late.length > 0, `nothing makes it wait for ${late.join(", ")}, which its role needs`);
  });
}

function lateGrants(role: Resource, actions: Trial["actions"], resource: Resource, graph: Graph): string[] {
  const isOf = (policy: unknown) =>
    actions === undefined ||
    statementsOf(policy, graph).some(
      (statement) => statement.effect === "Allow" && actions.some((action) => speaksOf(statement, action)),
    );
  return (grantsByRole(graph).get(role) ?? [])
    .filter(({ grant, policy }) => isOf(policy) && !graph.isBefore(grant, resource))
    .map(({ grant }) => grant.address);
}
