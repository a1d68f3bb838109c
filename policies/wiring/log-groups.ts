import { KEY_USE, keyOf, notAdmitted, resourcePolicy } from "../aws/keys";
import { callsOn, judgeRole } from "../aws/permissions";
import { roleOf } from "../aws/roles";
import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, failedIf, type Rule, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { callsTo } from "./invokers";

/** Logs of an environment of Airflow, each in a group of its own. */
const AIRFLOW_LOGS = ["DAGProcessing", "Scheduler", "Task", "WebServer", "Worker"];

/** Whether groups of logs can be made, are there before who writes to them, and are written to. */
export const LOG_GROUP_WIRING: readonly Rule[] = [
  {
    id: "WIRE-KMS-02",
    title: "The key of a log group lets in CloudWatch Logs for that group",
    severity: "critical",
    level: "error",
    types: ["aws_cloudwatch_log_group"],
    sources: ["https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"],
    remedy: "add logGroupEncryption() of modules/kms/service-statements.ts to the key",
    judge: judgeKey,
  },
  {
    id: "WIRE-LOG-04",
    title: "Log groups that a service would make by itself are made before it, and it may write to them",
    severity: "high",
    level: "error",
    types: ["aws_lambda_function", "aws_mwaa_environment"],
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
      "https://docs.aws.amazon.com/mwaa/latest/userguide/monitoring-airflow.html",
    ],
    remedy: "make the group with modules/cloudwatch/log-group.ts, and have what logs to it refer to it",
    judge: (resource, { graph }) => {
      if (resource.type === "aws_mwaa_environment") {
        const name = textOf(resource.values.name, graph) ?? "";
        return AIRFLOW_LOGS.flatMap((log) => judgeOrder(resource, `airflow-${name}-${log}`, failedIf, graph));
      }
      const named = at(resource.values.logging_config, "log_group");
      const name = textOf(named, graph) ?? `/aws/lambda/${textOf(resource.values.function_name, graph) ?? ""}`;
      // without anything that calls it, a function logs when a person calls it first
      const verdict = callsTo(resource, graph).length > 0 ? failedIf : warnIf;
      return [...judgeOrder(resource, name, verdict, graph), ...judgeWriter(resource, name, graph)];
    },
  },
];

function judgeKey(group: Resource, context: RuleContext): Verdict[] {
  const { graph, environment } = context;
  const key = keyOf(group.values.kms_key_id, graph);
  // LAKE-CW-01 reports groups without a key of ours
  if (key === undefined) {
    return [];
  }
  const service = `logs.${environment.region}.amazonaws.com`;
  const attribute = "kms_key_id";
  if (resourcePolicy(key, graph) === "unknown") {
    return unknown(`the policy of ${key.address} is not written out, so whether it admits ${service} is not known`);
  }
  const missing = refusedFor(group, key, service, context);
  // many groups have one key: what it lacks is said of the first
  const [first] = graph
    .ofType("aws_cloudwatch_log_group")
    .filter(({ values }) => keyOf(values.kms_key_id, graph) === key)
    .filter((other) => refusedFor(other, key, service, context).join() === missing.join());
  const late = graph.referring("aws_kms_key_policy", "key_id", key).find((policy) => !graph.isBefore(policy, group));
  return [
    ...failedIf(
      missing.length > 0 && first === group,
      `${key.address} does not let ${service} ${missing.join(", ")} for this group`,
      attribute,
    ),
    ...failedIf(late !== undefined, `nothing makes it wait for ${late?.address ?? ""}`, attribute),
  ];
}

/** What a key does not let CloudWatch Logs do for a group. */
function refusedFor(group: Resource, key: Resource, service: string, context: RuleContext): string[] {
  const arn = context.graph.arnOf(group);
  const call = { service, source: arn, facts: { "kms:encryptioncontext:aws:logs:arn": arn } };
  return [...notAdmitted(key, KEY_USE, call, context)];
}

function groupNamed(name: string, graph: Graph): Resource | undefined {
  return graph.ofType("aws_cloudwatch_log_group").find((group) => graph.refersTo(name, group));
}

function judgeOrder(resource: Resource, name: string, verdict: typeof failedIf, graph: Graph): Verdict[] {
  const group = groupNamed(name, graph);
  return group === undefined
    ? warnIf(true, `it makes ${name} by itself, which is kept for ever under a key of AWS`)
    : verdict(!graph.isBefore(group, resource), `it may make ${name} before ${group.address} does`);
}

/** What keeps a function from writing its logs. */
function judgeWriter({ values }: Resource, name: string, graph: Graph): Verdict[] {
  const role = roleOf(values.role, graph);
  const arn = graph.arnIn("logs", `log-group:${name}`);
  const calls = callsOn([arn, `${arn}:*`, `${arn}:log-stream:any`], ["logs:CreateLogStream", "logs:PutLogEvents"]);
  return role === undefined
    ? []
    : judgeRole(role, calls, (actions) => `${role.address} may not ${actions} in ${name}`, graph);
}
