import type { Graph } from "../graph";
import { matches, speaksOf } from "../iam-document";
import { failedIf, type Rule } from "../rule";
import { accountIn, allowsAnybody, hasOnlyCondition, isConfinedBy, policyOf } from "./policies";

/** Whether topics are encrypted and take messages from those who are meant. */
export const SNS_RULES: readonly Rule[] = [
  {
    id: "LAKE-SNS-01",
    title: "Every topic is encrypted with one of our keys",
    severity: "high",
    level: "error",
    types: ["aws_sns_topic"],
    external: { checkov: ["CKV_AWS_26"], trivy: ["AVD-AWS-0095", "AVD-AWS-0136"], securityHub: ["SNS.1"] },
    sources: ["https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html"],
    remedy: "make the topic with modules/sns/alert-topic.ts, which takes a key",
    judge: ({ values }, { graph }) =>
      failedIf(!isOurKey(values.kms_master_key_id, graph), "it names no key of ours", "kms_master_key_id"),
  },
  {
    id: "LAKE-SNS-02",
    title: "Every topic refuses messages without TLS, and allows nobody without saying from where",
    severity: "high",
    level: "error",
    types: ["aws_sns_topic"],
    external: { checkov: ["CKV_AWS_169", "CKV_AWS_385"], cdkNag: ["AwsSolutions-SNS3"], securityHub: ["SNS.4"] },
    sources: ["https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html"],
    remedy: "make the topic with modules/sns/alert-topic.ts, whose policy does",
    judge: (topic, { graph, environment }) => {
      const policies = [topic, ...graph.referring("aws_sns_topic_policy", "arn", topic)];
      const statements = policies.flatMap(({ values }) => policyOf(values.policy));
      const arn = graph.text(`\${${topic.address}.arn}`);
      const refusesPlain = statements.some(
        (statement) =>
          statement.effect === "Deny" &&
          statement.principals?.AWS?.includes("*") === true &&
          speaksOf(statement, "sns:Publish") &&
          statement.resources?.some((resource) => matches(graph.text(resource), arn)) === true &&
          hasOnlyCondition(statement, "bool", "aws:SecureTransport", "false"),
      );
      return [
        ...failedIf(!refusesPlain, "its policy does not refuse sns:Publish without TLS"),
        ...statements.flatMap((statement) =>
          failedIf(allowsAnybody(statement), `${statement.sid ?? "a statement"} of its policy allows everybody`),
        ),
        ...statements
          .filter((statement) => statement.effect === "Allow" && !isConfinedBy(statement, "aws:PrincipalOrgID"))
          .flatMap(({ sid = "a statement", principals }) =>
            (principals?.AWS ?? []).flatMap((principal) =>
              failedIf(
                accountIn(principal, environment.accountId) !== environment.accountId,
                `${sid} of its policy allows ${principal}, of another account, without aws:PrincipalOrgID`,
              ),
            ),
          ),
      ];
    },
  },
];

/** Whether a value stands for a key of ours, or for an alias of one. */
function isOurKey(value: unknown, graph: Graph): boolean {
  const alias = graph.ofType("aws_kms_alias").find((one) => graph.refersTo(value, one));
  return graph.reference(alias?.values.target_key_id ?? value)?.resource.type === "aws_kms_key";
}
