import { type Call, type Context, providerArn, Simulator } from "../support/simulator";
import { environmentNamed, stacksOf } from "../support/policies";

const ACCOUNT = "333333333333";
const simulator = new Simulator(environmentNamed("prod"), stacksOf("prod"));

const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const ROLES = {
  plan: roleArn("basin-prod-plan"),
  drift: roleArn("basin-prod-drift"),
  apply: roleArn("basin-prod-apply"),
  "break-glass": roleArn("basin-prod-break-glass"),
  // may do everything that no resource refuses
  administrator: roleArn("administrator"),
  "role of a layer": roleArn("basin-prod-catalog-encryption"),
} as const;

const STATES = `arn:aws:s3:::basin-prod-state-${ACCOUNT}`;
const STATE = `${STATES}/prod/prod-lake/terraform.tfstate`;
const LOCK = `${STATE}.tflock`;
const OWN_STATE = `${STATES}/prod/bootstrap-prod/terraform.tfstate`;
const RAW = `arn:aws:s3:::basin-prod-lake-raw-${ACCOUNT}`;
const ARTIFACTS = `arn:aws:s3:::basin-prod-artifacts-${ACCOUNT}`;
const STATE_KEY = simulator.keyArn("bootstrap_state-key");
const DATA_KEY = simulator.keyArn("foundation_data-key");
const CATALOG_KEY = simulator.keyArn("foundation_catalog-key");
const JOBS = roleArn("basin-prod-jobs");
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/basin-prod-boundary`;
const VPC = `arn:aws:ec2:eu-west-1:${ACCOUNT}:vpc/vpc-1`;
const TABLE_RAW = `arn:aws:glue:eu-west-1:${ACCOUNT}:table/basin_prod_sales_raw/orders`;
const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:basin-prod-alerts`;
const DATABASE = `arn:aws:glue:eu-west-1:${ACCOUNT}:database/basin_prod_sales_raw`;
const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:basin-prod-table-migrator`;
const LOGS = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/basin-prod-table-migrator`;
const ALARM = `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:basin-prod-table-migrator-errors`;
const STREAM = `arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/basin-prod-web-events`;
const CONSUMER = `${STREAM}/consumer/basin-prod-web-events-purchases:1795435048`;
const DELIVERY_STREAM = `arn:aws:firehose:eu-west-1:${ACCOUNT}:deliverystream/basin-prod-web-events`;
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:basin-prod-web-dead-letters`;
const KEY_VALUE_TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/basin-prod-web-idempotency`;
const MAPPING = `arn:aws:lambda:eu-west-1:${ACCOUNT}:event-source-mapping:2f99ff01-5ca0-43a5-af5f-21d0e66013ed`;
const DELIVERY_LOGS = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/kinesisfirehose/basin-prod-web`;
const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:shop/reader-abcdef`;

const KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const ALGORITHM = "s3:x-amz-server-side-encryption";
const STATE_ALIAS = `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/basin-prod-state`;
/** What the backend sends with every state and lock. */
const WRITTEN = { [ALGORITHM]: "aws:kms", [KEY_HEADER]: STATE_ALIAS };
const THROUGH_S3 = { "kms:ViaService": "s3.eu-west-1.amazonaws.com" };
const BOUNDED = { "iam:PermissionsBoundary": BOUNDARY };
const OURS = { "aws:ResourceTag/Environment": "prod", "aws:ResourceTag/Platform": "basin" };
const to = (service: string) => ({ "iam:PassedToService": service });
const linked = (service: string) => `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${service}/AWSServiceRole`;
const data = (bucket: string) => ({
  "kms:ResourceAliases": ["alias/basin-prod-data"],
  "kms:EncryptionContext:aws:s3:arn": bucket,
});

const throughLambda = {
  "kms:ResourceAliases": ["alias/basin-prod-data"],
  "kms:ViaService": "lambda.eu-west-1.amazonaws.com",
};

const throughDynamoDb = {
  "kms:ResourceAliases": ["alias/basin-prod-data"],
  "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com",
};
const calling = (fn: string) => ({ "lambda:FunctionArn": fn });

type Role = keyof typeof ROLES;
type Row = readonly [
  action: string,
  resource: string,
  allowed: readonly Role[],
  denied: readonly Role[],
  context?: Context,
];

const PIPELINES = ["plan", "drift", "apply"] as const;
const READERS = ["plan", "drift"] as const;
const DEPLOYERS = ["apply", "break-glass"] as const;
const ALL = [...PIPELINES, "break-glass"] as const;
const OTHERS = ["administrator", "role of a layer"] as const;

/** Role x action x resource. What a role may or may not do without being named in a row is not tested by it. */
const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "states of layers": [
    ["s3:GetObject", STATE, ALL, OTHERS],
    ["s3:GetObjectVersion", STATE, ["break-glass"], [...PIPELINES, ...OTHERS]],
    ["s3:PutObject", STATE, DEPLOYERS, [...READERS, ...OTHERS], WRITTEN],
    ["s3:PutObject", STATE, DEPLOYERS, [], { [ALGORITHM]: "aws:kms", [KEY_HEADER]: STATE_KEY }],
    ["s3:PutObject", STATE, DEPLOYERS, [...READERS, ...OTHERS]],
    ["s3:PutObject", STATE, [], ALL, { [ALGORITHM]: "AES256" }],
    ["s3:PutObject", STATE, [], ALL, { [ALGORITHM]: "aws:kms" }],
    ["s3:PutObject", STATE, [], ALL, { [ALGORITHM]: "aws:kms", [KEY_HEADER]: DATA_KEY }],
    ["s3:DeleteObject", STATE, ["break-glass"], [...PIPELINES, ...OTHERS]],
    ["s3:DeleteObjectVersion", STATE, ["break-glass"], [...PIPELINES, ...OTHERS]],
    ["s3:GetObject", STATE, [], [...ALL, ...OTHERS], { "aws:SecureTransport": "false" }],
    ["s3:GetObject", STATE, [], [...ALL, ...OTHERS], { "s3:TlsVersion": "1.1" }],
  ],
  "locks of states": [
    ["s3:PutObject", LOCK, ALL, OTHERS, WRITTEN],
    ["s3:GetObject", LOCK, ALL, OTHERS],
    ["s3:DeleteObject", LOCK, ALL, OTHERS],
    ["s3:DeleteObjectVersion", LOCK, ["break-glass"], [...PIPELINES, ...OTHERS]],
    ["s3:PutObject", `${OWN_STATE}.tflock`, ["drift", "administrator"], ["role of a layer"], WRITTEN],
  ],
  "the state of the bootstrap": [
    ["s3:GetObject", OWN_STATE, ["drift", "administrator"], ["role of a layer"]],
    ["s3:PutObject", OWN_STATE, ["administrator", "break-glass"], [...PIPELINES, "role of a layer"], WRITTEN],
    ["s3:DeleteObject", OWN_STATE, ["break-glass"], [...PIPELINES, ...OTHERS]],
  ],
  "the bucket and key of states": [
    ["s3:ListBucket", STATES, [...ALL, "administrator"], ["role of a layer"]],
    ["s3:PutBucketPolicy", STATES, ["administrator", "break-glass"], [...PIPELINES, "role of a layer"]],
    ["s3:DeleteBucketPolicy", STATES, ["administrator", "break-glass"], PIPELINES],
    ["s3:PutBucketVersioning", STATES, ["administrator"], PIPELINES],
    ["s3:PutLifecycleConfiguration", STATES, ["administrator"], PIPELINES],
    ["s3:DeleteBucket", STATES, ["break-glass"], [...PIPELINES, ...OTHERS]],
    ["kms:Decrypt", STATE_KEY, ALL, ["role of a layer"], THROUGH_S3],
    ["kms:Decrypt", STATE_KEY, [], ALL],
    ["kms:GenerateDataKey", STATE_KEY, ALL, ["role of a layer"], THROUGH_S3],
    ["kms:PutKeyPolicy", STATE_KEY, ["administrator"], ALL, OURS],
    ["kms:ScheduleKeyDeletion", STATE_KEY, ["administrator"], ALL, OURS],
    ["kms:UpdateAlias", STATE_KEY, ["administrator"], ALL, OURS],
    ["kms:UpdateAlias", STATE_ALIAS, ["administrator"], ALL],
  ],
  data: [
    ["s3:GetObject", `${RAW}/sales/orders.parquet`, [], ALL],
    ["s3:PutObject", `${RAW}/sales/orders.parquet`, [], ALL],
    ["s3:DeleteObject", `${RAW}/sales/orders.parquet`, [], ALL],
    ["s3:DeleteObjectVersion", `${RAW}/sales/orders.parquet`, [], ALL],
    ["kms:Decrypt", DATA_KEY, [], ALL],
    ["kms:Decrypt", DATA_KEY, [], ALL, data(RAW)],
    ["kms:Decrypt", DATA_KEY, ALL, [], data(ARTIFACTS)],
    ["kms:GenerateDataKey", DATA_KEY, DEPLOYERS, READERS, data(ARTIFACTS)],
    ["kms:Decrypt", DATA_KEY, ALL, [], throughLambda],
    ["kms:CreateGrant", DATA_KEY, DEPLOYERS, READERS, throughLambda],
    ["kms:CreateGrant", DATA_KEY, [], ALL],
    ["kms:CreateGrant", DATA_KEY, DEPLOYERS, READERS, throughDynamoDb],
    ["kms:GenerateDataKey", DATA_KEY, DEPLOYERS, READERS, throughDynamoDb],
    ["kms:CreateGrant", CATALOG_KEY, [], ALL, { "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" }],
    ["kinesis:GetRecords", STREAM, [], ALL],
    ["kinesis:PutRecord", STREAM, [], ALL],
    ["firehose:PutRecord", DELIVERY_STREAM, [], ALL],
    ["sqs:ReceiveMessage", QUEUE, [], ALL],
    ["sqs:SendMessage", QUEUE, [], ALL],
    ["dynamodb:GetItem", KEY_VALUE_TABLE, [], ALL],
    ["dynamodb:PutItem", KEY_VALUE_TABLE, [], ALL],
    ["kms:CreateGrant", CATALOG_KEY, [], ALL, { "kms:ViaService": "lambda.eu-west-1.amazonaws.com" }],
    ["kms:Decrypt", CATALOG_KEY, ["role of a layer"], ALL],
    ["secretsmanager:GetSecretValue", SECRET, ["administrator"], [...ALL, "role of a layer"]],
    ["s3:GetObject", `${ARTIFACTS}/contracts/sales.json`, ALL, []],
    ["s3:PutObject", `${ARTIFACTS}/contracts/sales.json`, DEPLOYERS, READERS],
    ["s3:ListBucketVersions", ARTIFACTS, DEPLOYERS, READERS],
    ["s3:ListBucketVersions", RAW, [], PIPELINES],
  ],
  "how layers are configured": [
    ["s3:GetBucketPolicy", RAW, ALL, ["role of a layer"]],
    ["s3:GetLifecycleConfiguration", RAW, ALL, []],
    ["s3:PutBucketPolicy", RAW, DEPLOYERS, READERS],
    ["s3:PutBucketPolicy", "arn:aws:s3:::basin-dev-lake-raw-111111111111", [], ALL],
    ["s3:CreateBucket", "arn:aws:s3:::somebody", [], ALL],
    ["kms:GetKeyPolicy", DATA_KEY, ALL, []],
    ["kms:PutKeyPolicy", DATA_KEY, DEPLOYERS, READERS, OURS],
    ["kms:PutKeyPolicy", `arn:aws:kms:eu-west-1:${ACCOUNT}:key/somebodys`, [], ALL],
    ["ec2:DescribeVpcs", "*", ALL, []],
    ["ec2:DeleteVpc", VPC, DEPLOYERS, READERS],
    ["ec2:DeleteVpc", VPC.replace("eu-west-1", "us-east-1"), [], ALL],
    ["ec2:RunInstances", `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/*`, [], ALL],
    ["glue:GetDatabase", DATABASE, ALL, []],
    ["glue:UpdateDatabase", DATABASE, DEPLOYERS, READERS],
    ["glue:DeleteDatabase", `arn:aws:glue:eu-west-1:${ACCOUNT}:database/somebodys`, [], ALL],
    ["sns:GetTopicAttributes", TOPIC, ALL, []],
    ["sns:SetTopicAttributes", TOPIC, DEPLOYERS, READERS],
    ["sns:Publish", TOPIC, [], ALL],
    ["glue:GetTableOptimizer", TABLE_RAW, ALL, []],
    ["glue:CreateTableOptimizer", TABLE_RAW, DEPLOYERS, READERS],
    ["glue:UpdateTable", TABLE_RAW, [], ALL],
    ["glue:DeleteTable", TABLE_RAW, ["break-glass"], PIPELINES],
    ["lambda:GetFunction", FUNCTION, ALL, []],
    ["lambda:UpdateFunctionCode", FUNCTION, DEPLOYERS, READERS],
    ["lambda:InvokeFunction", FUNCTION, DEPLOYERS, READERS],
    ["lambda:AddPermission", FUNCTION, [], ALL],
    ["lambda:UpdateFunctionCode", `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:somebodys`, [], ALL],
    ["lambda:PutFunctionConcurrency", FUNCTION, DEPLOYERS, READERS],
    ["lambda:GetEventSourceMapping", MAPPING, ALL, [], calling(FUNCTION)],
    ["lambda:GetEventSourceMapping", MAPPING, [], ALL, calling(`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:theirs`)],
    ["lambda:UpdateEventSourceMapping", MAPPING, DEPLOYERS, READERS, calling(FUNCTION)],
    [
      "lambda:UpdateEventSourceMapping",
      MAPPING,
      [],
      ALL,
      calling(`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:theirs`),
    ],
    ["lambda:CreateEventSourceMapping", "*", DEPLOYERS, READERS, calling(FUNCTION)],
    ["lambda:ListTags", MAPPING, ALL, []],
    ["lambda:TagResource", MAPPING, DEPLOYERS, READERS],
    ["kinesis:DescribeLimits", "*", ALL, []],
    ["kinesis:DescribeStreamSummary", STREAM, ALL, []],
    ["kinesis:StartStreamEncryption", STREAM, DEPLOYERS, READERS],
    ["kinesis:DeleteStream", STREAM, DEPLOYERS, READERS],
    ["kinesis:DeleteStream", `arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/theirs`, [], ALL],
    ["kinesis:UpdateStreamMode", "*", DEPLOYERS, READERS],
    ["kinesis:DescribeStreamConsumer", CONSUMER, ALL, []],
    ["kinesis:RegisterStreamConsumer", STREAM, DEPLOYERS, READERS],
    ["kinesis:DeregisterStreamConsumer", CONSUMER, DEPLOYERS, READERS],
    ["kinesis:GetResourcePolicy", STREAM, ALL, []],
    ["kinesis:PutResourcePolicy", STREAM, DEPLOYERS, READERS],
    ["firehose:DescribeDeliveryStream", DELIVERY_STREAM, ALL, []],
    ["firehose:CreateDeliveryStream", DELIVERY_STREAM, DEPLOYERS, READERS],
    ["firehose:UpdateDestination", `arn:aws:firehose:eu-west-1:${ACCOUNT}:deliverystream/theirs`, [], ALL],
    ["sqs:GetQueueAttributes", QUEUE, ALL, []],
    ["sqs:SetQueueAttributes", QUEUE, DEPLOYERS, READERS],
    ["sqs:PurgeQueue", QUEUE, [], ALL],
    ["sqs:DeleteQueue", `arn:aws:sqs:eu-west-1:${ACCOUNT}:theirs`, [], ALL],
    ["dynamodb:DescribeTable", KEY_VALUE_TABLE, ALL, []],
    ["dynamodb:UpdateTable", KEY_VALUE_TABLE, DEPLOYERS, READERS],
    ["dynamodb:DeleteTable", `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/theirs`, [], ALL],
    ["logs:DescribeLogStreams", DELIVERY_LOGS, ALL, []],
    ["logs:CreateLogStream", `${DELIVERY_LOGS}:log-stream:events`, DEPLOYERS, READERS],
    ["logs:DescribeLogGroups", "*", ALL, []],
    ["logs:GetLogEvents", `${LOGS}:log-stream:today`, [], ALL],
    ["logs:PutRetentionPolicy", LOGS, DEPLOYERS, READERS],
    ["cloudwatch:DescribeAlarms", ALARM, ALL, []],
    ["cloudwatch:PutMetricAlarm", ALARM, DEPLOYERS, READERS],
    ["cloudwatch:DeleteAlarms", `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:somebodys`, [], ALL],
  ],
  roles: [
    ["iam:GetRole", JOBS, ALL, []],
    ["iam:CreateRole", JOBS, DEPLOYERS, READERS, BOUNDED],
    ["iam:CreateRole", JOBS, [], ALL],
    ["iam:CreateRole", JOBS, [], ALL, { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" }],
    ["iam:CreateRole", roleArn("administrator-2"), [], ALL, BOUNDED],
    ["iam:PutRolePolicy", JOBS, DEPLOYERS, READERS, BOUNDED],
    ["iam:PutRolePolicy", JOBS, [], ALL],
    ["iam:AttachRolePolicy", JOBS, [], ALL, BOUNDED],
    ["iam:UpdateAssumeRolePolicy", JOBS, DEPLOYERS, READERS, BOUNDED],
    ["iam:PutRolePermissionsBoundary", JOBS, DEPLOYERS, READERS, BOUNDED],
    [
      "iam:PutRolePermissionsBoundary",
      JOBS,
      [],
      ALL,
      { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess" },
    ],
    ["iam:DeleteRolePermissionsBoundary", JOBS, ["administrator"], ALL, BOUNDED],
    ["iam:PassRole", JOBS, DEPLOYERS, READERS, to("glue.amazonaws.com")],
    ["iam:PassRole", JOBS, DEPLOYERS, READERS, to("firehose.amazonaws.com")],
    ["iam:PassRole", JOBS, [], ALL, to("ec2.amazonaws.com")],
    ["iam:PassRole", roleArn("somebodys"), [], ALL, to("glue.amazonaws.com")],
    ["iam:PassRole", ROLES.apply, [], ALL, to("glue.amazonaws.com")],
    [
      "iam:CreateServiceLinkedRole",
      linked("airflow.amazonaws.com"),
      DEPLOYERS,
      READERS,
      { "iam:AWSServiceName": "airflow.amazonaws.com" },
    ],
    [
      "iam:CreateServiceLinkedRole",
      linked("ecs.amazonaws.com"),
      [],
      ALL,
      { "iam:AWSServiceName": "ecs.amazonaws.com" },
    ],
    ["iam:CreateUser", `arn:aws:iam::${ACCOUNT}:user/somebody`, [], ALL],
  ],
  "what the bootstrap has made": [
    ...[ROLES.apply, ROLES.plan, ROLES["break-glass"]].flatMap((role): Row[] => [
      ["iam:PutRolePolicy", role, ["administrator"], ALL, BOUNDED],
      ["iam:UpdateAssumeRolePolicy", role, ["administrator"], ALL, BOUNDED],
      ["iam:DeleteRole", role, ["administrator"], ALL, BOUNDED],
      ["iam:TagRole", role, ["administrator"], ALL],
    ]),
    ["iam:CreatePolicyVersion", BOUNDARY, ["administrator"], ALL],
    ["iam:DeletePolicy", BOUNDARY, ["administrator"], ALL],
    ["iam:GetPolicyVersion", BOUNDARY, ALL, []],
    ["iam:AddClientIDToOpenIDConnectProvider", providerArn(ACCOUNT), ["administrator"], ALL],
    ["sts:AssumeRole", roleArn("somebodys"), [], ALL],
  ],
};

const ROWS = Object.entries(TABLE).flatMap(([what, rows]) =>
  rows.flatMap(([action, resource, allowed, denied, context]) =>
    [
      ...allowed.map((role) => ({ role, expected: "allowed" })),
      ...denied.map((role) => ({ role, expected: "denied" })),
    ].map(({ role, expected }) => ({
      what,
      role,
      expected,
      action,
      resource: resource.replace(/^arn:aws:/, ""),
      under: context === undefined ? "" : ` ${JSON.stringify(context)}`,
      call: { principal: ROLES[role], action, resource, context } satisfies Call,
    })),
  ),
);

test.each(ROWS)("$what: $role, $action on $resource$under: $expected", async ({ call, expected }) => {
  expect((await simulator.isAllowed(call)) ? "allowed" : "denied").toBe(expected);
});

test("what the table asks is not answered by the simulator refusing everything, or nothing", () => {
  expect(ROWS.filter(({ expected }) => expected === "allowed").length).toBeGreaterThan(100);
  expect(ROWS.filter(({ expected }) => expected === "denied").length).toBeGreaterThan(100);
});

describe("trust", () => {
  const HOST = "token.actions.githubusercontent.com";
  const token = (sub: string, aud = "sts.amazonaws.com"): Context => ({ [`${HOST}:sub`]: sub, [`${HOST}:aud`]: aud });
  const TOKENS: readonly (readonly [sub: string, allowed: readonly Role[]])[] = [
    ["repo:example/basin:environment:prod", ["apply"]],
    ["repo:example/basin:environment:dev", []],
    ["repo:example/basin:pull_request", ["plan"]],
    ["repo:example/basin:ref:refs/heads/main", ["plan", "drift"]],
    ["repo:example/basin:ref:refs/heads/feature", []],
    ["repo:example/basin:ref:refs/tags/v1", []],
    ["repo:Example/basin:pull_request", []],
    ["repo:somebody/basin:environment:prod", []],
    ["repo:example/basin-2:environment:prod", []],
  ];
  const TRUSTED = TOKENS.flatMap(([sub, allowed]) =>
    ALL.map((role) => ({ sub, role, expected: allowed.includes(role) })),
  );

  test.each(TRUSTED)("a job of $sub may assume $role: $expected", async ({ sub, role, expected }) => {
    const call = { principal: providerArn(ACCOUNT), action: "sts:AssumeRoleWithWebIdentity", resource: ROLES[role] };

    expect(await simulator.isAllowed({ ...call, context: token(sub) })).toBe(expected);
    expect(await simulator.isAllowed({ ...call, context: token(sub, "somebody") })).toBe(false);
  });

  test.each<[Context, boolean]>([
    [{ "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60" }, true],
    [{ "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "7200" }, false],
    [{ "aws:MultiFactorAuthPresent": "false" }, false],
    [{}, false],
  ])("a person with %j may break the glass: %p", async (context, expected) => {
    const call = { principal: ROLES.administrator, action: "sts:AssumeRole" };

    expect(await simulator.isAllowed({ ...call, resource: ROLES["break-glass"], context })).toBe(expected);
    expect(await simulator.isAllowed({ ...call, resource: ROLES.apply, context })).toBe(false);
  });
});
