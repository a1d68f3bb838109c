import type { Click, ClickRow } from "./clicks";

/** A record that was put, and where the stream has it. */
export interface Put extends Click {
  readonly identity: string;
  readonly partitionKey: string;
  /** In milliseconds since 1970. */
  readonly arrivedAt: number;
}

/** A row of the quarantine table; the time is in microseconds since 1970. */
export interface QuarantineRow {
  readonly record_id: string;
  readonly arrived_at: string;
  readonly reason: string;
  readonly field: string | null;
  readonly detail: string | null;
  readonly partition_key: string | null;
  readonly record: string | null;
  readonly record_base64: string | null;
  readonly contract_version: string | null;
}

/** What there is when all is delivered. */
export interface Found {
  readonly rows: readonly ClickRow[];
  readonly quarantined: readonly QuarantineRow[];
  /** Identities of records. */
  readonly dropped: ReadonlySet<string>;
  /** Records in Base64. */
  readonly failed: readonly string[];
  readonly contractVersion: string;
}

/** What became of the records of one kind. */
export interface Account {
  put: number;
  good: number;
  /** Those whose row another one has written. */
  merged: number;
  quarantined: number;
  dropped: number;
  failed: number;
  lost: number;
  doubled: number;
}

export interface Reckoning {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly total: Account;
  /** Whatever is not as it should be, in sentences. */
  readonly differences: readonly string[];
}

/** Looks for each record that was put, wherever it may be, and for what nobody has put. */
export function reckon(puts: readonly Put[], found: Found): Reckoning {
  const accounts = new Map<string, Account>();
  const differences: string[] = [];
  const rows = grouped(found.rows, ({ event_id: id }) => id);
  const refused = grouped(found.quarantined, ({ record_id: id }) => normalIdentity(id));
  const failed = new Set(found.failed);
  const written = new Set<string>();

  for (const put of puts) {
    const { kind, fate } = put;
    const account = accounts.get(kind) ?? nothing();
    accounts.set(kind, account);
    account.put++;
    const identity = normalIdentity(put.identity);
    const id = fate.is === "good" ? fate.row.event_id : undefined;
    const ownRows = id === undefined ? [] : (rows.get(id) ?? []);
    const ownRefusals = refused.get(identity) ?? [];
    const places = {
      good: ownRows.length > 0,
      quarantined: ownRefusals.length > 0,
      dropped: found.dropped.has(put.identity),
      failed: failed.has(put.data.toString("base64")),
    };
    const are = Object.entries(places).flatMap(([place, isThere]) => (isThere ? [place] : []));
    const isFirst = id === undefined || !written.has(id);
    const copies = (isFirst ? Math.max(0, ownRows.length - 1) : 0) + Math.max(0, ownRefusals.length - 1);
    account.lost += are.length === 0 ? 1 : 0;
    account.doubled += Math.max(0, are.length - 1) + copies;
    if (are.length !== 1 || are[0] !== fate.is || copies > 0) {
      const reasons = ownRefusals.map(({ reason, detail }) => `${reason}: ${detail ?? ""}`);
      const places = [...are, ...reasons].join(", ");
      differences.push(`${kind}: ${identity} is ${fate.is}, and was found as ${places}, with ${copies} copies`);
    }
    account.good += places.good && isFirst ? 1 : 0;
    account.merged += places.good && !isFirst ? 1 : 0;
    account.quarantined += ownRefusals.length > 0 ? 1 : 0;
    account.dropped += places.dropped ? 1 : 0;
    account.failed += places.failed ? 1 : 0;
    if (id !== undefined) {
      written.add(id);
    }
    const is = fate.is === "good" ? ownRows[0] : ownRefusals[0];
    compare(`${kind}: ${identity}`, expectedOf(put, found.contractVersion), is, differences);
  }
  return { accounts, total: totalOf(accounts), differences: [...differences, ...nobodys(puts, found)] };
}

/** Rows that have come from nowhere. */
function nobodys(puts: readonly Put[], { rows, quarantined, dropped, failed }: Found): string[] {
  const events = new Set(puts.flatMap(({ fate }) => (fate.is === "good" ? [fate.row.event_id] : [])));
  const identities = new Set(puts.map(({ identity }) => normalIdentity(identity)));
  const bytes = new Set(puts.map(({ data }) => data.toString("base64")));
  return [
    ...rows.filter(({ event_id: id }) => !events.has(id)).map((row) => `nobody's row: ${JSON.stringify(row)}`),
    ...quarantined
      .filter(({ record_id: id }) => !identities.has(normalIdentity(id)))
      .map((row) => `nobody's refusal: ${JSON.stringify(row)}`),
    ...[...dropped].filter((id) => !identities.has(normalIdentity(id))).map((id) => `nobody's dropped record: ${id}`),
    ...failed.filter((data) => !bytes.has(data)).map((data) => `nobody's failure: ${data.slice(0, 200)}`),
  ];
}

/** What has to be in a table, in the names of its columns. */
function expectedOf({ fate, ...put }: Put, contractVersion: string): object | undefined {
  if (fate.is === "good") {
    return fate.row;
  }
  return fate.is !== "quarantined"
    ? undefined
    : {
        arrived_at: `${put.arrivedAt}000`,
        reason: fate.reason,
        field: fate.field,
        partition_key: put.partitionKey,
        record: fate.record,
        record_base64: fate.bytes?.toString("base64") ?? null,
        contract_version: contractVersion,
      };
}

function compare(what: string, expected: object | undefined, is: object | undefined, differences: string[]): void {
  if (expected === undefined || is === undefined) {
    return;
  }
  const values = new Map<string, unknown>(Object.entries(is));
  for (const [name, value] of Object.entries(expected)) {
    const [wanted, got] = [canonical(value), canonical(values.get(name))];
    if (wanted !== got) {
      differences.push(`${what}: ${name} is ${got}, and should be ${wanted}`);
    }
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

/** What was in no aggregate stands at the place 0, if it has one. */
function normalIdentity(identity: string): string {
  return identity.endsWith("/") ? `${identity}0` : identity;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function nothing(): Account {
  return { put: 0, good: 0, merged: 0, quarantined: 0, dropped: 0, failed: 0, lost: 0, doubled: 0 };
}

function totalOf(accounts: ReadonlyMap<string, Account>): Account {
  const total = nothing();
  for (const account of accounts.values()) {
    for (const name of Object.keys(total) as (keyof Account)[]) {
      total[name] += account[name];
    }
  }
  return total;
}
