import { callJson, callQuery, type EmulatedAnswer } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { callFunction, callLambda, makeFunction, makeRole, zipFile } from "../emulator/functions";
import { callDynamoDb, callFirehose, callKinesis, callSqs } from "../emulator/streams";
import { TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const account = { accountId: "111122223333", region: "eu-west-1" };
const ABSENT_KEY = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator(account);
});

afterAll(() => emulator.stop());

const kinesis = (operation: string, input: object) => callKinesis(emulator, operation, input);
const firehose = (operation: string, input: object) => callFirehose(emulator, operation, input);
const sqs = (operation: string, input: object) => callSqs(emulator, operation, input);
const dynamodb = (operation: string, input: object) => callDynamoDb(emulator, operation, input);
const arnOf = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;

function refused(error: string, status = 400) {
  return { status, text: expect.stringContaining(error) as string };
}

/** What a call has answered, of which nothing was refused. */
function told({ status, text }: EmulatedAnswer): unknown {
  expect({ status, text }).toMatchObject({ status: 200 });
  return JSON.parse(text);
}

async function makeKey(): Promise<string> {
  const kms = (operation: string, input: object) =>
    callJson(emulator, { service: "kms", target: `TrentService.${operation}`, input });
  return (told(await kms("CreateKey", {})) as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn;
}

async function makeStream(StreamName: string, ShardCount = 1): Promise<string> {
  told(await kinesis("CreateStream", { StreamName, ShardCount }));
  return arnOf("kinesis", `stream/${StreamName}`);
}

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: { readonly StartingSequenceNumber: string; readonly EndingSequenceNumber?: string };
}

interface Read {
  readonly Records: readonly {
    readonly Data: string;
    readonly PartitionKey: string;
    readonly SequenceNumber: string;
    readonly ApproximateArrivalTimestamp: number;
  }[];
  readonly NextShardIterator?: string;
  readonly MillisBehindLatest: number;
  readonly ChildShards?: readonly { readonly ShardId: string }[];
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const shardsOf = async (StreamName: string) =>
  (told(await kinesis("ListShards", { StreamName })) as { Shards: Shard[] }).Shards;

async function put(
  StreamName: string,
  text: string,
  key = "key",
): Promise<{ ShardId: string; SequenceNumber: string }> {
  const answer = told(await kinesis("PutRecord", { StreamName, PartitionKey: key, Data: base64(text) }));
  return answer as { ShardId: string; SequenceNumber: string };
}

async function iteratorOf(StreamName: string, ShardId: string, where: object): Promise<string> {
  return (told(await kinesis("GetShardIterator", { StreamName, ShardId, ...where })) as { ShardIterator: string })
    .ShardIterator;
}

async function read(ShardIterator: string, Limit?: number): Promise<Read> {
  return told(await kinesis("GetRecords", { ShardIterator, ...(Limit !== undefined && { Limit }) })) as Read;
}

const textsOf = ({ Records: records }: Read) => records.map(({ Data }) => Buffer.from(Data, "base64").toString());

describe("records of a stream", () => {
  test("are read from wherever somebody asks, in the order in which they came", async () => {
    await makeStream("read");
    const [shard = { ShardId: "" }] = await shardsOf("read");
    const first = await put("read", "first");
    await new Promise((passed) => setTimeout(passed, 20));
    const between = Date.now() / 1000;
    const second = await put("read", "second");
    const from = async (where: object) => textsOf(await read(await iteratorOf("read", shard.ShardId, where)));
    const at = (ShardIteratorType: string, StartingSequenceNumber: string) => ({
      ShardIteratorType,
      StartingSequenceNumber,
    });
    const latest = await iteratorOf("read", shard.ShardId, { ShardIteratorType: "LATEST" });

    expect(await from({ ShardIteratorType: "TRIM_HORIZON" })).toEqual(["first", "second"]);
    expect(await from(at("AT_SEQUENCE_NUMBER", first.SequenceNumber))).toEqual(["first", "second"]);
    expect(await from(at("AFTER_SEQUENCE_NUMBER", first.SequenceNumber))).toEqual(["second"]);
    expect(await from(at("AT_SEQUENCE_NUMBER", second.SequenceNumber))).toEqual(["second"]);
    expect(await from({ ShardIteratorType: "AT_TIMESTAMP", Timestamp: between })).toEqual(["second"]);
    expect(textsOf(await read(latest))).toEqual([]);
    await put("read", "third");
    expect(textsOf(await read(latest))).toEqual(["third"]);
  });

  test("come in pages, which tell how far behind they are", async () => {
    await makeStream("pages");
    const before = Date.now();
    await put("pages", "first");
    await put("pages", "second");
    const page = await read(
      await iteratorOf("pages", "shardId-000000000000", { ShardIteratorType: "TRIM_HORIZON" }),
      1,
    );
    await new Promise((passed) => setTimeout(passed, 20));
    const next = await read(page.NextShardIterator ?? "");

    expect(textsOf(page)).toEqual(["first"]);
    expect(page.Records[0]?.ApproximateArrivalTimestamp).toBeGreaterThanOrEqual(Math.floor(before / 1000));
    expect(textsOf(next)).toEqual(["second"]);
    expect(next.MillisBehindLatest).toBe(0);
    expect((await read(next.NextShardIterator ?? "")).Records).toEqual([]);
  });

  test("have numbers of 56 digits that rise in every shard, and are nowhere twice", async () => {
    await makeStream("numbers", 2);
    const keys = Array.from({ length: 20 }, (_, index) => String(index));
    const put = (
      told(
        await kinesis("PutRecords", {
          StreamName: "numbers",
          Records: keys.map((PartitionKey) => ({ PartitionKey, Data: base64(PartitionKey) })),
        }),
      ) as { Records: { ShardId: string; SequenceNumber: string }[] }
    ).Records;
    const ofShard = (id: string) =>
      put.filter(({ ShardId }) => ShardId === id).map((one) => BigInt(one.SequenceNumber));

    expect(new Set(put.map(({ SequenceNumber }) => SequenceNumber)).size).toBe(keys.length);
    expect(put.filter(({ SequenceNumber }) => SequenceNumber.length !== 56)).toEqual([]);
    for (const shard of ["shardId-000000000000", "shardId-000000000001"]) {
      const numbers = ofShard(shard);
      expect(numbers.length).toBeGreaterThan(0);
      expect([...numbers].sort((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
    }
  });

  test("go to the shard of their hash key, of which the last one is in the last shard", async () => {
    await makeStream("hashes", 2);
    const putAt = async (ExplicitHashKey: bigint) =>
      (
        told(
          await kinesis("PutRecord", {
            StreamName: "hashes",
            PartitionKey: "key",
            Data: "",
            ExplicitHashKey: String(ExplicitHashKey),
          }),
        ) as { ShardId: string }
      ).ShardId;

    expect(await putAt(0n)).toBe("shardId-000000000000");
    expect(await putAt(2n ** 127n - 1n)).toBe("shardId-000000000000");
    expect(await putAt(2n ** 127n)).toBe("shardId-000000000001");
    expect(await putAt(2n ** 128n - 1n)).toBe("shardId-000000000001");
  });

  test("stay in the shard that took them when it is split, whose reader is told where to go on", async () => {
    await makeStream("split");
    await put("split", "before");
    told(
      await kinesis("UpdateShardCount", { StreamName: "split", TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" }),
    );
    const after = await put("split", "after");
    const shards = await shardsOf("split");
    const page = await read(await iteratorOf("split", "shardId-000000000000", { ShardIteratorType: "TRIM_HORIZON" }));

    expect(shards.map(({ ShardId, ParentShardId }) => [ShardId, ParentShardId])).toEqual([
      ["shardId-000000000000", undefined],
      ["shardId-000000000001", "shardId-000000000000"],
      ["shardId-000000000002", "shardId-000000000000"],
    ]);
    expect(shards.map((shard) => "EndingSequenceNumber" in shard.SequenceNumberRange)).toEqual([true, false, false]);
    expect(after.ShardId).not.toBe("shardId-000000000000");
    expect(textsOf(page)).toEqual(["before"]);
    expect(page.NextShardIterator).toBeUndefined();
    expect(page.ChildShards?.map(({ ShardId }) => ShardId)).toEqual(["shardId-000000000001", "shardId-000000000002"]);
  });

  test.each<[string, string, object, string]>([
    ["too large a record", "PutRecord", { PartitionKey: "k", Data: base64("x".repeat(1024 * 1024)) }, "Validation"],
    ["no partition key", "PutRecord", { PartitionKey: "", Data: "" }, "ValidationException"],
    ["a hash key that is none", "PutRecord", { PartitionKey: "k", Data: "", ExplicitHashKey: "x" }, "Validation"],
    ["501 records", "PutRecords", { Records: Array(501).fill({ PartitionKey: "k", Data: "" }) }, "Validation"],
    ["no shard", "GetShardIterator", { ShardId: "shardId-9", ShardIteratorType: "LATEST" }, "ResourceNotFound"],
    [
      "a number of no record",
      "GetShardIterator",
      { ShardId: "shardId-000000000000", ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: "1" },
      "did not come from this stream",
    ],
  ])("are refused: %s", async (_, operation, input, error) => {
    await kinesis("CreateStream", { StreamName: "refused", ShardCount: 1 });

    expect(await kinesis(operation, { StreamName: "refused", ...input })).toMatchObject(refused(error));
  });

  test("are not put into a stream whose key is gone", async () => {
    await makeStream("encrypted");
    const KeyId = await makeKey();
    told(await kinesis("StartStreamEncryption", { StreamName: "encrypted", EncryptionType: "KMS", KeyId }));
    await put("encrypted", "while it is there");
    const input = { KeyId: KeyId.split("/").at(-1) };
    told(await callJson(emulator, { service: "kms", target: "TrentService.ScheduleKeyDeletion", input }));

    expect(await kinesis("PutRecord", { StreamName: "encrypted", PartitionKey: "k", Data: "" })).toMatchObject(
      refused("KMSInvalidStateException"),
    );
  });
});

describe("a stream", () => {
  beforeAll(() => makeStream("stream"));

  test.each<[string, string, object, string]>([
    ["that is there", "CreateStream", { ShardCount: 1 }, "ResourceInUseException"],
    ["on demand with shards", "CreateStream", { ShardCount: 1, StreamModeDetails: { StreamMode: "ON_DEMAND" } }, "In"],
    ["kept for too short", "DecreaseStreamRetentionPeriod", { RetentionPeriodHours: 23 }, "InvalidArgumentException"],
    ["kept for too long", "IncreaseStreamRetentionPeriod", { RetentionPeriodHours: 8761 }, "InvalidArgumentException"],
    ["decreased to more", "DecreaseStreamRetentionPeriod", { RetentionPeriodHours: 48 }, "InvalidArgumentException"],
    ["encrypted with no key", "StartStreamEncryption", { EncryptionType: "KMS", KeyId: ABSENT_KEY }, "KMSNotFound"],
    [
      "with three times the shards",
      "UpdateShardCount",
      { TargetShardCount: 3, ScalingType: "UNIFORM_SCALING" },
      "InvalidArgumentException",
    ],
    ["that is not there", "DescribeStreamSummary", { StreamName: "absent" }, "ResourceNotFoundException"],
  ])("is refused %s", async (_, operation, input, error) => {
    expect(await kinesis(operation, { StreamName: "stream", ...input })).toMatchObject(refused(error));
  });

  test("is listed by its name, in pages", async () => {
    await makeStream("stream-2");
    const list = async (ExclusiveStartStreamName: string) =>
      told(await kinesis("ListStreams", { ExclusiveStartStreamName, Limit: 1 }));

    expect(await list("stream")).toMatchObject({ StreamNames: ["stream-2"], HasMoreStreams: false });
    expect(await list("strea")).toMatchObject({ StreamNames: ["stream"], HasMoreStreams: true });
  });

  test("goes only with its consumers, of which there is one of a name", async () => {
    const StreamARN = await makeStream("consumed");
    const register = () => kinesis("RegisterStreamConsumer", { StreamARN, ConsumerName: "one" });
    const { Consumer } = told(await register()) as { Consumer: { ConsumerARN: string } };

    expect(Consumer.ConsumerARN).toMatch(/:stream\/consumed\/consumer\/one:\d{10}$/);
    expect(await register()).toMatchObject(refused("ResourceInUseException"));
    expect(await kinesis("DeleteStream", { StreamName: "consumed" })).toMatchObject(refused("ResourceInUseException"));
    told(await kinesis("RegisterStreamConsumer", { StreamARN, ConsumerName: "two" }));
    await kinesis("DeregisterStreamConsumer", { StreamARN, ConsumerName: "one" });
    expect((await kinesis("ListStreamConsumers", { StreamARN })).text).toContain('"two"');
    expect((await kinesis("ListStreamConsumers", { StreamARN })).text).not.toContain('"one"');
    expect(await kinesis("DeleteStream", { StreamName: "consumed", EnforceConsumerDeletion: true })).toMatchObject({
      status: 200,
    });
  });

  const policy = (changes: object) => ({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: "kinesis:PutRecord",
        Resource: arnOf("kinesis", "stream/stream"),
        ...changes,
      },
    ],
  });

  test.each<[string, object | string]>([
    ["no JSON", "{"],
    ["a role that does not exist", policy({ Principal: { AWS: "arn:aws:iam::111122223333:role/absent" } })],
    ["another resource", policy({ Resource: "*" })],
    ["an action of another service", policy({ Action: "sqs:SendMessage" })],
  ])("has no policy with %s", async (_, document) => {
    const Policy = typeof document === "string" ? document : JSON.stringify(document);
    const ResourceARN = arnOf("kinesis", "stream/stream");

    expect(await kinesis("PutResourcePolicy", { ResourceARN, Policy })).toMatchObject(refused("InvalidArgument"));
    expect(told(await kinesis("GetResourcePolicy", { ResourceARN }))).toEqual({ Policy: "{}" });
  });
});

describe("a delivery stream to tables", () => {
  const role = arnOf("iam", "role/delivery").replace("eu-west-1", "");
  const S3Configuration = { RoleARN: role, BucketARN: "arn:aws:s3:::lake" };
  const table = { DestinationDatabaseName: "web", DestinationTableName: "events", UniqueKeys: ["id"] };
  const processor = (parameters: Record<string, string>) => ({
    Enabled: true,
    Processors: [
      {
        Type: "Lambda",
        Parameters: Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({
          ParameterName,
          ParameterValue,
        })),
      },
    ],
  });
  const LambdaArn = arnOf("lambda", "function:transform:$LATEST");
  const destination = (changes: object = {}) => ({
    RoleARN: role,
    CatalogConfiguration: { CatalogARN: arnOf("glue", "catalog") },
    DestinationTableConfigurationList: [table],
    S3Configuration,
    ...changes,
  });
  const create = (name: string, changes: object = {}, iceberg: object = {}) =>
    firehose("CreateDeliveryStream", {
      DeliveryStreamName: name,
      DeliveryStreamType: "KinesisStreamAsSource",
      KinesisStreamSourceConfiguration: { KinesisStreamARN: arnOf("kinesis", "stream/source"), RoleARN: role },
      IcebergDestinationConfiguration: destination(iceberg),
      ...changes,
    });

  beforeAll(async () => {
    await makeStream("source");
    await makeRole(emulator, "of-lambda");
    const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "firehose.amazonaws.com" } };
    await callQuery(emulator, "iam", {
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: "delivery",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ ...statement, Condition: { StringEquals: { "aws:SourceAccount": account.accountId } } }],
      }),
    });
    const glue = (operation: string, input: object) =>
      callJson(emulator, { service: "glue", target: `AWSGlue.${operation}`, input });
    await glue("CreateDatabase", { DatabaseInput: { Name: "web" } });
    await glue("CreateTable", { DatabaseName: "web", TableInput: { Name: "events" } });
  });

  interface Described {
    readonly DeliveryStreamDescription: {
      readonly DeliveryStreamStatus: string;
      readonly VersionId: string;
      readonly Destinations: readonly { readonly DestinationId: string }[];
    };
  }
  const described = async (DeliveryStreamName: string) =>
    (told(await firehose("DescribeDeliveryStream", { DeliveryStreamName })) as Described).DeliveryStreamDescription;

  test("is told with what Firehose takes by itself, and is changed for the version that it has", async () => {
    told(await create("told", {}, { ProcessingConfiguration: processor({ LambdaArn }) }));
    const before = await described("told");
    expect(before).toMatchObject({
      DeliveryStreamStatus: "ACTIVE",
      Source: { KinesisStreamSourceDescription: { KinesisStreamARN: arnOf("kinesis", "stream/source") } },
      Destinations: [
        {
          IcebergDestinationDescription: {
            BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 5 },
            ProcessingConfiguration: processor({
              NumberOfRetries: "3",
              BufferSizeInMBs: "1",
              BufferIntervalInSeconds: "60",
              RoleArn: role,
              LambdaArn,
            }),
            S3BackupMode: "FailedDataOnly",
            S3DestinationDescription: { ...S3Configuration, CompressionFormat: "UNCOMPRESSED" },
          },
        },
      ],
    });

    const update = {
      DeliveryStreamName: "told",
      CurrentDeliveryStreamVersionId: before.VersionId,
      DestinationId: before.Destinations[0]?.DestinationId ?? "",
      IcebergDestinationUpdate: { BufferingHints: { IntervalInSeconds: 0, SizeInMBs: 1 } },
    };
    told(await firehose("UpdateDestination", update));
    expect(await described("told")).toMatchObject({
      VersionId: "2",
      Destinations: [
        {
          IcebergDestinationDescription: {
            BufferingHints: { IntervalInSeconds: 0, SizeInMBs: 1 },
            DestinationTableConfigurationList: [table],
          },
        },
      ],
    });
    expect(await firehose("UpdateDestination", update)).toMatchObject(refused("ConcurrentModificationException"));
    expect(await firehose("PutRecord", { DeliveryStreamName: "told", Record: { Data: "" } })).toMatchObject(
      refused("not permitted on KinesisStreamAsSource"),
    );
  });

  const ofLambda = "arn:aws:iam::111122223333:role/of-lambda";
  const source = (changes: object) => ({
    KinesisStreamSourceConfiguration: {
      KinesisStreamARN: arnOf("kinesis", "stream/source"),
      RoleARN: role,
      ...changes,
    },
  });

  test.each<[string, object, object, string]>([
    ["a stream that is not there", source({ KinesisStreamARN: arnOf("kinesis", "stream/absent") }), {}, "not found"],
    ["a source's role that is not there", source({ RoleARN: `${role}2` }), {}, "unable to assume role"],
    ["a role that trusts another service", {}, { RoleARN: ofLambda }, "unable to assume role"],
    [
      "a bucket's role that does",
      {},
      { S3Configuration: { ...S3Configuration, RoleARN: ofLambda } },
      "unable to assume",
    ],
    [
      "a table that is not there",
      {},
      { DestinationTableConfigurationList: [{ ...table, DestinationTableName: "absent" }] },
      "or the table does not exist",
    ],
    ["too large a buffer", {}, { BufferingHints: { SizeInMBs: 129, IntervalInSeconds: 60 } }, "129|128"],
    ["no function to call", {}, { ProcessingConfiguration: processor({ NumberOfRetries: "1" }) }, "LambdaArn"],
    [
      "too large a request to it",
      {},
      { ProcessingConfiguration: processor({ LambdaArn, BufferSizeInMBs: "4" }) },
      "BufferSizeInMBs must be between",
    ],
    ["logs without a group", {}, { CloudWatchLoggingOptions: { Enabled: true } }, "log group"],
    ["a source of another type", { DeliveryStreamType: "DirectPut" }, {}, "KinesisStreamSourceConfiguration"],
  ])("is refused with %s", async (_, changes, iceberg, error) => {
    const answer = await create("refused", changes, iceberg);

    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(new RegExp(error));
    expect(await firehose("DescribeDeliveryStream", { DeliveryStreamName: "refused" })).toMatchObject(
      refused("ResourceNotFoundException"),
    );
  });

  test("takes no records that nobody would deliver", async () => {
    told(await create("direct", { DeliveryStreamType: "DirectPut", KinesisStreamSourceConfiguration: undefined }));

    expect(await firehose("PutRecord", { DeliveryStreamName: "direct", Record: { Data: "" } })).toMatchObject({
      status: 501,
    });
  });
});

describe("a mapping of a stream to a function", () => {
  const MAPPINGS = "/2015-03-31/event-source-mappings/";
  const source = arnOf("kinesis", "stream/mapped");
  const map = (input: object = {}) =>
    callLambda(emulator, {
      path: MAPPINGS,
      input: { EventSourceArn: source, FunctionName: "consumer", StartingPosition: "LATEST", ...input },
    });

  beforeAll(async () => {
    await makeStream("mapped");
    const role = await makeRole(emulator, "consumer");
    const code = zipFile({ "index.js": "exports.handler = async () => ({});" });
    await makeFunction(emulator, role, { name: "consumer", runtime: "nodejs22.x", handler: "index.handler", code });
  });

  test("has what Lambda takes by itself, is there once, and lets records be put", async () => {
    const answer = await map();
    expect(answer).toMatchObject({ status: 202 });
    const mapping = JSON.parse(answer.text) as { UUID: string };
    expect(mapping).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: false,
      FunctionArn: arnOf("lambda", "function:consumer"),
      MaximumRecordAgeInSeconds: -1,
      MaximumRetryAttempts: -1,
      ParallelizationFactor: 1,
      State: "Enabled",
    });
    expect(await map()).toMatchObject(refused(`existing mapping with UUID ${mapping.UUID}`, 409));
    // nobody polls: what is put is neither given to the function nor lost
    await put("mapped", "record");
    const path = `${MAPPINGS}${mapping.UUID}`;
    expect((await callLambda(emulator, { method: "GET", path })).text).toContain("No records processed");
    const update = { method: "PUT", path, input: { Enabled: false, ParallelizationFactor: 10 } };
    expect((await callLambda(emulator, update)).text).toMatch(/"ParallelizationFactor": 10.*"State": "Disabled"/);
    expect(await callLambda(emulator, { method: "DELETE", path })).toMatchObject({ status: 202 });
    expect(await callLambda(emulator, { method: "GET", path })).toMatchObject(refused("does not exist", 404));
  });

  test.each<[string, object, string, number]>([
    ["a stream that is not there", { EventSourceArn: arnOf("kinesis", "stream/absent") }, "Cannot access stream", 400],
    ["a consumer that is not there", { EventSourceArn: `${source}/consumer/a:1` }, "Cannot access stream", 400],
    ["a function that is not there", { FunctionName: "absent" }, "Function not found", 404],
    ["no place to begin", { StartingPosition: null }, "StartingPosition", 400],
    ["too little time for a record", { MaximumRecordAgeInSeconds: 59 }, "MaximumRecordAgeInSeconds", 400],
    ["too many retries", { MaximumRetryAttempts: 10_001 }, "MaximumRetryAttempts", 400],
    ["too many calls at once", { ParallelizationFactor: 11 }, "ParallelizationFactor", 400],
    [
      "a queue that is not there",
      { DestinationConfig: { OnFailure: { Destination: arnOf("sqs", "absent") } } },
      "does not exist",
      400,
    ],
    ["a source that nobody keeps", { EventSourceArn: arnOf("sqs", "queue") }, "mapping of", 501],
  ])("is refused with %s", async (_, input, error, status) => {
    expect(await map(input)).toMatchObject(refused(error, status));
  });

  test("is to a function whose dead letters go where a queue is", async () => {
    const input = { DeadLetterConfig: { TargetArn: arnOf("sqs", "absent") } };

    expect(await callFunction(emulator, "consumer", { method: "PUT", path: "configuration", input })).toMatchObject(
      refused("does not have permissions to call SendMessage on SQS"),
    );
  });
});

describe("a queue", () => {
  const make = async (QueueName: string, Attributes: Record<string, string> = {}) =>
    (told(await sqs("CreateQueue", { QueueName, Attributes })) as { QueueUrl: string }).QueueUrl;
  const attributesOf = async (QueueUrl: string) =>
    (
      told(await sqs("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] })) as {
        Attributes: Record<string, string>;
      }
    ).Attributes;
  const policyFor = (Principal: unknown) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal, Action: "sqs:SendMessage", Resource: "*" }],
    });
  const redrive = (deadLetterTargetArn: string) => JSON.stringify({ deadLetterTargetArn, maxReceiveCount: "3" });

  test("keeps its policy while something else of it changes, and loses what is set to nothing", async () => {
    const KmsMasterKeyId = await makeKey();
    const QueueUrl = await make("kept", { KmsMasterKeyId, Policy: policyFor("*") });
    const allowed = '{"redrivePermission":"denyAll"}';
    const set = (Attributes: object) => sqs("SetQueueAttributes", { QueueUrl, Attributes });

    told(await set({ VisibilityTimeout: "60", RedriveAllowPolicy: allowed }));
    expect(await attributesOf(QueueUrl)).toMatchObject({
      KmsMasterKeyId,
      Policy: expect.stringContaining("sqs:SendMessage") as string,
      RedriveAllowPolicy: allowed,
      SqsManagedSseEnabled: "false",
      VisibilityTimeout: "60",
    });
    told(await set({ Policy: "", RedriveAllowPolicy: "", KmsMasterKeyId: "" }));
    const after = await attributesOf(QueueUrl);
    expect(Object.keys(after).filter((name) => /Policy|Kms/.test(name))).toEqual([]);
  });

  test("has the dead letters of those that may have it", async () => {
    const closed = await make("closed", { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    await make("open");
    const QueueUrl = await make("source", { RedrivePolicy: redrive(arnOf("sqs", "open")) });

    const { RedrivePolicy } = await attributesOf(QueueUrl);
    expect(RedrivePolicy).toBe(`{"deadLetterTargetArn":"${arnOf("sqs", "open")}","maxReceiveCount":3}`);
    const Attributes = { RedrivePolicy: redrive(arnOf("sqs", "closed")) };
    expect(await sqs("SetQueueAttributes", { QueueUrl, Attributes })).toMatchObject(refused("does not allow"));
    expect(closed).toContain("/closed");
  });

  test.each<[string, Record<string, string>, string]>([
    ["dead letters for no queue", { RedrivePolicy: redrive(arnOf("sqs", "absent")) }, "does not exist"],
    ["a policy for no role", { Policy: policyFor({ AWS: "arn:aws:iam::111122223333:role/absent" }) }, "Policy"],
    ["a policy that is none", { Policy: "{}" }, "Policy"],
    ["too long a retention", { MessageRetentionPeriod: "1209601" }, "MessageRetentionPeriod"],
    ["sources that are none", { RedriveAllowPolicy: '{"redrivePermission":"byQueue"}' }, "RedriveAllowPolicy"],
  ])("is refused with %s", async (_, Attributes, error) => {
    const answer = await sqs("CreateQueue", { QueueName: "refused", Attributes });

    expect(answer).toMatchObject(refused(error));
    expect(await sqs("GetQueueUrl", { QueueName: "refused" })).toMatchObject(refused("QueueDoesNotExist"));
  });

  test("takes no messages that nobody can encrypt", async () => {
    const QueueUrl = await make("keyless", { KmsMasterKeyId: ABSENT_KEY });

    expect(await sqs("SendMessage", { QueueUrl, MessageBody: "text" })).toMatchObject(refused("KMS.NotFoundException"));
  });
});

describe("a table of DynamoDB", () => {
  const create = (TableName: string, key: string) =>
    dynamodb("CreateTable", {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: key },
      DeletionProtectionEnabled: true,
    });

  test("changes its key, and goes only unprotected", async () => {
    const [first, second] = [await makeKey(), await makeKey()];
    told(await create("table", first));
    const update = { TableName: "table", SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: second } };

    const { TableDescription } = told(await dynamodb("UpdateTable", update)) as { TableDescription: object };
    expect(TableDescription).toMatchObject({ SSEDescription: { Status: "ENABLED", KMSMasterKeyArn: second } });
    expect(await dynamodb("DeleteTable", { TableName: "table" })).toMatchObject(refused("ValidationException"));
    told(await dynamodb("UpdateTable", { TableName: "table", DeletionProtectionEnabled: false }));
    told(await dynamodb("DeleteTable", { TableName: "table" }));
  });

  test("is refused with a key that is not there", async () => {
    expect(await create("keyless", ABSENT_KEY)).toMatchObject(refused("KMS validation error"));
    expect(await dynamodb("DescribeTable", { TableName: "keyless" })).toMatchObject(refused("ResourceNotFound"));
  });
});
