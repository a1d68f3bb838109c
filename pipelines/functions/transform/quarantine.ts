import { isUtf8 } from "node:buffer";
import { type Mask, maskText } from "../dataset/masks";
import { endOfValue, skipSpace } from "../record/json-text";
import { decodeBase64, decodePayload } from "../record/payload";
import { Refusal } from "../refusal";
import { arrivalOf, type FirehoseRecord, identityOf } from "./events";

const MICROS_A_MILLISECOND = 1000;

/**
 * The row of the quarantine table, as JSON. The record stands in it byte for byte, as text where it is UTF-8 and else in
 * Base64, unless columns are masked: then its text is written with these masked, also where it arrived packed.
 */
export function quarantineRow(
  record: FirehoseRecord,
  refusal: Refusal,
  masks: ReadonlyMap<string, Mask>,
  contractVersion: string,
): string {
  return JSON.stringify({
    record_id: identityOf(record),
    arrived_at: Math.trunc(arrivalOf(record) * MICROS_A_MILLISECOND),
    reason: refusal.reason,
    field: refusal.column ?? null,
    detail: refusal.sentence,
    partition_key: record.kinesisRecordMetadata?.partitionKey ?? null,
    ...contentOf(record.data, masks),
    contract_version: contractVersion,
  });
}

function contentOf(data: string, masks: ReadonlyMap<string, Mask>) {
  const bytes = decodeBase64(data);
  if (bytes instanceof Refusal) {
    return { record: data, record_base64: null };
  }
  const plain = masks.size > 0 ? decodePayload(bytes) : undefined;
  const text = plain instanceof Buffer ? plain.toString("utf8") : "";
  if (isJson(text)) {
    return { record: maskText(text, masks), record_base64: null };
  }
  return isUtf8(bytes)
    ? { record: bytes.toString("utf8"), record_base64: null }
    : { record: null, record_base64: bytes.toString("base64") };
}

/** Whether a text is a value in JSON, or several that follow each other. */
function isJson(text: string): boolean {
  try {
    for (let at = skipSpace(text, 0); at < text.length;) {
      const end = endOfValue(text, at);
      JSON.parse(text.slice(at, end));
      at = skipSpace(text, end);
    }
    return text !== "";
  } catch {
    return false;
  }
}
