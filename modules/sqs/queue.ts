import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Lazy, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import type { AlarmTarget } from "../cloudwatch/alarm-settings";
import { MetricAlarm } from "../cloudwatch/metric-alarm";
import { policyJson, type Statement } from "../iam/policy";
import type { ServiceRole } from "../iam/service-role";
import type { EncryptionKey } from "../kms/encryption-key";
import { assertBetween } from "../limits";
import { pascalCase } from "../pascal-case";

/** What moves messages. All actions there are would be a wildcard, which scanners take for an open door, denial or not. */
const MESSAGE_ACTIONS = [
  "sqs:ChangeMessageVisibility",
  "sqs:DeleteMessage",
  "sqs:PurgeQueue",
  "sqs:ReceiveMessage",
  "sqs:SendMessage",
];

const SECONDS_IN_DAY = 86_400;
const ALARM_PERIOD_SECONDS = 300;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
const MAX_SOURCES = 10;

export interface QueueProps {
  /** 1 to 80 letters, digits, hyphens and underscores. */
  readonly queueName: string;
  /** Its policy has to let those services use it that send by themselves. */
  readonly encryptionKey: EncryptionKey;
  readonly account: Account;
  /** Where a message goes that was received too often, or why nowhere. */
  readonly deadLetters: { readonly queue: Queue; readonly maximumReceives: number } | { readonly none: string };
  /**
   * How long messages stay, in days (1 to 14).
   *
   * @default 14
   */
  readonly retentionDays?: number;
  /**
   * How long a message that was received is hidden from others, in seconds (0 to 43200).
   *
   * @default 30
   */
  readonly visibilityTimeoutSeconds?: number;
  /**
   * How long SQS goes on with one data key before it asks for another, in seconds (60 to 86400).
   *
   * @default 300
   */
  readonly keyReuseSeconds?: number;
  /**
   * Statements beside the one every queue has, for services that send. A queue has one policy: nothing else may set it.
   *
   * @default - only roles that are granted it send
   */
  readonly statements?: (queueArn: string) => readonly Statement[];
}

/** A standard queue, encrypted, that only speaks TLS. Only queues that name it have it for their dead letters. */
export class Queue extends Construct {
  readonly queueArn: string;
  /** Its name, as a reference to the queue. */
  readonly queueName: string;
  /** What has to be there before the first message. */
  readonly ready: readonly TerraformResource[];
  private readonly name: string;
  private readonly encryptionKey: EncryptionKey;
  /** Queues whose dead letters come here, by ARN. */
  private readonly sources: string[] = [];

  constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    assertLimits(props);
    const { queueName, encryptionKey, account, deadLetters, statements } = props;
    const { retentionDays = 14, visibilityTimeoutSeconds = 30, keyReuseSeconds = 300 } = props;

    const queue = new SqsQueue(this, "queue", {
      name: queueName,
      kmsMasterKeyId: encryptionKey.keyArn,
      kmsDataKeyReusePeriodSeconds: keyReuseSeconds,
      messageRetentionSeconds: retentionDays * SECONDS_IN_DAY,
      visibilityTimeoutSeconds,
      redrivePolicy: "none" in deadLetters ? undefined : redrivePolicy(deadLetters),
      redriveAllowPolicy: Lazy.stringValue({ produce: () => redriveAllowPolicy(this.sources) }),
    });
    const policy = new SqsQueuePolicy(this, "policy", {
      queueUrl: queue.url,
      policy: policyJson([denyPlainTransport(queue.arn), ...(statements?.(queue.arn) ?? [])]),
    });
    if (!("none" in deadLetters)) {
      const { partition, region, accountId } = account;
      // composed, for the two queues would refer to each other
      deadLetters.queue.take(`arn:${partition}:sqs:${region}:${accountId}:${queueName}`);
    }

    this.queueArn = queue.arn;
    this.queueName = queue.name;
    this.ready = [queue, policy];
    this.name = queueName;
    this.encryptionKey = encryptionKey;
  }

  /** Lets `role` send messages. Includes use of the key. */
  grantSend(role: ServiceRole): void {
    role.allow(`SendTo${pascalCase(this.name)}`, ["sqs:SendMessage"], [this.queueArn]);
    this.encryptionKey.grantUse(role);
  }

  /** Rings while there is a message: for a queue that is empty when all is well. */
  alarmOnMessages(target: AlarmTarget): void {
    new MetricAlarm(this, "messages", {
      alarmName: `${this.name}-messages`,
      description: `Something failed for good, and waits in the queue ${this.name} for somebody to look at it.`,
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: this.queueName },
      statistic: "Maximum",
      periodSeconds: ALARM_PERIOD_SECONDS,
      evaluationPeriods: 1,
      comparison: "atLeast",
      threshold: 1,
      // SQS falls silent about a queue that nobody has used for hours
      missingData: "notBreaching",
      ...target,
    });
  }

  private take(sourceArn: string): void {
    if (this.sources.length === MAX_SOURCES) {
      throw new Error(`queue ${this.name} takes the dead letters of at most ${MAX_SOURCES} queues`);
    }
    this.sources.push(sourceArn);
  }
}

/** With sorted keys, as SQS gives it back. */
function redrivePolicy({
  queue,
  maximumReceives,
}: {
  readonly queue: Queue;
  readonly maximumReceives: number;
}): string {
  return JSON.stringify({ deadLetterTargetArn: queue.queueArn, maxReceiveCount: maximumReceives });
}

function redriveAllowPolicy(sourceArns: readonly string[]): string {
  return JSON.stringify(
    sourceArns.length === 0
      ? { redrivePermission: "denyAll" }
      : { redrivePermission: "byQueue", sourceQueueArns: [...sourceArns].sort() },
  );
}

function denyPlainTransport(queueArn: string): Statement {
  return {
    Sid: "DenyPlainTransport",
    Effect: "Deny",
    Principal: "*",
    Action: MESSAGE_ACTIONS,
    Resource: queueArn,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/**
 * Refuses what SQS would refuse at apply.
 *
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
function assertLimits(props: QueueProps): void {
  const { queueName, deadLetters, retentionDays = 14, visibilityTimeoutSeconds = 30, keyReuseSeconds = 300 } = props;
  if (!/^[\w-]{1,80}$/.test(queueName)) {
    throw new Error(`queueName must be 1 to 80 letters, digits, hyphens and underscores, got "${queueName}"`);
  }
  assertBetween("retentionDays", retentionDays, 1, 14);
  assertBetween("visibilityTimeoutSeconds", visibilityTimeoutSeconds, 0, 43_200);
  assertBetween("keyReuseSeconds", keyReuseSeconds, 60, 86_400);
  if (!("none" in deadLetters)) {
    assertBetween("deadLetters.maximumReceives", deadLetters.maximumReceives, 1, 1000);
  }
}
