import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  resources: Case["resources"],
  outcome: Case["outcome"],
  rest?: Partial<Case>,
])[];

const of = (rule: string, outcomes: Outcomes): Case[] =>
  casesOf(
    rule,
    outcomes.map(([what, resources, outcome, rest]) => ({ what, resources, outcome, ...rest })),
  );

const ARN = "${aws_lambda_function.f.arn}";
const ROLE = "${aws_iam_role.r.arn}";

const fn = (values: object = {}): Resources => ({ aws_lambda_function: { f: { function_name: "f", ...values } } });
const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (actions: readonly string[], resource = "*") => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
});

const reserving = (...counts: readonly (number | string)[]): Resources => ({
  aws_lambda_function: Object.fromEntries(
    counts.map((count, index) => [`f${index}`, { function_name: `f${index}`, reserved_concurrent_executions: count }]),
  ),
});

const CONCURRENCY: Outcomes = [
  ["nothing reserved", fn(), "passed"],
  ["all that can be", reserving(900), "passed"],
  ["switched off, and all that can be", reserving(900, 0, -1), "passed"],
  ["more than can be", reserving(901), "failed"],
  ["more than can be, together", reserving(500, 401), "failed"],
  ["more than can be, together with a neighbour", reserving(500), "failed", { neighbour: reserving(401) }],
  ["a neighbour that reserves too much", fn(), "passed", { neighbour: reserving(901) }],
  ["what an apply decides", reserving("${var.count}"), "unknown"],
];

const RULE: Resources = { aws_cloudwatch_event_rule: { r: { name: "daily" } } };
const target = (values: object = {}): Resources => ({
  ...RULE,
  aws_cloudwatch_event_target: { t: { rule: "${aws_cloudwatch_event_rule.r.name}", arn: ARN, ...values } },
});
const permission = (principal: string, values: object = {}): Resources => ({
  aws_lambda_permission: { p: { function_name: "f", action: "lambda:InvokeFunction", principal, ...values } },
});
const byEvents = (values: object = {}, targeted: object = {}): Resources => ({
  ...fn(),
  ...target(targeted),
  ...permission("events.amazonaws.com", values),
});
const LIVE: Resources = { aws_lambda_alias: { a: { name: "live", function_name: ARN } } };
const notified = (notification: object, permitted: object): Resources => ({
  ...fn(),
  aws_s3_bucket: { b: { bucket: "b" } },
  aws_s3_bucket_notification: {
    n: { bucket: "${aws_s3_bucket.b.id}", lambda_function: [{ lambda_function_arn: ARN }], ...notification },
  },
  ...permission("s3.amazonaws.com", permitted),
});
const BUCKET = { source_arn: "${aws_s3_bucket.b.arn}", source_account: "333333333333" };
const AFTER = { depends_on: ["aws_lambda_permission.p"] };
const subscribed = (source: string): Resources => ({
  ...fn(),
  aws_cloudwatch_log_group: { l: { name: "/basin/l" } },
  aws_cloudwatch_log_subscription_filter: {
    s: { log_group_name: "${aws_cloudwatch_log_group.l.name}", destination_arn: ARN, ...AFTER },
  },
  ...permission("logs.amazonaws.com", { source_arn: source }),
});
const rotated = (values: object): Resources => ({
  ...fn(),
  aws_secretsmanager_secret: { s: { name: "s" }, other: { name: "other" } },
  aws_secretsmanager_secret_rotation: {
    s: { secret_id: "${aws_secretsmanager_secret.s.id}", rotation_lambda_arn: ARN, ...values },
  },
});
const byRole = (...actions: readonly string[]): Resources => ({
  ...fn(),
  ...target({ role_arn: ROLE }),
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: { r: { role: "${aws_iam_role.r.name}", policy: document(allow(actions)) } },
});

const CALLERS: Outcomes = [
  ["a target that is no function", target({ arn: "arn:aws:sqs:x" }), "passed"],
  ["events without a permission", { ...fn(), ...target() }, "failed"],
  ["events of the rule", byEvents({ source_arn: "${aws_cloudwatch_event_rule.r.arn}" }), "passed"],
  ["events of rules by a pattern", byEvents({ source_arn: "arn:aws:events:eu-west-1:333333333333:rule/d*" }), "passed"],
  ["events of whichever rule", byEvents(), "passed"],
  ["events of another rule", byEvents({ source_arn: "arn:aws:events:eu-west-1:333333333333:rule/weekly" }), "failed"],
  ["events of a rule that is looked up", byEvents({ source_arn: "${data.aws_cloudwatch_event_rule.r.arn}" }), "passed"],
  ["events of another account", byEvents({ source_account: "444444444444" }), "failed"],
  ["another action", byEvents({ action: "lambda:GetFunction" }), "failed"],
  ["every action", byEvents({ action: "lambda:*" }), "passed"],
  ["another function", byEvents({ function_name: "g" }), "failed"],
  ["another service", { ...fn(), ...target(), ...permission("sns.amazonaws.com") }, "failed"],
  [
    "an alias, which is permitted",
    { ...byEvents({ qualifier: "live" }, { arn: "${aws_lambda_alias.a.arn}" }), ...LIVE },
    "passed",
  ],
  ["an alias, and a permission without", { ...byEvents({}, { arn: "${aws_lambda_alias.a.arn}" }), ...LIVE }, "failed"],
  ["the function, and a permission of an alias", byEvents({ qualifier: "live" }), "failed"],
  [
    "a version by its ARN",
    byEvents({ qualifier: "3" }, { arn: "arn:aws:lambda:eu-west-1:333333333333:function:f:3" }),
    "passed",
  ],
  ["events by a role that may", byRole("lambda:InvokeFunction"), "passed"],
  ["events by a role that may not", byRole("sqs:SendMessage"), "failed"],
  ["events by a role of elsewhere", { ...fn(), ...target({ role_arn: "arn:aws:iam::333333333333:role/x" }) }, "passed"],
  ["a bucket that waits", notified(AFTER, BUCKET), "passed"],
  ["a bucket that does not wait", notified({}, BUCKET), "failed"],
  ["another bucket", notified(AFTER, { ...BUCKET, source_arn: "arn:aws:s3:::other" }), "failed"],
  ["logs of a group, as AWS writes it", subscribed("${aws_cloudwatch_log_group.l.arn}:*"), "passed"],
  ["logs of a group, as it is called", subscribed("${aws_cloudwatch_log_group.l.arn}"), "failed"],
  [
    "a secret",
    {
      ...rotated(AFTER),
      ...permission("secretsmanager.amazonaws.com", { source_arn: "${aws_secretsmanager_secret.s.arn}" }),
    },
    "passed",
  ],
  [
    "another secret",
    {
      ...rotated(AFTER),
      ...permission("secretsmanager.amazonaws.com", { source_arn: "${aws_secretsmanager_secret.other.arn}" }),
    },
    "failed",
  ],
  ["a secret that does not wait", { ...rotated({}), ...permission("secretsmanager.amazonaws.com") }, "failed"],
  [
    "an alarm",
    {
      ...fn(),
      aws_cloudwatch_metric_alarm: { a: { alarm_name: "a", alarm_actions: [ARN] } },
      ...permission("lambda.alarms.cloudwatch.amazonaws.com", { source_arn: "${aws_cloudwatch_metric_alarm.a.arn}" }),
    },
    "passed",
  ],
  [
    "an alarm without a permission",
    { ...fn(), aws_cloudwatch_metric_alarm: { a: { alarm_name: "a", alarm_actions: [ARN] } } },
    "failed",
  ],
  [
    "a topic of another stack",
    [
      { ...fn(), ...permission("sns.amazonaws.com") },
      { aws_sns_topic_subscription: { s: { protocol: "lambda", endpoint: "f" } } },
    ],
    "passed",
  ],
];

const DEPLOYER = { name: "basin-prod-apply" };
const keyed = (values: object = {}, rest: Resources = {}): Resources => ({
  aws_kms_key: { k: {} },
  ...fn({
    role: ROLE,
    kms_key_arn: "${aws_kms_key.k.arn}",
    environment: { variables: { A: "b" } },
    lifecycle: { replace_triggered_by: ["aws_iam_role.r"] },
    ...values,
  }),
  aws_iam_role: { r: { name: "r" } },
  ...rest,
});
const deployedBy = (...actions: readonly string[]): Resources =>
  keyed(
    {},
    {
      aws_iam_role: { r: { name: "r" }, apply: DEPLOYER },
      aws_iam_role_policy: { apply: { role: DEPLOYER.name, policy: document(allow(actions)) } },
    },
  );
const CONFIGURING = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"];

const GRANTS: Outcomes = [
  ["a role of the same stack", keyed(), "passed"],
  ["the role's id", keyed({ lifecycle: { replace_triggered_by: ["${aws_iam_role.r.unique_id}"] } }), "passed"],
  ["nothing that replaces it", keyed({ lifecycle: undefined }), "failed"],
  ["another role", keyed({ lifecycle: { replace_triggered_by: ["aws_iam_role.r_2"] } }), "failed"],
  ["a role that AWS names", keyed({ lifecycle: undefined }, { aws_iam_role: { r: { name_prefix: "r-" } } }), "passed"],
  ["a role of another stack", [{ aws_iam_role: { r: { name: "r" } } }, keyed({}, { aws_iam_role: {} })], "warning"],
  ["no variables", keyed({ environment: undefined, lifecycle: undefined }), "passed"],
  ["who deploys may", deployedBy(...CONFIGURING), "passed"],
  ["who deploys may not grant", deployedBy("kms:Decrypt", "kms:Encrypt"), "failed"],
  [
    "who deploys has a policy of AWS",
    {
      ...deployedBy("kms:Decrypt"),
      aws_iam_role_policy_attachment: {
        a: { role: DEPLOYER.name, policy_arn: "arn:aws:iam::aws:policy/PowerUserAccess" },
      },
    },
    "unknown",
  ],
];

const invocation = (scope?: string): Resources => ({
  aws_lambda_invocation: {
    i: { function_name: "f", input: "{}", ...(scope !== undefined && { lifecycle_scope: scope }) },
  },
});

const SCOPES: Outcomes = [
  ["the default", invocation(), "passed"],
  ["made anew each time", invocation("CREATE_ONLY"), "passed"],
  ["changed in place", invocation("CRUD"), "failed"],
  ["what an apply decides", invocation("${var.scope}"), "unknown"],
];

const CONNECTING = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];
const connected = (statement: object, more: object = {}, rest: Resources = {}): Resources => ({
  ...fn({ role: ROLE, vpc_config: { subnet_ids: ["subnet-1"] } }),
  aws_iam_role: { r: { name: "r", ...more } },
  aws_iam_role_policy: { r: { role: "${aws_iam_role.r.name}", policy: document(statement) } },
  ...rest,
});
const boundary = (...actions: readonly string[]): Resources => ({
  aws_iam_policy: { b: { name: "b", policy: document(allow(actions)) } },
});
const BOUNDED = { permissions_boundary: "arn:aws:iam::333333333333:policy/b" };

const CONNECTIONS: Outcomes = [
  ["all that it takes", connected(allow(CONNECTING)), "passed"],
  ["by a pattern", connected(allow(["ec2:*"])), "passed"],
  ["without addresses", connected(allow(CONNECTING.filter((action) => !action.includes("Private")))), "failed"],
  ["interfaces of one account", connected(allow(CONNECTING, "arn:aws:ec2:eu-west-1:333333333333:*")), "failed"],
  ["nothing", connected(allow(["logs:*"])), "failed"],
  ["nothing, in no network", { ...connected(allow(["logs:*"])), ...fn({ role: ROLE }) }, "passed"],
  [
    "a role of elsewhere",
    fn({ role: "arn:aws:iam::333333333333:role/x", vpc_config: { subnet_ids: ["subnet-1"] } }),
    "passed",
  ],
  [
    "a policy of AWS",
    connected(
      allow(["logs:*"]),
      {},
      {
        aws_iam_role_policy_attachment: {
          a: { role: "r", policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole" },
        },
      },
    ),
    "unknown",
  ],
  ["a boundary that lets it", connected(allow(CONNECTING), BOUNDED, boundary("ec2:*")), "passed"],
  [
    "a boundary that does not",
    connected(allow(CONNECTING), BOUNDED, boundary("ec2:*NetworkInterface*", "ec2:Describe*")),
    "failed",
  ],
  [
    "a boundary of elsewhere",
    connected(allow(CONNECTING), { permissions_boundary: "arn:aws:iam::333333333333:policy/x" }, boundary("s3:*")),
    "passed",
  ],
];

/** Functions, what calls them, and what they start with. */
export const LAMBDA_WIRING_CASES: readonly Case[] = [
  ...of("WIRE-LAM-02", CONCURRENCY),
  ...of("WIRE-LAM-03", CALLERS),
  ...of("WIRE-LAM-04", GRANTS),
  ...of("WIRE-LAM-05", SCOPES),
  ...of("WIRE-LAM-06", CONNECTIONS),
];
