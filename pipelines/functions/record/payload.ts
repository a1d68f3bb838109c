import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { Refusal } from "../refusal";

/** How large a packed record may get, in bytes: as large as one that is not packed. What it holds may take a hundredfold in memory. */
const MAX_UNPACKED_BYTES = 1024 * 1024;

/** What the Kinesis Producer Library begins several records in one with. */
const AGGREGATED = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);

const EMPTY = new Refusal("empty", "has no bytes");
const NOT_BASE64 = new Refusal("not-base64", "did not arrive in Base64");
const STILL_AGGREGATED = new Refusal("still-aggregated", "is an aggregate of the Kinesis Producer Library");
const GZIP_BROKEN = new Refusal("gzip-broken", "begins as gzip and cannot be unpacked");
const GZIP_TOO_LARGE = new Refusal("gzip-too-large", `is larger than ${MAX_UNPACKED_BYTES} bytes when unpacked`);
const NOT_UTF8 = new Refusal("not-utf8", "is not UTF-8");

/** Bytes in Base64. Node skips what is no Base64, so that a damaged record would become another one. */
export function decodeBase64(text: string): Buffer | Refusal {
  const bytes = Buffer.from(text, "base64");
  let end = text.length;
  while (end > 0 && text.length - end < 2 && text.charCodeAt(end - 1) === 0x3d) {
    end--;
  }
  return end % 4 !== 1 && bytes.length === Math.floor((end * 3) / 4) ? bytes : NOT_BASE64;
}

export function isAggregated(bytes: Uint8Array): boolean {
  return AGGREGATED.every((byte, index) => bytes[index] === byte);
}

/** What a record's bytes say: unpacked, in UTF-8, without a byte order mark. */
export function decodePayload(bytes: Buffer): Buffer | Refusal {
  if (bytes.length === 0) {
    return EMPTY;
  }
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpack(bytes) : bytes;
  if (plain instanceof Refusal) {
    return plain;
  }
  if (plain[0] === 0xf3 && isAggregated(plain)) {
    return STILL_AGGREGATED;
  }
  if (!isUtf8(plain)) {
    return NOT_UTF8;
  }
  return plain[0] === 0xef && plain[1] === 0xbb && plain[2] === 0xbf ? plain.subarray(3) : plain;
}

function unpack(bytes: Buffer): Buffer | Refusal {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? GZIP_TOO_LARGE : GZIP_BROKEN;
  }
}
