import { speaksOf } from "../iam-document";
import { failedIf, type Rule } from "../rule";
import { allowsAnybody, hasOnlyCondition, policyOf } from "./policies";

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
      failedIf(
        graph.reference(values.kms_master_key_id)?.resource.type !== "aws_kms_key",
        "it names no key of ours",
        "kms_master_key_id",
      ),
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
    judge: (topic, { graph }) => {
      const statements = graph
        .referring("aws_sns_topic_policy", "arn", topic)
        .flatMap(({ values }) => policyOf(values.policy));
      const refusesPlain = statements.some(
        (statement) =>
          statement.effect === "Deny" &&
          statement.principals?.AWS?.includes("*") === true &&
          speaksOf(statement, "sns:Publish") &&
          hasOnlyCondition(statement, "bool", "aws:SecureTransport", "false"),
      );
      return [
        ...failedIf(!refusesPlain, "its policy does not refuse sns:Publish without TLS"),
        ...statements.flatMap((statement) =>
          failedIf(allowsAnybody(statement), `${statement.sid ?? "a statement"} of its policy allows everybody`),
        ),
      ];
    },
  },
];
