import { gzipSync } from "node:zlib";
import { aggregate } from "./aggregate";
import type { Random } from "./random";

/** A row of the table, as a reader sees it: times in microseconds since 1970, whole numbers with all their digits. */
export interface ClickRow {
  readonly event_id: string;
  readonly occurred_at: string;
  readonly event_type: string;
  readonly page_url: string | null;
  readonly session_id: string | null;
  readonly customer_id: string | null;
  readonly country_code: string | null;
  readonly country_name: string | null;
  readonly ip_address: string | null;
  readonly properties: Readonly<Record<string, string | null>> | null;
}

/** What has to become of a record. */
export type Fate =
  | { readonly is: "good"; readonly row: ClickRow }
  | {
      readonly is: "quarantined";
      readonly reason: string;
      readonly field: string | null;
      /** Its text, masked, or its bytes where there is none. */
      readonly record: string | null;
      readonly bytes: Buffer | null;
    }
  | { readonly is: "dropped" }
  | { readonly is: "failed" };

/** What a producer sends about one event, and what has to become of it. */
export interface Click {
  /** What it is a sample of. */
  readonly kind: string;
  readonly data: Buffer;
  readonly fate: Fate;
}

/** A record of the stream: a click, or several in an aggregate. */
export interface StreamRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
  /** With the key that each was sent by. */
  readonly clicks: readonly (Click & { readonly partitionKey: string })[];
  readonly isAggregate: boolean;
}

/** What stands in the snapshot that clicks are enriched from. */
export const COUNTRIES = [
  { code: "DE", name: "Germany", currency_code: "EUR" },
  { code: "FR", name: "France", currency_code: "EUR" },
  { code: "CI", name: "Côte d'Ivoire", currency_code: "XOF" },
  { code: "JP", name: "Japan", currency_code: "JPY" },
  { code: "BR", name: "Brazil", currency_code: "BRL" },
] as const;

const TYPES = ["view", "click", "search", "purchase"] as const;
const HOUR_MS = 3_600_000;

/** As much as a row may have in bytes, and somewhat more. */
const TOO_LARGE = 1_005_000;
const MAX_UNPACKED = 1024 * 1024;

/** An event as it happened: what was sent of it, and what remains of it. */
interface Event {
  readonly sent: Readonly<Record<string, unknown>>;
  readonly row: ClickRow;
  /** The address without who it is. */
  readonly network: string;
}

/** Makes clicks; `now` is when they are sent, in milliseconds. */
class Clicks {
  constructor(
    private readonly random: Random,
    private readonly now: number,
  ) {}

  event(changed: Partial<{ at: number; country: string | null }> = {}): Event {
    const { random } = this;
    const at = changed.at ?? this.now - random.whole(0, 90 * 60_000);
    const id = `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
    const known = random.one(COUNTRIES);
    const country = changed.country === undefined ? known.code : changed.country;
    const [address, network] = this.address();
    const customer = random.isOne(3) ? null : random.whole(1, 9_000_000);
    const properties = Object.fromEntries(
      Array.from({ length: random.whole(0, 4) }, (_, index) => [
        `p${index}`,
        random.one(["spring", 'a "quoted" text', "größer 🎈", "line\nbreak", "\\d+"]),
      ]),
    );
    const shared = {
      event_id: id,
      event_type: random.one(TYPES),
      page_url: `https://shop.example/p/${random.whole(1, 5000)}`,
      session_id: `s-${random.hex(10)}`,
      country_code: country,
      properties,
    };
    return {
      sent: { ...shared, occurred_at: new Date(at).toISOString(), customer_id: customer, ip_address: address },
      row: {
        ...shared,
        occurred_at: `${at}000`,
        customer_id: customer === null ? null : String(customer),
        country_name: changed.country === undefined ? known.name : null,
        ip_address: network,
      },
      network,
    };
  }

  good(kind: string, change: (event: Event) => { sent?: object; row?: Partial<ClickRow> } = () => ({})): Click {
    const event = this.event();
    const { sent = {}, row = {} } = change(event);
    return {
      kind,
      data: Buffer.from(JSON.stringify({ ...event.sent, ...sent })),
      fate: { is: "good", row: { ...event.row, ...row } },
    };
  }

  /** An event with a value that no row takes. */
  bad(kind: string, reason: string, field: string | null, sent: object): Click {
    const event = this.event();
    return this.refused(kind, reason, field, { ...event.sent, ...sent }, event.network);
  }

  refused(kind: string, reason: string, field: string | null, sent: object, network: string): Click {
    const record = JSON.stringify({ ...sent, ip_address: network });
    const data = Buffer.from(JSON.stringify(sent));
    return { kind, data, fate: { is: "quarantined", reason, field, record, bytes: null } };
  }

  text(kind: string, reason: string, text: string, masked = text): Click {
    const fate = { is: "quarantined", reason, field: null, record: masked, bytes: null } as const;
    return { kind, data: Buffer.from(text), fate };
  }

  bytes(kind: string, reason: string, data: Buffer): Click {
    return { kind, data, fate: { is: "quarantined", reason, field: null, record: null, bytes: data } };
  }

  /** Another text of the same event: as clocks, forms and browsers write it. */
  untidy(): Click {
    const { random } = this;
    return this.good("values in other forms", ({ sent, row }) => {
      const at = Number(row.occurred_at) / 1000;
      const ahead = random.one([-480, 60, 330]);
      const local = new Date(at + ahead * 60_000).toISOString().slice(0, -1);
      const offset = `${ahead < 0 ? "-" : "+"}${two(Math.abs(ahead) / 60)}:${two(Math.abs(ahead) % 60)}`;
      const seconds = Math.floor(at / 1000);
      const [written, micros] = random.one([
        [at, `${at}000`],
        [seconds, `${seconds}000000`],
        [`${local}${offset}`, `${at}000`],
        [`${new Date(at).toISOString().slice(0, -1)}456`, `${at}456`],
        [` ${new Date(at).toISOString().replace("T", " ")} `, `${at}000`],
      ] as const);
      return {
        sent: {
          occurred_at: written,
          event_type: ` ${String(sent.event_type)}\t`,
          session_id: random.one(["", "   ", null]),
          customer_id: random.one(["42", " 42 ", 42, "4.2e1"]),
          ip_address: `  ${String(sent.ip_address)} `,
          properties: { " campaign ": "\u00a0spring ", empty: "", none: null },
        },
        row: {
          occurred_at: micros,
          session_id: null,
          customer_id: "42",
          properties: { campaign: "spring", empty: null, none: null },
        },
      };
    });
  }

  missing(): Click {
    const { random } = this;
    const field = random.one(["event_id", "occurred_at", "event_type"]);
    const value = random.one([undefined, null, "", "  "]);
    return this.bad("required value missing", "required-missing", field, { [field]: value });
  }

  wrongType(): Click {
    const [reason, field, value] = this.random.one([
      ["not-a-number", "customer_id", "abc"],
      ["not-a-number", "customer_id", "0042"],
      ["not-a-number", "customer_id", true],
      ["not-whole", "customer_id", 12.5],
      ["not-a-timestamp", "occurred_at", "yesterday"],
      ["not-a-timestamp", "occurred_at", "2026-02-30T00:00:00Z"],
      ["not-a-timestamp", "occurred_at", { at: 1 }],
      ["not-a-string", "session_id", 17],
      ["not-a-string", "event_id", ["a"]],
      ["not-a-map", "properties", ["a", "b"]],
      ["not-a-string", "properties", { nested: { a: 1 } }],
    ] as const);
    return this.bad("wrong type", reason, field, { [field]: value });
  }

  outOfRange(): Click {
    const kind = "bigint out of range";
    if (this.random.isOne(2)) {
      return this.bad(kind, "out-of-range", "customer_id", { customer_id: "9223372036854775808" });
    }
    // its digits are not those of a double, so it is written as text
    const { sent, network } = this.event();
    const text = (address: unknown) =>
      JSON.stringify({ ...sent, ip_address: address, customer_id: 0 }).replace(
        '"customer_id":0',
        '"customer_id":9007199254740993',
      );
    const fate = { reason: "not-exact", field: "customer_id", record: text(network), bytes: null } as const;
    return { kind, data: Buffer.from(text(sent.ip_address)), fate: { is: "quarantined", ...fate } };
  }

  noJson(): Click {
    const text = JSON.stringify(this.event().sent);
    const kind = "invalid JSON";
    const broken = this.random.one([
      text.slice(0, -1),
      `${text.slice(0, -1)},}`,
      text.replaceAll('"', "'"),
      `x${text}`,
    ]);
    return this.text(kind, "not-json", broken);
  }

  noObject(): Click {
    const kind = "JSON, but no object";
    const id = this.random.hex(12);
    return this.text(
      kind,
      "not-an-object",
      this.random.one([`["${id}"]`, `"${id}"`, String(this.random.whole(1, 1e9))]),
    );
  }

  several(): Click {
    const [one, other] = [this.event(), this.event()];
    const text = (...addresses: unknown[]) =>
      [one, other].map(({ sent }, at) => JSON.stringify({ ...sent, ip_address: addresses[at] })).join("\n");
    const sent = text(one.sent.ip_address, other.sent.ip_address);
    return this.text("several objects in one record", "several-objects", sent, text(one.network, other.network));
  }

  nameTwice(): Click {
    const { sent, network } = this.event();
    const text = (address: unknown) =>
      `${JSON.stringify({ ...sent, ip_address: address }).slice(0, -1)},"event_type":"view"}`;
    return this.text("field repeated", "name-repeated", text(sent.ip_address), text(network));
  }

  noText(): Click {
    const kind = "invalid UTF-8";
    const data = Buffer.from(JSON.stringify(this.event().sent));
    if (this.random.isOne(3)) {
      return this.bytes(kind, "not-utf8", Buffer.from(`\ufeff${data.toString()}`, "utf16le"));
    }
    // a letter of ISO 8859-1 in the address of the page
    data[data.indexOf("/p/") + 1] = 0xe9;
    return this.bytes(kind, "not-utf8", data);
  }

  brokenGzip(): Click {
    const packed = gzipSync(JSON.stringify(this.event().sent));
    const cut = packed.subarray(0, packed.length - 12);
    packed[packed.length - 6] = (packed.at(-6) ?? 0) ^ 0xff;
    return this.bytes("broken gzip", "gzip-broken", this.random.one([cut, packed]));
  }

  bomb(): Click {
    const data = gzipSync(Buffer.concat([Buffer.from(this.random.hex(16)), Buffer.alloc(MAX_UNPACKED, " ")]));
    return this.bytes("gzip of more than 1 MiB", "gzip-too-large", data);
  }

  damagedAggregate(): Click {
    const data = aggregate([{ partitionKey: "k", data: Buffer.from(JSON.stringify(this.event().sent)) }]);
    data[data.length - 1] = (data.at(-1) ?? 0) ^ 0xff;
    return this.bytes("damaged aggregate", "still-aggregated", data);
  }

  tooLate(): Click {
    const at = this.now - this.random.whole(74, 24 * 400) * HOUR_MS;
    return this.bad("late by more than 72 hours", "rule-recent", "occurred_at", {
      occurred_at: new Date(at).toISOString(),
    });
  }

  ofTheFuture(): Click {
    const at = this.now + this.random.whole(3, 24 * 400) * HOUR_MS;
    return this.bad("from the future", "rule-recent", "occurred_at", { occurred_at: at });
  }

  oversized(): Click {
    const kind = "oversized";
    const { sent } = this.event();
    const large = JSON.stringify({ ...sent, properties: { a: "x".repeat(TOO_LARGE) } });
    const data = this.random.one([
      Buffer.from(large),
      // its row would be no smaller
      Buffer.from(large.slice(0, -1)),
      gzipSync(large),
    ]);
    return { kind, data, fate: { is: "failed" } };
  }

  private address(): [sent: string, network: string] {
    const { random } = this;
    const [one, two, host] = [random.whole(1, 223), random.whole(0, 255), random.whole(1, 254)];
    return random.isOne(5)
      ? [`2001:db8:${one.toString(16)}:${two.toString(16)}::${host.toString(16)}`, `2001:db8:${one.toString(16)}::`]
      : [`${one}.${two}.7.${host}`, `${one}.${two}.7.0`];
  }
}

export interface ClicksProps {
  readonly random: Random;
  /** How many; what is not a fault of some kind is an ordinary click. */
  readonly count: number;
  /** When they are sent, in milliseconds since 1970. */
  readonly now: number;
}

/** Clicks with known faults, in a random order. */
export function makeClicks({ random, count, now }: ClicksProps): Click[] {
  const make = new Clicks(random, now);
  const special: Click[] = [
    ...times(800, () => packed(make.good("gzipped"))),
    ...times(40, () => withMark(make.good("with a byte order mark"))),
    ...times(800, () => make.untidy()),
    ...times(300, () =>
      make.good("unknown fields", () => ({ sent: { user_agent: "Mozilla/5.0", country_name: "Atlantis", more: {} } })),
    ),
    ...times(400, () => {
      const at = now - random.whole(2 * 60, 71 * 60) * 60_000;
      return make.good("late, within 72 hours", () => ({
        sent: { occurred_at: new Date(at).toISOString() },
        row: { occurred_at: `${at}000` },
      }));
    }),
    ...times(100, () =>
      make.good("breaks a rule that warns", () => ({ sent: { page_url: "app:home" }, row: { page_url: "app:home" } })),
    ),
    ...times(60, () => {
      const large = `${random.whole(1, 8)}${random.whole(1e8, 9e8)}${random.whole(1e8, 9e8)}`;
      return make.good("bigint above 2^53 as text", () => ({
        sent: { customer_id: large },
        row: { customer_id: large },
      }));
    }),
    ...times(100, () =>
      make.good("country that nobody knows", () => ({
        sent: { country_code: "XX" },
        row: { country_code: "XX", country_name: null },
      })),
    ),
    ...times(100, () =>
      make.good("only what is required", () => ({
        sent: Object.fromEntries(OPTIONAL.map((name) => [name, undefined])),
        row: Object.fromEntries([...OPTIONAL, "country_name"].map((name) => [name, null])),
      })),
    ),
    ...times(40, () => make.bytes("empty", "empty", Buffer.alloc(0))).map(asEmptyText),
    ...times(10, () => make.text("only white space", "not-json", " \n".repeat(random.whole(1, 9)))),
    ...times(150, () => make.missing()),
    ...times(200, () => make.wrongType()),
    ...times(80, () => make.outOfRange()),
    ...times(100, () => make.noJson()),
    ...times(60, () => make.noText()),
    ...times(30, () => make.noObject()),
    ...times(30, () => make.several()),
    ...times(20, () => make.nameTwice()),
    ...times(10, () =>
      make.bad("nested too deep", "nested-too-deep", null, {
        properties: JSON.parse("[".repeat(20) + "]".repeat(20)) as unknown,
      }),
    ),
    ...times(30, () => make.brokenGzip()),
    ...times(3, () => make.bomb()),
    ...times(15, () => make.damagedAggregate()),
    ...times(120, () => make.bad("breaks a rule that rejects", "rule-one-of", "event_type", { event_type: "hover" })),
    ...times(20, () => packed(make.bad("the same, gzipped", "rule-one-of", "event_type", { event_type: "hover" }))),
    ...times(100, () => make.tooLate()),
    ...times(40, () => make.ofTheFuture()),
    ...times(200, () =>
      dropped(make.bad("breaks a rule that drops", "", null, { session_id: `probe-${random.hex(6)}` })),
    ),
    ...times(9, () => make.oversized()),
  ];
  const again = 600;
  const ordinary = times(count - special.length - again, () => make.good("ordinary"));
  const fresh = [...ordinary, ...special];
  const good = random.shuffled(fresh.filter(({ fate }) => fate.is === "good"));
  return random.shuffled([...fresh, ...good.slice(0, again).map((click) => sentAgain(random, click))]);
}

const OPTIONAL = ["page_url", "session_id", "customer_id", "country_code", "ip_address", "properties"] as const;

/** Most are records of their own; every so often a producer has sent some dozens in one. */
export function asStreamRecords(clicks: readonly Click[], random: Random): StreamRecord[] {
  const records: StreamRecord[] = [];
  let waiting: StreamRecord["clicks"] = [];
  let size = 0;
  for (const click of clicks) {
    const keyed = { ...click, partitionKey: random.hex(8) };
    if (size === 0 && waiting.length === 0 && random.isOne(80)) {
      size = random.whole(2, 60);
    }
    if (size === 0 || click.data.length > 10_000) {
      records.push({ partitionKey: keyed.partitionKey, data: click.data, clicks: [keyed], isAggregate: false });
      continue;
    }
    waiting = [...waiting, keyed];
    if (waiting.length === size) {
      const { partitionKey } = keyed;
      records.push({ partitionKey, data: aggregate(waiting), clicks: waiting, isAggregate: true });
      [waiting, size] = [[], 0];
    }
  }
  return waiting.length === 0
    ? records
    : [...records, { partitionKey: "last", data: aggregate(waiting), clicks: waiting, isAggregate: true }];
}

function times(count: number, make: () => Click): Click[] {
  return Array.from({ length: count }, make);
}

function packed(click: Click): Click {
  return { ...click, data: gzipSync(click.data) };
}

function withMark(click: Click): Click {
  return { ...click, data: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), click.data]) };
}

function dropped({ kind, data }: Click): Click {
  return { kind, data, fate: { is: "dropped" } };
}

/** No bytes are a text, too. */
function asEmptyText({ kind, data }: Click): Click {
  return { kind, data, fate: { is: "quarantined", reason: "empty", field: null, record: "", bytes: null } };
}

/** A producer that got no answer sends an event again, maybe by another way. */
function sentAgain(random: Random, click: Click): Click {
  const again = { ...click, kind: "sent again by its producer" };
  return random.isOne(3) && click.data[0] === 0x7b ? packed(again) : again;
}

function two(number: number): string {
  return String(Math.floor(number)).padStart(2, "0");
}
