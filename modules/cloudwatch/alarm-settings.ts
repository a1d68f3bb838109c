import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
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

/** What CloudWatch measures. */
export interface Measure {
  /** For example "AWS/Lambda". */
  readonly namespace: string;
  readonly metricName: string;
  /** Exactly those that the metric is published with: with others it would never have data. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum";
}

/** What all alarms say, whatever they watch. */
export interface AlarmProps extends AlarmTarget {
  /** Unique in account and region, up to 255 characters. */
  readonly alarmName: string;
  /** What is wrong when it rings, as a sentence for whoever is woken. */
  readonly description: string;
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

/** What all alarms have in common: they tell the topic when they ring and when that is over, and name their runbook. */
export function alarmSettings(props: AlarmProps): CloudwatchMetricAlarmConfig {
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
  return {
    alarmName,
    alarmDescription: text,
    evaluationPeriods: props.evaluationPeriods,
    comparisonOperator: OPERATORS[comparison],
    threshold: props.threshold,
    treatMissingData: props.missingData,
    alarmActions: [topic.topicArn],
    okActions: [topic.topicArn],
  };
}
