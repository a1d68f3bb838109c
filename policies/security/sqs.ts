import type { Graph, Resource } from "../graph";
import { matches, speaksOf, type Statement } from "../iam-document";
import { failedIf, judgeKnown, type Rule, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { isFifo, keptBy, queueOf, redriveOf, usersOf } from "../wiring/dead-letters";
import { judgeOurKey } from "./keys";
import { allowsAnybody, hasOnlyCondition, judgePolicies, judgeStrangers } from "./policies";

const MODULE = "make the queue with modules/sqs/queue.ts";

/** How often a message can be tried before it is put aside. Source: SQS Developer Guide, "Using dead-letter queues". */
const TRIES = { least: 1, most: 1000 };

/** What is done with messages. */
const MESSAGES = ["sqs:ReceiveMessage", "sqs:SendMessage"];

/** Whether queues are encrypted, closed, and put aside what cannot be worked on. */
export const SQS_RULES: readonly Rule[] = [
  {
    id: "LAKE-SQS-01",
    title: "Queues are encrypted with a key of ours",
    severity: "high",
    level: "error",
    types: ["aws_sqs_queue"],
    external: {
      checkov: ["CKV_AWS_27", "CKV2_AWS_73"],
      trivy: ["AVD-AWS-0096", "AVD-AWS-0135"],
      cdkNag: ["AwsSolutions-SQS2"],
      securityHub: ["SQS.1"],
    },
    sources: [
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    ],
    remedy: `${MODULE}, which takes a key`,
    judge: ({ values }, { graph, environment }) => {
      const { kms_master_key_id: key, sqs_managed_sse_enabled: isByQueue } = values;
      const isEnough = environment.stage === "development" && key === undefined && String(isByQueue) === "true";
      return isEnough ? [] : judgeOurKey(key, graph, "it is encrypted with no key of ours", "kms_master_key_id");
    },
  },
  {
    id: "LAKE-SQS-02",
    title: "Queues put aside what cannot be worked on",
    severity: "medium",
    level: "error",
    types: ["aws_sqs_queue"],
    external: { cdkNag: ["AwsSolutions-SQS3"] },
    sources: [
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    ],
    remedy: `${MODULE}, and name a queue for what fails, which keeps it longer`,
    judge: judgeRedrive,
  },
  {
    id: "LAKE-SQS-03",
    title: "Queues refuse calls without TLS, and let in those who are named",
    severity: "high",
    level: "error",
    types: ["aws_sqs_queue"],
    external: {
      checkov: ["CKV_AWS_72", "CKV_AWS_168", "CKV_AWS_387"],
      trivy: ["AVD-AWS-0097"],
      cdkNag: ["AwsSolutions-SQS4"],
      securityHub: ["SQS.3"],
    },
    sources: [
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    ],
    remedy: `${MODULE}, whose policy does`,
    judge: (queue, { graph, environment }) => {
      const policies = [queue, ...graph.referring("aws_sqs_queue_policy", "queue_url", queue)];
      return judgePolicies(
        policies.map(({ values }) => values.policy),
        (statements) => [
          ...failedIf(
            !MESSAGES.every((action) => statements.some((one) => refusesPlain(one, action, queue, graph))),
            `its policy does not refuse ${MESSAGES.join(" and ")} without TLS`,
          ),
          ...statements.flatMap((statement) => [
            ...failedIf(allowsAnybody(statement), `${sidOf(statement)} of its policy allows everybody`),
            ...failedIf(
              statement.effect === "Allow" && speaksOf(statement, "sqs:AnyAction"),
              `${sidOf(statement)} of its policy allows every action`,
            ),
            ...judgeStrangers(statement, environment.accountId),
          ]),
        ],
      );
    },
  },
];

function sidOf({ sid }: Statement): string {
  return sid ?? "a statement";
}

/** Whether a statement refuses an action without TLS, to everybody and under no other condition. */
function refusesPlain(statement: Statement, action: string, queue: Resource, graph: Graph): boolean {
  const arn = graph.text(`\${${queue.address}.arn}`);
  return (
    statement.effect === "Deny" &&
    statement.principals?.AWS?.includes("*") === true &&
    speaksOf(statement, action) &&
    statement.resources?.some((resource) => matches(graph.text(resource), arn)) === true &&
    hasOnlyCondition(statement, "bool", "aws:SecureTransport", "false")
  );
}

function judgeRedrive(queue: Resource, { graph }: RuleContext): Verdict[] {
  const redrive = redriveOf(queue, graph);
  const attribute = "redrive_policy";
  if (redrive === undefined) {
    const isForFailures = usersOf(queue, graph).length > 0;
    return failedIf(!isForFailures, "what nobody can work on comes back until it is too old, and is lost", attribute);
  }
  if (redrive === "unknown") {
    return unknown("after how many tries it puts messages aside is not known before an apply", attribute);
  }
  const target = queueOf(redrive.target, graph);
  const [kept, keptThere] = [queue, target].map((one) => one && keptBy(one));
  return [
    ...judgeKnown(redrive.tries, "maxReceiveCount", (tries) =>
      failedIf(
        !Number.isInteger(Number(tries)) || !(Number(tries) >= TRIES.least && Number(tries) <= TRIES.most),
        `it puts messages aside after ${JSON.stringify(tries)} tries, and not after ${TRIES.least} to ${TRIES.most}`,
        attribute,
      ),
    ),
    ...failedIf(target === queue, "it puts messages aside in itself", attribute),
    ...failedIf(
      target !== undefined && isFifo(target) !== isFifo(queue),
      `of it and ${target?.address ?? ""} one keeps an order and the other does not, which SQS refuses`,
      attribute,
    ),
    // the age of a message goes on where it is put aside
    ...warnIf(
      target !== undefined &&
        target !== queue &&
        kept !== undefined &&
        keptThere !== undefined &&
        keptThere <= kept &&
        !isFifo(queue),
      `${target?.address ?? ""} keeps messages for no longer than this one, and their age goes on in it`,
      attribute,
    ),
  ];
}
