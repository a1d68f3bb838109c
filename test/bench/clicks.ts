/** How many bytes of records Firehose collects for a call, by default: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
const BUFFER_BYTES = 1024 * 1024;

interface Record {
  readonly recordId: string;
  readonly data: string;
}

export interface Event {
  readonly records: readonly Record[];
}

const EVENT_TYPES = ["view", "view", "view", "click", "click", "search", "purchase"];
/** Where visitors are. */
export const COUNTRIES = ["DE", "FR", "NL", "US", "GB", "IN", "BR", "JP"];
const PATHS = ["/", "/products/4711-walking-boots", "/search", "/cart", "/checkout/delivery", "/help/returns"];

const numbers = pseudoRandom(20_261_123);

/** The same numbers in every run, from 0 to `below`. */
function pseudoRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    // https://en.wikipedia.org/wiki/Linear_congruential_generator, with the constants of Numerical Recipes
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function pick(values: readonly string[]): string {
  return values[numbers(values.length)] ?? "";
}

function hexadecimal(digits: number): string {
  let text = "";
  while (text.length < digits) {
    text += numbers(2 ** 32)
      .toString(16)
      .padStart(8, "0");
  }
  return text.slice(0, digits);
}

/** A click as a browser reports it: some 400 bytes, and nothing wrong with it. */
function click(now: number): object {
  return {
    event_id: `${hexadecimal(8)}-${hexadecimal(4)}-4${hexadecimal(3)}-8${hexadecimal(3)}-${hexadecimal(12)}`,
    occurred_at: new Date(now - numbers(60_000)).toISOString(),
    event_type: pick(EVENT_TYPES),
    page_url: `https://shop.example.com${pick(PATHS)}`,
    session_id: hexadecimal(32),
    customer_id: numbers(3) === 0 ? null : 10_000_000 + numbers(90_000_000),
    country_code: pick(COUNTRIES),
    ip_address: `203.0.${numbers(256)}.${numbers(256)}`,
    properties: {
      referrer: "https://search.example.com/",
      device: "mobile",
      language: "de-DE",
      experiment: hexadecimal(6),
    },
  };
}

/** What Firehose hands over in one call, of clicks on pages. */
export function batchOfClicks(number: number): { readonly event: Event; readonly bytes: number } {
  const now = Date.now();
  const records: object[] = [];
  let bytes = 0;
  while (bytes < BUFFER_BYTES) {
    const data = Buffer.from(JSON.stringify(click(now)));
    const sequenceNumber = `4966${number}${records.length}`.padEnd(56, "0");
    records.push({
      recordId: `${sequenceNumber}0000`,
      approximateArrivalTimestamp: now,
      data: data.toString("base64"),
      kinesisRecordMetadata: {
        ...{ shardId: "shardId-000000000000", partitionKey: hexadecimal(32), sequenceNumber, subsequenceNumber: 0 },
        approximateArrivalTimestamp: now,
      },
    });
    bytes += data.length;
  }
  const invocation = { invocationId: String(number), region: "eu-west-1", records };
  // as a runtime hands it over: strings of their own
  return { event: JSON.parse(JSON.stringify(invocation)) as Event, bytes };
}
