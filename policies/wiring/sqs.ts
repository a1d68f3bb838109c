import { resourcePolicy } from "../aws/keys";
import { callOf, letThrough, obstaclesTo } from "../aws/requests";
import type { Resource } from "../graph";
import { failedIf, type Rule, type RuleContext, unknown, type Verdict } from "../rule";
import { type Publication, publicationsTo } from "./publishers";

/** Whether messages arrive in queues. */
export const SQS_WIRING: readonly Rule[] = [
  {
    id: "WIRE-SQS-01",
    title: "Queues that a service fills let it",
    severity: "critical",
    level: "error",
    types: ["aws_sqs_queue"],
    sources: [
      "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
      "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
      "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
    ],
    remedy: "name the service in the policy of the queue, for the rule, topic or bucket that it fills it from",
    judge: (queue, context) => {
      const publications = publicationsTo(queue, context);
      // that every queue has a policy LAKE-SQS-03 asks; without one, no service gets in
      return publications.length === 0
        ? []
        : resourcePolicy(queue, context.graph) === "unknown"
          ? unknown("its policy is not written out, so whom it admits is not known")
          : publications.flatMap((publication) => judgePublication(queue, publication, context));
    },
  },
];

function judgePublication(queue: Resource, { service, source }: Publication, context: RuleContext): Verdict[] {
  const { graph } = context;
  const policy = resourcePolicy(queue, graph);
  const statements = typeof policy === "object" ? policy : [];
  const call = callOf(
    { service, action: "sqs:SendMessage", resource: graph.arnOf(queue), ...(source !== undefined && { source }) },
    context,
  );
  const obstacles = obstaclesTo(statements, call);
  const why = obstacles.length === 0 ? "" : `, for which ${obstacles.join(", ")} does not hold`;
  const from = source === undefined ? "" : ` for ${source}`;
  return failedIf(!letThrough(statements, call), `its policy does not let ${service} send messages${from}${why}`);
}
