import { join } from "node:path";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import Table from "cli-table3";
import { contractOf, isTableContract, snapshotKey, type TableContract } from "../../domains/contract";
import { QUARANTINE_KEY, quarantineContract } from "../../domains/quarantine";
import { web } from "../../domains/web";
import { temporaryFolder } from "../support/checkout";
import { bundleFunction } from "../support/function-bundle";
import { BUCKET, databaseOf, EmulatedLake, FETCHING_MS, ZONES } from "./lake";
import { LineProcess } from "./line-process";
import { Spark } from "./spark";
import { asStreamRecords, COUNTRIES, makeClicks, type ClickRow } from "./stream/clicks";
import { type Answered, batchesOf, Firehose, type FirehoseRecord } from "./stream/firehose";
import { IcebergWriter, type WrittenTable } from "./stream/iceberg-writer";
import { EmulatedStream } from "./stream/kinesis";
import { type Put, type QuarantineRow, reckon, type Reckoning } from "./stream/reckoning";
import { Random } from "./stream/random";

const RECORDS = 10_000;
const SHARDS = 4;
const SEED = 20_261_123;
/** How many times Firehose delivers to the tables. */
const DELIVERIES = 2;
const ARTIFACTS = "basin-test-artifacts";
const FAILURES = "stream-failures/web/clickstream";
const STREAM = "basin-dev-web-clickstream";

const { signal } = new AbortController();
const random = new Random(SEED);

const clickstream = contractOfClickstream();
const refused = quarantineContract(clickstream);

let lake: EmulatedLake;
let spark: Spark;
let s3: S3Client;
let transform: LineProcess;

beforeAll(async () => {
  lake = await EmulatedLake.start(signal, "web");
  const { endpoint, variables } = lake.emulator;
  s3 = new S3Client({
    endpoint,
    region: variables.AWS_REGION ?? "",
    credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
    forcePathStyle: true,
  });
  spark = await Spark.start(lake.emulator, signal);
}, FETCHING_MS);

afterAll(() => transform.stop());
afterAll(() => spark.stop());
afterAll(() => {
  s3.destroy();
});
afterAll(() => lake.stop());

function contractOfClickstream(): TableContract {
  const declaration = web.datasets.find(({ name }) => name === "clickstream");
  const contract = declaration === undefined ? undefined : contractOf(web, declaration);
  if (contract === undefined || !isTableContract(contract)) {
    throw new Error("web.clickstream is no table");
  }
  return contract;
}

/** Puts an object, and returns its version. */
async function putObject(bucket: string, key: string, body: string): Promise<string> {
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return VersionId ?? "";
}

/** Writes what the function reads, and starts it. */
async function startTransform(): Promise<string> {
  const LocationConstraint = "eu-west-1";
  await s3.send(new CreateBucketCommand({ Bucket: ARTIFACTS, CreateBucketConfiguration: { LocationConstraint } }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: ARTIFACTS, VersioningConfiguration }));
  const key = "contracts/web/clickstream.json";
  const version = await putObject(ARTIFACTS, key, JSON.stringify(clickstream));
  // the function goes by the version that it was deployed with
  await putObject(ARTIFACTS, key, "{}");
  const dataset = "reference.countries";
  const snapshot = { snapshotVersion: 1, dataset, takenAt: "2026-11-20T00:00:00Z", rows: COUNTRIES };
  await putObject(ARTIFACTS, snapshotKey(dataset), JSON.stringify(snapshot));
  transform = new LineProcess({
    program: process.execPath,
    args: [join(__dirname, "stream", "function-process.mjs"), bundleFunction("pipelines/functions/transform/index.ts")],
    variables: {
      ...lake.emulator.variables,
      CONTRACT_BUCKET: ARTIFACTS,
      CONTRACT_KEY: key,
      CONTRACT_VERSION: version,
      SNAPSHOT_BUCKET: ARTIFACTS,
      DATABASE: databaseOf("raw", "web"),
      TABLE: clickstream.name,
      QUARANTINE_TABLE: refused.name,
      POWERTOOLS_SERVICE_NAME: `${STREAM}-transform`,
    },
  });
  return version;
}

/** Has the migrator make the tables, as a deployment does. */
async function makeTables(): Promise<void> {
  for (const [contract, zones] of [[clickstream, ZONES] as const, [refused, ["raw"]] as const]) {
    const named = { domain: "web", name: contract.name };
    expect(await lake.handle({ contract, tables: lake.tablesOf(named, zones) })).toMatchObject({
      result: { tables: zones.map(() => ({ outcome: "created" })) },
    });
  }
}

/** What Firehose is told of tables: unique keys as the delivery stream's destination has them. */
function destinationOf({ name, columns }: TableContract, uniqueKeys: readonly string[]): WrittenTable {
  const written = columns.map((column) => ({ name: column.name, type: column.type }));
  return { database: databaseOf("raw", "web"), table: name, columns: written, uniqueKeys };
}

/** Puts records, and tells where the stream has each. */
async function produce(stream: EmulatedStream): Promise<Put[]> {
  const clicks = makeClicks({ random, count: RECORDS, now: Date.now() });
  const records = asStreamRecords(clicks, random);
  const places = await stream.put(records);
  return records.flatMap(({ clicks: inRecord, isAggregate }, at) => {
    const { shardId, sequenceNumber } = places[at] ?? { shardId: "", sequenceNumber: "" };
    return inRecord.map((click, index) => ({
      ...click,
      identity: `${shardId}/${sequenceNumber}/${isAggregate ? index : ""}`,
      arrivedAt: Number.NaN,
    }));
  });
}

/** Delivers batches in order, and at least once: as networks and restarts have it. */
async function deliverAtLeastOnce(firehose: Firehose, batches: readonly FirehoseRecord[][]): Promise<number> {
  let again = 0;
  const perDelivery = Math.ceil(batches.length / DELIVERIES);
  for (const [index, batch] of batches.entries()) {
    const transformed = await firehose.transform(batch);
    const last = batches[index - 1] ?? [];
    if (index % 5 === 1) {
      // an answer that got lost is asked for again: the second is delivered first
      const second = await firehose.transform(batch);
      firehose.take(second);
      again += batch.length;
    }
    firehose.take(transformed);
    if (index % 5 === 2) {
      // a delivery whose success nobody has told
      firehose.take(transformed);
      again += batch.length;
    }
    if (index % 5 === 3) {
      // a restart from somewhere in the stream: the same records in another batch
      const anew = [...last.slice(last.length / 2), ...batch.slice(0, batch.length / 2)];
      firehose.take(await firehose.transform(anew.map((record, at) => ({ ...record, recordId: `again-${at}` }))));
      again += anew.length;
    }
    if (index % perDelivery === perDelivery - 1 || index === batches.length - 1) {
      await firehose.deliver();
    }
  }
  return again;
}

/** What is in the error output, record by record, in Base64. */
async function failures(): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${FAILURES}/` }));
  const texts = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return (await Body?.transformToString()) ?? "";
    }),
  );
  return texts.flatMap((text) =>
    text
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { rawData: string }).rawData),
  );
}

function readRows(): Promise<readonly ClickRow[]> {
  return spark.sql(
    `SELECT event_id, CAST(unix_micros(CAST(occurred_at AS TIMESTAMP)) AS STRING) AS occurred_at, event_type, page_url,
        session_id, CAST(customer_id AS STRING) AS customer_id, country_code, country_name, ip_address, properties
      FROM lake.${databaseOf("raw", "web")}.${clickstream.name}`,
  ) as Promise<readonly unknown[]> as Promise<readonly ClickRow[]>;
}

function readQuarantine(): Promise<readonly QuarantineRow[]> {
  return spark.sql(
    `SELECT *, CAST(unix_micros(CAST(arrived_at AS TIMESTAMP)) AS STRING) AS arrived_at
      FROM (SELECT * FROM lake.${databaseOf("raw", "web")}.${refused.name})`,
  ) as Promise<readonly unknown[]> as Promise<readonly QuarantineRow[]>;
}

/** Sums of the metrics that the function has written, by name. */
function metricsIn(log: readonly string[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of log.filter((text) => text.includes('"_aws"'))) {
    const metric = JSON.parse(line) as Record<string, unknown> & {
      _aws: { CloudWatchMetrics: { Metrics: { Name: string }[]; Dimensions: string[][]; Namespace: string }[] };
    };
    for (const { Metrics, Dimensions, Namespace } of metric._aws.CloudWatchMetrics) {
      expect({ Namespace, Dimensions }).toEqual({ Namespace: "Basin", Dimensions: [["Domain", "Dataset"]] });
      for (const { Name } of Metrics) {
        sums[Name] = (sums[Name] ?? 0) + Number(metric[Name]);
      }
    }
  }
  return sums;
}

function print({ accounts, total }: Reckoning, lines: readonly string[]): void {
  const head = ["records", "put", "good", "merged", "quarantined", "dropped", "error output", "lost", "doubled"];
  const table = new Table({
    head,
    colAligns: head.map((_, at) => (at === 0 ? "left" : "right")),
    style: { head: [], border: [] },
  });
  const named = [...accounts].sort(([one], [other]) => (one < other ? -1 : 1));
  table.push(
    ...[...named, ["all", total] as const].map(([name, account]) => [name, ...(Object.values(account) as number[])]),
  );
  process.stdout.write([table.toString(), ...lines, ""].join("\n"));
}

test(
  `of ${RECORDS} records with known faults each has one fate: a row, a refusal, a rule that drops it, or the error output`,
  async () => {
    const stream = new EmulatedStream(STREAM, lake.emulator, s3);
    const [sourceKinesisStreamArn, version] = [await stream.create(SHARDS), await startTransform()];
    await makeTables();
    const sent = await produce(stream);
    const shards = await stream.read();
    stream.close();
    const stored = new Map(shards.flat().map((one) => [`${one.shardId}/${one.sequenceNumber}`, one.arrivedAt]));
    const puts = sent.map((put) => ({
      ...put,
      arrivedAt: stored.get(put.identity.slice(0, put.identity.lastIndexOf("/"))) ?? Number.NaN,
    }));
    const firehose = new Firehose({
      deliveryStreamArn: `arn:aws:firehose:eu-west-1:111122223333:deliverystream/${STREAM}`,
      sourceKinesisStreamArn,
      region: "eu-west-1",
      call: (event) => transform.get<Answered>("call", event),
      tables: [destinationOf(clickstream, clickstream.primaryKey), destinationOf(refused, [QUARANTINE_KEY])],
      writer: new IcebergWriter(spark, temporaryFolder()),
      putErrors: async (name, content) => {
        await putObject(BUCKET, `${FAILURES}/${name}`, content);
      },
    });
    const batches = batchesOf(shards, random);

    const again = await deliverAtLeastOnce(firehose, batches);

    const [rows, quarantined, failed] = [await readRows(), await readQuarantine(), await failures()];
    const reckoning = reckon(puts, { rows, quarantined, dropped: firehose.dropped, failed, contractVersion: version });
    print(reckoning, [
      `${stored.size} records of ${SHARDS} shards, ${puts.filter(({ identity }) => !identity.endsWith("/")).length} of ${puts.length} in aggregates`,
      `${batches.length} batches, ${firehose.invocations} calls, ${again} records delivered again`,
    ]);
    expect(reckoning.differences.slice(0, 20)).toEqual([]);
    const { put, good, merged, quarantined: refusals, dropped, failed: inErrors, lost, doubled } = reckoning.total;
    expect({ put, lost, doubled }).toEqual({ put: RECORDS, lost: 0, doubled: 0 });
    expect(good + merged + refusals + dropped + inErrors).toBe(put);
    expect({ good, refusals }).toEqual({ good: rows.length, refusals: quarantined.length });

    const { answered } = firehose;
    expect(metricsIn(firehose.log)).toMatchObject({
      RecordsRead: Object.values(answered).reduce((sum, count) => sum + count, 0),
      RecordsGood: answered[clickstream.name],
      RecordsQuarantined: answered[refused.name],
      RecordsDropped: answered.Dropped,
      RecordsFailed: answered.ProcessingFailed,
      SnapshotUnavailable: 0,
    });
  },
  FETCHING_MS,
);
