import { permissionsOf, roleOf } from "../aws/roles";
import { listOf } from "../aws/values";
import { zonesOf } from "../aws/zones";
import type { Graph, Resource } from "../graph";
import { speaksOf } from "../iam-document";
import { at, failedIf, judgeKnown, type Rule, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { functionOf } from "../aws/functions";
import { callsTo } from "../wiring/invokers";
import { judgeOurKey } from "./keys";
import { accountIn } from "./policies";
import { secretsIn } from "./variables";

const MODULE = "make the function with modules/lambda/function.ts";

/** Runtimes that AWS deprecates in none of the coming months. Source: Lambda Developer Guide, "Supported runtimes". */
const RUNTIMES = [
  "dotnet10",
  "java11",
  "java17",
  "java21",
  "java25",
  "java8.al2",
  "nodejs22.x",
  "nodejs24.x",
  "provided.al2023",
  "python3.11",
  "python3.12",
  "python3.13",
  "python3.14",
  "ruby3.3",
  "ruby3.4",
];

/** What a role does that touches data; what Lake Formation lets in is read from S3 as well. */
const DATA_ACTIONS = [
  "athena:GetQueryResults",
  "dynamodb:GetItem",
  "kinesis:GetRecords",
  "kinesis:PutRecord",
  "lakeformation:GetDataAccess",
  "redshift-data:GetStatementResult",
  "s3:GetObject",
  "s3:PutObject",
];

/** Whether functions are safe, and what they fail at is not lost. */
export const LAMBDA_RULES: readonly Rule[] = [
  {
    id: "LAKE-LAM-01",
    title: "Functions have a runtime that is supported",
    severity: "medium",
    level: "error",
    types: ["aws_lambda_function"],
    external: { checkov: ["CKV_AWS_363"], cdkNag: ["AwsSolutions-L1"], securityHub: ["Lambda.2"] },
    sources: ["https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"],
    remedy: `${MODULE}, and name a runtime of the list in policies/security/lambda.ts`,
    judge: ({ values: { runtime, package_type: packaging } }) =>
      packaging === "Image"
        ? []
        : judgeKnown(runtime, "runtime", (known) =>
            failedIf(
              !RUNTIMES.includes(String(known)),
              typeof known === "string" ? `${known} is not supported, or not for long` : "it names no runtime",
              "runtime",
            ),
          ),
  },
  {
    id: "LAKE-LAM-02",
    title: "Calls of functions that fail are kept",
    severity: "medium",
    level: "error",
    types: ["aws_lambda_function"],
    external: { checkov: ["CKV_AWS_116"] },
    sources: ["https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"],
    remedy: "give the function a destination for failures, or a dead-letter queue",
    judge: (callee, { graph }) => {
      const invokers = callsTo(callee, graph).filter(({ isAsynchronous }) => isAsynchronous);
      const names = [...new Set(invokers.map(({ invoker }) => invoker.address))];
      return failedIf(
        names.length > 0 && !keepsFailures(callee, graph),
        `it keeps nothing of what it fails at, and nobody waits for its answer: ${names.join(", ")}`,
      );
    },
  },
  {
    id: "LAKE-LAM-03",
    title: "Functions that touch data are in the VPC, and every function in it is in two zones",
    severity: "medium",
    level: "error",
    types: ["aws_lambda_function"],
    external: { checkov: ["CKV_AWS_117"], securityHub: ["Lambda.3", "Lambda.5"] },
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
      "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html",
    ],
    remedy: `${MODULE}, and hand it the data subnets of the network`,
    judge: (callee, { graph }) => {
      const subnets = listOf(at(callee.values.vpc_config, "subnet_ids"));
      return subnets.length === 0
        ? failedIf(touchesData(callee, graph), "it may read or write data, and is not in the VPC", "vpc_config")
        : judgeZones(subnets, graph);
    },
  },
  {
    id: "LAKE-LAM-04",
    title: "Variables of functions are encrypted with a key of ours, and hold no secret",
    severity: "high",
    level: "error",
    types: ["aws_lambda_function"],
    external: { checkov: ["CKV_AWS_173", "CKV_AWS_45"] },
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    ],
    remedy: `${MODULE}, which takes a key, and have its code read secrets from Secrets Manager`,
    judge: ({ values }, { graph }) => {
      const variables = at(values.environment, "variables") ?? {};
      return Object.keys(variables).length === 0
        ? []
        : [
            ...judgeOurKey(values.kms_key_arn, graph, "its variables are encrypted with no key of ours", "kms_key_arn"),
            ...secretsIn(variables).flatMap((name) =>
              failedIf(true, `${name} looks like a secret`, `environment.variables.${name}`),
            ),
          ];
    },
  },
  {
    id: "LAKE-LAM-05",
    title: "Permissions to call a function say for whom the service calls",
    severity: "critical",
    level: "error",
    types: ["aws_lambda_permission"],
    external: {
      checkov: ["CKV_AWS_301", "CKV_AWS_364"],
      trivy: ["AVD-AWS-0067"],
      securityHub: ["Lambda.1"],
    },
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
      "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html",
    ],
    remedy: "name what the service calls for in source_arn, and for S3 our account in source_account",
    judge: judgePermission,
  },
  {
    id: "LAKE-LAM-06",
    title: "Functions are traced, and what events call does not run without bound",
    severity: "low",
    level: "error",
    types: ["aws_lambda_function"],
    external: { checkov: ["CKV_AWS_50", "CKV_AWS_115"], trivy: ["AVD-AWS-0066"] },
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-polling-and-batching.html",
    ],
    remedy: `${MODULE}, which traces, and give those that events call some reserved concurrency`,
    judge: (callee, { graph }) => {
      const { tracing_config: tracing, reserved_concurrent_executions: reserved } = callee.values;
      return [
        ...judgeKnown(at(tracing, "mode"), "tracing_config.mode", (mode) =>
          failedIf(mode !== "Active", "it is not traced", "tracing_config.mode"),
        ),
        // the provider's default, -1, is no bound
        ...warnIf(
          isCalledByEvents(callee, graph) && (reserved === undefined || reserved === -1),
          "events call it, and nothing bounds how often it runs at once",
          "reserved_concurrent_executions",
        ),
      ];
    },
  },
];

function keepsFailures(callee: Resource, graph: Graph): boolean {
  return (
    at(callee.values.dead_letter_config, "target_arn") !== undefined ||
    graph
      .ofType("aws_lambda_function_event_invoke_config")
      .some(
        ({ values }) =>
          functionOf(values.function_name, graph) === callee &&
          at(values.destination_config, "on_failure", "destination") !== undefined,
      )
  );
}

/** Whether a function may read or write data; one with a role that is not ours to read is taken to. */
function touchesData({ values }: Resource, graph: Graph): boolean {
  const role = roleOf(values.role, graph);
  const permissions = role && permissionsOf(role, graph);
  return (
    permissions === undefined ||
    permissions.isIncomplete ||
    permissions.statements.some(
      (statement) => statement.effect === "Allow" && DATA_ACTIONS.some((action) => speaksOf(statement, action)),
    )
  );
}

function judgeZones(subnets: readonly unknown[], graph: Graph): Verdict[] {
  const zones = zonesOf(subnets, graph);
  const attribute = "vpc_config.subnet_ids";
  if (new Set(zones).size > 1) {
    return [];
  }
  // one expression may stand for several subnets
  return zones.length < subnets.length
    ? unknown("whether its subnets are in two zones cannot be told", attribute)
    : failedIf(true, "all of its subnets are in one zone", attribute);
}

function isCalledByEvents(callee: Resource, graph: Graph): boolean {
  return callsTo(callee, graph).some(
    ({ invoker, isAsynchronous }) =>
      isAsynchronous || (invoker.type === "aws_lambda_event_source_mapping" && !isBounded(invoker)),
  );
}

/** Whether a mapping itself bounds how often its function runs at once: by shards of a stream, or as it says for a queue. */
function isBounded({ values }: Resource): boolean {
  const { scaling_config: scaling, starting_position: start } = values;
  return start !== undefined || at(scaling, "maximum_concurrency") !== undefined;
}

function judgePermission({ values }: Resource, { environment }: RuleContext): readonly Verdict[] {
  const {
    function_url_auth_type: urlAuthentication,
    principal,
    principal_org_id: organization,
    source_account: account,
    source_arn: source,
  } = values;
  return [
    ...failedIf(urlAuthentication === "NONE", "everybody may call it by its URL", "function_url_auth_type"),
    ...judgeKnown(principal, "principal", (known) => {
      const name = String(known);
      if (name === "*") {
        return failedIf(true, "it lets everybody call", "principal");
      }
      if (!name.endsWith(".amazonaws.com")) {
        const isForeign = accountIn(name, environment.accountId) !== environment.accountId;
        return failedIf(
          isForeign && organization === undefined,
          `it lets ${name} of another account call`,
          "principal",
        );
      }
      return [
        ...failedIf(
          listOf(source).length + listOf(account).length === 0,
          `it lets ${name} call for whomever`,
          "source_arn",
        ),
        // ARNs of buckets have no account, and a name that is given up is anybody's
        ...failedIf(
          name === "s3.amazonaws.com" && source !== undefined && account === undefined,
          "it does not say whose bucket it is",
          "source_account",
        ),
      ];
    }),
  ];
}
