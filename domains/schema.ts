import { z } from "zod";
import { either, limited } from "../validation/limited";
import { valueAt } from "../validation/paths";
import { COLUMN_NAME, columnTypeRefusal } from "./column-type";
import { repeatsRepetitions } from "./pattern";
import { columnReference, columnReferences, datasetReference, foreignColumn } from "./references";
import { scheduleRefusal } from "./schedule";
import { type StreamSource, streamSource } from "./stream-source";

/** How much harm a value does in the wrong hands, the least first. Columns and objects carry one of these. */
export const SENSITIVITIES = ["public", "internal", "confidential", "pii"] as const;

export type Sensitivity = (typeof SENSITIVITIES)[number];

/** Where tables of a dataset live, in the order in which data passes through. */
export const TABLE_ZONES = ["raw", "curated", "published"] as const;

export type TableZone = (typeof TABLE_ZONES)[number];

// Terraform evaluates ${ and %{ wherever they stand; control characters break the catalog's single-line comments
const LINE = /^(?!\s)(?!.*[$%]\{)[^\x00-\x1f\x7f-\x9f]+(?<!\s)$/;

// https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html counts bytes
const line = (maximum: number, remedy: string) =>
  limited(
    z
      .string()
      .max(maximum)
      .regex(LINE)
      .refine((text) => Buffer.byteLength(text) <= maximum),
    {
      limit: `one line of 1 to ${maximum} bytes in UTF-8 without \${ and %{, which Terraform evaluates`,
      remedy,
    },
  );

// https://docs.aws.amazon.com/glue/latest/webapi/API_DatabaseInput.html: 2048, of which a line needs no more than this
const description = line(1000, "say in a sentence what it holds, for people who find it in the catalog");

const owner = limited(z.email().max(256), {
  limit: "an address of the form local@domain.example, of at most 256 characters",
  remedy: "name the team's mailbox: people leave",
});

export const sensitivitySchema = limited(z.enum(SENSITIVITIES), {
  limit: `one of ${SENSITIVITIES.join(", ")}`,
  remedy: "decide who is harmed if it leaks; what nobody has decided is confidential",
});

const columnName = limited(z.string().max(127).regex(COLUMN_NAME), {
  // https://docs.aws.amazon.com/redshift/latest/dg/r_names.html ends identifiers at 127 bytes
  limit: "1 to 127 lower-case letters, digits and _, beginning with a letter",
  remedy: "write it in snake_case: the catalog lower-cases names, and Athena has to quote all others",
});

const columnType = limited(
  z.string().refine((text) => columnTypeRefusal(text) === undefined),
  {
    limit:
      "a type that Iceberg or the Data Catalog knows: boolean, int, bigint, float, double, decimal(P,S), string, binary, date, timestamp, timestamptz, array<T>, map<K,V>, struct<name:T,...>",
    remedy: 'write for example "decimal(12,2)" (up to 38 digits) or "array<struct<sku:string,quantity:int>>"',
    refusal: columnTypeRefusal,
  },
);

export const columnSchema = z.strictObject({
  name: columnName,
  /** An Iceberg or Hive type; the table's is Iceberg's, for example long for bigint. */
  type: columnType,
  // https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html
  comment: line(255, "say what the value means and in which unit"),
  sensitivity: sensitivitySchema,
  /**
   * Refuses records without a value.
   *
   * @default false
   */
  required: limited(z.boolean(), {
    limit: "true or false",
    remedy: "leave it out where a value may be absent",
  }).optional(),
  /**
   * What is taken away from its values before rows are written: all, all but the last four characters, or what tells
   * one address from others of its network (IPv4 /24, IPv6 /48).
   *
   * @default - nothing
   */
  mask: limited(z.enum(["remove", "last4", "network"]), {
    limit: "one of remove, last4, network",
    remedy: "use network for IP addresses, last4 for numbers that people compare; leave it out to keep values",
  }).optional(),
});

/** Escapes that JavaScript and Java read alike. */
const COMMON_ESCAPES = /\\(?:[dDwWsSbtnrf.\\/^$*+?()[\]{}|-]|[pP]\{[LMNPSZC][a-z]?\})/g;

/** Look-behind, named groups and classes of classes are other things to the two, or none. */
const NOT_IN_JAVA = /\(\?<|\[\^?\]|\[[^\]]*(?:\[|&&)/;

const count = (maximum: number, what: string) =>
  limited(z.int().min(1).max(maximum), { limit: `a whole number from 1 to ${maximum}`, remedy: what });

/** How rows are spread over files. Source: https://iceberg.apache.org/spec/#partition-transforms */
const partition = z.discriminatedUnion("transform", [
  z.strictObject({ transform: z.enum(["identity", "year", "month", "day", "hour"]), column: columnReference }),
  z.strictObject({
    transform: z.literal("bucket"),
    column: columnReference,
    buckets: count(10_000, "use 16 for some gigabytes; each bucket is a file at least"),
  }),
  z.strictObject({
    transform: z.literal("truncate"),
    column: columnReference,
    /** Characters of a string, or the step between numbers. */
    width: count(1_000_000_000, "write how many characters to keep, or the step between numbers"),
  }),
]);

const perRecord = {
  column: columnReference,
  /** What happens to a record that breaks the rule: it is put aside with the reason, left out for good, or only counted. */
  onFailure: limited(z.enum(["reject", "drop", "warn"]), {
    limit: "one of reject, drop, warn",
    remedy:
      "use reject to put the record aside with the reason, drop to leave out what nobody will ever want, warn to only count it",
  }),
};

const perTable = {
  /** What happens to a run after which the table breaks the rule: it fails, or it is only reported. */
  onFailure: limited(z.enum(["stop", "warn"]), {
    limit: "stop or warn",
    remedy: "use stop to keep the result of the run from readers, warn to only report it",
  }),
};

const bound = limited(z.union([z.number(), z.string().min(1).max(64)]), {
  limit: "a number, or for dates and times a string in ISO 8601",
  remedy: 'write for example 0 or "2020-01-01"',
});

const qualityRule = z.discriminatedUnion("rule", [
  z.strictObject({ rule: z.literal("notNull"), ...perRecord }),
  z.strictObject({ rule: z.literal("between"), ...perRecord, minimum: bound.optional(), maximum: bound.optional() }),
  z.strictObject({
    rule: z.literal("oneOf"),
    ...perRecord,
    values: limited(
      z
        .array(z.union([z.string().max(255), z.number()]))
        .min(1)
        .max(500),
      {
        limit: "1 to 500 strings or numbers",
        remedy: "list the values that are allowed; for long lists refer to a dataset with the rule references",
      },
    ),
  }),
  z.strictObject({
    rule: z.literal("matches"),
    ...perRecord,
    pattern: limited(z.string().max(500).refine(isPattern), {
      limit:
        "a regular expression of 1 to 500 characters whose escapes are \\d \\w \\s \\b \\t \\n \\r \\f, \\p{L} and its like, or of signs, without look-behind, named groups, ${, %{, [] and [ or && within [...], and without an endless repetition (* or +) within another, whose time may double with each character",
      remedy: "use what JavaScript and Java read alike; the whole value has to match",
    }),
  }),
  z.strictObject({
    rule: z.literal("recent"),
    ...perRecord,
    /** How old the value may be when the record arrives. One that is more than an hour ahead of that breaks the rule too. */
    withinHours: count(87_600, "write how late a record may come; 24 where devices are offline for a day"),
  }),
  z.strictObject({ rule: z.literal("unique"), ...perTable, columns: columnReferences.min(1) }),
  z.strictObject({
    rule: z.literal("complete"),
    ...perTable,
    column: columnReference,
    atLeast: limited(z.number().min(0).max(1), {
      limit: "a share of the rows from 0 to 1",
      remedy: "write 0.99 where one row of a hundred may lack a value",
    }),
  }),
  z.strictObject({
    rule: z.literal("references"),
    ...perTable,
    column: columnReference,
    /** The dataset that holds all values, as "domain.dataset". */
    dataset: datasetReference,
    /** Its column. */
    key: foreignColumn("name its key"),
  }),
]);

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    // something has to stand there: a class of escapes alone is not empty
    const rest = pattern.replaceAll(COMMON_ESCAPES, "_");
    return (
      pattern !== "" &&
      !repeatsRepetitions(pattern) &&
      !rest.includes("\\") &&
      !/[$%]\{/.test(pattern) &&
      !NOT_IN_JAVA.test(rest)
    );
  } catch {
    return false;
  }
}

const connection = limited(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), {
  limit: "the name of a connection that the environments declare: 1 to 63 lower-case letters, digits and hyphens",
  remedy: "add the connection to every file in environments/, each with its own address",
});

/** Where a table's rows come from, if not from a stream. Addresses and secrets differ between environments: those declare connections. */
export const BATCH_SOURCES = [
  z.strictObject({
    kind: z.literal("files"),
    format: z.discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("csv"),
        delimiter: limited(z.enum([",", ";", "\t", "|"]), {
          limit: "a comma, a semicolon, a tab or a vertical bar",
          remedy: 'write what stands between two values, for example ","',
        }),
        /** Whether the first line names the columns. */
        header: limited(z.boolean(), { limit: "true or false", remedy: "look at the first line of a file" }),
      }),
      // one object a line
      z.strictObject({ kind: z.literal("json") }),
      z.strictObject({ kind: z.literal("parquet") }),
    ]),
  }),
  z.strictObject({
    kind: z.literal("database"),
    connection,
    table: line(255, 'write it as the database does, for example "public.customers"'),
    /** Whether each run reads the whole table, or only rows that have changed since the run before. */
    load: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("full") }),
      z.strictObject({ kind: z.literal("incremental"), column: columnReference }),
    ]),
  }),
  z.strictObject({
    kind: z.literal("api"),
    connection,
    path: limited(
      z
        .string()
        .max(1000)
        .regex(/^\/([\w\-./~?&=:@!,;+]|%[0-9A-Fa-f]{2})*$/),
      {
        limit: "the path of a URL of at most 1000 characters, beginning with /, others escaped as in %20",
        remedy: 'write what follows the connection\'s address, for example "/v1/rates"',
      },
    ),
  }),
] as const;

const objectsSource = z.strictObject({
  kind: limited(z.literal("objects"), {
    limit: "objects, or for a dataset with columns one of stream, files, database, api",
    remedy: "choose one, and write the fields that it has",
  }),
  contentTypes: limited(
    z
      .array(z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/))
      .min(1)
      .max(20),
    {
      limit: "1 to 20 media types",
      remedy: 'write for example ["application/pdf"]',
    },
  ),
  /** How often S3 lists what is there. */
  inventory: limited(z.enum(["Daily", "Weekly"]), {
    limit: "Daily or Weekly",
    remedy: "use Weekly unless somebody reads the list every day",
  }),
});

/** Terraform evaluates ${ and %{ wherever they stand; control characters have no place in an expression. */
const LITERAL = /^(?!.*[$%]\{)[^\x00-\x1f\x7f-\x9f]*$/;

const rowBound = limited(z.number(), {
  limit: "a number",
  remedy: "write it without quotes; Lake Formation takes no dates in a row filter",
});

const reader = {
  consumer: limited(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), {
    limit: "the name of a consumer that the environments declare: 1 to 63 lower-case letters, digits and hyphens",
    remedy: "name a consumer as environments/ does",
  }),
  /** The most sensitive columns this consumer may read. */
  upTo: sensitivitySchema,
};

/**
 * What a row must have to be read. Lake Formation compares columns with constants, and takes no other types in a filter.
 *
 * Source: https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
 */
const rowCondition = z.discriminatedUnion("rule", [
  z.strictObject({
    rule: z.literal("oneOf"),
    column: columnReference,
    values: limited(
      z
        .array(z.union([z.string().max(255).regex(LITERAL), z.number(), z.boolean()]))
        .min(1)
        .max(100),
      {
        limit: "1 to 100 strings, numbers or booleans; strings of at most 255 printable characters without ${ and %{",
        remedy: "list the values of the rows that may be read",
      },
    ),
  }),
  z.strictObject({
    rule: z.literal("between"),
    column: columnReference,
    minimum: rowBound.optional(),
    maximum: rowBound.optional(),
  }),
]);

const tableReader = z.strictObject({
  ...reader,
  /**
   * What rows must have, all of it, for this consumer to read them.
   *
   * @default - all rows are read
   */
  rows: z.array(rowCondition).min(1).optional(),
});

/** How names of tables end that Basin adds to those of datasets. */
const QUARANTINE_SUFFIX = "_quarantine";

const days = limited(z.int().min(1).max(36500), {
  limit: "a whole number of days from 1 to 36500",
  remedy: "ask whoever answers for the data how long it may and must be kept",
});

// a yearly run is up to 366 days after the one before, and takes its time
const MAX_FRESHNESS_MINUTES = 2 * 365 * 24 * 60;

const common = {
  /** Immutable: it is part of every address and of the table's name. */
  name: limited(
    z
      .string()
      .max(30)
      .regex(/^(?!.*_quarantine$)[a-z][a-z0-9]*(_[a-z0-9]+)*$/),
    {
      limit:
        "1 to 30 lower-case letters, digits and single _, beginning with a letter; not ending in _quarantine, as tables of refused records do",
      remedy: "write it in snake_case: it becomes the name of a table, and can never change",
    },
  ),
  description,
  owner,
};

export const tableDatasetSchema = z.strictObject({
  ...common,
  readers: z.array(tableReader),
  source: z.discriminatedUnion("kind", [streamSource, ...BATCH_SOURCES]),
  columns: z.array(columnSchema).min(1),
  /** Columns that tell one row from all others; empty where rows only ever are added. */
  primaryKey: columnReferences,
  partitions: z.array(partition),
  quality: z.array(qualityRule),
  /** How old the newest row may be before somebody is alerted. */
  freshnessMinutes: limited(z.int().min(1).max(MAX_FRESHNESS_MINUTES), {
    limit: `a whole number of minutes from 1 to ${MAX_FRESHNESS_MINUTES}, two years`,
    remedy: "promise what readers need: 5 for a stream, 1500 for a daily run",
  }),
  /** Average on a busy day; sizes buffers, shards and jobs, and tells too much from too little. */
  expectedRecordsPerSecond: limited(z.number().positive().max(1_000_000), {
    limit: "a number above 0, up to 1000000",
    remedy: "divide the records of a busy day by 86400",
  }),
  /** When rows are deleted, by the time in one of their columns. */
  retention: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("forever") }),
    z.strictObject({ kind: z.literal("days"), days, column: columnReference }),
  ]),
  /**
   * When a run starts, in UTC, as EventBridge Scheduler writes it.
   *
   * @default - files are taken when they arrive, streams all the time
   */
  schedule: limited(
    z.string().refine((text) => scheduleRefusal(text) === undefined),
    {
      limit: "rate(1 hour), rate(N minutes|hours|days), or cron(minutes hours day-of-month month day-of-week year)",
      remedy: 'write for example "cron(0 3 * * ? *)" for 3 o\'clock UTC every day; one of the two days has to be ?',
      refusal: scheduleRefusal,
    },
  ).optional(),
});

/** Unstructured files, kept as they are: a prefix and its inventory, but no table. */
export const objectsDatasetSchema = z.strictObject({
  ...common,
  readers: z.array(z.strictObject(reader)),
  source: objectsSource,
  sensitivity: sensitivitySchema,
  retention: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("forever") }),
    z.strictObject({ kind: z.literal("days"), days }),
  ]),
});

export const datasetSchema = either(objectsDatasetSchema, tableDatasetSchema, isObjects);

/** Whether what is written is meant to be files without a table. */
export function isObjects(value: unknown): boolean {
  const kind = valueAt(value, ["source", "kind"]);
  const hasNoColumns = valueAt(value, ["columns"]) === undefined && valueAt(value, ["sensitivity"]) !== undefined;
  return kind === "objects" || hasNoColumns;
}

export const domainSchema = z.strictObject({
  /** Immutable: it is part of every address, of stacks and of databases. */
  name: limited(
    z
      .string()
      .max(20)
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
    {
      limit: "1 to 20 lower-case letters, digits and single hyphens, beginning with a letter",
      remedy: "name the business area; it can never change",
    },
  ),
  description,
  owner,
  datasets: z.array(datasetSchema),
});

export type Domain = z.infer<typeof domainSchema>;
export type TableDataset = z.infer<typeof tableDatasetSchema>;
export type ObjectsDataset = z.infer<typeof objectsDatasetSchema>;
export type Dataset = TableDataset | ObjectsDataset;
export type Column = TableDataset["columns"][number];
export type Partition = TableDataset["partitions"][number];
export type QualityRule = TableDataset["quality"][number];
export type TableReader = TableDataset["readers"][number];
export type RowCondition = z.infer<typeof rowCondition>;
export type StreamDataset = TableDataset & { readonly source: StreamSource };

export function isTable(dataset: Dataset): dataset is TableDataset {
  return !isObjects(dataset);
}

export function isStream(dataset: Dataset): dataset is StreamDataset {
  return dataset.source.kind === "stream";
}

/** Name of the table that holds what could not be taken from a stream, with the reason. */
export function quarantineTable(dataset: string): string {
  return `${dataset}${QUARANTINE_SUFFIX}`;
}

/** The most sensitive of some values, and so what a table with such columns is. */
export function mostSensitive(values: readonly Sensitivity[]): Sensitivity {
  return SENSITIVITIES.findLast((level) => values.includes(level)) ?? "public";
}

/** How sensitive a dataset is as a whole. */
export function sensitivityOf(dataset: Dataset): Sensitivity {
  return isTable(dataset)
    ? mostSensitive(dataset.columns.map((declared) => declared.sensitivity))
    : dataset.sensitivity;
}

/** Types a domain. Limits are checked when the configuration is loaded, those of all files together. */
export function defineDomain(domain: Domain): Domain {
  return domain;
}
