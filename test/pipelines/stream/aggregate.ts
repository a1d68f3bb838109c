import { createHash } from "node:crypto";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A record as a producer made it, before it went into an aggregate. */
export interface Sent {
  readonly partitionKey: string;
  readonly data: Buffer;
}

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const DIGEST_BYTES = 16;

/** Fields of AggregatedRecord and Record: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md */
const KEY_TABLE = 1;
const RECORDS = 3;
const KEY_INDEX = 1;
const DATA = 3;

/** Several records as the Kinesis Producer Library sends them in one. */
export function aggregate(records: readonly Sent[]): Buffer {
  const keys = [...new Set(records.map(({ partitionKey }) => partitionKey))];
  const writer = new BinaryWriter();
  keys.forEach((key) => writer.tag(KEY_TABLE, WireType.LengthDelimited).string(key));
  for (const { partitionKey, data } of records) {
    writer.tag(RECORDS, WireType.LengthDelimited).fork();
    writer.tag(KEY_INDEX, WireType.Varint).uint64(keys.indexOf(partitionKey));
    writer.tag(DATA, WireType.LengthDelimited).bytes(data).join();
  }
  const message = writer.finish();
  return Buffer.concat([MAGIC, message, digestOf(message)]);
}

/** What is in an aggregate; undefined where the bytes are none, or one that is damaged, which stays as it is. */
export function deaggregate(bytes: Buffer): Sent[] | undefined {
  const message = bytes.subarray(MAGIC.length, -DIGEST_BYTES);
  const isWhole = bytes.length > MAGIC.length + DIGEST_BYTES && digestOf(message).equals(bytes.subarray(-DIGEST_BYTES));
  if (!isWhole || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return undefined;
  }
  const keys: string[] = [];
  const records: { index: number; data: Buffer }[] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === KEY_TABLE) {
      keys.push(reader.string());
    } else if (field === RECORDS) {
      records.push(readRecord(reader.bytes()));
    } else {
      reader.skip(type);
    }
  }
  return records.map(({ index, data }) => ({ partitionKey: keys[index] ?? "", data }));
}

function readRecord(bytes: Uint8Array): { index: number; data: Buffer } {
  const reader = new BinaryReader(bytes);
  let [index, data] = [0, Buffer.alloc(0)];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === KEY_INDEX) {
      index = Number(reader.uint64());
    } else if (field === DATA) {
      data = Buffer.from(reader.bytes());
    } else {
      reader.skip(type);
    }
  }
  return { index, data };
}

function digestOf(message: Uint8Array): Buffer {
  return createHash("md5").update(message).digest();
}
