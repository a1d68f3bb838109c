import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { AlertTopic } from "../sns/alert-topic";

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
const MAX_NAME = 255;
const MAX_DESCRIPTION = 1024;
const RUNBOOK = /^docs\/runbooks\/[a-z0-9-]+\.md(#[a-z0-9-]+)?$/;

/** Whom alarms tell, and where those who are told read on. */
export interface AlarmTarget {
  readonly topic: AlertTopic;
  /** Path of a file in this repository, for example "docs/runbooks/table-migrator.md". */
  readonly runbook: string;
}

export interface MetricAlarmProps extends AlarmTarget {
  /** Unique in account and region, up to 255 characters. */
  readonly alarmName: string;
  /** What is wrong when it rings, as a sentence for whoever is woken. */
  readonly description: string;
  /** For example "AWS/Lambda". */
  readonly namespace: string;
  readonly metricName: string;
  /** Exactly those that the metric is published with: with others it would never have data. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum";
  /** Length of a period, in seconds: 10, 20, 30 or a multiple of 60. */
  readonly periodSeconds: number;
  /** How many periods in a row are bad before it rings. */
  readonly evaluationPeriods: number;
  readonly comparison: "above" | "atLeast" | "atMost" | "below";
  readonly threshold: number;
  /**
   * What a period without data means: "notBreaching" where nothing happening is good, "breaching" where silence is the
   * failure, "missing" where it says nothing, "ignore" where the state shall stay.
   */
  readonly missingData: "breaching" | "ignore" | "missing" | "notBreaching";
}

const OPERATORS = {
  above: "GreaterThanThreshold",
  atLeast: "GreaterThanOrEqualToThreshold",
  atMost: "LessThanOrEqualToThreshold",
  below: "LessThanThreshold",
} as const;

/** An alarm on one metric that tells the alert topic when it rings and when that is over, and names its runbook. */
export class MetricAlarm extends Construct {
  readonly alarmName: string;

  constructor(scope: Construct, id: string, props: MetricAlarmProps) {
    super(scope, id);
    const { alarmName, description, runbook, topic, comparison, periodSeconds } = props;
    const text = `${description} Runbook: ${runbook}`;
    if (alarmName.length > MAX_NAME) {
      throw new Error(`alarmName must have at most ${MAX_NAME} characters, got ${alarmName.length}: ${alarmName}`);
    }
    if (text.length > MAX_DESCRIPTION) {
      throw new Error(`description with runbook must have at most ${MAX_DESCRIPTION} characters, got ${text.length}`);
    }
    if (!RUNBOOK.test(runbook)) {
      throw new Error(`runbook must be a file of docs/runbooks/, as "docs/runbooks/name.md", got "${runbook}"`);
    }
    if (![10, 20, 30].includes(periodSeconds) && (periodSeconds < 60 || periodSeconds % 60 !== 0)) {
      throw new Error(`periodSeconds must be 10, 20, 30 or a multiple of 60, got ${periodSeconds}`);
    }

    const alarm = new CloudwatchMetricAlarm(this, "alarm", {
      alarmName,
      alarmDescription: text,
      namespace: props.namespace,
      metricName: props.metricName,
      dimensions: { ...props.dimensions },
      statistic: props.statistic,
      period: periodSeconds,
      evaluationPeriods: props.evaluationPeriods,
      comparisonOperator: OPERATORS[comparison],
      threshold: props.threshold,
      treatMissingData: props.missingData,
      alarmActions: [topic.topicArn],
      okActions: [topic.topicArn],
    });

    this.alarmName = alarm.alarmName;
  }
}
