import { byText, type Matrix, type Principal, type Read, type ReaderWithoutGrant } from "./form";

type Rows = Read["rows"];
type Named = Pick<Principal, "id" | "name" | "consumers">;

/** What happens to what somebody reads: all of it is new, all of it is gone, or the rows are others. */
export interface AccessChange {
  readonly principal: Named;
  /** Id of the table. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Absent where it was not read before. */
  readonly before?: Rows;
  /** Absent where it is not read any more. */
  readonly after?: Rows;
  /** Of what is read now, else of what was. */
  readonly reasons: Read["reasons"];
  readonly declared?: string;
}

/** A reader without a grant that is new or gone, with the tables for which it is. */
export type ReaderChange = Named & Pick<ReaderWithoutGrant, "kind" | "tables" | "reason" | "isCertain">;

/** What two matrices differ in. */
export interface AccessDiff {
  readonly gained: readonly AccessChange[];
  readonly lost: readonly AccessChange[];
  /** The same columns with other rows: more, fewer, or others of which none is known to be among those before. */
  readonly rows: readonly (AccessChange & { readonly direction: "more" | "fewer" | "other" })[];
  readonly withoutGrant: { readonly gained: readonly ReaderChange[]; readonly lost: readonly ReaderChange[] };
}

/** What becomes of access: by the names that are the same in every environment. */
export function accessDiff(before: Matrix, after: Matrix): AccessDiff {
  const moved = movedIn(before, after);
  const [old, now] = [cellsOf(before, moved), cellsOf(after, moved)];
  const changes = grouped(
    [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => changeOf(old.get(key), now.get(key))),
  );
  const [oldReaders, nowReaders] = [readersOf(before), readersOf(after)];
  return {
    gained: changes.filter((change) => change.before === undefined),
    lost: changes.filter((change) => change.after === undefined),
    rows: changes.flatMap((change) =>
      change.before === undefined || change.after === undefined
        ? []
        : [{ ...change, direction: directionOf(change.before, change.after) }],
    ),
    withoutGrant: { gained: missing(oldReaders, nowReaders), lost: missing(nowReaders, oldReaders) },
  };
}

/** Whether somebody reads more, somebody reads less but nobody more, or nothing has changed. */
export function classOf({ gained, lost, rows, withoutGrant }: AccessDiff): "gained" | "lost" | "none" {
  const isMore = gained.length + withoutGrant.gained.length > 0 || rows.some(({ direction }) => direction !== "fewer");
  return isMore ? "gained" : lost.length + rows.length + withoutGrant.lost.length > 0 ? "lost" : "none";
}

interface Cell {
  readonly principal: Named;
  readonly table: string;
  readonly column: string;
  readonly read: Read;
}

/** Consumers of one environment that have become somebody else, by their names: what they read is lost to one and gained by another. */
function movedIn(before: Matrix, after: Matrix): ReadonlySet<string> {
  const arns = new Map(before.principals.map(({ id, arn }) => [id, arn]));
  return new Set(
    before.environment === after.environment
      ? after.principals.filter(({ id, arn }) => (arns.get(id) ?? arn) !== arn).map(({ id }) => id)
      : [],
  );
}

function cellsOf({ principals: all }: Matrix, moved: ReadonlySet<string>): Map<string, Cell> {
  const principals = all.map((principal) =>
    moved.has(principal.id)
      ? { ...principal, id: principal.arn, name: `${principal.name} (${principal.arn})` }
      : principal,
  );
  return new Map(
    principals.flatMap((principal) =>
      principal.tables.flatMap(({ id: table, reads }) =>
        reads.flatMap((read) =>
          read.columns.map((column): [string, Cell] => [
            JSON.stringify([principal.id, table, column]),
            { principal: named(principal), table, column, read },
          ]),
        ),
      ),
    ),
  );
}

function named({ id, name, consumers }: Named): Named {
  return { id, name, consumers };
}

function changeOf(old: Cell | undefined, now: Cell | undefined): AccessChange[] {
  const cell = now ?? old;
  if (cell === undefined || isSame(old?.read.rows, now?.read.rows)) {
    return [];
  }
  const { principal, table, column, read } = cell;
  return [
    {
      principal,
      table,
      columns: [column],
      ...(old && { before: old.read.rows }),
      ...(now && { after: now.read.rows }),
      reasons: read.reasons,
      ...(read.declared !== undefined && { declared: read.declared }),
    },
  ];
}

function isSame(one: Rows | undefined, other: Rows | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Columns to which the same happens together. */
function grouped(changes: readonly AccessChange[]): AccessChange[] {
  const groups = new Map<string, AccessChange>();
  changes.forEach((change) => {
    const key = JSON.stringify({ ...change, columns: [] });
    groups.set(key, { ...change, columns: [...(groups.get(key)?.columns ?? []), ...change.columns] });
  });
  const rank = ({ principal, table, columns }: AccessChange) =>
    JSON.stringify([principal.consumers.length > 0 ? 0 : 1, principal.id, table, columns]);
  return [...groups.values()].sort((one, other) => byText(rank(one), rank(other)));
}

/** A list of predicates shows those rows for which one of them holds. */
function directionOf(before: Rows, after: Rows): "more" | "fewer" | "other" {
  const isWithin = (one: Rows, other: Rows) =>
    other === "all" || (one !== "all" && one.every((predicate) => other.includes(predicate)));
  return isWithin(before, after) ? "more" : isWithin(after, before) ? "fewer" : "other";
}

function readersOf({ withoutGrant }: Matrix): Map<string, ReaderChange> {
  return new Map(
    withoutGrant.flatMap(({ kind, tables, reason, isCertain, ...principal }) =>
      tables.map((table): [string, ReaderChange] => [
        JSON.stringify([principal.id, kind, isCertain, table]),
        { ...named(principal), kind, tables: [table], reason, isCertain },
      ]),
    ),
  );
}

/** What the second has and the first has not. */
function missing(one: ReadonlyMap<string, ReaderChange>, other: ReadonlyMap<string, ReaderChange>): ReaderChange[] {
  const groups = new Map<string, ReaderChange>();
  other.forEach((reader, key) => {
    if (!one.has(key)) {
      const group = JSON.stringify({ ...reader, tables: [] });
      groups.set(group, { ...reader, tables: [...(groups.get(group)?.tables ?? []), ...reader.tables] });
    }
  });
  return [...groups.values()];
}
