import { withVariables } from "./lambda";
import { find, inOrder, type Mutation, set, STREAM_FUNCTIONS, withoutActions } from "./mutation";

const FUNCTION = ["aws_lambda_function", "table-migrator"] as const;
const POLICY = ["aws_iam_role_policy", "table-migrator"] as const;
const ALARM = ["aws_cloudwatch_metric_alarm", "table-migrator_errors"] as const;
const INVOCATION = ["aws_lambda_invocation", "domain-sales_orders_"] as const;

/** Each breaks the wiring of production's functions, and says which rule notices. */
export const LAMBDA_WIRING_MUTATIONS: readonly Mutation[] = [
  {
    rule: "WIRE-LAM-02",
    what: "a function that takes all of the account's concurrency",
    edit: set(...FUNCTION, "reserved_concurrent_executions", 950),
    found: FUNCTION,
  },
  {
    rule: "WIRE-LAM-03",
    what: "an alarm that may not call the function",
    edit: inOrder(
      (stacks) => {
        const { values } = find(stacks, ...ALARM);
        const arn = `\${${find(stacks, ...FUNCTION).address}.arn}`;
        values.alarm_actions = [...(values.alarm_actions as unknown[]), arn];
      },
      set(...FUNCTION, "reserved_concurrent_executions", 1),
      set(...FUNCTION, "dead_letter_config", { target_arn: "arn:aws:sqs:eu-west-1:333333333333:failures" }),
    ),
    found: ALARM,
  },
  {
    rule: "WIRE-LAM-04",
    what: "a function that is kept when its role is made anew",
    edit: inOrder(withVariables({ MODE: "strict" }), set(...FUNCTION, "lifecycle", undefined)),
    found: FUNCTION,
  },
  {
    rule: "WIRE-LAM-04",
    what: "a deployment that may not grant keys",
    edit: inOrder(
      withVariables({ MODE: "strict" }),
      withoutActions(["aws_iam_policy", "bootstrap_change-foundation_"], /Grant/),
    ),
    found: FUNCTION,
    also: STREAM_FUNCTIONS,
  },
  {
    rule: "WIRE-LAM-05",
    what: "a migration that is changed in place",
    edit: set(...INVOCATION, "lifecycle_scope", "CRUD"),
    found: INVOCATION,
  },
  {
    rule: "WIRE-LAM-06",
    what: "a function that may not connect itself",
    edit: withoutActions(POLICY, /^ec2:/),
    found: FUNCTION,
  },
  {
    rule: "WIRE-LAM-06",
    what: "a boundary that does not let functions connect themselves",
    edit: withoutActions(["aws_iam_policy", "bootstrap_boundary_"], /^ec2:/),
    found: FUNCTION,
    also: STREAM_FUNCTIONS,
  },
  {
    rule: "WIRE-IAM-01",
    what: "a function that does not wait for what its role may",
    edit: set(...FUNCTION, "depends_on", []),
    found: FUNCTION,
  },
  {
    rule: "WIRE-LOG-04",
    what: "a function that makes its own log group",
    edit: set(...FUNCTION, "logging_config", { log_format: "JSON", log_group: "/aws/lambda/elsewhere" }),
    found: FUNCTION,
  },
  {
    rule: "WIRE-LOG-04",
    what: "a function that may not write its logs",
    edit: withoutActions(POLICY, /^logs:/),
    found: FUNCTION,
  },
  {
    rule: "WIRE-GLUE-08",
    what: "code that nothing uploads",
    edit: set(...FUNCTION, "s3_key", "elsewhere.zip"),
    found: FUNCTION,
  },
  {
    rule: "WIRE-GLUE-08",
    what: "code of whichever version",
    edit: set(...FUNCTION, "s3_object_version", undefined),
    found: FUNCTION,
  },
  {
    rule: "WIRE-VPC-05",
    what: "a function without an endpoint for the catalog",
    edit: set("aws_vpc_endpoint", "endpoints_glue", "service_name", "com.amazonaws.eu-west-1.batch"),
    found: FUNCTION,
  },
];
