import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [what: string, resources: Case["resources"], outcome: Case["outcome"]])[];

const of = (rule: string, outcomes: Outcomes): Case[] =>
  casesOf(
    rule,
    outcomes.map(([what, resources, outcome]) => ({ what, resources, outcome })),
  );

const STREAM = "${aws_kinesis_stream.s.arn}";
const CONSUMER = "${aws_kinesis_stream_consumer.c.arn}";
const QUEUE = "${aws_sqs_queue.q.arn}";
const LETTERS = "${aws_sqs_queue.letters.arn}";
const CLUSTER = "${aws_msk_cluster.c.arn}";
const EVENTS = "arn:aws:dynamodb:eu-west-1:333333333333:table/t/stream/2026-01-01T00:00:00.000";

const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (actions: readonly string[], ...resources: readonly string[]) => ({
  Effect: "Allow",
  Action: actions,
  Resource: resources,
});
const READING = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"];
const READ = allow([...READING, "kinesis:DescribeStreamSummary"], STREAM);
const LIST = allow(["kinesis:ListStreams"], "*");
const PUT = allow(["sqs:SendMessage"], LETTERS);

const STORES: Resources = {
  aws_kms_key: { k: {} },
  aws_kinesis_stream: { s: { name: "s" } },
  aws_kinesis_stream_consumer: { c: { name: "c", stream_arn: STREAM } },
  aws_sqs_queue: { q: { name: "q" }, letters: { name: "letters" } },
  aws_sns_topic: { t: { name: "t" } },
  aws_s3_bucket: { b: { bucket: "b" } },
  aws_msk_cluster: { c: { cluster_name: "c" } },
};
const to = (arn: unknown) => ({ destination_config: { on_failure: { destination_arn: arn } } });
const mapped = (mapping: object, statements: readonly object[], rest: Resources = {}): Resources => ({
  ...STORES,
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: { r: { role: "r", policy: document(...statements) } },
  aws_lambda_function: { f: { function_name: "f", role: "${aws_iam_role.r.arn}" } },
  aws_lambda_event_source_mapping: {
    m: { function_name: "${aws_lambda_function.f.arn}", event_source_arn: STREAM, ...to(LETTERS), ...mapping },
  },
  ...rest,
});
const ENCRYPTED: Resources = {
  aws_kinesis_stream: { s: { name: "s", encryption_type: "KMS", kms_key_id: "${aws_kms_key.k.arn}" } },
};
const KAFKA = ["kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"];
const INTERFACES = [
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
];
const CONNECT = allow(["kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration"], CLUSTER);
const BY_PASSWORD = { source_access_configuration: [{ type: "SASL_SCRAM_512_AUTH", uri: "arn" }] };
const ofTable = { event_source_arn: EVENTS };
const TABLE_READ = allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], EVENTS);

const READERS: Outcomes = [
  ["a stream", mapped({}, [READ, LIST, PUT]), "passed"],
  ["a stream by patterns", mapped({}, [allow(["kinesis:*"], "*"), PUT]), "passed"],
  [
    "a stream in an earlier stack",
    [STORES, mapped({ event_source_arn: "arn:aws:kinesis:eu-west-1:333333333333:stream/s" }, [READ, LIST, PUT])],
    "passed",
  ],
  ...READING.map((action): Outcomes[number] => [
    `a stream without ${action}`,
    mapped({}, [
      allow(READING.filter((one) => one !== action).concat("kinesis:DescribeStreamSummary"), STREAM),
      LIST,
      PUT,
    ]),
    "failed",
  ]),
  [
    "another stream",
    mapped({}, [allow(["kinesis:*"], "arn:aws:kinesis:eu-west-1:333333333333:stream/t"), PUT]),
    "failed",
  ],
  ["a stream without its summary", mapped({}, [allow(READING, STREAM), LIST, PUT]), "warning"],
  ["a stream without a list of all", mapped({}, [READ, PUT]), "warning"],
  [
    "a consumer",
    mapped({ event_source_arn: CONSUMER }, [READ, LIST, PUT, allow(["kinesis:SubscribeToShard"], CONSUMER)]),
    "passed",
  ],
  ["a consumer that may not subscribe", mapped({ event_source_arn: CONSUMER }, [READ, LIST, PUT]), "failed"],
  [
    "a consumer without its stream",
    mapped({ event_source_arn: CONSUMER }, [LIST, PUT, allow(["kinesis:SubscribeToShard"], CONSUMER)]),
    "failed",
  ],
  [
    "an encrypted stream, by a pattern and without its key",
    mapped({}, [allow(["kinesis:*"], "*"), PUT], ENCRYPTED),
    "failed",
  ],
  [
    "an encrypted stream, by a pattern and with its key",
    mapped({}, [allow(["kinesis:*"], "*"), PUT, allow(["kms:Decrypt"], "${aws_kms_key.k.arn}")], ENCRYPTED),
    "passed",
  ],
  ["an encrypted stream by its name, which WIRE-KMS-04 judges", mapped({}, [READ, LIST, PUT], ENCRYPTED), "passed"],
  [
    "a policy of AWS",
    mapped({}, [PUT], {
      aws_iam_role_policy_attachment: {
        a: { role: "r", policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole" },
      },
    }),
    "unknown",
  ],
  ["a function of elsewhere", mapped({ function_name: "elsewhere" }, []), "passed"],
  [
    "a queue",
    mapped({ event_source_arn: QUEUE, destination_config: undefined }, [
      allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], QUEUE),
    ]),
    "passed",
  ],
  [
    "a queue of which nothing may be deleted",
    mapped({ event_source_arn: QUEUE, destination_config: undefined }, [
      allow(["sqs:GetQueueAttributes", "sqs:ReceiveMessage"], QUEUE),
    ]),
    "failed",
  ],
  ["what happens to a table", mapped(ofTable, [TABLE_READ, allow(["dynamodb:ListStreams"], "*"), PUT]), "passed"],
  ["what happens to a table, which may not be read", mapped(ofTable, [PUT]), "failed"],
  [
    "a cluster",
    mapped({ event_source_arn: CLUSTER }, [allow(KAFKA, CLUSTER), allow(INTERFACES, "*"), CONNECT, PUT]),
    "passed",
  ],
  [
    "a cluster without leave to connect",
    mapped({ event_source_arn: CLUSTER }, [allow(KAFKA, CLUSTER), allow(INTERFACES, "*"), PUT]),
    "failed",
  ],
  [
    "a cluster with a password",
    mapped({ event_source_arn: CLUSTER, ...BY_PASSWORD }, [allow(KAFKA, CLUSTER), allow(INTERFACES, "*"), PUT]),
    "passed",
  ],
  [
    "a cluster without interfaces",
    mapped({ event_source_arn: CLUSTER }, [allow(KAFKA, CLUSTER), CONNECT, PUT]),
    "failed",
  ],
  ["nowhere to put what fails", mapped({ destination_config: undefined }, [READ, LIST]), "failed"],
  ["a place that it may not use", mapped({}, [READ, LIST]), "failed"],
  [
    "a topic",
    mapped(to("${aws_sns_topic.t.arn}"), [READ, LIST, allow(["sns:Publish"], "${aws_sns_topic.t.arn}")]),
    "passed",
  ],
  ["a topic that it may not use", mapped(to("${aws_sns_topic.t.arn}"), [READ, LIST, PUT]), "failed"],
  [
    "a bucket",
    mapped(to("${aws_s3_bucket.b.arn}"), [
      READ,
      LIST,
      allow(["s3:PutObject"], "${aws_s3_bucket.b.arn}/*"),
      allow(["s3:ListBucket"], "${aws_s3_bucket.b.arn}"),
    ]),
    "passed",
  ],
  [
    "a bucket that it may not list",
    mapped(to("${aws_s3_bucket.b.arn}"), [READ, LIST, allow(["s3:PutObject"], "${aws_s3_bucket.b.arn}/*")]),
    "failed",
  ],
  [
    "a queue with an order",
    mapped({}, [READ, LIST, PUT], {
      aws_sqs_queue: { letters: { name: "letters.fifo", fifo_queue: true } },
    }),
    "failed",
  ],
  [
    "a queue of elsewhere",
    mapped(to("arn:aws:sqs:eu-west-1:333333333333:x"), [READ, LIST, allow(["sqs:SendMessage"], "*")]),
    "passed",
  ],
];

const paced = (mapping: object, stream: object = {}, queue: object = {}, callee: object = {}): Resources => ({
  ...STORES,
  aws_kinesis_stream: { s: { name: "s", ...stream } },
  aws_sqs_queue: { q: { name: "q", ...queue } },
  aws_lambda_function: { f: { function_name: "f", ...callee } },
  aws_lambda_event_source_mapping: {
    m: {
      function_name: "${aws_lambda_function.f.arn}",
      event_source_arn: STREAM,
      starting_position: "TRIM_HORIZON",
      maximum_record_age_in_seconds: 3600,
      maximum_retry_attempts: 5,
      bisect_batch_on_function_error: true,
      function_response_types: ["ReportBatchItemFailures"],
      ...mapping,
    },
  },
});
const ofQueue = { event_source_arn: QUEUE, starting_position: undefined, maximum_record_age_in_seconds: undefined };

const PACES: Outcomes = [
  ["an age and some tries", paced({}), "passed"],
  ["an age alone", paced({ maximum_retry_attempts: undefined }), "passed"],
  ["some tries alone", paced({ maximum_record_age_in_seconds: -1 }), "passed"],
  ["neither", paced({ maximum_retry_attempts: undefined, maximum_record_age_in_seconds: undefined }), "failed"],
  ["neither, in words", paced({ maximum_retry_attempts: -1, maximum_record_age_in_seconds: -1 }), "failed"],
  ["the age to which a stream keeps records", paced({ maximum_record_age_in_seconds: 86_400 }), "failed"],
  [
    "that age, and a stream that keeps them for longer",
    paced({ maximum_record_age_in_seconds: 86_400 }, { retention_period: 48 }),
    "passed",
  ],
  ["an age beyond", paced({ maximum_record_age_in_seconds: 604_800 }, { retention_period: 48 }), "failed"],
  ["an age by a consumer", paced({ event_source_arn: CONSUMER, maximum_record_age_in_seconds: 86_400 }), "failed"],
  ["an age for what happens to a table", paced({ ...ofTable, maximum_record_age_in_seconds: 90_000 }), "failed"],
  [
    "a stream of elsewhere",
    paced({
      event_source_arn: "arn:aws:kinesis:eu-west-1:333333333333:stream/x",
      maximum_record_age_in_seconds: 604_800,
    }),
    "passed",
  ],
  [
    "a retention that an apply decides",
    paced({ maximum_record_age_in_seconds: 604_800 }, { retention_period: "${var.hours}" }),
    "passed",
  ],
  ["no beginning", paced({ starting_position: undefined }), "failed"],
  ["batches that are not split", paced({ bisect_batch_on_function_error: undefined }), "warning"],
  ["no word on single records", paced({ function_response_types: undefined }), "warning"],
  ["a queue", paced(ofQueue), "passed"],
  ["a queue of a function that takes as long", paced(ofQueue, {}, {}, { timeout: 30 }), "passed"],
  ["a queue of a function that takes longer", paced(ofQueue, {}, {}, { timeout: 31 }), "failed"],
  ["a queue that hides for longer", paced(ofQueue, {}, { visibility_timeout_seconds: 360 }, { timeout: 60 }), "passed"],
  ["a queue of a function that an apply decides on", paced(ofQueue, {}, {}, { timeout: "${var.timeout}" }), "unknown"],
  [
    "a cluster",
    paced({ event_source_arn: CLUSTER, maximum_retry_attempts: undefined, maximum_record_age_in_seconds: undefined }),
    "passed",
  ],
];

/** What feeds functions, and what becomes of that which they fail at. */
export const EVENT_SOURCE_CASES: readonly Case[] = [...of("WIRE-LAM-01", READERS), ...of("WIRE-LAM-07", PACES)];
