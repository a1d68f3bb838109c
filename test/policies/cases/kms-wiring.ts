import { type Case, casesOf, type Resources } from "../../support/cases";

type Statements = readonly object[];

const policy = (...statements: Statements) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const ROOT = "arn:aws:iam::333333333333:root";
const KEY = "${aws_kms_key.a.arn}";

const onKey = (principal: object | string, ...actions: readonly string[]) => ({
  Effect: "Allow",
  Principal: principal,
  Action: actions.length === 0 ? "kms:*" : actions,
  Resource: "*",
});

const key = (...statements: Statements): Resources => ({ aws_kms_key: { a: { policy: policy(...statements) } } });
const ADMINISTRATION = onKey({ AWS: ROOT });
const when = (operator: string, name: string, value: unknown) => ({ Condition: { [operator]: { [name]: value } } });

const ADMINISTERED: Case[] = casesOf("WIRE-KMS-01", [
  { what: "the default policy", resources: { aws_kms_key: { a: {} } }, outcome: "passed" },
  { what: "the account's root", resources: key(ADMINISTRATION), outcome: "passed" },
  { what: "the account's id", resources: key(onKey({ AWS: "333333333333" })), outcome: "passed" },
  {
    what: "the account, beside others",
    resources: key(onKey({ AWS: ["999999999999", ROOT] }, "kms:Put*")),
    outcome: "passed",
  },
  { what: "another account", resources: key(onKey({ AWS: "arn:aws:iam::999999999999:root" })), outcome: "failed" },
  { what: "a service alone", resources: key(onKey({ Service: "logs.eu-west-1.amazonaws.com" })), outcome: "failed" },
  { what: "an account that may use it alone", resources: key(onKey({ AWS: ROOT }, "kms:Decrypt")), outcome: "failed" },
  {
    what: "an account whose principals are ours",
    resources: key({ ...ADMINISTRATION, ...when("StringEquals", "kms:CallerAccount", "333333333333") }),
    outcome: "passed",
  },
  {
    what: "an account through a service",
    resources: key({ ...ADMINISTRATION, ...when("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com") }),
    outcome: "failed",
  },
  {
    what: "an account in an organization",
    resources: key({ ...ADMINISTRATION, ...when("StringEquals", "aws:PrincipalOrgID", "o-1") }),
    outcome: "unknown",
  },
  {
    what: "one role of the account",
    resources: key(onKey({ AWS: "arn:aws:iam::333333333333:role/admin" })),
    outcome: "unknown",
  },
  {
    what: "an account that is refused as well",
    resources: key(ADMINISTRATION, { ...onKey({ AWS: ROOT }, "kms:PutKeyPolicy"), Effect: "Deny" }),
    outcome: "failed",
  },
  {
    what: "a policy beside the key",
    resources: { aws_kms_key: { a: {} }, aws_kms_key_policy: { a: { policy: policy(onKey({ Service: "x" })) } } },
    outcome: "failed",
  },
  {
    what: "a bypass",
    resources: { aws_kms_key: { a: { bypass_policy_lockout_safety_check: true } } },
    outcome: "failed",
  },
  {
    what: "a bypass as a text",
    resources: { aws_kms_key: { a: { bypass_policy_lockout_safety_check: "true" } } },
    outcome: "failed",
  },
  {
    what: "no bypass",
    resources: { aws_kms_key: { a: { bypass_policy_lockout_safety_check: false } } },
    outcome: "passed",
  },
  {
    what: "a bypass that a variable decides",
    resources: { aws_kms_key: { a: { bypass_policy_lockout_safety_check: "${var.bypass}" } } },
    outcome: "unknown",
  },
  {
    what: "an account beside a principal that only an apply knows",
    resources: key(onKey({ AWS: ["${data.aws_iam_role.admin.arn}"] })),
    outcome: "unknown",
  },
  {
    what: "a policy of a data source",
    resources: { aws_kms_key: { a: { policy: "${data.aws_iam_policy_document.a.json}" } } },
    outcome: "unknown",
  },
]);

const TOPIC: Resources = { aws_sns_topic: { a: { name: "a", kms_master_key_id: KEY } } };
const ALARM: Resources = { aws_cloudwatch_metric_alarm: { a: { alarm_actions: ["${aws_sns_topic.a.arn}"] } } };
const EVENTS: Resources = { aws_cloudwatch_event_target: { a: { arn: "${aws_sns_topic.a.arn}" } } };
const queue = (values: object): Resources => ({ aws_sqs_queue: { a: { name: "a", ...values } } });
const TO_QUEUE: Resources = {
  aws_s3_bucket_notification: { a: { queue: [{ queue_arn: "${aws_sqs_queue.a.arn}" }] } },
};
const sending = (service: string) => onKey({ Service: service }, "kms:Decrypt", "kms:GenerateDataKey*");

const SENDERS: Case[] = casesOf("WIRE-KMS-03", [
  { what: "a topic that nobody sends to", resources: { ...TOPIC, ...key(ADMINISTRATION) }, outcome: "passed" },
  {
    what: "alarms without leave",
    resources: { ...TOPIC, ...ALARM, ...key(ADMINISTRATION) },
    outcome: "failed",
  },
  {
    what: "alarms with leave",
    resources: { ...TOPIC, ...ALARM, ...key(ADMINISTRATION, sending("cloudwatch.amazonaws.com")) },
    outcome: "passed",
  },
  {
    what: "alarms that may do everything",
    resources: { ...TOPIC, ...ALARM, ...key(ADMINISTRATION, onKey({ Service: "cloudwatch.amazonaws.com" })) },
    outcome: "passed",
  },
  {
    what: "alarms that may not decrypt",
    resources: {
      ...TOPIC,
      ...ALARM,
      ...key(ADMINISTRATION, onKey({ Service: "cloudwatch.amazonaws.com" }, "kms:GenerateDataKey*")),
    },
    outcome: "failed",
  },
  {
    what: "alarms of ours alone",
    resources: {
      ...TOPIC,
      ...ALARM,
      ...key(ADMINISTRATION, {
        ...sending("cloudwatch.amazonaws.com"),
        ...when("StringEquals", "aws:SourceAccount", ["333333333333"]),
      }),
    },
    outcome: "passed",
  },
  {
    what: "alarms of another account",
    resources: {
      ...TOPIC,
      ...ALARM,
      ...key(ADMINISTRATION, {
        ...sending("cloudwatch.amazonaws.com"),
        ...when("StringEquals", "aws:SourceAccount", "999999999999"),
      }),
    },
    outcome: "failed",
  },
  {
    what: "alarms of an organization, of which services have none",
    resources: {
      ...TOPIC,
      ...ALARM,
      ...key(ADMINISTRATION, {
        ...sending("cloudwatch.amazonaws.com"),
        ...when("StringEquals", "aws:PrincipalOrgID", "o-1"),
      }),
    },
    outcome: "failed",
  },
  {
    what: "alarms that are refused because they are ours",
    resources: {
      ...TOPIC,
      ...ALARM,
      ...key(ADMINISTRATION, sending("cloudwatch.amazonaws.com"), {
        ...sending("cloudwatch.amazonaws.com"),
        Effect: "Deny",
        ...when("StringEquals", "aws:SourceAccount", "333333333333"),
      }),
    },
    outcome: "failed",
  },
  {
    what: "events of another account",
    resources: {
      ...TOPIC,
      ...EVENTS,
      ...key(ADMINISTRATION, {
        ...sending("events.amazonaws.com"),
        ...when("StringEquals", "aws:SourceAccount", "999999999999"),
      }),
    },
    outcome: "failed",
  },
  {
    what: "events of ours alone that decrypt, and of whomever that encrypt",
    resources: {
      ...TOPIC,
      ...EVENTS,
      ...key(ADMINISTRATION, onKey({ Service: "events.amazonaws.com" }, "kms:GenerateDataKey*"), {
        ...onKey({ Service: "events.amazonaws.com" }, "kms:Decrypt"),
        ...when("StringEquals", "aws:SourceAccount", "333333333333"),
      }),
    },
    outcome: "warning",
  },
  {
    what: "events of ours alone, and of whomever",
    resources: {
      ...TOPIC,
      ...EVENTS,
      ...key(ADMINISTRATION, sending("events.amazonaws.com"), {
        ...sending("events.amazonaws.com"),
        ...when("StringEquals", "aws:SourceAccount", "333333333333"),
      }),
    },
    outcome: "passed",
  },
  {
    what: "a key of which one of two policies is a data source's",
    resources: {
      ...TOPIC,
      ...ALARM,
      ...key(ADMINISTRATION),
      aws_kms_key_policy: {
        a: { key_id: "${aws_kms_key.a.key_id}", policy: "${data.aws_iam_policy_document.a.json}" },
      },
    },
    outcome: "unknown",
  },
  {
    what: "events of ours alone",
    resources: {
      ...TOPIC,
      ...EVENTS,
      ...key(ADMINISTRATION, {
        ...sending("events.amazonaws.com"),
        ...when("StringEquals", "aws:SourceAccount", "333333333333"),
      }),
    },
    outcome: "warning",
  },
  {
    what: "events",
    resources: { ...TOPIC, ...EVENTS, ...key(ADMINISTRATION, sending("events.amazonaws.com")) },
    outcome: "passed",
  },
  {
    what: "a key by its alias",
    resources: {
      ...key(ADMINISTRATION),
      ...ALARM,
      aws_kms_alias: { a: { name: "alias/messages", target_key_id: "${aws_kms_key.a.key_id}" } },
      aws_sns_topic: { a: { name: "a", kms_master_key_id: "alias/messages" } },
    },
    outcome: "failed",
  },
  {
    what: "a key of another stack",
    resources: [key(ADMINISTRATION), TOPIC, ALARM],
    outcome: "failed",
  },
  {
    what: "a key with a policy of a data source",
    resources: { ...TOPIC, ...ALARM, aws_kms_key: { a: { policy: "${data.aws_iam_policy_document.a.json}" } } },
    outcome: "unknown",
  },
  {
    what: "a topic without a key",
    resources: { aws_sns_topic: { a: { name: "a" } }, ...ALARM },
    outcome: "passed",
  },
  {
    what: "a queue with AWS's key",
    resources: { ...queue({ kms_master_key_id: "alias/aws/sqs" }), ...TO_QUEUE },
    outcome: "failed",
  },
  {
    what: "a queue with AWS's key that roles alone send to",
    resources: queue({ kms_master_key_id: "alias/aws/sqs" }),
    outcome: "passed",
  },
  {
    what: "a queue that SQS encrypts",
    resources: { ...queue({ sqs_managed_sse_enabled: true }), ...TO_QUEUE },
    outcome: "passed",
  },
  {
    what: "a queue that buckets notify",
    resources: { ...queue({ kms_master_key_id: KEY }), ...TO_QUEUE, ...key(ADMINISTRATION) },
    outcome: "failed",
  },
  {
    what: "a queue that a topic sends to",
    resources: {
      ...queue({ kms_master_key_id: KEY }),
      ...key(ADMINISTRATION, sending("sns.amazonaws.com")),
      aws_sns_topic_subscription: { a: { protocol: "sqs", endpoint: "${aws_sqs_queue.a.arn}" } },
    },
    outcome: "passed",
  },
  {
    what: "a queue for what an event's target did not take",
    resources: {
      ...queue({ kms_master_key_id: KEY }),
      ...key(ADMINISTRATION),
      aws_cloudwatch_event_target: {
        a: { arn: "arn:aws:lambda:x", dead_letter_config: { arn: "${aws_sqs_queue.a.arn}" } },
      },
    },
    outcome: "failed",
  },
  {
    what: "a queue for what a role could not send",
    resources: {
      ...queue({ kms_master_key_id: KEY }),
      ...key(ADMINISTRATION),
      aws_cloudwatch_event_target: {
        a: {
          arn: "arn:aws:states:x",
          role_arn: "arn:aws:iam::333333333333:role/other",
          dead_letter_config: { arn: "${aws_sqs_queue.a.arn}" },
        },
      },
    },
    outcome: "failed",
  },
  {
    what: "a queue for what a subscription did not take, by its ARN",
    resources: {
      ...queue({ kms_master_key_id: KEY }),
      ...key(ADMINISTRATION),
      aws_sns_topic_subscription: {
        a: {
          protocol: "lambda",
          redrive_policy: JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:eu-west-1:333333333333:a" }),
        },
      },
    },
    outcome: "failed",
  },
]);

const ENCRYPTION: Resources = {
  aws_s3_bucket_server_side_encryption_configuration: {
    a: {
      bucket: "${aws_s3_bucket.a.bucket}",
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: KEY } }],
    },
  },
};
const BUCKET: Resources = { aws_s3_bucket: { a: { bucket: "lake" } }, ...ENCRYPTION };
const ITEMS: Resources = {
  aws_dynamodb_table: { a: { name: "items", server_side_encryption: { enabled: true, kms_key_arn: KEY } } },
};
const STREAM: Resources = {
  aws_kinesis_stream: { a: { name: "clicks", encryption_type: "KMS", kms_key_id: KEY } },
};

const role = (...statements: Statements): Resources => ({
  aws_iam_role: { a: { name: "a" } },
  aws_iam_role_policy: { a: { role: "${aws_iam_role.a.name}", policy: policy(...statements) } },
});
const allow = (action: string | readonly string[], resource: string | readonly string[]) => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
});
const GET = allow("s3:GetObject", "${aws_s3_bucket.a.arn}/*");
const PUT = allow("s3:PutObject", "${aws_s3_bucket.a.arn}/*");
const DECRYPT = allow("kms:Decrypt", KEY);
const via = (service: string) => when("StringLike", "kms:ViaService", `${service}.*.amazonaws.com`);

const PLAIN_KEY = key(ADMINISTRATION);
const USERS: Case[] = casesOf("WIRE-KMS-04", [
  { what: "a role without policies", resources: { aws_iam_role: { a: { name: "a" } }, ...BUCKET }, outcome: "passed" },
  { what: "a reader with the key", resources: { ...BUCKET, ...PLAIN_KEY, ...role(GET, DECRYPT) }, outcome: "passed" },
  { what: "a reader without it", resources: { ...BUCKET, ...PLAIN_KEY, ...role(GET) }, outcome: "failed" },
  {
    what: "a reader of a folder, by the bucket's name",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(allow("s3:Get*", "arn:aws:s3:::la*/sales/*")) },
    outcome: "failed",
  },
  {
    what: "a reader of everything, which names no bucket",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(allow("s3:GetObject", ["*", "arn:aws:s3:::*", "arn:aws:s3:::*/*"])) },
    outcome: "passed",
  },
  {
    what: "a reader of this bucket and of another, which lists them as well",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      ...role(allow(["s3:ListBucket", "s3:GetObject"], ["arn:aws:s3:::lakes/*", "arn:aws:s3:::lake/*"])),
    },
    outcome: "failed",
  },
  {
    what: "a reader of another bucket",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(allow("s3:GetObject", "arn:aws:s3:::lakes/*")) },
    outcome: "passed",
  },
  {
    what: "a role that lists",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(allow("s3:ListBucket", "${aws_s3_bucket.a.arn}")) },
    outcome: "passed",
  },
  {
    what: "a role that reads through Lake Formation",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(allow("lakeformation:GetDataAccess", "*")) },
    outcome: "passed",
  },
  {
    what: "a reader that is refused",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(GET, { ...GET, Effect: "Deny" }) },
    outcome: "passed",
  },
  {
    what: "a reader that is refused the key",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(GET, DECRYPT, { ...DECRYPT, Effect: "Deny", Action: "kms:*" }) },
    outcome: "failed",
  },
  {
    what: "a reader through S3",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(GET, { ...DECRYPT, ...via("s3") }) },
    outcome: "passed",
  },
  {
    what: "a reader through another service",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(GET, { ...DECRYPT, ...via("kinesis") }) },
    outcome: "failed",
  },
  {
    what: "a reader with all keys of the account",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      ...role(GET, allow("kms:Decrypt", "arn:aws:kms:eu-west-1:333333333333:key/*")),
    },
    outcome: "passed",
  },
  {
    what: "a reader with an alias, which IAM does not take for the key",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      ...role(GET, allow("kms:Decrypt", "arn:aws:kms:eu-west-1:333333333333:alias/data")),
    },
    outcome: "failed",
  },
  {
    what: "a writer in one part",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(PUT, allow("kms:GenerateDataKey*", KEY)) },
    outcome: "warning",
  },
  {
    what: "a writer",
    resources: { ...BUCKET, ...PLAIN_KEY, ...role(PUT, DECRYPT, allow("kms:GenerateDataKey", KEY)) },
    outcome: "passed",
  },
  { what: "a writer that decrypts", resources: { ...BUCKET, ...PLAIN_KEY, ...role(PUT, DECRYPT) }, outcome: "failed" },
  {
    what: "a key that leaves nothing to IAM",
    resources: { ...BUCKET, ...key(onKey({ AWS: ROOT }, "kms:Put*")), ...role(GET, DECRYPT) },
    outcome: "failed",
  },
  {
    what: "a key that leaves nothing to IAM, and names the role",
    resources: {
      ...BUCKET,
      ...key(onKey({ AWS: ROOT }, "kms:Put*"), onKey({ AWS: "${aws_iam_role.a.arn}" }, "kms:Decrypt")),
      ...role(GET),
    },
    outcome: "passed",
  },
  {
    what: "a key that takes whoever comes through S3",
    resources: {
      ...BUCKET,
      ...key(ADMINISTRATION, {
        ...onKey("*", "kms:Decrypt"),
        Condition: {
          StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:CallerAccount": "333333333333" },
        },
      }),
      ...role(GET),
    },
    outcome: "passed",
  },
  {
    what: "a key that takes whoever comes through S3, of another account",
    resources: {
      ...BUCKET,
      ...key(onKey({ AWS: ROOT }, "kms:Put*"), {
        ...onKey("*", "kms:Decrypt"),
        ...when("StringEquals", "kms:CallerAccount", "999999999999"),
      }),
      ...role(GET, DECRYPT),
    },
    outcome: "failed",
  },
  {
    what: "a key that refuses the account",
    resources: {
      ...BUCKET,
      ...key(ADMINISTRATION, {
        ...onKey("*", "kms:Decrypt"),
        Effect: "Deny",
        ...when("StringEquals", "kms:CallerAccount", "333333333333"),
      }),
      ...role(GET, DECRYPT),
    },
    outcome: "failed",
  },
  {
    what: "a key that refuses other accounts",
    resources: {
      ...BUCKET,
      ...key(ADMINISTRATION, {
        ...onKey("*", "kms:Decrypt"),
        Effect: "Deny",
        ...when("StringNotEquals", "kms:CallerAccount", "333333333333"),
      }),
      ...role(GET, DECRYPT),
    },
    outcome: "passed",
  },
  {
    what: "a key for services that act for the account, which names everybody",
    resources: {
      ...BUCKET,
      ...key({ ...onKey("*"), ...when("StringEquals", "aws:SourceAccount", "333333333333") }),
      ...role(GET, DECRYPT),
    },
    outcome: "failed",
  },
  {
    what: "a reader by the roles' own names",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      ...role(GET, { ...DECRYPT, ...when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::333333333333:role/b*") }),
    },
    outcome: "failed",
  },
  {
    what: "a grant of KMS, and a refusal",
    resources: {
      ...BUCKET,
      ...key(ADMINISTRATION, { ...onKey("*", "kms:Decrypt"), Effect: "Deny" }),
      ...role(GET),
      aws_kms_grant: {
        a: { key_id: "${aws_kms_key.a.key_id}", grantee_principal: "${aws_iam_role.a.arn}", operations: ["Decrypt"] },
      },
    },
    outcome: "failed",
  },
  {
    what: "a grant of KMS",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      ...role(GET),
      aws_kms_grant: {
        a: {
          key_id: "${aws_kms_key.a.key_id}",
          grantee_principal: "${aws_iam_role.a.arn}",
          operations: ["DescribeKey", "Decrypt"],
        },
      },
    },
    outcome: "passed",
  },
  {
    what: "a key of an earlier stack, with the default policy",
    resources: [{ aws_kms_key: { a: {} } }, BUCKET, role(GET, DECRYPT)],
    outcome: "passed",
  },
  {
    what: "a policy that is attached",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      ...role(GET),
      aws_iam_policy: { a: { policy: policy(DECRYPT) } },
      aws_iam_role_policy_attachment: { a: { role: "a", policy_arn: "${aws_iam_policy.a.arn}" } },
    },
    outcome: "passed",
  },
  {
    what: "a policy that is attached to several",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      ...role(GET),
      aws_iam_policy: { a: { policy: policy(DECRYPT) } },
      aws_iam_policy_attachment: { a: { roles: ["${aws_iam_role.a.name}"], policy_arn: "${aws_iam_policy.a.arn}" } },
    },
    outcome: "passed",
  },
  {
    what: "a policy of AWS, which may say anything",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      ...role(GET),
      aws_iam_role_policy_attachment: { a: { role: "a", policy_arn: "arn:aws:iam::aws:policy/PowerUserAccess" } },
    },
    outcome: "unknown",
  },
  {
    what: "a policy in the role",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      aws_iam_role: { a: { name: "a", inline_policy: [{ name: "a", policy: policy(GET) }] } },
    },
    outcome: "failed",
  },
  {
    what: "a producer of a stream with a data key alone",
    resources: {
      ...STREAM,
      ...PLAIN_KEY,
      ...role(allow("kinesis:Put*", "${aws_kinesis_stream.a.arn}"), allow("kms:GenerateDataKey", KEY)),
    },
    outcome: "passed",
  },
  {
    what: "a consumer of a stream by its name",
    resources: {
      ...STREAM,
      ...PLAIN_KEY,
      ...role(allow("kinesis:GetRecords", "arn:aws:kinesis:eu-west-1:333333333333:stream/clicks")),
    },
    outcome: "failed",
  },
  {
    what: "a consumer of all streams, which names none",
    resources: {
      ...STREAM,
      ...PLAIN_KEY,
      ...role(allow("kinesis:GetRecords", "arn:aws:kinesis:eu-west-1:333333333333:stream/*")),
    },
    outcome: "passed",
  },
  ...[
    ["all consumers of a stream", "${aws_kinesis_stream.a.arn}/consumer/*"],
    ["one consumer of a stream", "arn:aws:kinesis:eu-west-1:333333333333:stream/clicks/consumer/app:1"],
    ["a consumer by reference", "${aws_kinesis_stream_consumer.a.arn}"],
    ["a stream and all in it", "${aws_kinesis_stream.a.arn}*"],
  ].map(([what = "", resource = ""]) => ({
    what: `a subscriber to ${what}`,
    resources: {
      ...STREAM,
      ...PLAIN_KEY,
      aws_kinesis_stream_consumer: { a: { name: "app", stream_arn: "${aws_kinesis_stream.a.arn}" } },
      ...role(allow("kinesis:SubscribeToShard", resource)),
    },
    outcome: "failed" as const,
  })),
  {
    what: "a subscriber to consumers of another stream",
    resources: {
      ...STREAM,
      ...PLAIN_KEY,
      ...role(allow("kinesis:SubscribeToShard", "arn:aws:kinesis:eu-west-1:333333333333:stream/views/consumer/*")),
    },
    outcome: "passed",
  },
  {
    what: "a subscriber with the key",
    resources: {
      ...STREAM,
      ...PLAIN_KEY,
      ...role(allow("kinesis:SubscribeToShard", "${aws_kinesis_stream.a.arn}/consumer/*"), DECRYPT),
    },
    outcome: "passed",
  },
  {
    what: "a stream without encryption",
    resources: {
      aws_kinesis_stream: { a: { name: "clicks", kms_key_id: KEY } },
      ...PLAIN_KEY,
      ...role(allow("kinesis:GetRecords", "${aws_kinesis_stream.a.arn}")),
    },
    outcome: "passed",
  },
  {
    what: "a sender to a queue that cannot decrypt",
    resources: {
      ...queue({ kms_master_key_id: KEY }),
      ...PLAIN_KEY,
      ...role(allow("sqs:SendMessage", "${aws_sqs_queue.a.arn}"), allow("kms:GenerateDataKey", KEY)),
    },
    outcome: "failed",
  },
  {
    what: "a publisher to a topic",
    resources: { ...TOPIC, ...PLAIN_KEY, ...role(allow("sns:Publish", "${aws_sns_topic.a.arn}")) },
    outcome: "failed",
  },
  {
    what: "a reader of a secret",
    resources: {
      aws_secretsmanager_secret: { a: { kms_key_id: KEY } },
      ...PLAIN_KEY,
      ...role(allow("secretsmanager:GetSecretValue", "${aws_secretsmanager_secret.a.arn}")),
    },
    outcome: "failed",
  },
  {
    what: "a writer to a table of DynamoDB",
    resources: { ...ITEMS, ...PLAIN_KEY, ...role(allow("dynamodb:PutItem", "${aws_dynamodb_table.a.arn}")) },
    outcome: "failed",
  },
  {
    what: "a writer to a table of DynamoDB that may decrypt",
    resources: {
      ...ITEMS,
      ...PLAIN_KEY,
      ...role(
        allow("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:333333333333:table/items"),
        allow("kms:Decrypt", KEY),
      ),
    },
    outcome: "passed",
  },
  {
    what: "a writer to all tables of DynamoDB, which names none",
    resources: {
      ...ITEMS,
      ...PLAIN_KEY,
      ...role(allow("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:333333333333:table/*")),
    },
    outcome: "passed",
  },
  {
    what: "a writer to a table of DynamoDB with a key of AWS",
    resources: {
      aws_dynamodb_table: { a: { name: "items" } },
      ...PLAIN_KEY,
      ...role(allow("dynamodb:PutItem", "${aws_dynamodb_table.a.arn}")),
    },
    outcome: "passed",
  },
]);

const FLOW_LOG: Resources = {
  aws_flow_log: { a: { log_destination_type: "s3", log_destination: "${aws_s3_bucket.a.arn}/vpc/" } },
};
const delivering = (service: string, ...actions: readonly string[]) => onKey({ Service: service }, ...actions);
const LOGS = "delivery.logs.amazonaws.com";
const DOCUMENTED = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

const inventory = (encryption?: object): Resources => ({
  ...ENCRYPTION,
  aws_s3_bucket: { a: { bucket: "lake" }, source: { bucket: "source" } },
  aws_s3_bucket_inventory: {
    a: {
      bucket: "${aws_s3_bucket.source.id}",
      destination: { bucket: { bucket_arn: "${aws_s3_bucket.a.arn}", ...(encryption && { encryption }) } },
    },
  },
});
const WITH_KEY = { sse_kms: { key_id: KEY } };

const DELIVERIES: Case[] = casesOf("WIRE-KMS-05", [
  {
    what: "flow logs with a key whose policy is a data source's",
    resources: { ...BUCKET, ...FLOW_LOG, aws_kms_key: { a: { policy: "${data.aws_iam_policy_document.a.json}" } } },
    outcome: "unknown",
  },
  {
    what: "an inventory with a key whose policy is a data source's",
    resources: { ...inventory(WITH_KEY), aws_kms_key: { a: { policy: "${data.aws_iam_policy_document.a.json}" } } },
    outcome: "unknown",
  },
  {
    what: "flow logs to a bucket without a key of ours",
    resources: { aws_s3_bucket: { a: { bucket: "logs" } }, ...FLOW_LOG },
    outcome: "passed",
  },
  {
    what: "flow logs to a log group",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      aws_flow_log: { a: { log_destination: "${aws_cloudwatch_log_group.a.arn}" } },
    },
    outcome: "passed",
  },
  { what: "flow logs without leave", resources: { ...BUCKET, ...FLOW_LOG, ...PLAIN_KEY }, outcome: "failed" },
  {
    what: "flow logs with a data key alone",
    resources: { ...BUCKET, ...FLOW_LOG, ...key(ADMINISTRATION, delivering(LOGS, "kms:GenerateDataKey*")) },
    outcome: "warning",
  },
  {
    what: "flow logs as the guide has it",
    resources: { ...BUCKET, ...FLOW_LOG, ...key(ADMINISTRATION, delivering(LOGS, ...DOCUMENTED)) },
    outcome: "passed",
  },
  {
    what: "flow logs of this account and region",
    resources: {
      ...BUCKET,
      ...FLOW_LOG,
      ...key(ADMINISTRATION, {
        ...delivering(LOGS, ...DOCUMENTED),
        Condition: {
          StringEquals: { "aws:SourceAccount": "333333333333" },
          ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:333333333333:*" },
        },
      }),
    },
    outcome: "passed",
  },
  {
    what: "flow logs of sources that AWS names",
    resources: {
      ...BUCKET,
      ...FLOW_LOG,
      ...key(ADMINISTRATION, {
        ...delivering(LOGS, ...DOCUMENTED),
        ...when("ArnLike", "aws:SourceArn", [
          "arn:aws:logs:us-east-1:333333333333:*",
          "arn:aws:logs:eu-west-1:333333333333:delivery-source:*",
        ]),
      }),
    },
    outcome: "passed",
  },
  {
    what: "flow logs by a pattern across the parts of an ARN",
    resources: {
      ...BUCKET,
      ...FLOW_LOG,
      ...key(ADMINISTRATION, {
        ...delivering(LOGS, ...DOCUMENTED),
        ...when("StringLike", "aws:SourceArn", "arn:*:333333333333:*"),
      }),
    },
    outcome: "passed",
  },
  {
    what: "flow logs that come from EC2",
    resources: {
      ...BUCKET,
      ...FLOW_LOG,
      ...key(ADMINISTRATION, {
        ...delivering(LOGS, ...DOCUMENTED),
        ...when("ArnLike", "aws:SourceArn", "arn:aws:ec2:eu-west-1:333333333333:*"),
      }),
    },
    outcome: "failed",
  },
  {
    what: "broker logs without leave",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      aws_msk_cluster: {
        a: { logging_info: { broker_logs: { s3: { enabled: true, bucket: "${aws_s3_bucket.a.id}" } } } },
      },
    },
    outcome: "failed",
  },
  {
    what: "broker logs that are off",
    resources: {
      ...BUCKET,
      ...PLAIN_KEY,
      aws_msk_cluster: {
        a: { logging_info: { broker_logs: { s3: { enabled: false, bucket: "${aws_s3_bucket.a.id}" } } } },
      },
    },
    outcome: "passed",
  },
  { what: "an inventory without leave", resources: { ...inventory(WITH_KEY), ...PLAIN_KEY }, outcome: "failed" },
  {
    what: "an inventory that S3 encrypts",
    resources: { ...inventory({ sse_s3: {} }), ...PLAIN_KEY },
    outcome: "passed",
  },
  {
    what: "an inventory that the bucket encrypts",
    resources: { ...inventory(), ...PLAIN_KEY },
    outcome: "warning",
  },
  {
    what: "an inventory with leave for its bucket",
    resources: {
      ...inventory(WITH_KEY),
      ...key(ADMINISTRATION, {
        ...delivering("s3.amazonaws.com", "kms:GenerateDataKey"),
        ...when("ArnLike", "aws:SourceArn", "arn:aws:s3:::source"),
      }),
    },
    outcome: "passed",
  },
  {
    what: "an inventory with leave for another bucket",
    resources: {
      ...inventory(WITH_KEY),
      ...key(ADMINISTRATION, {
        ...delivering("s3.amazonaws.com", "kms:GenerateDataKey"),
        ...when("ArnLike", "aws:SourceArn", "${aws_s3_bucket.a.arn}"),
      }),
    },
    outcome: "failed",
  },
]);

/** Keys, and who needs them. */
export const KMS_WIRING_CASES: readonly Case[] = [...ADMINISTERED, ...SENDERS, ...USERS, ...DELIVERIES];
