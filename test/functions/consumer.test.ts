import { gzipSync } from "node:zlib";
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { aggregate } from "./support/aggregate";
import { type KeyTable, startKeyTable } from "./support/key-table";
import { metricsIn, outside, printedBy, startFunction } from "./support/load";
import { type ObjectStore, startObjectStore } from "./support/object-store";
import { ARRIVED_AT, column, contract } from "./support/transform";

type Handler = (event: KinesisStreamEvent, context: Context) => Promise<KinesisStreamBatchResponse>;

const DAY_SECONDS = 24 * 60 * 60;

const columns = [
  column("event_id", "string"),
  column("event_type", "string", { required: true }),
  column("country_code", "string"),
  column("country_name", "string"),
  column("ip_address", "string", { mask: "network" }),
];
const take = [{ column: "country_name", from: "name" }];
const enrich = [{ dataset: "reference.countries", column: "country_code", key: "code", take, snapshot: "x" }];
const quality = [
  { rule: "oneOf", column: "event_type", values: ["view", "purchase"], onFailure: "reject" },
  { rule: "notNull", column: "country_name", onFailure: "reject" },
];

let store: ObjectStore;
let table: KeyTable;
let handler: Handler;

beforeEach(async () => {
  [store, table] = await Promise.all([startObjectStore(), startKeyTable()]);
  handler = start(["event_id"]);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([store.close(), table.close()]);
});

function start(primaryKey: string[]): Handler {
  const of = contract({ columns, primaryKey, quality, source: { kind: "stream", enrich } });
  store.put("/artifacts/contract.json", JSON.stringify(of));
  const started = startFunction("pipelines/functions/consumers/purchases.ts", {
    AWS_ENDPOINT_URL_S3: store.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    CONTRACT_BUCKET: "artifacts",
    CONTRACT_KEY: "contract.json",
    CONTRACT_VERSION: "version-1",
    IDEMPOTENCY_TABLE: "keys",
    CONSUMER: "basin-dev-web-purchases",
  }) as { handler: Handler };
  return started.handler;
}

function streamed(content: unknown, sequence: number, shard = 0): KinesisStreamRecord {
  const bytes = content instanceof Uint8Array ? content : JSON.stringify(content);
  const shardId = `shardId-00000000000${shard}`;
  return {
    awsRegion: "eu-west-1",
    eventID: `${shardId}:${sequence}`,
    eventName: "aws:kinesis:record",
    eventSource: "aws:kinesis",
    eventSourceARN: "arn:aws:kinesis:eu-west-1:111111111111:stream/basin-dev-web-clicks",
    eventVersion: "1.0",
    invokeIdentityArn: "arn:aws:iam::111111111111:role/basin-dev-web-purchases",
    kinesis: {
      approximateArrivalTimestamp: ARRIVED_AT / 1000,
      data: Buffer.from(bytes as string).toString("base64"),
      kinesisSchemaVersion: "1.0",
      partitionKey: "key",
      sequenceNumber: `${sequence}`,
    },
  };
}

const purchase = (id: string, country = "DE") => ({ event_id: id, event_type: "purchase", country_code: country });

/** Runs a batch; names the countries that were counted, and the counts of the run. */
async function run(...records: KinesisStreamRecord[]) {
  const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
  const { result, lines } = await printedBy(() =>
    handler({ Records: records }, context).catch((error: unknown) => error as Error),
  );
  const metrics = metricsIn(lines);
  const { RecordsRead, RecordsFailed, RecordsDuplicate, RecordsSkipped } =
    metrics.find((line) => "RecordsRead" in line) ?? {};
  return {
    failed:
      result instanceof outside.Error
        ? result.message
        : result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    countries: metrics.flatMap(({ Country }) => (Country === undefined ? [] : [Country])),
    counts: { RecordsRead, RecordsFailed, RecordsDuplicate, RecordsSkipped },
    metrics,
  };
}

/** Makes the handler fail on a country, as one that cannot be written anywhere. */
function failOn(country: string): void {
  const { stringify } = outside.JSON;
  jest.spyOn(outside.JSON, "stringify").mockImplementation(((value: { Country?: string }, ...rest: []) => {
    if (value.Country === country) {
      throw new Error("poisoned");
    }
    return stringify(value, ...rest);
  }) as typeof JSON.stringify);
}

test("purchases are counted by country, in what form records come, and others are not", async () => {
  const { failed, countries, counts, metrics } = await run(
    streamed(purchase("a"), 1),
    streamed({ event_id: "b", event_type: "view" }, 2),
    streamed(gzipSync(JSON.stringify(purchase("c", "FR"))), 3),
    streamed(
      aggregate([Buffer.from(JSON.stringify(purchase("d", "IT"))), gzipSync(JSON.stringify(purchase("e", "ES")))]),
      4,
    ),
  );
  expect([failed, countries]).toEqual([[], ["DE", "FR", "IT", "ES"]]);
  expect(counts).toEqual({ RecordsRead: 5, RecordsFailed: 0, RecordsDuplicate: 0, RecordsSkipped: 0 });
  expect(metrics[0]).toEqual({
    namespace: "Basin",
    dimensions: [["Consumer", "Country"]],
    Consumer: "basin-dev-web-purchases",
    Country: "DE",
    Purchases: 1,
  });
  expect(metrics.at(-1)?.dimensions).toEqual([["Consumer"]]);
});

test("what is no code of a country is counted as unknown, so that nobody makes metrics at will", async () => {
  const { countries } = await run(
    streamed(purchase("a", "de"), 1),
    streamed(purchase("b", "D".repeat(2000)), 2),
    streamed(purchase("c", ""), 3),
    streamed(purchase("d"), 4),
  );
  expect(countries).toEqual(["unknown", "unknown", "unknown", "DE"]);
});

test("a record is handled once, delivered as often as it is, in one batch and in the next", async () => {
  const first = await run(streamed(purchase("a"), 1), streamed(purchase("a"), 2));
  const second = await run(streamed(purchase("a"), 1), streamed(purchase("b", "FR"), 3));
  expect([first.countries, second.countries]).toEqual([["DE"], ["FR"]]);
  expect([first.counts.RecordsDuplicate, second.counts.RecordsDuplicate]).toEqual([1, 1]);
});

test("a record with the same key and other values is news, and handled again", async () => {
  const { countries, counts } = await run(
    streamed(purchase("a"), 1),
    streamed(purchase("a", "FR"), 2),
    // the same, in another form
    streamed(gzipSync(JSON.stringify({ ...purchase("a", " FR "), unknown: 1 })), 3),
  );
  expect(countries).toEqual(["DE", "FR"]);
  expect(counts.RecordsDuplicate).toBe(1);
});

test("keys are the consumer's own, and outlast the seven days in which a record may come again", async () => {
  await run(streamed(purchase("a"), 1));
  const [[id, item] = ["", undefined]] = table.items;
  expect(id).toMatch(/^basin-dev-web-purchases#/);
  expect(Number(item?.expiration?.N) - Date.now() / 1000).toBeGreaterThan(7.9 * DAY_SECONDS);
  expect(item?.data).toBeUndefined();
  // with which a run that was cut off is taken over, at once
  expect(Number(item?.in_progress_expiration?.N) - Date.now()).toBeLessThanOrEqual(30_000);
});

test("keys are made of what masks leave, so that no hash tells what they hide", async () => {
  await run(streamed({ ...purchase("a"), ip_address: "203.0.113.77" }, 1));
  const { countries, counts } = await run(streamed({ ...purchase("a"), ip_address: "203.0.113.78" }, 2));
  expect([countries, counts.RecordsDuplicate, table.items.size]).toEqual([[], 1, 1]);
});

test("without a primary key a record is its place in the stream", async () => {
  handler = start([]);
  const two = Buffer.from(JSON.stringify(purchase("a")));
  const { countries } = await run(
    streamed(purchase("a"), 1),
    streamed(purchase("a"), 2),
    streamed(aggregate([two, two]), 3),
  );
  expect(countries).toHaveLength(4);
  expect((await run(streamed(purchase("a"), 1), streamed(aggregate([two, two]), 3))).countries).toEqual([]);
});

test("what is no row is left out and does not hold up the others", async () => {
  const broken = aggregate([Buffer.from("{}")]);
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  const { failed, countries, counts } = await run(
    streamed(Buffer.from("no JSON"), 1),
    streamed({ event_id: "a", event_type: "steal" }, 2),
    streamed(broken, 3),
    streamed(purchase("b"), 4),
  );
  expect([failed, countries]).toEqual([[], ["DE"]]);
  expect(counts).toEqual({ RecordsRead: 4, RecordsFailed: 0, RecordsDuplicate: 0, RecordsSkipped: 3 });
});

test("after a record that fails all later ones of its shard wait, and those of others do not", async () => {
  failOn("XX");
  const batch = [
    streamed(purchase("a"), 1),
    streamed(purchase("b", "XX"), 2),
    streamed(purchase("c", "FR"), 3),
    streamed(purchase("d", "IT"), 4, 1),
  ];
  const first = await run(...batch);
  expect([first.failed, first.countries]).toEqual([
    ["2", "3"],
    ["DE", "IT"],
  ]);
  expect(first.counts).toEqual({ RecordsRead: 3, RecordsFailed: 1, RecordsDuplicate: 0, RecordsSkipped: 0 });
  jest.restoreAllMocks();
  const again = await run(...batch.slice(1, 3));
  expect([again.failed, again.countries]).toEqual([[], ["XX", "FR"]]);
});

test("a batch whose first record fails fails as a whole, so that it is split until that record is alone", async () => {
  failOn("XX");
  const { failed, countries } = await run(streamed(purchase("a", "XX"), 1), streamed(purchase("b"), 2));
  expect([failed, countries]).toEqual(["All records failed processing. See individual errors below.", []]);
  expect((await run(streamed(purchase("b"), 2))).countries).toEqual(["DE"]);
});

test("an aggregate of which one record fails comes again, and the others in it are not repeated", async () => {
  failOn("XX");
  const parts = [purchase("a"), purchase("b", "XX"), purchase("c", "FR")].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  const first = await run(streamed(purchase("z", "IT"), 1), streamed(aggregate(parts), 2));
  expect([first.failed, first.countries]).toEqual([["2"], ["IT", "DE"]]);
  jest.restoreAllMocks();
  const again = await run(streamed(aggregate(parts), 2));
  expect([again.failed, again.countries]).toEqual([[], ["XX", "FR"]]);
});

test("a record that is under way elsewhere is not acknowledged, and is taken over when that was cut off", async () => {
  await run(streamed(purchase("a"), 1));
  const [item] = table.items.values();
  Object.assign(item ?? {}, { status: { S: "INPROGRESS" }, in_progress_expiration: { N: `${Date.now() + 60_000}` } });
  expect((await run(streamed({ event_id: "v", event_type: "view" }, 0), streamed(purchase("a"), 1))).failed).toEqual([
    "1",
  ]);
  Object.assign(item ?? {}, { in_progress_expiration: { N: `${Date.now() - 1}` } });
  expect((await run(streamed(purchase("a"), 1))).countries).toEqual(["DE"]);
});

test("a record is not handled while nobody can remember it", async () => {
  table.failOn("PutItem");
  const { failed, countries } = await run(streamed(purchase("a"), 1));
  expect([failed, countries]).toEqual(["All records failed processing. See individual errors below.", []]);
});
