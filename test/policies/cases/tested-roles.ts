import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [what: string, resources: Case["resources"], outcome: Case["outcome"]])[];

const ROLE = "${aws_iam_role.r.arn}";
const AFTER = { depends_on: ["aws_iam_role_policy.r"] };

const role = (...actions: readonly string[]): Resources => ({
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: {
    r: {
      role: "${aws_iam_role.r.name}",
      policy: JSON.stringify({ Statement: { Effect: "Allow", Action: actions, Resource: "*" } }),
    },
  },
});
const tried = (type: string, values: object, ...actions: readonly string[]): Resources => ({
  ...role(...actions),
  [type]: { x: { ...values } },
});
const INTERFACES = ["ec2:CreateNetworkInterface", "ec2:DescribeSubnets"];
const NETWORK = { role: ROLE, vpc_config: { subnet_ids: ["subnet-1"] } };
const fn = (values: object, ...actions: readonly string[]) => tried("aws_lambda_function", values, ...actions);
const attached = (values: object): Resources => ({
  aws_iam_role: { r: { name: "r" } },
  aws_iam_policy: {
    p: { policy: JSON.stringify({ Statement: { Effect: "Allow", Action: "ec2:*", Resource: "*" } }) },
  },
  aws_iam_role_policy_attachment: { a: { role: "r", policy_arn: "${aws_iam_policy.p.arn}" } },
  aws_lambda_function: { x: { ...NETWORK, ...values } },
});
const called = (values: object): Resources => ({
  ...role("glue:UpdateTable"),
  aws_lambda_function: { f: { function_name: "f", role: ROLE } },
  aws_lambda_invocation: { i: { function_name: "${aws_lambda_function.f.arn}", input: "{}", ...values } },
});

const TRIALS: Outcomes = [
  ["a function in the VPC that waits", fn({ ...NETWORK, ...AFTER }, ...INTERFACES), "passed"],
  ["a function in the VPC", fn(NETWORK, ...INTERFACES), "failed"],
  ["a function in no network", fn({ role: ROLE }, ...INTERFACES), "passed"],
  ["a policy for its later work alone", fn(NETWORK, "s3:GetObject"), "passed"],
  ["a dead-letter queue", fn({ role: ROLE, dead_letter_config: { target_arn: "arn" } }, "sqs:SendMessage"), "failed"],
  ["a role of elsewhere", fn({ ...NETWORK, role: "arn:aws:iam::333333333333:role/x" }, ...INTERFACES), "passed"],
  ["a policy that is attached", attached({}), "failed"],
  ["an attachment that is awaited", attached({ depends_on: ["aws_iam_role_policy_attachment.a"] }), "passed"],
  ["the policy that is attached, awaited alone", attached({ depends_on: ["aws_iam_policy.p"] }), "failed"],
  ["a call that waits", called(AFTER), "passed"],
  ["a call, whatever its function does", called({}), "failed"],
  [
    "a call in a later stack",
    [
      { ...role("glue:UpdateTable"), aws_lambda_function: { f: { function_name: "f", role: ROLE } } },
      { aws_lambda_invocation: { i: { function_name: "f", input: "{}" } } },
    ],
    "passed",
  ],
  [
    "a mapping",
    {
      ...fn({ function_name: "f", role: ROLE }, "kinesis:GetRecords"),
      aws_lambda_event_source_mapping: { m: { function_name: "f" } },
    },
    "failed",
  ],
  [
    "a state machine with logs",
    tried("aws_sfn_state_machine", { role_arn: ROLE, logging_configuration: {} }, "logs:*"),
    "failed",
  ],
  ["a state machine without logs", tried("aws_sfn_state_machine", { role_arn: ROLE }, "logs:*"), "passed"],
  [
    "a state machine that waits for jobs",
    tried("aws_sfn_state_machine", { role_arn: ROLE, definition: "glue:startJobRun.sync" }, "events:PutRule"),
    "failed",
  ],
  [
    "a delivery from a stream",
    tried(
      "aws_kinesis_firehose_delivery_stream",
      { kinesis_source_configuration: { role_arn: ROLE } },
      "kinesis:GetRecords",
    ),
    "failed",
  ],
  [
    "a delivery into tables with keys",
    tried(
      "aws_kinesis_firehose_delivery_stream",
      { iceberg_configuration: { role_arn: ROLE, destination_table_configuration: [{ unique_keys: ["id"] }] } },
      "glue:GetTable",
    ),
    "failed",
  ],
  [
    "a delivery into tables without keys",
    tried(
      "aws_kinesis_firehose_delivery_stream",
      { iceberg_configuration: { role_arn: ROLE, destination_table_configuration: [{ table_name: "t" }] } },
      "glue:GetTable",
    ),
    "passed",
  ],
  ["Airflow", tried("aws_mwaa_environment", { execution_role_arn: ROLE }, "s3:ListBucket"), "failed"],
  ["a trail", tried("aws_cloudtrail", { cloud_watch_logs_role_arn: ROLE }, "logs:PutLogEvents"), "failed"],
  [
    "an optimizer",
    tried("aws_glue_catalog_table_optimizer", { configuration: { role_arn: ROLE } }, "glue:GetTable"),
    "warning",
  ],
  [
    "an optimizer that waits",
    tried("aws_glue_catalog_table_optimizer", { configuration: { role_arn: ROLE }, ...AFTER }, "glue:GetTable"),
    "passed",
  ],
  ["a location of Lake Formation", tried("aws_lakeformation_resource", { role_arn: ROLE }, "s3:GetObject"), "warning"],
  ["a schedule", tried("aws_scheduler_schedule", { target: { role_arn: ROLE } }, "states:StartExecution"), "warning"],
];

/** Roles that AWS tries, and their policies. */
export const TESTED_ROLE_CASES: readonly Case[] = casesOf(
  "WIRE-IAM-01",
  TRIALS.map(([what, resources, outcome]) => ({ what, resources, outcome })),
);
