import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { type AlarmProps, alarmSettings, type Measure } from "./alarm-settings";

/** What the expression itself is called. */
const RESULT = "result";

export interface ExpressionAlarmProps extends AlarmProps {
  /**
   * What is compared with the threshold, in terms of `measures`.
   *
   * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
   */
  readonly expression: string;
  /** Metrics by the names that the expression knows them by: lower-case letters, and digits behind them. */
  readonly measures: Readonly<Record<string, Measure>>;
}

/** An alarm on what several metrics say together, such as that one is silent while another is not. */
export class ExpressionAlarm extends Construct {
  constructor(scope: Construct, id: string, props: ExpressionAlarmProps) {
    super(scope, id);
    const { alarmName, expression, measures, periodSeconds } = props;
    const wrong = Object.keys(measures).find((name) => !/^[a-z]+[0-9]*$/.test(name) || name === RESULT);
    if (wrong !== undefined) {
      throw new Error(
        `measures must have names of lower-case letters, with digits behind them, other than "${RESULT}", got "${wrong}"`,
      );
    }

    new CloudwatchMetricAlarm(this, "alarm", {
      ...alarmSettings(props),
      metricQuery: [
        { id: RESULT, expression, label: alarmName, returnData: true },
        ...Object.entries(measures).map(([name, { namespace, metricName, dimensions, statistic }]) => ({
          id: name,
          metric: { namespace, metricName, dimensions: { ...dimensions }, period: periodSeconds, stat: statistic },
        })),
      ],
    });
  }
}
