// What the transform of a stream costs, in a process of its own that is started with --expose-gc: loads the bundle that its
// argument names, as Lambda would, and sends what it has measured to who started it.
import { batchOfClicks, type Event } from "./clicks";
import { median } from "./measure";

const WARM_UP = 20;
const ROUNDS = 100;
/** The middles of the first and of the last three looks at memory are 1,000 batches apart. */
const BATCHES = 1300;
const BATCHES_A_LOOK = 100;

/** What was measured. Rates are of one core: of the seconds that the processor has worked. */
export interface TransformCost {
  readonly recordsPerBatch: number;
  readonly bytesPerRecord: number;
  readonly floor: Rate;
  readonly transform: Rate;
  /** Of the floor's rate; the median of what was measured side by side. */
  readonly share: number;
  /** What is alive after each 100 batches, in bytes. */
  readonly alive: readonly number[];
}

export interface Rate {
  readonly recordsPerSecond: number;
  /** Of the records as producers have sent them, in bytes. */
  readonly bytesPerSecond: number;
}

interface Result {
  readonly recordId: string;
  readonly result: string;
  readonly data?: string;
  readonly metadata?: { readonly otfMetadata: { readonly destinationTableName: string } };
}

type Handler = (event: Event) => Promise<{ readonly records: readonly Result[] }>;

/** The least that any transform does. */
function floor({ records }: Event): readonly Result[] {
  return records.map(({ recordId, data }) => {
    const value: unknown = JSON.parse(Buffer.from(data, "base64").toString());
    return { recordId, result: "Ok", data: Buffer.from(JSON.stringify(value)).toString("base64") };
  });
}

async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** All records have to become rows: what is refused costs something else. */
function check({ records }: Event, results: readonly Result[]): void {
  const good = results.filter(
    ({ result, metadata }) => result === "Ok" && metadata?.otfMetadata.destinationTableName === process.env.TABLE,
  );
  if (good.length !== records.length) {
    throw new Error(`${good.length} of ${records.length} records became rows: ${JSON.stringify(results[0])}`);
  }
}

async function throughput(handler: Handler): Promise<Omit<TransformCost, "alive">> {
  const batches = Array.from({ length: 8 }, (_, number) => batchOfClicks(number));
  const rounds: { readonly share: number; readonly floor: number; readonly transform: number }[] = [];
  const perBatch = { records: 0, bytes: 0 };
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const { event, bytes } = batches[(round + WARM_UP) % batches.length] ?? batchOfClicks(0);
    const seconds = { floor: 0, transform: 0 };
    const measures = [
      async () => {
        seconds.floor = await cpuSeconds(() => floor(event));
      },
      async () => {
        seconds.transform = await cpuSeconds(async () => {
          check(event, (await handler(event)).records);
        });
      },
    ];
    // each of them first in half of the rounds
    for (const measure of round % 2 === 0 ? measures : measures.reverse()) {
      await measure();
    }
    if (round >= 0) {
      rounds.push({ ...seconds, share: seconds.floor / seconds.transform });
      perBatch.records += event.records.length / ROUNDS;
      perBatch.bytes += bytes / ROUNDS;
    }
  }
  const rate = (of: "floor" | "transform"): Rate => {
    const seconds = median(rounds.map((round) => round[of]));
    return { recordsPerSecond: perBatch.records / seconds, bytesPerSecond: perBatch.bytes / seconds };
  };
  return {
    recordsPerBatch: perBatch.records,
    bytesPerRecord: perBatch.bytes / perBatch.records,
    floor: rate("floor"),
    transform: rate("transform"),
    share: median(rounds.map(({ share }) => share)),
  };
}

/** What is alive after each of some batches, none of which has come before. */
async function memory(handler: Handler): Promise<number[]> {
  const alive: number[] = [];
  for (let number = 1; number <= BATCHES; number += 1) {
    const { event } = batchOfClicks(number);
    check(event, (await handler(event)).records);
    if (number % BATCHES_A_LOOK === 0) {
      global.gc?.();
      const { heapUsed, external } = process.memoryUsage();
      alive.push(heapUsed + external);
    }
  }
  return alive;
}

async function main(bundle: string): Promise<void> {
  if (global.gc === undefined) {
    throw new Error("start node with --expose-gc");
  }
  const { handler } = (await import(bundle)) as { handler: Handler };
  const cost: TransformCost = { ...(await throughput(handler)), alive: await memory(handler) };
  process.send?.(cost);
}

void main(process.argv[2] ?? "");
