import { keyOf, notAllowedOnKey } from "../aws/keys";
import { callsOn, judgeRole } from "../aws/permissions";
import { permissionsOf, roleOf } from "../aws/roles";
import { listOf } from "../aws/values";
import { deployingRole } from "../bootstrap";
import type { Resource } from "../graph";
import { at, failedIf, judgeKnown, type Rule, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { judgeCallers } from "./callers";
import { judgePace } from "./event-pace";
import { judgeEventSource } from "./event-sources";
import { CALLING_TYPES } from "./invokers";

const MAPPING = "aws_lambda_event_source_mapping";
const MODULE = "make the function with modules/lambda/function.ts";

/** Executions at once that an account has, and those of them that AWS lets nobody reserve. */
const CONCURRENCY = { account: 1000, unreserved: 100 };

/** What Lambda does as the caller when it is given a key for variables. */
const CONFIGURING = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"];

/** What Lambda does with the role of a function to connect it to the VPC. */
const CONNECTING = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

/** Whether functions are made, called, and able to start. */
export const LAMBDA_WIRING: readonly Rule[] = [
  {
    id: "WIRE-LAM-01",
    title: "Functions may read what feeds them, and have somewhere to put what fails",
    severity: "high",
    level: "error",
    types: [MAPPING],
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
      "https://github.com/hashicorp/terraform-provider-aws/issues/7384",
    ],
    remedy: "make the mapping with modules/lambda/event-source-mapping.ts, which grants the role of the function both",
    judge: judgeEventSource,
  },
  {
    id: "WIRE-LAM-02",
    title: "Functions leave others of the account some concurrency",
    severity: "high",
    level: "error",
    types: ["aws_lambda_function"],
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
      "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html",
    ],
    remedy: "reserve less, or leave reserved_concurrent_executions out",
    judge: judgeConcurrency,
  },
  {
    id: "WIRE-LAM-03",
    title: "Every service that calls a function may do so, before it tries",
    severity: "critical",
    level: "error",
    types: CALLING_TYPES,
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
      "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html",
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html",
    ],
    remedy: "declare an aws_lambda_permission for what calls, and have that wait for it with after()",
    judge: (invoker, { graph, environment }) => judgeCallers(invoker, graph, environment.accountId),
  },
  {
    id: "WIRE-LAM-04",
    title: "Functions with encrypted variables are replaced together with their role",
    severity: "high",
    level: "error",
    types: ["aws_lambda_function"],
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
      "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lambda_function",
    ],
    remedy: `${MODULE}, which names the role in replace_triggered_by; who deploys is allowed keys by stacks/bootstrap/write-permissions.ts`,
    judge: (callee, context) =>
      at(callee.values.environment, "variables") === undefined
        ? []
        : [...judgeDeployer(callee, context), ...judgeReplacement(callee, context)],
  },
  {
    id: "WIRE-LAM-05",
    title: "A migration that failed is tried again",
    severity: "high",
    level: "error",
    types: ["aws_lambda_invocation"],
    sources: [
      "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/lambda/invocation.go",
      "https://github.com/hashicorp/terraform-plugin-sdk/issues/476",
      "https://developer.hashicorp.com/terraform/plugin/sdkv2/guides/v2-upgrade-guide",
    ],
    remedy:
      "leave lifecycle_scope out, and name in triggers what the call depends on: a call that fails is then replaced",
    judge: ({ values }) =>
      judgeKnown(values.lifecycle_scope, "lifecycle_scope", (scope) =>
        failedIf(
          scope === "CRUD",
          "where a later call fails the state has its input all the same, and no plan shows it again",
          "lifecycle_scope",
        ),
      ),
  },
  {
    id: "WIRE-LAM-06",
    title: "The role of a function in the VPC may connect it",
    severity: "high",
    level: "error",
    types: ["aws_lambda_function"],
    sources: ["https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"],
    remedy: `${MODULE}, whose role may; what its boundary lets it is in stacks/bootstrap/boundary.ts`,
    judge: ({ values }, { graph }) => {
      const role = roleOf(values.role, graph);
      return role === undefined || listOf(at(values.vpc_config, "subnet_ids")).length === 0
        ? []
        : judgeRole(role, callsOn("*", CONNECTING), (actions) => `${role.address} may not ${actions}`, graph);
    },
  },
  {
    id: "WIRE-LAM-07",
    title: "What a function fails at is put aside while its source has it, and holds up no more than itself",
    severity: "high",
    level: "error",
    types: [MAPPING],
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html",
      "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    ],
    remedy:
      "make the mapping with modules/lambda/event-source-mapping.ts, with an age below what the stream keeps, or a queue that hides messages for longer",
    judge: (mapping, { graph }) => judgePace(mapping, graph),
  },
];

function judgeConcurrency({ values }: Resource, { graph, neighbours }: RuleContext): readonly Verdict[] {
  const attribute = "reserved_concurrent_executions";
  return judgeKnown(values[attribute], attribute, (own) => {
    const others = [graph, ...neighbours.map((neighbour) => neighbour.graph)].flatMap((one) =>
      one.ofType("aws_lambda_function").map((other) => other.values[attribute]),
    );
    const sum = others.reduce<number>((total, one) => total + (typeof one === "number" && one > 0 ? one : 0), 0);
    const most = CONCURRENCY.account - CONCURRENCY.unreserved;
    return failedIf(
      typeof own === "number" && own > 0 && sum > most,
      `functions of the account reserve ${sum} executions, and ${most} can be`,
      attribute,
    );
  });
}

/** What whoever deploys lacks to give a function its key. */
function judgeDeployer({ values }: Resource, context: RuleContext): Verdict[] {
  const deployer = deployingRole(context.graph, context);
  const key = keyOf(values.kms_key_arn, context.graph);
  if (deployer === undefined || key === undefined) {
    return [];
  }
  const missing = notAllowedOnKey(deployer, key, CONFIGURING, "lambda", context);
  const text = `${deployer.address} may not ${missing.join(", ")} with ${key.address}`;
  return missing.length > 0 && permissionsOf(deployer, context.graph).isIncomplete
    ? unknown(`${text}, unless a policy that is not declared here says so`, "kms_key_arn")
    : failedIf(missing.length > 0, text, "kms_key_arn");
}

/** The grant on the key names the very role that the function was made with, not another one of the same name. */
function judgeReplacement({ stack, values }: Resource, { graph }: RuleContext): Verdict[] {
  const role = roleOf(values.role, graph);
  if (role?.values.name === undefined) {
    return [];
  }
  const triggers = listOf(at(values.lifecycle, "replace_triggered_by"));
  const isNamed = triggers.some((trigger) => new RegExp(`\\b${role.address}(?![\\w-])`).test(String(trigger)));
  const text = `when ${role.address} is made anew, its name stays and the function is not replaced`;
  // Terraform takes triggers of the same state alone
  return role.stack === stack
    ? failedIf(!isNamed, text, "lifecycle.replace_triggered_by")
    : warnIf(true, text, "lifecycle.replace_triggered_by");
}
