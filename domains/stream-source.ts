import { z } from "zod";
import { limited } from "../validation/limited";
import { columnReference, datasetReference, foreignColumn } from "./references";

const whole = (minimum: number, maximum: number, what: string, remedy: string) =>
  limited(z.int().min(minimum).max(maximum), { limit: `${what} from ${minimum} to ${maximum}`, remedy });

/** What a column of a record is looked up by in another dataset, and what is taken from there. */
export const enrichment = z.strictObject({
  /** The dataset that is looked up in. Its rows are held in memory: it has to be small. */
  dataset: datasetReference,
  /** What is looked up. */
  column: columnReference,
  /** Where it is looked up: the key of that dataset. */
  key: foreignColumn("name its key"),
  take: z
    .array(
      z.strictObject({
        /** What is filled. Producers do not send it. */
        column: columnReference,
        from: foreignColumn("name the column whose value is taken"),
      }),
    )
    .min(1),
});

/**
 * Somebody who acts on records as they come, beside the delivery to the table.
 *
 * Source of the limits: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const streamConsumer = z.strictObject({
  /** Immutable: it is part of addresses and of the function's name. */
  name: limited(
    z
      .string()
      .max(20)
      // no hyphens: "web-shop" of "a" and "shop-a" of "web" would be one name
      .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/),
    {
      limit: "1 to 20 lower-case letters, digits and single _, beginning with a letter",
      remedy: "say in a word what it does with records",
    },
  ),
  /** Which code it runs: a file in pipelines/functions/consumers, without its ending. */
  function: limited(
    z
      .string()
      .max(40)
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
    {
      limit: "1 to 40 lower-case letters, digits and single hyphens, beginning with a letter",
      remedy: "name a file in pipelines/functions/consumers without its ending",
    },
  ),
  /** Reads with 2 MB a second of its own for each shard, instead of sharing them with all others. */
  dedicatedThroughput: limited(z.boolean(), {
    limit: "true or false",
    remedy: "use true where a third or later reader of the stream must not slow the others down; it costs extra",
  }),
  memoryMb: whole(128, 10_240, "a whole number of megabytes", "use 256 unless it holds much in memory"),
  timeoutSeconds: whole(1, 900, "a whole number of seconds", "use 60: six times what a batch takes"),
  /** How many batches of a shard are worked on at the same moment; records with one key stay in order. */
  parallelization: whole(1, 10, "a whole number of batches", "use 1 until it falls behind"),
  /** How old a record may become before it is given up and put aside. */
  maximumAgeMinutes: whole(
    1,
    10_080,
    "a whole number of minutes",
    "use 720: twelve hours to mend what it depends on; a stream has to keep records for longer",
  ),
  /** How often a record that fails is tried again before it is given up and put aside. */
  retries: whole(0, 10_000, "a whole number", "use 5"),
  /**
   * How many instances of it may run at once, which are kept for it alone.
   *
   * @default - as many as the account has left
   */
  reservedConcurrency: whole(
    1,
    900,
    "a whole number of instances",
    "leave it out where nothing has to be spared",
  ).optional(),
});

/** AWS: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const MAX_CONSUMERS = 20;

/** Records that somebody sends one by one, all the time. */
export const streamSource = z.strictObject({
  kind: z.literal("stream"),
  engine: limited(z.enum(["kinesis", "kafka"]), {
    limit: "kinesis or kafka",
    remedy: "choose what producers write to",
  }),
  /** Who writes to it, by the names that environments know them by. */
  producers: z.array(
    limited(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), {
      limit: "the name of a producer that the environments declare: 1 to 63 lower-case letters, digits and hyphens",
      remedy: "name a producer as environments/ does",
    }),
  ),
  /** From which share of records that fail on somebody is alerted. */
  alertAboveFailedShare: limited(z.number().gt(0).max(1), {
    limit: "a share of the records above 0, up to 1",
    remedy: "write 0.01 where one record of a hundred may fail",
  }),
  /**
   * What records are enriched with.
   *
   * @default - nothing: they stay as they are sent
   */
  enrich: z.array(enrichment).min(1).optional(),
  /**
   * Who else acts on records as they come.
   *
   * @default - nobody: records are only delivered to the table
   */
  consumers: z.array(streamConsumer).min(1).max(MAX_CONSUMERS).optional(),
});

export type StreamSource = z.infer<typeof streamSource>;
export type Enrichment = z.infer<typeof enrichment>;
export type StreamConsumer = z.infer<typeof streamConsumer>;
