import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Construct } from "constructs";
import { after } from "../after";
import type { AlarmTarget, Measure } from "../cloudwatch/alarm-settings";
import { MetricAlarm } from "../cloudwatch/metric-alarm";
import type { DataStream } from "../kinesis/data-stream";
import { StreamConsumer } from "../kinesis/stream-consumer";
import { assertBetween } from "../limits";
import type { Queue } from "../sqs/queue";
import type { LambdaFunction } from "./function";

const ALARM_PERIOD_SECONDS = 300;
const SECONDS_IN_HOUR = 3600;

/** The share of the time in which a record has to be worked off that is left when the alarm rings. */
const TIME_LEFT = 0.5;

export interface EventSourceMappingProps {
  readonly function: LambdaFunction;
  /** What is read: the stream itself, whose throughput all its readers share, or as one with a throughput of its own. */
  readonly source: DataStream | StreamConsumer;
  /** How many records a call is given at most (1 to 10000); it takes no more than 6 MB of them. */
  readonly batchSize: number;
  /**
   * How long to wait for more records before a call, in seconds (0 to 300).
   *
   * @default 0
   */
  readonly maximumBatchingWindowSeconds?: number;
  /**
   * How many batches of one shard are worked on at once (1 to 10). Records of one partition key keep their order.
   *
   * @default 1
   */
  readonly parallelization?: number;
  /** How old a record may become before it is given up, in seconds (60 to 604800, and less than the stream keeps it). */
  readonly maximumAgeSeconds: number;
  /** How often a batch that fails is tried again (0 to 10000); halving it costs none of them. */
  readonly retries: number;
  /** Is told where in the stream those records are that were given up: not what is in them. */
  readonly onFailure: Queue;
  readonly alarms: AlarmTarget;
}

/**
 * Calls a function with what comes in over a stream. A batch that fails is halved until the record that is to blame stands
 * alone; after its retries, or its time, it is given up, and the next ones are worked on.
 *
 * Reading begins with the oldest record that is there: with the newest, what comes while the mapping is made would be
 * skipped.
 *
 * Sources: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html;
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export class EventSourceMapping extends Construct {
  /** How often the function is called with what it reads. */
  readonly reads: Measure;

  constructor(scope: Construct, id: string, props: EventSourceMappingProps) {
    super(scope, id);
    assertLimits(props);
    const { function: called, source, onFailure, maximumBatchingWindowSeconds = 0, parallelization = 1 } = props;
    const ownThroughput = source instanceof StreamConsumer;

    source.grantRead(called.role);
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html: of no stream
    called.role.allow("ListStreams", ["kinesis:ListStreams"], ["*"]);
    onFailure.grantSend(called.role);
    const mapping = new LambdaEventSourceMapping(this, "mapping", {
      functionName: called.functionArn,
      eventSourceArn: ownThroughput ? source.consumerArn : source.streamArn,
      startingPosition: "TRIM_HORIZON",
      batchSize: props.batchSize,
      maximumBatchingWindowInSeconds: maximumBatchingWindowSeconds,
      parallelizationFactor: parallelization,
      maximumRecordAgeInSeconds: props.maximumAgeSeconds,
      maximumRetryAttempts: props.retries,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      destinationConfig: { onFailure: { destinationArn: onFailure.queueArn } },
      enabled: true,
    });
    // Lambda tests what the role may do when it is given the mapping
    called.role.passTo(mapping);
    after(mapping, called.resource, source.resource, ...onFailure.ready);

    this.reads = {
      namespace: "AWS/Lambda",
      metricName: "Invocations",
      dimensions: { FunctionName: called.functionName },
      statistic: "Sum",
    };
    if (ownThroughput) {
      this.addAlarm(props);
    }
  }

  /** Readers of the stream itself are watched by its own alarm. */
  private addAlarm({ function: called, maximumAgeSeconds, alarms }: EventSourceMappingProps): void {
    new MetricAlarm(this, "consumer-age", {
      alarmName: `${called.name}-consumer-age`,
      description: `The function ${called.name} falls behind its stream: records that it does not reach within ${maximumAgeSeconds} seconds are given up, and half of that time is over.`,
      namespace: "AWS/Lambda",
      metricName: "IteratorAge",
      dimensions: { FunctionName: called.functionName },
      statistic: "Maximum",
      periodSeconds: ALARM_PERIOD_SECONDS,
      evaluationPeriods: 1,
      comparison: "atLeast",
      threshold: maximumAgeSeconds * 1000 * TIME_LEFT,
      // the function is not called while nothing comes
      missingData: "notBreaching",
      ...alarms,
    });
  }
}

/**
 * Refuses what Lambda would refuse at apply, and a time that never ends.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
function assertLimits(props: EventSourceMappingProps): void {
  const {
    source,
    batchSize,
    maximumBatchingWindowSeconds = 0,
    parallelization = 1,
    maximumAgeSeconds,
    retries,
  } = props;
  const { retentionHours } = source instanceof StreamConsumer ? source.stream : source;
  assertBetween("batchSize", batchSize, 1, 10_000);
  assertBetween("maximumBatchingWindowSeconds", maximumBatchingWindowSeconds, 0, 300);
  assertBetween("parallelization", parallelization, 1, 10);
  assertBetween("maximumAgeSeconds", maximumAgeSeconds, 60, 604_800);
  assertBetween("retries", retries, 0, 10_000);
  // who is told of a record that was given up has to find it in the stream
  if (maximumAgeSeconds >= retentionHours * SECONDS_IN_HOUR) {
    throw new Error(
      `maximumAgeSeconds must be less than the ${retentionHours} hours that the stream keeps records, got ${maximumAgeSeconds}`,
    );
  }
}
