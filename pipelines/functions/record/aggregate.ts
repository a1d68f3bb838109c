import { createHash } from "node:crypto";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { isAggregated } from "./payload";

// https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
const MAGIC_BYTES = 4;
const DIGEST_BYTES = 16;

/** Numbers of fields of the messages AggregatedRecord and Record. */
const RECORDS = 3;
const DATA = 3;

/**
 * The records that the Kinesis Producer Library has put into one, in their order; undefined where it is no such
 * aggregate. As the Kinesis Client Library does, one whose digest is wrong is taken for a record of its own.
 */
export function deaggregate(bytes: Buffer): Buffer[] | undefined {
  if (!isAggregated(bytes) || bytes.length < MAGIC_BYTES + DIGEST_BYTES) {
    return undefined;
  }
  const body = bytes.subarray(MAGIC_BYTES, -DIGEST_BYTES);
  if (!createHash("md5").update(body).digest().equals(bytes.subarray(-DIGEST_BYTES))) {
    return undefined;
  }
  return fieldsOf(body, RECORDS)?.map((record) => fieldsOf(record, DATA)?.at(-1) ?? Buffer.alloc(0));
}

/** All values of a field that holds bytes; undefined where the message is broken. */
function fieldsOf(message: Buffer, number: number): Buffer[] | undefined {
  const found: Buffer[] = [];
  try {
    const reader = new BinaryReader(message);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === number) {
        found.push(Buffer.from(reader.bytes()));
      } else {
        reader.skip(type);
      }
    }
    return found;
  } catch {
    return undefined;
  }
}
