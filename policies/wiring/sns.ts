import { failedIf, type Rule, type RuleContext, unknown, type Verdict } from "../rule";
import type { Resource } from "../graph";
import type { Statement } from "../iam-document";
import { conditionsOn } from "../iam-document";
import { admitting, resourcePolicy } from "./admission";
import { publishersOf } from "./publishers";

/** Whether messages arrive at topics. */
export const SNS_WIRING: readonly Rule[] = [
  {
    id: "WIRE-SNS-01",
    title: "The policy of a topic admits every service that publishes to it",
    severity: "critical",
    level: "error",
    types: ["aws_sns_topic"],
    sources: [
      "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
      "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
      "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html",
      "https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html",
    ],
    remedy: "make the topic with modules/sns/alert-topic.ts, and add the service to its publishers",
    judge: (topic, context) => {
      const statements = resourcePolicy(topic, context.graph);
      // a topic without a policy of its own is LAKE-SNS-02's
      if (statements === undefined) {
        return [];
      }
      const publishers = publishersOf(topic, context.graph);
      return statements === "unknown"
        ? publishers.length === 0
          ? []
          : unknown("its policy is not written out, so whom it admits is not known")
        : publishers.flatMap((service) => judgePublisher(topic, service, statements, context));
    },
  },
];

function judgePublisher(
  topic: Resource,
  service: string,
  statements: readonly Statement[],
  { graph, environment }: RuleContext,
): Verdict[] {
  const resource = graph.text(`\${${topic.address}.arn}`);
  const admitted = admitting(statements, { service, action: "sns:Publish", resource }, environment).filter(
    (statement) => service === "cloudwatch.amazonaws.com" || conditionsOn(statement, "aws:SourceOwner").length === 0,
  );
  // EventBridge says neither for which account nor for which rule it publishes
  const isInVain = service === "events.amazonaws.com" && admitted.every(({ conditions }) => conditions.length > 0);
  return admitted.length === 0
    ? failedIf(true, `its policy does not let ${service} publish`)
    : failedIf(isInVain, `its policy lets ${service} publish under conditions, which never hold for it`);
}
