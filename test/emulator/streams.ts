import { callJson, type EmulatedAnswer, send } from "./client";
import type { Emulator } from "./emulator";

/** Names of the data streams of Kinesis. */
export async function streamsOf(emulator: Emulator): Promise<string[]> {
  const { StreamNames: names } = parsed(await callKinesis(emulator, "ListStreams", { Limit: 10_000 })) as {
    StreamNames: string[];
  };
  return names.sort();
}

/** Consumers of the streams that have a throughput of their own: "events/fan-out". */
export async function consumersOf(emulator: Emulator): Promise<string[]> {
  const ofStream = async (name: string) => {
    const { StreamDescriptionSummary: stream } = parsed(
      await callKinesis(emulator, "DescribeStreamSummary", { StreamName: name }),
    ) as { StreamDescriptionSummary: { StreamARN: string } };
    const { Consumers: consumers } = parsed(
      await callKinesis(emulator, "ListStreamConsumers", { StreamARN: stream.StreamARN }),
    ) as { Consumers: { ConsumerName: string }[] };
    return consumers.map(({ ConsumerName }) => `${name}/${ConsumerName}`);
  };
  return (await Promise.all((await streamsOf(emulator)).map(ofStream))).flat().sort();
}

/** Names of the delivery streams of Firehose. */
export async function deliveryStreamsOf(emulator: Emulator): Promise<string[]> {
  const { DeliveryStreamNames: names } = parsed(
    await callFirehose(emulator, "ListDeliveryStreams", { Limit: 10_000 }),
  ) as { DeliveryStreamNames: string[] };
  return names;
}

/** What is read by functions, and by which: "clicks -> consumer". */
export async function mappingsOf(emulator: Emulator): Promise<string[]> {
  const { EventSourceMappings: mappings } = parsed(
    await send(emulator, { service: "lambda", method: "GET", path: "/2015-03-31/event-source-mappings/" }),
  ) as {
    EventSourceMappings: { EventSourceArn: string; FunctionArn: string }[];
  };
  return mappings
    .map(({ EventSourceArn: source, FunctionArn: fn }) => {
      const [, name = ""] = /:stream\/([^:]+)/.exec(source) ?? [];
      return `${name} -> ${fn.split(":").at(6) ?? ""}`;
    })
    .sort();
}

/** Names of the queues of SQS. */
export async function queuesOf(emulator: Emulator): Promise<string[]> {
  const { QueueUrls: urls = [] } = parsed(await callSqs(emulator, "ListQueues", {})) as { QueueUrls?: string[] };
  return urls.map((url) => url.split("/").at(-1) ?? "").sort();
}

/** Names of the tables of DynamoDB. */
export async function keyValueTablesOf(emulator: Emulator): Promise<string[]> {
  const { TableNames: names } = parsed(await callDynamoDb(emulator, "ListTables", {})) as { TableNames: string[] };
  return names.sort();
}

/** Calls an operation of Kinesis. */
export function callKinesis(emulator: Emulator, operation: string, input: object): Promise<EmulatedAnswer> {
  return callJson(emulator, { service: "kinesis", target: `Kinesis_20131202.${operation}`, input });
}

/** Calls an operation of Firehose. */
export function callFirehose(emulator: Emulator, operation: string, input: object): Promise<EmulatedAnswer> {
  return callJson(emulator, { service: "firehose", target: `Firehose_20150804.${operation}`, input });
}

/** Calls an operation of SQS. */
export function callSqs(emulator: Emulator, operation: string, input: object): Promise<EmulatedAnswer> {
  return callJson(emulator, { service: "sqs", target: `AmazonSQS.${operation}`, input });
}

/** Calls an operation of DynamoDB. */
export function callDynamoDb(emulator: Emulator, operation: string, input: object): Promise<EmulatedAnswer> {
  return callJson(emulator, { service: "dynamodb", target: `DynamoDB_20120810.${operation}`, input });
}

function parsed({ status, text }: EmulatedAnswer): unknown {
  if (status !== 200) {
    throw new Error(text);
  }
  return JSON.parse(text);
}
