import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [what: string, resources: Case["resources"], outcome: Case["outcome"]])[];

const ARN = "${aws_lambda_function.f.arn}";

const fn = (values: object = {}): Resources => ({ aws_lambda_function: { f: { function_name: "f", ...values } } });

const of = (rule: string, outcomes: Outcomes): Case[] =>
  casesOf(
    rule,
    outcomes.map(([what, resources, outcome]) => ({ what, resources, outcome })),
  );

const RUNTIMES: Outcomes = [
  ["a runtime of the list", fn({ runtime: "python3.13" }), "passed"],
  ["an image", fn({ package_type: "Image" }), "passed"],
  ["a runtime that an apply decides", fn({ runtime: "${var.runtime}" }), "unknown"],
  ["a runtime that has ended", fn({ runtime: "python3.8" }), "failed"],
  ["a runtime that ends soon", fn({ runtime: "nodejs20.x" }), "failed"],
  ["no runtime", fn({ package_type: "Zip" }), "failed"],
];

const TARGET: Resources = { aws_cloudwatch_event_target: { t: { arn: ARN, rule: "daily" } } };
const INVOCATION: Resources = { aws_lambda_invocation: { i: { function_name: "f", input: "{}" } } };
const onFailure = (values: object): Resources => ({
  aws_lambda_function_event_invoke_config: { c: { function_name: "f", ...values } },
});
const DESTINATION = { destination_config: { on_failure: { destination: "arn:aws:sqs:eu-west-1:333333333333:q" } } };
const MAPPING: Resources = { aws_lambda_event_source_mapping: { m: { function_name: ARN } } };

const FAILURES: Outcomes = [
  ["nothing that calls it", fn(), "passed"],
  ["who calls it waits", { ...fn(), ...INVOCATION }, "passed"],
  ["a stream, which is read again", { ...fn(), ...MAPPING }, "passed"],
  ["events, and a dead-letter queue", { ...fn({ dead_letter_config: { target_arn: "arn" } }), ...TARGET }, "passed"],
  ["events, and a destination", { ...fn(), ...TARGET, ...onFailure(DESTINATION) }, "passed"],
  ["events", { ...fn(), ...TARGET }, "failed"],
  [
    "events, and a destination of another function",
    { ...fn(), ...TARGET, ...onFailure({ ...DESTINATION, function_name: "g" }) },
    "failed",
  ],
  [
    "events, and a destination of successes",
    { ...fn(), ...TARGET, ...onFailure({ destination_config: { on_success: { destination: "arn" } } }) },
    "failed",
  ],
  [
    "events of another stack",
    [
      fn(),
      { aws_cloudwatch_event_target: { t: { arn: "arn:aws:lambda:eu-west-1:333333333333:function:f", rule: "r" } } },
    ],
    "failed",
  ],
  [
    "a bucket",
    { ...fn(), aws_s3_bucket_notification: { n: { lambda_function: [{ lambda_function_arn: ARN }] } } },
    "failed",
  ],
  ["a topic", { ...fn(), aws_sns_topic_subscription: { s: { protocol: "lambda", endpoint: ARN } } }, "failed"],
  [
    "a topic that mails",
    { ...fn(), aws_sns_topic_subscription: { s: { protocol: "email", endpoint: "f" } } },
    "passed",
  ],
  ["a schedule", { ...fn(), aws_scheduler_schedule: { s: { target: { arn: ARN } } } }, "failed"],
  [
    "a schedule of an alias",
    {
      ...fn(),
      aws_lambda_alias: { a: { name: "live", function_name: ARN } },
      aws_scheduler_schedule: { s: { target: { arn: "${aws_lambda_alias.a.arn}" } } },
    },
    "failed",
  ],
  ["an alarm", { ...fn(), aws_cloudwatch_metric_alarm: { a: { alarm_name: "a", ok_actions: [ARN] } } }, "failed"],
  [
    "a subscription to logs",
    { ...fn(), aws_cloudwatch_log_subscription_filter: { s: { destination_arn: ARN } } },
    "failed",
  ],
];

const subnets = (...zones: readonly (string | undefined)[]): Resources => ({
  aws_subnet: Object.fromEntries(zones.map((zone, index) => [`s${index}`, { availability_zone: zone }])),
});
const inSubnets = (count: number): Resources =>
  fn({ vpc_config: { subnet_ids: Array.from({ length: count }, (_, index) => `\${aws_subnet.s${index}.id}`) } });
const role = (...actions: readonly string[]): Resources => ({
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: {
    r: {
      role: "${aws_iam_role.r.name}",
      policy: JSON.stringify({ Statement: { Effect: "Allow", Action: actions, Resource: "*" } }),
    },
  },
});
const withRole = (...actions: readonly string[]): Resources => ({
  ...fn({ role: "${aws_iam_role.r.arn}" }),
  ...role(...actions),
});

const NETWORKS: Outcomes = [
  ["two zones", { ...inSubnets(2), ...subnets("a", "b") }, "passed"],
  ["three subnets of two zones", { ...inSubnets(3), ...subnets("a", "b", "a") }, "passed"],
  ["one subnet", { ...inSubnets(1), ...subnets("a") }, "failed"],
  ["two subnets of one zone", { ...inSubnets(2), ...subnets("a", "a") }, "failed"],
  ["a subnet of which the zone is AWS's choice", { ...inSubnets(2), ...subnets("a", undefined) }, "unknown"],
  ["subnets that are looked up", fn({ vpc_config: { subnet_ids: ["subnet-1", "subnet-2"] } }), "unknown"],
  ["no network, and leave to read logs alone", withRole("logs:PutLogEvents"), "passed"],
  ["no network, and leave to read objects", withRole("s3:Get*"), "failed"],
  ["no network, and leave to read what Lake Formation lets in", withRole("lakeformation:GetDataAccess"), "failed"],
  ["no network, and a role of elsewhere", fn({ role: "arn:aws:iam::333333333333:role/x" }), "failed"],
  [
    "a network without subnets",
    { ...fn({ vpc_config: {}, role: "${aws_iam_role.r.arn}" }), ...role("s3:PutObject") },
    "failed",
  ],
];

const KEY: Resources = { aws_kms_key: { k: {} } };
const variables = (values: object, key?: string): Resources => ({
  ...KEY,
  ...fn({ environment: { variables: values }, ...(key !== undefined && { kms_key_arn: key }) }),
});
const OURS = "${aws_kms_key.k.arn}";
const secret = (what: string, name: string, value: string, outcome: Case["outcome"]): Outcomes[number] => [
  what,
  variables({ [name]: value }, OURS),
  outcome,
];
// AWS's own example of a key that is none
const EXAMPLE_KEY = ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/");

const VARIABLES: Outcomes = [
  ["no variables", fn(), "passed"],
  ["an environment without variables", fn({ environment: {} }), "passed"],
  ["variables with our key", variables({ LOG_LEVEL: "INFO" }, OURS), "passed"],
  ["variables with AWS's key", variables({ LOG_LEVEL: "INFO" }), "failed"],
  ["variables with a key of elsewhere", variables({ A: "b" }, "arn:aws:kms:eu-west-1:333333333333:key/1"), "failed"],
  ["a key that is looked up", variables({ A: "b" }, "${data.aws_kms_key.k.arn}"), "unknown"],
  secret("a password", "DB_PASSWORD", "hunter2", "failed"),
  secret("a token", "githubToken", "abc", "failed"),
  secret("a secret that is referred to", "DB_PASSWORD", "${aws_secretsmanager_secret.s.id}", "passed"),
  secret("a dollar that is escaped", "DB_PASSWORD", "$${hunter2}", "failed"),
  secret("where a secret is kept", "DB_SECRET", "basin/prod/shop", "passed"),
  secret("the ARN of a secret", "DB_SECRET", "arn:aws:secretsmanager:eu-west-1:333333333333:secret:x", "passed"),
  secret("what a secret is called", "SECRET_NAME", "shop", "passed"),
  secret("how long a token is good for", "TOKEN_TTL", "10m", "passed"),
  secret("how many tokens", "MAX_TOKENS", "100", "passed"),
  secret("a key of AWS", "UPSTREAM", EXAMPLE_KEY, "failed"),
  secret(
    "a hash in hexadecimal",
    "UPSTREAM",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "passed",
  ),
  secret("a hash in base 64", "CONTRACT_HASH", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", "passed"),
  secret("words", "UPSTREAM", "Basin-Prod-Sales-Orders-Raw-2", "passed"),
];

const permission = (values: object): Resources => ({ aws_lambda_permission: { p: { function_name: "f", ...values } } });
const SOURCE = "arn:aws:events:eu-west-1:333333333333:rule/r";

const PERMISSIONS: Outcomes = [
  ["events of a rule", permission({ principal: "events.amazonaws.com", source_arn: SOURCE }), "passed"],
  [
    "events of our account",
    permission({ principal: "events.amazonaws.com", source_account: "333333333333" }),
    "passed",
  ],
  ["events of whomever", permission({ principal: "events.amazonaws.com" }), "failed"],
  [
    "a bucket of ours",
    permission({ principal: "s3.amazonaws.com", source_arn: "arn:aws:s3:::b", source_account: "333333333333" }),
    "passed",
  ],
  [
    "a bucket of whomever has the name",
    permission({ principal: "s3.amazonaws.com", source_arn: "arn:aws:s3:::b" }),
    "failed",
  ],
  ["everybody", permission({ principal: "*", source_arn: SOURCE }), "failed"],
  ["our account", permission({ principal: "333333333333" }), "passed"],
  ["a role of ours", permission({ principal: "arn:aws:iam::333333333333:role/r" }), "passed"],
  ["another account", permission({ principal: "444444444444" }), "failed"],
  ["another account of the organization", permission({ principal: "444444444444", principal_org_id: "o-1" }), "passed"],
  ["everybody by a URL", permission({ principal: "333333333333", function_url_auth_type: "NONE" }), "failed"],
  ["somebody whom an apply decides", permission({ principal: "${var.caller}" }), "unknown"],
];

const TRACED = { tracing_config: { mode: "Active" } };

const BOUNDS: Outcomes = [
  ["traced, and nothing that calls it", fn(TRACED), "passed"],
  ["traced as who calls it is", fn({ tracing_config: { mode: "PassThrough" } }), "failed"],
  ["not traced", fn(), "failed"],
  ["traced as an apply decides", fn({ tracing_config: { mode: "${var.mode}" } }), "unknown"],
  ["called by Terraform", { ...fn(TRACED), ...INVOCATION }, "passed"],
  ["called by events, without bound", { ...fn(TRACED), ...TARGET }, "warning"],
  [
    "called by events, with the default",
    { ...fn({ ...TRACED, reserved_concurrent_executions: -1 }), ...TARGET },
    "warning",
  ],
  ["called by a source that nobody knows, without bound", { ...fn(TRACED), ...MAPPING }, "warning"],
  [
    "called by a stream, which has so many shards",
    { ...fn(TRACED), aws_lambda_event_source_mapping: { m: { function_name: ARN, starting_position: "LATEST" } } },
    "passed",
  ],
  [
    "called by a queue, within the bounds of the mapping",
    {
      ...fn(TRACED),
      aws_lambda_event_source_mapping: { m: { function_name: ARN, scaling_config: { maximum_concurrency: 5 } } },
    },
    "passed",
  ],
  [
    "called by a delivery, which waits",
    {
      ...fn(TRACED),
      aws_kinesis_firehose_delivery_stream: {
        d: {
          iceberg_configuration: {
            processing_configuration: {
              processors: [{ type: "Lambda", parameters: [{ parameter_name: "LambdaArn", parameter_value: ARN }] }],
            },
          },
        },
      },
    },
    "passed",
  ],
  ["called by events, within bounds", { ...fn({ ...TRACED, reserved_concurrent_executions: 5 }), ...TARGET }, "passed"],
  [
    "called by events, and switched off",
    { ...fn({ ...TRACED, reserved_concurrent_executions: 0 }), ...TARGET },
    "passed",
  ],
];

/** Functions, and who may call them. */
export const LAMBDA_CASES: readonly Case[] = [
  ...of("LAKE-LAM-01", RUNTIMES),
  ...of("LAKE-LAM-02", FAILURES),
  ...of("LAKE-LAM-03", NETWORKS),
  ...of("LAKE-LAM-04", VARIABLES),
  ...of("LAKE-LAM-05", PERMISSIONS),
  ...of("LAKE-LAM-06", BOUNDS),
];
