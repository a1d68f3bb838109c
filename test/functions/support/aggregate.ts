import { createHash } from "node:crypto";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Puts records into one, as the Kinesis Producer Library does. */
export function aggregate(records: readonly Uint8Array[]): Buffer {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string("partition-key");
  for (const record of records) {
    writer.tag(3, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).uint64(0).tag(3, WireType.LengthDelimited).bytes(record);
    writer.join();
  }
  const body = Buffer.from(writer.finish());
  return Buffer.concat([Buffer.from([0xf3, 0x89, 0x9a, 0xc2]), body, createHash("md5").update(body).digest()]);
}
