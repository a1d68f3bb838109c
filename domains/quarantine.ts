import { glueType, icebergType, parseColumnType } from "./column-type";
import type { TableContract } from "./contract";
import { quarantineTable, type Column } from "./schema";

/** What tells one refused record from all others. */
export const QUARANTINE_KEY = "record_id";

/**
 * Columns of a table of refused records. All are as sensitive as can be: what was refused may be anything, in any field.
 *
 * Functions write them; a record is refused once however often it is delivered, for its id is that of the stream.
 */
export const QUARANTINE_COLUMNS: readonly Column[] = [
  { name: QUARANTINE_KEY, type: "string", comment: "Shard, sequence number and place within it", required: true },
  { name: "arrived_at", type: "timestamp", comment: "When the stream took it, in UTC", required: true },
  { name: "reason", type: "string", comment: "Why it was refused, in one word", required: true },
  { name: "field", type: "string", comment: "The column that is wrong, if it is one" },
  { name: "detail", type: "string", comment: "Why it was refused, in a sentence" },
  { name: "partition_key", type: "string", comment: "What its producer sent it by" },
  { name: "record", type: "string", comment: "As it was sent, where that is text; masked where it is JSON" },
  { name: "record_base64", type: "string", comment: "As it was sent, in Base64, where that is no text" },
  { name: "contract_version", type: "string", comment: "S3 version of the contract that it was judged by" },
].map((column) => ({ ...column, sensitivity: "pii" as const }));

/** The contract of the table that holds what was refused of a stream, for what makes tables. Nobody is promised anything. */
export function quarantineContract(contract: TableContract): TableContract {
  return {
    ...contract,
    sensitivity: "pii",
    name: quarantineTable(contract.name),
    description: `Records refused for ${contract.domain}.${contract.name}`,
    readers: [],
    columns: QUARANTINE_COLUMNS.map((column) => {
      const type = parseColumnType(column.type);
      return {
        ...column,
        required: column.required ?? false,
        icebergType: icebergType(type),
        glueType: glueType(type),
      };
    }),
    primaryKey: [QUARANTINE_KEY],
    partitions: [{ transform: "day", column: "arrived_at" }],
    quality: [],
    retention: { kind: "forever" },
  };
}
