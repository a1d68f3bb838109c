/** A record as Firehose hands it over. Source: AWS documentation, "Amazon Data Firehose data transformation". */
export interface FirehoseRecord {
  readonly recordId: string;
  /** Milliseconds since 1970, when Firehose got it. */
  readonly approximateArrivalTimestamp: number;
  /** Base64. */
  readonly data: string;
  /** Present where the source is a Kinesis stream. */
  readonly kinesisRecordMetadata?: {
    readonly shardId: string;
    readonly partitionKey: string;
    /** Milliseconds since 1970, when the stream got it. */
    readonly approximateArrivalTimestamp: number;
    readonly sequenceNumber: string;
    /** Position within an aggregate of the Kinesis Producer Library; Firehose writes it as a number or as text. */
    readonly subsequenceNumber?: number | string;
  };
}

export interface FirehoseEvent {
  readonly invocationId: string;
  readonly records: readonly FirehoseRecord[];
}

export interface TableRoute {
  readonly otfMetadata: {
    readonly destinationDatabaseName: string;
    readonly destinationTableName: string;
    readonly operation: "insert" | "update";
  };
}

export type FirehoseResult =
  | { readonly recordId: string; readonly result: "Ok"; readonly data: string; readonly metadata: TableRoute }
  | { readonly recordId: string; readonly result: "Dropped" | "ProcessingFailed" };

export interface FirehoseResponse {
  readonly records: FirehoseResult[];
}

/** When a record arrived, in milliseconds since 1970: it is the same whenever the record is delivered again. */
export function arrivalOf({ approximateArrivalTimestamp, kinesisRecordMetadata }: FirehoseRecord): number {
  return kinesisRecordMetadata?.approximateArrivalTimestamp ?? approximateArrivalTimestamp;
}

/** What tells a record from all others of its stream: "<shard>/<sequence number>/<position within an aggregate>". */
export function identityOf({ recordId, kinesisRecordMetadata: of }: FirehoseRecord): string {
  return of === undefined ? recordId : `${of.shardId}/${of.sequenceNumber}/${of.subsequenceNumber ?? 0}`;
}
