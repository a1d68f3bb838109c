import type { FirehoseResult, TableRoute } from "./events";

/** The most bytes of one row: Firehose takes records of up to 1,000 KiB. */
export const MAX_ROW_BYTES = 1_000_000;

/** The most bytes of a response, with room to Lambda's 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_RESPONSE_BYTES = 5_500_000;

const OUTERMOST = '{"records":[]}'.length;

/** What an entry costs that only says that a record failed; those of dropped records are shorter. */
const FAILED = jsonLength({ recordId: "", result: "ProcessingFailed" });

/** Room in a response. Each record has what its failure needs from the beginning, so the last one is told of, too. */
export class ResponseBudget {
  private left: number;

  constructor(recordIds: readonly string[]) {
    const ids = recordIds.reduce((sum, id) => sum + Buffer.byteLength(id), 0);
    this.left = MAX_RESPONSE_BYTES - OUTERMOST - ids - recordIds.length * FAILED;
  }

  /** The entry of a row, or that of a failure where the row or the response would be too large. */
  entry(recordId: string, row: string, metadata: TableRoute, overhead: number): FirehoseResult {
    const bytes = Buffer.from(row);
    const more = overhead - FAILED + Math.ceil(bytes.length / 3) * 4;
    if (bytes.length > MAX_ROW_BYTES || more > this.left) {
      return { recordId, result: "ProcessingFailed" };
    }
    this.left -= more;
    return { recordId, result: "Ok", data: bytes.toString("base64"), metadata };
  }
}

/** What an entry of a row costs besides the row and the record's id. */
export function overheadOf(metadata: TableRoute): number {
  return jsonLength({ recordId: "", result: "Ok", data: "", metadata });
}

function jsonLength(value: object): number {
  return Buffer.byteLength(JSON.stringify(value)) + ",".length;
}
