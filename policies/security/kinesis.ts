import { speaksOf } from "../iam-document";
import { failedIf, judgeKnown, type Rule } from "../rule";
import { judgeOurKey } from "./keys";
import { allowsAnybody, judgePolicy, judgeStrangers } from "./policies";

const MODULE = "make the stream with modules/kinesis/data-stream.ts";

/** Hours for which a stream keeps records where nothing is said, which is the least it can, and those of a week. */
const HOURS = { day: 24, week: 168 };

/** What its owner does with a stream, and nobody else should. */
const OWNERS_ACTIONS = [
  "kinesis:DecreaseStreamRetentionPeriod",
  "kinesis:DeleteResourcePolicy",
  "kinesis:DeleteStream",
  "kinesis:PutResourcePolicy",
  "kinesis:StopStreamEncryption",
];

/** Whether streams are encrypted, keep what they are given, and take it from those who are meant. */
export const KINESIS_RULES: readonly Rule[] = [
  {
    id: "LAKE-KIN-01",
    title: "Streams are encrypted with a key of ours",
    severity: "high",
    level: "error",
    types: ["aws_kinesis_stream"],
    external: {
      checkov: ["CKV_AWS_43", "CKV_AWS_185"],
      trivy: ["AVD-AWS-0064"],
      cdkNag: ["AwsSolutions-KDS1", "AwsSolutions-KDS3"],
      securityHub: ["Kinesis.1"],
    },
    sources: ["https://docs.aws.amazon.com/streams/latest/dev/what-is-sse.html"],
    remedy: `${MODULE}, which takes a key`,
    judge: ({ values }, { graph }) => [
      ...judgeKnown(values.encryption_type, "encryption_type", (type) =>
        failedIf(type !== "KMS", "it is not encrypted by KMS", "encryption_type"),
      ),
      ...judgeOurKey(values.kms_key_id, graph, "it is encrypted with no key of ours", "kms_key_id"),
    ],
  },
  {
    id: "LAKE-KIN-02",
    title: "Streams keep records for a day, in production for a week",
    severity: "medium",
    level: "error",
    types: ["aws_kinesis_stream"],
    external: { securityHub: ["Kinesis.3"] },
    sources: [
      "https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html",
      "https://docs.aws.amazon.com/securityhub/latest/userguide/kinesis-controls.html",
    ],
    remedy: "set how long streams keep records in the environment",
    judge: ({ values }, { environment }) =>
      judgeKnown(values.retention_period ?? HOURS.day, "retention_period", (hours) => {
        const least = environment.stage === "production" ? HOURS.week : HOURS.day;
        return failedIf(
          !(Number(hours) >= least),
          `it keeps records for ${JSON.stringify(hours)} hours, less than ${least}`,
          "retention_period",
        );
      }),
  },
  {
    id: "LAKE-KIN-03",
    title: "Outside of development a stream with consumers is not deleted",
    severity: "medium",
    level: "error",
    stages: ["staging", "production"],
    types: ["aws_kinesis_stream"],
    sources: ["https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html"],
    remedy: "leave enforce_consumer_deletion out: consumers are then removed first, and on purpose",
    judge: ({ values }) =>
      judgeKnown(values.enforce_consumer_deletion, "enforce_consumer_deletion", (isOn) =>
        failedIf(String(isOn) === "true", "it is deleted although somebody reads it", "enforce_consumer_deletion"),
      ),
  },
  {
    id: "LAKE-KIN-04",
    title: "Policies of streams let in those who are named, to read or to write",
    severity: "high",
    level: "error",
    types: ["aws_kinesis_resource_policy"],
    sources: [
      "https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html",
      "https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html",
    ],
    remedy: `${MODULE}, and name the producers in the environment by their roles`,
    judge: ({ values }, { environment }) =>
      judgePolicy(values.policy, (statements) =>
        statements.flatMap((statement) => {
          const { sid = "a statement", effect } = statement;
          const owners = OWNERS_ACTIONS.filter((action) => effect === "Allow" && speaksOf(statement, action));
          return [
            ...failedIf(allowsAnybody(statement), `${sid} of its policy allows everybody`, "policy"),
            ...failedIf(owners.length > 0, `${sid} of its policy allows ${owners.join(", ")}`, "policy"),
            ...judgeStrangers(statement, environment.accountId),
          ];
        }),
      ),
  },
];
