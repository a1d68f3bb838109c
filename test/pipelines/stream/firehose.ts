import { type ColumnType, parseColumnType } from "../../../domains/column-type";
import { deaggregate } from "./aggregate";
import type { IcebergWriter, WrittenTable } from "./iceberg-writer";
import type { Stored } from "./kinesis";
import type { Random } from "./random";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** What Firehose collects before it calls the transformation, unless it is told of more. */
const MAX_BATCH_BYTES = 1024 * 1024;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A record as the transformation is given it. */
export interface FirehoseRecord {
  readonly recordId: string;
  readonly approximateArrivalTimestamp: number;
  readonly data: string;
  readonly kinesisRecordMetadata: {
    readonly shardId: string;
    readonly sequenceNumber: string;
    /** Empty where the record was in no aggregate. */
    readonly subsequenceNumber: number | "";
    readonly partitionKey: string;
    readonly approximateArrivalTimestamp: number;
  };
}

export interface Answered {
  /** What Lambda would send back. */
  readonly response: string;
  /** What the function has written meanwhile, line by line. */
  readonly log: readonly string[];
}

/** What the transformation has made of a batch. */
export type Transformed = readonly (readonly [FirehoseRecord, Result])[];

type Result =
  | {
      readonly result: "Ok";
      readonly row: string;
      readonly table: WrittenTable;
      readonly operation: "insert" | "update";
    }
  | { readonly result: "Dropped" | "ProcessingFailed" };

export interface FirehoseProps {
  readonly deliveryStreamArn: string;
  readonly sourceKinesisStreamArn: string;
  readonly region: string;
  readonly call: (event: object) => Promise<Answered>;
  readonly tables: readonly WrittenTable[];
  readonly writer: IcebergWriter;
  /** Writes an object of the error output; its name begins with why it is there. */
  readonly putErrors: (name: string, content: string) => Promise<void>;
}

/**
 * Records as Firehose reads them from shards: out of their aggregates, and in no order that one could rely on between
 * shards. A batch ends where it is large enough, or sooner, when its time is over.
 */
export function batchesOf(shards: readonly (readonly Stored[])[], random: Random): FirehoseRecord[][] {
  const queues = shards.map((records) => records.flatMap(recordsOf));
  const batches: FirehoseRecord[][] = [];
  let [left, isOpen] = [0, false];
  while (queues.some(({ length }) => length > 0)) {
    const queue = random.one(queues.filter(({ length }) => length > 0));
    for (const record of queue.splice(0, random.whole(1, 200))) {
      const size = Buffer.byteLength(record.data, "base64");
      if (!isOpen || size > left) {
        batches.push([]);
        left = random.whole(MAX_BATCH_BYTES / 8, MAX_BATCH_BYTES);
        isOpen = true;
      }
      batches.at(-1)?.push(record);
      left -= size;
    }
  }
  return batches.map((batch, index) => batch.map((record, at) => ({ ...record, recordId: `${index}-${at}` })));
}

function recordsOf({ shardId, sequenceNumber, partitionKey, data, arrivedAt }: Stored): FirehoseRecord[] {
  const inAggregate = deaggregate(data);
  return (inAggregate ?? [{ partitionKey, data }]).map((sent, index) => ({
    recordId: "",
    approximateArrivalTimestamp: arrivedAt,
    data: sent.data.toString("base64"),
    kinesisRecordMetadata: {
      shardId,
      sequenceNumber,
      subsequenceNumber: inAggregate === undefined ? "" : index,
      partitionKey: sent.partitionKey,
      approximateArrivalTimestamp: arrivedAt,
    },
  }));
}

/** Tells a record of the stream from all others. */
export function identityOf({ kinesisRecordMetadata: of }: FirehoseRecord): string {
  return `${of.shardId}/${of.sequenceNumber}/${of.subsequenceNumber}`;
}

/**
 * Firehose between a stream and Iceberg tables: it has a function transform records, and applies what the function
 * declares, record by record, in the order of their arrival. It looks into records as far as Firehose refuses them, and
 * then fails, loudly.
 */
export class Firehose {
  /** Records that the function has dropped, by identity. */
  readonly dropped = new Set<string>();
  /** Lines of the function's log. */
  readonly log: string[] = [];
  /** How many records were answered, by what became of them: the table's name, or the result. */
  readonly answered: Record<string, number> = {};
  invocations = 0;
  private arrived: Extract<Result, { result: "Ok" }>[] = [];
  private failed: FirehoseRecord[] = [];
  private objects = 0;

  constructor(private readonly props: FirehoseProps) {}

  /**
   * Calls the function with a batch.
   *
   * @throws Error if Firehose would refuse its answer
   */
  async transform(records: readonly FirehoseRecord[]): Promise<Transformed> {
    const { deliveryStreamArn, sourceKinesisStreamArn, region, call } = this.props;
    const invocationId = `invocation-${++this.invocations}`;
    const event = { invocationId, deliveryStreamArn, sourceKinesisStreamArn, region, records };
    refuse(Buffer.byteLength(JSON.stringify(event)) > MAX_PAYLOAD_BYTES, "the request is larger than 6 MB");
    const { response, log } = await call(event);
    this.log.push(...log);
    refuse(Buffer.byteLength(response) > MAX_PAYLOAD_BYTES, "the response is larger than 6 MB");
    const { records: answers } = JSON.parse(response) as { records?: unknown };
    if (!Array.isArray(answers)) {
      throw new Error(`the response has no records: ${response.slice(0, 200)}`);
    }
    const results = new Map<unknown, Result>();
    for (const answer of answers as readonly Record<string, unknown>[]) {
      refuse(results.has(answer.recordId), `${String(answer.recordId)} is answered twice`);
      results.set(answer.recordId, this.resultOf(answer));
    }
    refuse(results.size !== records.length, `${records.length} records were sent, ${results.size} are answered`);
    return records.map((record) => {
      const result = results.get(record.recordId);
      if (result === undefined) {
        throw new Error(`${record.recordId} is not answered`);
      }
      const what = result.result === "Ok" ? result.table.table : result.result;
      this.answered[what] = (this.answered[what] ?? 0) + 1;
      return [record, result] as const;
    });
  }

  /** Takes what was transformed for the next delivery. */
  take(transformed: Transformed): void {
    for (const [record, result] of transformed) {
      if (result.result === "Ok") {
        this.arrived.push(result);
      } else if (result.result === "Dropped") {
        this.dropped.add(identityOf(record));
      } else {
        this.failed.push(record);
      }
    }
  }

  /** Delivers what has come together. */
  async deliver(): Promise<void> {
    const { tables, writer, putErrors } = this.props;
    const [arrived, failed] = [this.arrived, this.failed];
    [this.arrived, this.failed] = [[], []];
    for (const table of tables) {
      const rows = arrived.filter((one) => one.table === table);
      const inserted = rows.filter(({ operation }) => operation === "insert");
      if (inserted.length > 0) {
        refuse(inserted.length < rows.length, `${table.table} gets inserts and updates, whose order is not played`);
        await writer.append(
          table,
          inserted.map(({ row }) => row),
        );
        continue;
      }
      for (const round of roundsOf(rows, table)) {
        await writer.merge(table, round);
      }
    }
    if (failed.length > 0) {
      await putErrors(`processing-failed/${++this.objects}`, failed.map(errorLine).join(""));
    }
  }

  private resultOf({ recordId, result, data, metadata }: Record<string, unknown>): Result {
    const id = String(recordId);
    if (result === "Dropped" || result === "ProcessingFailed") {
      return { result };
    }
    if (result !== "Ok") {
      throw new Error(`${id} has the result ${String(result)}`);
    }
    const { otfMetadata: route } = (metadata ?? {}) as { otfMetadata?: Record<string, unknown> };
    const { destinationDatabaseName: database, destinationTableName: name, operation = "insert" } = route ?? {};
    const table = this.props.tables.find((one) => one.database === database && one.table === name);
    if (table === undefined || (operation !== "insert" && operation !== "update")) {
      throw new Error(`${id} goes to ${String(database)}.${String(name)} as ${String(operation)}`);
    }
    refuse(operation === "update" && table.uniqueKeys.length === 0, `${id} updates a table without unique keys`);
    return { result, row: rowIn(id, data, table), table, operation };
  }
}

/** The row that Base64 holds, as it is, if Firehose takes it. */
function rowIn(id: string, data: unknown, { columns, uniqueKeys }: WrittenTable): string {
  if (typeof data !== "string" || !BASE64.test(data)) {
    throw new Error(`${id} has data that is no Base64`);
  }
  const row = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(data, "base64"));
  const object = JSON.parse(row) as unknown;
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    throw new Error(`${id} is no JSON object: ${row.slice(0, 200)}`);
  }
  refuse(row.includes("\n"), `${id} is more than a line`);
  const values = new Map<string, unknown>(Object.entries(object));
  const names = columns.map(({ name }) => name);
  refuse(
    values.size !== names.length || names.some((name) => !values.has(name)),
    `${id} has the fields ${[...values.keys()].join(", ")}, and the columns are ${names.join(", ")}`,
  );
  for (const { name, type } of columns) {
    const value = values.get(name) ?? null;
    refuse(value === null && uniqueKeys.includes(name), `${id} has no ${name}, which is a unique key`);
    refuse(!fits(parseColumnType(type), value), `${id} has a ${name} that is no ${type}: ${JSON.stringify(value)}`);
  }
  return row;
}

/** Whether a value is written as Firehose reads the type. */
function fits(type: ColumnType, value: unknown): boolean {
  if (value === null) {
    return true;
  }
  switch (type.kind) {
    case "decimal":
      return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);
    case "fixed":
      return typeof value === "string" && BASE64.test(value);
    case "list":
      return Array.isArray(value) && value.every((item) => fits(type.element, item));
    case "map":
      return isObject(value) && Object.values(value).every((item) => fits(type.value, item));
    case "struct":
      return isObject(value) && type.fields.every(({ name, type: of }) => name in value && fits(of, value[name]));
    case "primitive":
      return fitsPrimitive(type.name, value);
  }
}

function fitsPrimitive(name: string, value: unknown): boolean {
  switch (name) {
    case "boolean":
      return typeof value === "boolean";
    case "float":
    case "double":
      return typeof value === "number";
    case "date":
    case "int":
    case "long":
    case "time":
    case "timestamp":
    case "timestamptz":
      return Number.isInteger(value);
    case "binary":
      return typeof value === "string" && BASE64.test(value);
    default:
      return typeof value === "string";
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rows in turns, in each of which a key occurs once: what arrived later is applied later. */
function roundsOf(rows: readonly { readonly row: string }[], { uniqueKeys }: WrittenTable): string[][] {
  const rounds: string[][] = [];
  const seen = new Map<string, number>();
  for (const { row } of rows) {
    const values = JSON.parse(row) as Readonly<Record<string, unknown>>;
    const key = JSON.stringify(uniqueKeys.map((name) => values[name]));
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    (rounds[round] ??= []).push(row);
  }
  return rounds;
}

/** A record that could not be delivered, as Firehose keeps it: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
function errorLine({ data, approximateArrivalTimestamp }: FirehoseRecord): string {
  const error = {
    attemptsMade: 1,
    arrivalTimestamp: approximateArrivalTimestamp,
    errorCode: "Lambda.ProcessingFailedStatus",
    errorMessage: "ProcessingFailed status set for record",
    rawData: data,
  };
  return `${JSON.stringify(error)}\n`;
}

function refuse(isRefused: boolean, why: string): void {
  if (isRefused) {
    throw new Error(why);
  }
}
