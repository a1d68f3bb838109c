import { ExpressionAlarm, type ExpressionAlarmProps } from "../../modules/cloudwatch/expression-alarm";
import { LogGroup } from "../../modules/cloudwatch/log-group";
import { LogStream } from "../../modules/cloudwatch/log-stream";
import { MetricAlarm, type MetricAlarmProps } from "../../modules/cloudwatch/metric-alarm";
import { alertTopic, encryptionKey, only, reference, serviceRole, statementsOf, synth } from "../support/synth";

const synthAlarm = (props: Partial<MetricAlarmProps> = {}) =>
  synth((stack) => {
    new MetricAlarm(stack, "errors", {
      alarmName: "basin-test-errors",
      description: "Calls fail.",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: "basin-test" },
      statistic: "Sum",
      periodSeconds: 300,
      evaluationPeriods: 2,
      comparison: "above",
      threshold: 0,
      missingData: "notBreaching",
      topic: alertTopic(stack, encryptionKey(stack)),
      runbook: "docs/runbooks/table-migrator.md",
      ...props,
    });
  });

test("an alarm tells the topic when it rings and when that is over, and names its runbook", () => {
  const json = synthAlarm();
  const topicArn = reference(json, "aws_sns_topic", "alerts_topic", "arn");

  expect(only(json, "aws_cloudwatch_metric_alarm")).toEqual({
    alarm_name: "basin-test-errors",
    alarm_description: "Calls fail. Runbook: docs/runbooks/table-migrator.md",
    alarm_actions: [topicArn],
    ok_actions: [topicArn],
    namespace: "AWS/Lambda",
    metric_name: "Errors",
    dimensions: { FunctionName: "basin-test" },
    statistic: "Sum",
    period: 300,
    evaluation_periods: 2,
    comparison_operator: "GreaterThanThreshold",
    threshold: 0,
    treat_missing_data: "notBreaching",
  });
});

test.each([
  ["above", "GreaterThanThreshold"],
  ["atLeast", "GreaterThanOrEqualToThreshold"],
  ["atMost", "LessThanOrEqualToThreshold"],
  ["below", "LessThanThreshold"],
] as const)("%s is %s", (comparison, operator) => {
  expect(only(synthAlarm({ comparison }), "aws_cloudwatch_metric_alarm").comparison_operator).toBe(operator);
});

test.each(["breaching", "ignore", "missing", "notBreaching"] as const)(
  "a period without data may mean %s",
  (missingData) => {
    expect(only(synthAlarm({ missingData }), "aws_cloudwatch_metric_alarm").treat_missing_data).toBe(missingData);
  },
);

test.each<[Partial<MetricAlarmProps>, string]>([
  [{ alarmName: "a".repeat(256) }, `alarmName must have at most 255 characters, got 256: ${"a".repeat(256)}`],
  [{ description: "a".repeat(1000) }, "description with runbook must have at most 1024 characters, got 1041"],
  [{ runbook: "README.md" }, 'runbook must be a file of docs/runbooks/, as "docs/runbooks/name.md", got "README.md"'],
  [{ periodSeconds: 45 }, "periodSeconds must be 10, 20, 30 or a multiple of 60, got 45"],
  [{ periodSeconds: 0 }, "periodSeconds must be 10, 20, 30 or a multiple of 60, got 0"],
])("refuses %j", (props, message) => {
  expect(() => synthAlarm(props)).toThrow(message);
});

test.each([10, 20, 30, 60, 3600])("takes a period of %d seconds", (periodSeconds) => {
  expect(only(synthAlarm({ periodSeconds }), "aws_cloudwatch_metric_alarm").period).toBe(periodSeconds);
});

describe("an alarm on an expression", () => {
  const errors = {
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: "basin-test" },
    statistic: "Sum",
  } as const;
  const synthExpression = (props: Partial<ExpressionAlarmProps> = {}) =>
    synth((stack) => {
      new ExpressionAlarm(stack, "share", {
        alarmName: "basin-test-share",
        description: "Calls fail.",
        expression: "errors / calls",
        measures: { errors, calls: { ...errors, metricName: "Invocations" } },
        periodSeconds: 300,
        evaluationPeriods: 2,
        comparison: "above",
        threshold: 0.5,
        missingData: "notBreaching",
        topic: alertTopic(stack, encryptionKey(stack)),
        runbook: "docs/runbooks/table-migrator.md",
        ...props,
      });
    });

  test("watches its result, and tells as every alarm does", () => {
    const json = synthExpression();
    const topicArn = reference(json, "aws_sns_topic", "alerts_topic", "arn");
    const metric = (name: string) => ({
      namespace: "AWS/Lambda",
      metric_name: name,
      dimensions: { FunctionName: "basin-test" },
      period: 300,
      stat: "Sum",
    });

    expect(only(json, "aws_cloudwatch_metric_alarm")).toEqual({
      alarm_name: "basin-test-share",
      alarm_description: "Calls fail. Runbook: docs/runbooks/table-migrator.md",
      alarm_actions: [topicArn],
      ok_actions: [topicArn],
      metric_query: [
        { id: "result", expression: "errors / calls", label: "basin-test-share", return_data: true },
        { id: "errors", metric: metric("Errors") },
        { id: "calls", metric: metric("Invocations") },
      ],
      evaluation_periods: 2,
      comparison_operator: "GreaterThanThreshold",
      threshold: 0.5,
      treat_missing_data: "notBreaching",
    });
  });

  test.each(["Errors", "1st", "result", "an error"])("knows no metric as %j", (name) => {
    expect(() => synthExpression({ measures: { [name]: errors } })).toThrow(
      `measures must have names of lower-case letters, with digits behind them, other than "result", got "${name}"`,
    );
  });

  test("refuses what every alarm refuses", () => {
    expect(() => synthExpression({ periodSeconds: 45 })).toThrow(
      "periodSeconds must be 10, 20, 30 or a multiple of 60, got 45",
    );
  });
});

describe("a log stream", () => {
  const synthStream = (logStreamName: string) =>
    synth((stack) => {
      const logGroup = new LogGroup(stack, "log", {
        logGroupName: "/aws/kinesisfirehose/basin-test",
        encryptionKey: encryptionKey(stack),
        retentionDays: 365,
      });
      new LogStream(stack, "stream", { logGroup, logStreamName }).grantWrite(serviceRole(stack));
    });

  test("is one of its group", () => {
    const json = synthStream("clicks");

    expect(only(json, "aws_cloudwatch_log_stream")).toEqual({
      log_group_name: reference(json, "aws_cloudwatch_log_group", "log_log-group", "name"),
      name: "clicks",
    });
  });

  test("grantWrite allows writing to it and nothing else", () => {
    const json = synthStream("clicks");

    expect(statementsOf("reader", json)).toEqual([
      {
        Sid: "WriteLogStreamClicks",
        Effect: "Allow",
        Action: ["logs:PutLogEvents"],
        Resource: [reference(json, "aws_cloudwatch_log_stream", "stream_log-stream", "arn")],
      },
    ]);
  });

  test.each(["", "a:b", "a*", "a".repeat(513)])("is not called %j", (name) => {
    expect(() => synthStream(name)).toThrow(`logStreamName must be 1 to 512 characters without : and *, got "${name}"`);
  });
});
