import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { type AlarmProps, alarmSettings, type Measure } from "./alarm-settings";

export type MetricAlarmProps = AlarmProps & Measure;

/** An alarm on one metric that tells the alert topic when it rings and when that is over, and names its runbook. */
export class MetricAlarm extends Construct {
  readonly alarmName: string;

  constructor(scope: Construct, id: string, props: MetricAlarmProps) {
    super(scope, id);

    const alarm = new CloudwatchMetricAlarm(this, "alarm", {
      ...alarmSettings(props),
      namespace: props.namespace,
      metricName: props.metricName,
      dimensions: { ...props.dimensions },
      statistic: props.statistic,
      period: props.periodSeconds,
    });

    this.alarmName = alarm.alarmName;
  }
}
