import { KinesisResourcePolicy } from "@cdktf/provider-aws/lib/kinesis-resource-policy";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import type { AlarmTarget, Measure } from "../cloudwatch/alarm-settings";
import { ExpressionAlarm } from "../cloudwatch/expression-alarm";
import { MetricAlarm, type MetricAlarmProps } from "../cloudwatch/metric-alarm";
import { policyJson, type Statement } from "../iam/policy";
import type { ServiceRole } from "../iam/service-role";
import type { EncryptionKey } from "../kms/encryption-key";
import { assertBetween } from "../limits";
import { pascalCase } from "../pascal-case";

const READ_ACTIONS = [
  "kinesis:DescribeStream",
  "kinesis:DescribeStreamSummary",
  "kinesis:GetRecords",
  "kinesis:GetShardIterator",
  "kinesis:ListShards",
];

// https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html
const WRITE_ACTIONS = [
  "kinesis:DescribeStreamSummary",
  "kinesis:ListShards",
  "kinesis:PutRecord",
  "kinesis:PutRecords",
];

const ALARM_PERIOD_SECONDS = 300;
const MINUTES_IN_HOUR = 60;
const MILLISECONDS_IN_MINUTE = 60_000;

/**
 * With two of the stream's own they are the 10 metrics that an alarm takes; a shard is read five times a second.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
 */
const MAX_READERS = 8;

/** How much a stream takes in: as much as comes, or 1 MB or 1,000 records a second for each shard. */
export type StreamCapacity = { readonly kind: "on-demand" } | { readonly kind: "provisioned"; readonly shards: number };

/** Somebody outside of the platform who puts records. */
export interface Producer {
  /** Unique among the producers of a stream, in words joined by hyphens. */
  readonly name: string;
  /** A role that is there already: Kinesis refuses a policy with one that is not. */
  readonly roleArn: string;
}

export interface DataStreamProps {
  /** 1 to 128 letters, digits and . _ -; its alarms are called like it. */
  readonly streamName: string;
  readonly capacity: StreamCapacity;
  /** How long records stay readable, in hours (24 to 8760). */
  readonly retentionHours: number;
  readonly encryptionKey: EncryptionKey;
  /** Keeps Terraform from destroying the stream with what nobody has read yet. */
  readonly destroyProtection: boolean;
  /** With how old a record may become until all who read from the shards have it, in minutes. */
  readonly alarms: AlarmTarget & { readonly maximumAgeMinutes: number };
}

/**
 * A Kinesis data stream encrypted with a customer managed key.
 *
 * No statement demands TLS, as those of queues and topics do: Kinesis has no endpoint without.
 *
 * Source: https://docs.aws.amazon.com/general/latest/gr/ak.html
 */
export class DataStream extends Construct {
  readonly streamArn: string;
  /** Its name, as a reference to the stream. */
  readonly streamName: string;
  readonly retentionHours: number;
  readonly resource: TerraformResource;
  /** What has to be there before it is read or written. */
  readonly ready: readonly TerraformResource[];
  private readonly name: string;
  private readonly encryptionKey: EncryptionKey;
  private readonly alarms: DataStreamProps["alarms"];

  constructor(scope: Construct, id: string, props: DataStreamProps) {
    super(scope, id);
    assertLimits(props);
    const { streamName, capacity, retentionHours, encryptionKey, destroyProtection } = props;

    const stream = new KinesisStream(this, "stream", {
      name: streamName,
      streamModeDetails: { streamMode: capacity.kind === "on-demand" ? "ON_DEMAND" : "PROVISIONED" },
      ...(capacity.kind === "provisioned" && { shardCount: capacity.shards }),
      retentionPeriod: retentionHours,
      encryptionType: "KMS",
      kmsKeyId: encryptionKey.keyArn,
      lifecycle: { preventDestroy: destroyProtection },
    });
    this.streamArn = stream.arn;
    this.streamName = stream.name;
    this.retentionHours = retentionHours;
    this.resource = stream;
    this.ready = [stream];
    this.name = streamName;
    this.encryptionKey = encryptionKey;
    this.alarms = props.alarms;
    this.addAlarms();
  }

  /** Lets `role` read records from the shards, whose throughput it shares with others. Includes decryption. */
  grantRead(role: ServiceRole): void {
    role.allow(`ReadStream${pascalCase(this.name)}`, READ_ACTIONS, [this.streamArn]);
    this.encryptionKey.grantDecrypt(role);
  }

  /** Lets `role` put records. Includes use of the key. */
  grantWrite(role: ServiceRole): void {
    role.allow(`WriteStream${pascalCase(this.name)}`, WRITE_ACTIONS, [this.streamArn]);
    this.encryptionKey.grantUse(role);
  }

  /**
   * Lets roles from outside put records, once all is there that reads from then on: what is put before, it would skip. The key
   * has to let them use it too: `streamProducers` is that statement.
   *
   * @throws if two have the same name
   */
  openTo(producers: readonly Producer[], readers: readonly TerraformResource[]): void {
    const names = producers.map(({ name }) => pascalCase(name));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new Error(`producers must have names of their own, got "${twice}" twice`);
    }
    // a policy without statements is none
    if (producers.length > 0) {
      const policy = new KinesisResourcePolicy(this, "policy", {
        resourceArn: this.streamArn,
        policy: policyJson(producers.map((producer) => producerStatement(this.streamArn, producer))),
      });
      after(policy, ...readers);
    }
  }

  /**
   * Rings when a record becomes too old until all who read from the shards have it, and when one of `readers` reads nothing
   * while records come, which others who go on reading would hide. Where nothing comes, that nobody reads is no fault.
   *
   * @param readers how much each of them reads: the first eight are watched
   */
  alarmOnAge(...readers: readonly [Measure, ...Measure[]]): void {
    const { maximumAgeMinutes, ...target } = this.alarms;
    const named = readers.slice(0, MAX_READERS).map((reads, index) => [`reader${index}`, reads] as const);
    const idle = named.map(([name]) => `FILL(${name}, 0) == 0`).join(" OR ");
    const threshold = maximumAgeMinutes * MILLISECONDS_IN_MINUTE;
    const ofStream = { namespace: "AWS/Kinesis", dimensions: { StreamName: this.streamName } };
    new ExpressionAlarm(this, "stream-age", {
      alarmName: `${this.name}-stream-age`,
      description: `What is put to the stream ${this.name} is not read within ${maximumAgeMinutes} minutes, or not at all; it is lost when it is older than the stream keeps it.`,
      expression: `IF(FILL(put, 0) > 0 AND (${idle}), ${threshold}, FILL(age, 0))`,
      measures: {
        put: { ...ofStream, metricName: "IncomingRecords", statistic: "Sum" },
        age: { ...ofStream, metricName: "GetRecords.IteratorAgeMilliseconds", statistic: "Maximum" },
        ...Object.fromEntries(named),
      },
      periodSeconds: ALARM_PERIOD_SECONDS,
      // what is put at the end of a period is read in the next one, and metrics are some minutes late
      evaluationPeriods: 3,
      comparison: "atLeast",
      threshold,
      missingData: "notBreaching",
      ...target,
    });
  }

  private addAlarms(): void {
    const { topic, runbook } = this.alarms;
    const alarm = (
      id: string,
      alarmProps: Pick<
        MetricAlarmProps,
        "description" | "evaluationPeriods" | "metricName" | "missingData" | "statistic" | "threshold"
      >,
    ) =>
      new MetricAlarm(this, id, {
        alarmName: `${this.name}-${id}`,
        namespace: "AWS/Kinesis",
        dimensions: { StreamName: this.streamName },
        periodSeconds: ALARM_PERIOD_SECONDS,
        comparison: "atLeast",
        ...alarmProps,
        topic,
        runbook,
      });
    alarm("stream-reads", {
      description: `Readers of the stream ${this.name} are refused again and again, because they read too much or too often.`,
      metricName: "ReadProvisionedThroughputExceeded",
      statistic: "Sum",
      threshold: 1,
      // readers of the same shard get in each other's way now and then, and try again
      evaluationPeriods: 3,
      // nobody reads, so that nobody is refused
      missingData: "notBreaching",
    });
    alarm("stream-writes", {
      description: `Records for the stream ${this.name} are refused, because more come than it takes; producers that do not try again lose them.`,
      metricName: "WriteProvisionedThroughputExceeded",
      statistic: "Sum",
      threshold: 1,
      evaluationPeriods: 1,
      // nobody puts anything, so that nobody is refused
      missingData: "notBreaching",
    });
  }
}

/**
 * Kinesis takes a policy only if every statement has principals, and names the stream itself.
 *
 * Source: https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html
 */
function producerStatement(streamArn: string, { name, roleArn }: Producer): Statement {
  return {
    Sid: `PutRecords${pascalCase(name)}`,
    Effect: "Allow",
    Principal: { AWS: roleArn },
    Action: WRITE_ACTIONS,
    Resource: streamArn,
  };
}

/**
 * Refuses what Kinesis would refuse at apply, and an alarm that could never ring.
 *
 * Sources: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html, API_UpdateShardCount.html,
 * API_IncreaseStreamRetentionPeriod.html
 */
function assertLimits({ streamName, capacity, retentionHours, alarms }: DataStreamProps): void {
  if (!/^[\w.-]{1,128}$/.test(streamName)) {
    throw new Error(`streamName must be 1 to 128 letters, digits and . _ -, got "${streamName}"`);
  }
  if (capacity.kind === "provisioned") {
    assertBetween("capacity.shards", capacity.shards, 1, 10_000);
  }
  assertBetween("retentionHours", retentionHours, 24, 8760);
  // nothing becomes older than the stream keeps it
  assertBetween("alarms.maximumAgeMinutes", alarms.maximumAgeMinutes, 1, retentionHours * MINUTES_IN_HOUR - 1);
}
