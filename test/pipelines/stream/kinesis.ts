import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Emulator } from "../../emulator/emulator";
import type { Sent } from "./aggregate";

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const MAX_RECORDS = 500;
const MAX_BYTES = 5_000_000;

const PAUSE_MS = 200;

/** Where the stream has put a record. */
export interface Place {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** A record as the stream hands it out. */
export interface Stored extends Place, Sent {
  /** In milliseconds since 1970. */
  readonly arrivedAt: number;
}

/** A data stream of the emulator. */
export class EmulatedStream {
  private readonly client: KinesisClient;

  constructor(
    readonly name: string,
    { endpoint, variables }: Emulator,
    s3: S3Client,
  ) {
    this.client = new KinesisClient({
      endpoint,
      region: variables.AWS_REGION ?? "",
      credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
      // its own speaks HTTP/2, which the emulator does not
      requestHandler: s3.config.requestHandler,
    });
  }

  /** Makes it, and waits until it takes records. */
  async create(shards: number): Promise<string> {
    await this.client.send(new CreateStreamCommand({ StreamName: this.name, ShardCount: shards }));
    for (;;) {
      const { StreamDescriptionSummary: is } = await this.client.send(
        new DescribeStreamSummaryCommand({ StreamName: this.name }),
      );
      if (is?.StreamStatus === "ACTIVE") {
        return is.StreamARN ?? "";
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /**
   * Puts records, as many at once as PutRecords takes.
   *
   * @returns where each is
   */
  async put(records: readonly Sent[]): Promise<Place[]> {
    const places: Place[] = [];
    for (const request of requestsOf(records)) {
      const Records = request.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data }));
      const answer = await this.client.send(new PutRecordsCommand({ StreamName: this.name, Records }));
      if (answer.FailedRecordCount !== 0) {
        throw new Error(`${answer.FailedRecordCount ?? "some"} records were not put`);
      }
      for (const { ShardId, SequenceNumber } of answer.Records ?? []) {
        places.push({ shardId: ShardId ?? "", sequenceNumber: SequenceNumber ?? "" });
      }
    }
    return places;
  }

  /** All that is in it, shard by shard. */
  async read(): Promise<Stored[][]> {
    const { Shards = [] } = await this.client.send(new ListShardsCommand({ StreamName: this.name }));
    return Promise.all(Shards.map(({ ShardId = "" }) => this.readShard(ShardId)));
  }

  close(): void {
    this.client.destroy();
  }

  private async readShard(shardId: string): Promise<Stored[]> {
    const start = { StreamName: this.name, ShardId: shardId, ShardIteratorType: "TRIM_HORIZON" } as const;
    let { ShardIterator: iterator } = await this.client.send(new GetShardIteratorCommand(start));
    const stored: Stored[] = [];
    for (;;) {
      const page = await this.client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 }));
      for (const { Data, PartitionKey = "", SequenceNumber = "", ApproximateArrivalTimestamp } of page.Records ?? []) {
        stored.push({
          shardId,
          sequenceNumber: SequenceNumber,
          partitionKey: PartitionKey,
          data: Buffer.from(Data ?? []),
          arrivedAt: ApproximateArrivalTimestamp?.getTime() ?? Number.NaN,
        });
      }
      if (page.Records?.length === 0 && page.MillisBehindLatest === 0) {
        return stored;
      }
      iterator = page.NextShardIterator;
    }
  }
}

function requestsOf(records: readonly Sent[]): Sent[][] {
  const requests: Sent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const last = requests.at(-1) ?? [];
    const size = record.data.length + record.partitionKey.length;
    if (last.length === MAX_RECORDS || bytes + size > MAX_BYTES) {
      requests.push([record]);
      bytes = size;
    } else {
      last.push(record);
      bytes += size;
    }
  }
  return requests;
}
