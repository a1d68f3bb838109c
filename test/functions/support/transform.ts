import type {
  FirehoseEvent,
  FirehoseRecord,
  FirehoseResponse,
  FirehoseResult,
} from "../../../pipelines/functions/transform/events";
import { metricsIn, printedBy, startFunction } from "./load";
import type { ObjectStore } from "./object-store";

export const ARRIVED_AT = Date.UTC(2026, 10, 20, 10, 15, 30, 123);

type Handler = (event: FirehoseEvent) => Promise<FirehoseResponse>;

/** A column, optional unless it says otherwise. */
export function column(name: string, type: string, more: object = {}): object {
  return { name, type, comment: "x", sensitivity: "internal", required: false, icebergType: "", glueType: "", ...more };
}

/** A contract of a stream, as far as the functions read it, that this changes. */
export function contract(changes: object = {}): object {
  return {
    contractVersion: 1,
    domain: "web",
    name: "clicks",
    source: { kind: "stream", engine: "kinesis" },
    columns: [column("id", "string", { required: true }), column("amount", "int")],
    primaryKey: ["id"],
    quality: [],
    ...changes,
  };
}

export interface Transform {
  /** The results of a batch of records in this order. */
  send(...records: readonly FirehoseRecord[]): Promise<FirehoseResult[]>;
  /** Metrics of a batch. */
  metricsOf(...records: readonly FirehoseRecord[]): Promise<Record<string, unknown>>;
  /** Metrics, and whatever else it prints. */
  run(records: readonly FirehoseRecord[]): Promise<{ result: FirehoseResponse; lines: Record<string, unknown>[] }>;
}

/** Starts the transformation with a contract. */
export function startTransform(store: ObjectStore, of: object): Transform {
  store.put("/artifacts/contracts/web/clicks.json", JSON.stringify(of));
  const { handler } = startFunction("pipelines/functions/transform/index.ts", {
    AWS_ENDPOINT_URL_S3: store.endpoint,
    CONTRACT_BUCKET: "artifacts",
    CONTRACT_KEY: "contracts/web/clicks.json",
    CONTRACT_VERSION: "version-1",
    SNAPSHOT_BUCKET: "artifacts",
    DATABASE: "basin_dev_web_raw",
    TABLE: "clicks",
    QUARANTINE_TABLE: "clicks_quarantine",
  }) as { handler: Handler };
  const run = (records: readonly FirehoseRecord[]) => printedBy(() => handler({ invocationId: "invocation", records }));
  return {
    run,
    send: async (...records) => (await run(records)).result.records,
    metricsOf: async (...records) => metricsIn((await run(records)).lines)[0] ?? {},
  };
}

let made = 0;

/** A record as Firehose hands it over. What is no bytes and no text is written as JSON. */
export function record(content: unknown, changes: Partial<FirehoseRecord> = {}): FirehoseRecord {
  const bytes =
    content instanceof Uint8Array ? content : typeof content === "string" ? content : JSON.stringify(content);
  made++;
  return {
    recordId: `4967${made}000000`,
    approximateArrivalTimestamp: ARRIVED_AT + 1000,
    data: Buffer.from(bytes as string).toString("base64"),
    kinesisRecordMetadata: {
      shardId: "shardId-000000000000",
      partitionKey: `key-${made}`,
      approximateArrivalTimestamp: ARRIVED_AT,
      sequenceNumber: `49546986683135544286507457936321625675700192471156785154${made}`,
      subsequenceNumber: 0,
    },
    ...changes,
  };
}

/** The row of a result, undefined where it has none. */
export function rowOf(result: FirehoseResult | undefined): Record<string, unknown> | undefined {
  return result?.result === "Ok" ? (JSON.parse(textOf(result)) as Record<string, unknown>) : undefined;
}

export function textOf(result: FirehoseResult | undefined): string {
  return result?.result === "Ok" ? Buffer.from(result.data, "base64").toString("utf8") : "";
}

export function tableOf(result: FirehoseResult | undefined): string {
  return result?.result === "Ok" ? result.metadata.otfMetadata.destinationTableName : (result?.result ?? "");
}
