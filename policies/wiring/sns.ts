import { resourcePolicy } from "../aws/keys";
import { callOf, type KnownRequest, letThrough, NAMELESS, obstaclesTo } from "../aws/requests";
import type { Resource } from "../graph";
import type { Statement } from "../iam-document";
import { failedIf, type Rule, type RuleContext, unknown, type Verdict } from "../rule";
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
    remedy: "make the topic with modules/sns/alert-topic.ts, and name the service in its ALERT_PUBLISHERS",
    judge: (topic, context) => {
      const statements = resourcePolicy(topic, context.graph);
      // a topic without a policy of its own is LAKE-SNS-02's
      if (statements === undefined) {
        return [];
      }
      const publishers = publishersOf(topic, context);
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
  context: RuleContext,
): Verdict[] {
  const resource = context.graph.arnOf(topic);
  const call = callOf({ service, action: "sns:Publish", resource, facts: factsOf(service) }, context);
  const obstacles = obstaclesTo(statements, call);
  const why = obstacles.length === 0 ? "" : `, for which ${obstacles.join(", ")} does not hold`;
  return failedIf(!letThrough(statements, call), `its policy does not let ${service} publish${why}`);
}

/** What services say of themselves that SNS passes on: alarms alone for which owner, EventBridge not even for which rule. */
function factsOf(service: string): KnownRequest["facts"] {
  return {
    ...(service !== "cloudwatch.amazonaws.com" && { "aws:sourceowner": undefined }),
    ...(service === "events.amazonaws.com" && NAMELESS),
  };
}
