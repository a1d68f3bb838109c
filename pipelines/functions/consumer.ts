import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import type { Value } from "./columns/value";
import { compileDataset, type Dataset, judgeRow, maskRow, readRow, type Row } from "./dataset/dataset";
import { variable } from "./environment";
import { loadContract } from "./load-contract";
import type { CONSUMER_METRICS } from "./metric-names";
import { metricsOf } from "./metrics";
import { once } from "./once";
import { deaggregate } from "./record/aggregate";
import { parseRecord } from "./record/parse";
import { decodeBase64, decodePayload } from "./record/payload";
import { Refusal } from "./refusal";

/** Longer than the seven days after which a mapping gives a record up at the latest, so that no retry is taken for new. */
const REMEMBER_SECONDS = 8 * 24 * 60 * 60;

/** A record as its contract types it, masked as the table's rows are. Columns that other datasets fill are null. */
export type TypedRecord = Readonly<Record<string, Value>>;

export interface RecordContext {
  /** When the stream got the record, in milliseconds since 1970. */
  readonly arrivedAt: number;
  /** What the consumer counts on its own, with the dimension Consumer. They are written after each record. */
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export type HandleRecord = (record: TypedRecord, context: RecordContext) => Promise<void>;

/** A record that waits for one before it, which failed. */
class HeldBack extends Error {
  constructor() {
    super("a record before it in its shard failed");
  }
}

type Counts = Record<(typeof CONSUMER_METRICS)[keyof typeof CONSUMER_METRICS], number>;

/** One of the records that a Kinesis record holds. */
interface Part {
  readonly row: Row;
  readonly identity: string;
  readonly arrivedAt: number;
}

/**
 * Makes a function of what is to be done with each record of a stream. Records come decoded, checked against the contract,
 * in the order of their shard, and each once: again only if what was done with it failed, or was cut off. Where the dataset has
 * a primary key, a record that has the same values in all columns once it is masked is the same one, sent again, and not handed
 * on within eight days; one with the same key and other values is news of the same thing. Without a key records are told apart by
 * their place in the stream. Records that are no rows are left out: the other path puts them aside.
 *
 * After a record that fails, all later ones of its shard wait. If it was the first of its batch, the whole batch fails, upon
 * which the mapping splits it in two, until the record fails alone and goes to the mapping's destination.
 */
export function consume(
  handleRecord: HandleRecord,
): (event: KinesisStreamEvent, context: Context) => Promise<KinesisStreamBatchResponse> {
  const prepared = once(async () => prepare(await loadContract(), handleRecord));
  return async (event, context) => (await prepared()).handle(event, context);
}

function prepare(contract: Parameters<typeof compileDataset>[0], handleRecord: HandleRecord): Consumer {
  return new Consumer(compileDataset(contract), handleRecord, variable("CONSUMER"), variable("IDEMPOTENCY_TABLE"));
}

class Consumer {
  private readonly logger = new Logger();
  private readonly metrics: Metrics;
  /** Those of whoever handles records. */
  private readonly own: Metrics;
  private readonly processor = new BatchProcessor(EventType.KinesisDataStreams);
  private readonly config = new IdempotencyConfig({ expiresAfterSeconds: REMEMBER_SECONDS, hashFunction: "sha256" });
  /** Runs what is given unless that was done for the same identity. */
  private readonly onceFor: (identity: string, run: () => Promise<void>) => Promise<void>;

  constructor(
    private readonly dataset: Dataset,
    private readonly handleRecord: HandleRecord,
    name: string,
    tableName: string,
  ) {
    this.metrics = metricsOf({ Consumer: name });
    this.own = metricsOf({ Consumer: name });
    this.onceFor = makeIdempotent((_identity: string, run: () => Promise<void>) => run(), {
      persistenceStore: new DynamoDBPersistenceLayer({ tableName }),
      config: this.config,
      keyPrefix: name,
      dataIndexArgument: 0,
    });
  }

  async handle(event: KinesisStreamEvent, context: Context): Promise<KinesisStreamBatchResponse> {
    // else what a run leaves behind that is cut off would count as under way until it expires
    this.config.registerLambdaContext(context);
    const counts: Counts = { RecordsRead: 0, RecordsFailed: 0, RecordsDuplicate: 0, RecordsSkipped: 0 };
    const failedShards = new Set<string>();
    const work = async (record: KinesisStreamRecord) => {
      const shard = shardOf(record);
      if (failedShards.has(shard)) {
        throw new HeldBack();
      }
      try {
        await this.each(record, counts);
      } catch (error) {
        failedShards.add(shard);
        counts.RecordsFailed++;
        this.logger.error("A record failed", { shard, sequence: record.kinesis.sequenceNumber, error: error as Error });
        throw error;
      }
    };
    try {
      return await processPartialResponse(event, work, this.processor, { context, processInParallel: false });
    } finally {
      for (const [name, count] of Object.entries(counts)) {
        this.metrics.addMetric(name, MetricUnit.Count, count);
      }
      this.metrics.publishStoredMetrics();
    }
  }

  /** All that a Kinesis record holds, one after the other: it fails with the first that does. */
  private async each(record: KinesisStreamRecord, counts: Counts): Promise<void> {
    const bytes = decodeBase64(record.kinesis.data);
    const parts = bytes instanceof Refusal ? [bytes] : (deaggregate(bytes) ?? [bytes]);
    for (const [index, part] of parts.entries()) {
      counts.RecordsRead++;
      const read = this.read(part, record, index);
      if (typeof read === "string") {
        counts.RecordsSkipped++;
        this.logger.info("A record is no row, and left out", { reason: read, sequence: record.kinesis.sequenceNumber });
      } else {
        counts.RecordsDuplicate += (await this.run(read)) ? 0 : 1;
      }
    }
  }

  /** The row of one part of a Kinesis record, or why it is none. */
  private read(part: Buffer | Refusal, record: KinesisStreamRecord, index: number): Part | string {
    const plain = part instanceof Refusal ? part : decodePayload(part);
    const parsed = plain instanceof Refusal ? plain : parseRecord(plain);
    const row = parsed instanceof Refusal ? parsed : readRow(this.dataset, parsed);
    if (row instanceof Refusal) {
      return row.reason;
    }
    const arrivedAt = Math.round(record.kinesis.approximateArrivalTimestamp * 1000);
    const { columns, rules } = this.dataset;
    const judged = rules.filter(({ column }) => columns[column]?.isEnriched === false);
    const verdict = judgeRow(judged, row, arrivedAt, () => undefined);
    if (verdict !== undefined) {
      return verdict.refusal.reason;
    }
    const masked = maskRow(this.dataset, row);
    // after the mask: a hash of what it hides would be undone by trying all that the row may have been
    const identity = identityOf(this.dataset, row) ?? `${shardOf(record)}/${record.kinesis.sequenceNumber}/${index}`;
    return masked?.reason ?? { row, identity, arrivedAt };
  }

  /** Hands a row on, unless that was done. False where it was. */
  private async run({ row, identity, arrivedAt }: Part): Promise<boolean> {
    let isNew = false;
    // what a record that failed has counted
    this.own.clearMetrics();
    this.own.clearDimensions();
    await this.onceFor(identity, async () => {
      isNew = true;
      const typed = Object.fromEntries(
        this.dataset.columns.map(({ name }, index) => [name, row.values[index] ?? null]),
      );
      await this.handleRecord(typed, { arrivedAt, metrics: this.own, logger: this.logger });
      // what was counted is written before the record is remembered: lost counts cannot be had again
      if (this.own.hasStoredMetrics()) {
        this.own.publishStoredMetrics();
      }
    });
    return isNew;
  }
}

/** The values of a row as text; undefined where the dataset has no key, so that equal rows are different ones. */
function identityOf({ key, columns }: Dataset, { values }: Row): string | undefined {
  return key.length === 0
    ? undefined
    : `[${columns.map(({ write }, position) => write(values[position] ?? null)).join(",")}]`;
}

/** An event's id is "<shard>:<sequence number>". */
function shardOf({ eventID }: KinesisStreamRecord): string {
  return eventID.slice(0, eventID.lastIndexOf(":"));
}
