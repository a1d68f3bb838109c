import { keyOf, resourcePolicy } from "../aws/keys";
import { letThrough } from "../aws/requests";
import { statementsOf } from "../aws/roles";
import type { Resource } from "../graph";
import { speaksOf } from "../iam-document";
import { failedIf, type Rule, type RuleContext, unknown, type Verdict } from "../rule";
import { accountIn } from "../security/policies";

const PUTTING = ["kinesis:PutRecord", "kinesis:PutRecords"];

/** Whether those who are let in to a stream can put something there. */
export const KINESIS_WIRING: readonly Rule[] = [
  {
    id: "WIRE-KIN-01",
    title: "Producers of another account that a stream lets in are let in by its key as well",
    severity: "high",
    level: "error",
    types: ["aws_kinesis_resource_policy"],
    sources: [
      "https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html",
      "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
      "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html",
    ],
    remedy: "add the statement to the key, as in modules/kms/service-statements.ts",
    judge: judgeProducers,
  },
];

function judgeProducers({ values }: Resource, context: RuleContext): Verdict[] {
  const { graph, environment } = context;
  const stream = graph.ofType("aws_kinesis_stream").find((one) => graph.refersTo(values.resource_arn, one));
  const key = keyOf(stream?.values.kms_key_id, graph);
  const strangers = statementsOf(values.policy, graph)
    .filter((statement) => statement.effect === "Allow" && PUTTING.some((action) => speaksOf(statement, action)))
    .flatMap(({ principals }) => principals?.AWS ?? [])
    .filter((name) => accountIn(name, environment.accountId) !== environment.accountId);
  // LAKE-KIN-01 reports streams without a key of ours
  if (stream === undefined || key === undefined || strangers.length === 0) {
    return [];
  }
  const policy = resourcePolicy(key, graph);
  return policy === "unknown"
    ? unknown(`the policy of ${key.address} is not written out, so whom it lets in is not known`, "policy")
    : [...new Set(strangers)].flatMap((name) =>
        failedIf(
          !mayEncrypt(name, policy ?? [], graph.arnOf(stream), context),
          `${key.address} does not let ${name} kms:GenerateDataKey`,
          "policy",
        ),
      );
}

function mayEncrypt(
  name: string,
  policy: Parameters<typeof letThrough>[0],
  streamArn: string,
  { graph, environment }: RuleContext,
): boolean {
  const { accountId, region } = environment;
  const account = accountIn(name, accountId);
  const [, partition = ""] = graph.arnIn("iam", "root").split(":");
  return letThrough(policy, {
    principal: { kind: "AWS", name: [name, account, `arn:${partition}:iam::${account}:root`] },
    action: "kms:GenerateDataKey",
    facts: {
      "aws:principalaccount": account,
      "aws:principalisawsservice": "false",
      "aws:sourceaccount": undefined,
      "aws:sourcearn": undefined,
      "kms:calleraccount": account,
      "kms:encryptioncontext:aws:kinesis:arn": streamArn,
      "kms:viaservice": `kinesis.${region}.amazonaws.com`,
    },
  });
}
