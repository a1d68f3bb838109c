import type { Graph } from "../graph";
import { matches, speaksOf, type Statement } from "../iam-document";
import { failedIf, type Rule } from "../rule";
import { judgeOurKey } from "./keys";
import { allowsAnybody, hasOnlyCondition, judgePolicies, judgeStrangers } from "./policies";

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
      judgeOurKey(values.kms_master_key_id, graph, "it names no key of ours", "kms_master_key_id"),
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
      const arn = graph.text(`\${${topic.address}.arn}`);
      return judgePolicies(
        policies.map(({ values }) => values.policy),
        (statements) => [
          ...failedIf(
            !statements.some((statement) => refusesPlain(statement, arn, graph)),
            "its policy does not refuse sns:Publish without TLS",
          ),
          ...statements.flatMap((statement) => [
            ...failedIf(allowsAnybody(statement), `${statement.sid ?? "a statement"} of its policy allows everybody`),
            ...judgeStrangers(statement, environment.accountId),
          ]),
        ],
      );
    },
  },
];

/** Whether a statement refuses messages without TLS, to everybody and under no other condition. */
function refusesPlain(statement: Statement, topicArn: string, graph: Graph): boolean {
  return (
    statement.effect === "Deny" &&
    statement.principals?.AWS?.includes("*") === true &&
    speaksOf(statement, "sns:Publish") &&
    statement.resources?.some((resource) => matches(graph.text(resource), topicArn)) === true &&
    hasOnlyCondition(statement, "bool", "aws:SecureTransport", "false")
  );
}
