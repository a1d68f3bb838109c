import { isDeepStrictEqual } from "node:util";
import { type ColumnType, icebergType, parseColumnType } from "./column-type";
import { type Contract, isTableContract, type ObjectsContract, type TableContract } from "./contract";
import { filterExpression } from "./row-filter";
import { SENSITIVITIES, type Sensitivity } from "./schema";

/**
 * What a change means to those who rely on a contract, the most harmless first: nothing they notice, somebody may read
 * less, somebody may read more, or something that worked may fail.
 */
export const CHANGE_CLASSES = ["compatible", "tightening", "loosening", "breaking"] as const;

export type ChangeClass = (typeof CHANGE_CLASSES)[number];

export interface Change {
  readonly class: ChangeClass;
  /** As "domain.dataset". */
  readonly dataset: string;
  /** What of the contract has changed, for example "columns.total". */
  readonly subject: string;
  /** What it was, what it is, and for whom that matters. */
  readonly text: string;
}

/** A change before it is known which dataset it belongs to. */
type Finding = Omit<Change, "dataset">;

/** Everything that has changed between two revisions of all contracts, the worst first. */
export function contractChanges(before: readonly Contract[], after: readonly Contract[]): Change[] {
  const earlier = new Map(before.map((contract) => [nameOf(contract), contract]));
  const later = new Map(after.map((contract) => [nameOf(contract), contract]));
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .flatMap((dataset) =>
      datasetChanges(earlier.get(dataset), later.get(dataset)).map((finding): Change => ({ dataset, ...finding })),
    )
    .sort((one, other) => CHANGE_CLASSES.indexOf(other.class) - CHANGE_CLASSES.indexOf(one.class));
}

/** The worst class of some changes; undefined where nothing has changed. */
export function worstClass(changes: readonly Change[]): ChangeClass | undefined {
  return CHANGE_CLASSES.findLast((candidate) => changes.some((change) => change.class === candidate));
}

function nameOf({ domain, name }: Contract): string {
  return `${domain}.${name}`;
}

function datasetChanges(before: Contract | undefined, after: Contract | undefined): Finding[] {
  if (before === undefined) {
    return [{ class: "compatible", subject: "dataset", text: "is new" }];
  }
  if (after === undefined) {
    return [{ class: "breaking", subject: "dataset", text: "is no longer declared" }];
  }
  return [...specificChanges(before, after), ...sourceChanges(before, after), ...commonChanges(before, after)];
}

function specificChanges(before: Contract, after: Contract): Finding[] {
  if (isTableContract(before)) {
    return isTableContract(after) ? tableChanges(before, after) : [kindChange("a table", "files without one")];
  }
  return isTableContract(after) ? [kindChange("files without a table", "a table")] : objectsChanges(before, after);
}

function kindChange(before: string, after: string): Finding {
  return { class: "breaking", subject: "source", text: `was ${before}, is ${after}` };
}

function tableChanges(before: TableContract, after: TableContract): Finding[] {
  return [
    ...columnChanges(before, after),
    ...enrichmentChanges(before, after),
    ...layoutChange("primaryKey", [...before.primaryKey].sort(), [...after.primaryKey].sort()),
    ...layoutChange("partitions", before.partitions, after.partitions),
    ...qualityChanges(before, after),
    ...promiseChange("freshnessMinutes", before.freshnessMinutes, after.freshnessMinutes, (was, is) => is <= was),
    ...promiseChange("retention", before.retention, after.retention, keepsAsMuch),
    ...silentChange("expectedRecordsPerSecond", before.expectedRecordsPerSecond, after.expectedRecordsPerSecond),
    ...silentChange("schedule", before.schedule, after.schedule),
  ];
}

function objectsChanges(before: ObjectsContract, after: ObjectsContract): Finding[] {
  return [
    ...sensitivityChange("sensitivity", before.sensitivity, after.sensitivity),
    ...promiseChange("retention", before.retention, after.retention, keepsAsMuch),
  ];
}

function columnChanges(before: TableContract, after: TableContract): Finding[] {
  const names = before.columns.map(({ name }) => name);
  const kept = after.columns.map(({ name }) => name).filter((name) => names.includes(name));
  const dropped = names.filter((name) => !kept.includes(name));
  return [
    ...dropped.map((name): Finding => ({
      class: "breaking",
      subject: `columns.${name}`,
      text: "is dropped, or has another name",
    })),
    ...after.columns.flatMap((column) => {
      const old = before.columns.find(({ name }) => name === column.name);
      return old === undefined ? [newColumn(column)] : changesOfColumn(old, column);
    }),
    ...orderChanges(before, after),
  ];
}

/** Files of CSV without a header tell columns by their place alone. */
function orderChanges(before: TableContract, after: TableContract): Finding[] {
  const [was, is] = [before, after].map(({ columns }) => columns.map(({ name }) => name));
  const common = (names: readonly string[] = [], others: readonly string[] = []) =>
    names.filter((name) => others.includes(name));
  const { source } = after;
  const isByPlace = source.kind === "files" && source.format.kind === "csv" && !source.format.header;
  if (isByPlace && !isDeepStrictEqual(was, is?.slice(0, was?.length))) {
    const text = `was ${JSON.stringify(was)}, is ${JSON.stringify(is)}: files without a header tell columns by their place`;
    return [{ class: "breaking", subject: "columns", text }];
  }
  return silentChange("columns", common(was, is), common(is, was));
}

type Column = TableContract["columns"][number];

function newColumn({ name, icebergType: type, required }: Column): Finding {
  return required
    ? { class: "breaking", subject: `columns.${name}`, text: "is new and required: rows that exist have no value" }
    : { class: "compatible", subject: `columns.${name}`, text: `is new: ${type}` };
}

function changesOfColumn(before: Column, after: Column): Finding[] {
  const subject = `columns.${after.name}`;
  const requirement = after.required
    ? "is required now: rows that exist may have no value"
    : "is no longer required: readers may find no value";
  const types = typeChanges(subject, parseColumnType(before.type), parseColumnType(after.type));
  return [
    ...(types.length > 0 ? types : silentChange(`${subject}.type`, before.type, after.type)),
    ...(before.required === after.required ? [] : [{ class: "breaking", subject, text: requirement } as const]),
    ...sensitivityChange(subject, before.sensitivity, after.sensitivity),
    ...maskChange(subject, before.mask, after.mask),
    ...silentChange(`${subject}.comment`, before.comment, after.comment),
  ];
}

/** Of two masks that leave something nobody can tell which leaves more: other values are some that nobody saw before. */
function maskChange(subject: string, before: Column["mask"], after: Column["mask"]): Finding[] {
  const text = `was written with mask ${before ?? "none"}, is with ${after ?? "none"}: rows from then on have other values`;
  const isTighter = before === undefined || after === "remove";
  return before === after ? [] : [{ class: isTighter ? "tightening" : "loosening", subject, text }];
}

/** Source of what can be widened in place: https://iceberg.apache.org/spec/#schema-evolution */
function typeChanges(subject: string, before: ColumnType, after: ColumnType): Finding[] {
  if (before.kind === "list" && after.kind === "list") {
    return typeChanges(`${subject}.element`, before.element, after.element);
  }
  if (before.kind === "map" && after.kind === "map") {
    // a changed key would be another key: Iceberg widens values only
    return icebergType(before.key) === icebergType(after.key)
      ? typeChanges(`${subject}.value`, before.value, after.value)
      : [narrowed(subject, before, after)];
  }
  if (before.kind === "struct" && after.kind === "struct") {
    return fieldChanges(subject, before, after);
  }
  if (icebergType(before) === icebergType(after)) {
    return [];
  }
  return isWidened(before, after)
    ? [{ class: "compatible", subject, text: `is widened from ${icebergType(before)} to ${icebergType(after)}` }]
    : [narrowed(subject, before, after)];
}

type Struct = Extract<ColumnType, { kind: "struct" }>;

function fieldChanges(subject: string, before: Struct, after: Struct): Finding[] {
  const dropped = before.fields.filter(({ name }) => !after.fields.some((field) => field.name === name));
  return [
    ...dropped.map(({ name }): Finding => ({
      class: "breaking",
      subject: `${subject}.${name}`,
      text: "is dropped, or has another name",
    })),
    ...after.fields.flatMap(({ name, type }): Finding[] => {
      const old = before.fields.find((field) => field.name === name);
      return old === undefined
        ? [{ class: "compatible", subject: `${subject}.${name}`, text: `is new: ${icebergType(type)}` }]
        : typeChanges(`${subject}.${name}`, old.type, type);
    }),
  ];
}

function narrowed(subject: string, before: ColumnType, after: ColumnType): Finding {
  return { class: "breaking", subject, text: `was ${icebergType(before)}, is ${icebergType(after)}` };
}

function isWidened(before: ColumnType, after: ColumnType): boolean {
  if (before.kind === "decimal" && after.kind === "decimal") {
    return after.scale === before.scale && after.precision > before.precision;
  }
  const [was, is] = [icebergType(before), icebergType(after)];
  return (was === "int" && is === "long") || (was === "float" && is === "double");
}

function sensitivityChange(subject: string, before: Sensitivity, after: Sensitivity): Finding[] {
  if (before === after) {
    return [];
  }
  const isTighter = SENSITIVITIES.indexOf(after) > SENSITIVITIES.indexOf(before);
  return [
    {
      class: isTighter ? "tightening" : "loosening",
      subject,
      text: `was ${before}, is ${after}: ${isTighter ? "some readers lose it" : "more readers see it"}`,
    },
  ];
}

/** Keys and partitions: whoever merges by them, or has files laid out by them, has to do it all again. */
function layoutChange(subject: string, before: readonly unknown[], after: readonly unknown[]): Finding[] {
  return isDeepStrictEqual(before, after)
    ? []
    : [{ class: "breaking", subject, text: `was ${JSON.stringify(before)}, is ${JSON.stringify(after)}` }];
}

/** A rule that only warns is no promise; of the others each may become stronger, never weaker. */
function qualityChanges({ quality: before }: TableContract, { quality: after }: TableContract): Finding[] {
  const [was, is] = [byWhatTheyAreAbout(before), byWhatTheyAreAbout(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): Finding[] => {
    const [old, rule] = [was.get(key), is.get(key)];
    if (old === undefined) {
      return [{ class: "compatible", subject: "quality", text: `now has ${JSON.stringify(rule)}` }];
    }
    if (rule === undefined) {
      const text = `no longer has ${JSON.stringify(old)}`;
      return [{ class: old.onFailure === "warn" ? "compatible" : "breaking", subject: "quality", text }];
    }
    return promiseChange("quality", old, rule, isAsStrong);
  });
}

type Rule = TableContract["quality"][number];

/** Rules by their key; of several about the same, the first is compared with the first. */
function byWhatTheyAreAbout(rules: readonly Rule[]): Map<string, Rule> {
  const keys = rules.map(ruleKey);
  return new Map(
    rules.map((rule, index) => {
      const key = ruleKey(rule);
      return [`${key} ${keys.slice(0, index).filter((earlier) => earlier === key).length}`, rule];
    }),
  );
}

/** What a rule is about: two rules about the same are one that has changed. */
function ruleKey(rule: Rule): string {
  switch (rule.rule) {
    case "unique":
      return `unique ${[...rule.columns].sort().join()}`;
    case "references":
      return `references ${rule.column} ${rule.dataset} ${rule.key}`;
    default:
      return `${rule.rule} ${rule.column}`;
  }
}

/** Whether what was promised by a rule is still promised by another one about the same. */
function isAsStrong(before: Rule, after: Rule): boolean {
  if (before.onFailure === "warn") {
    return true;
  }
  return after.onFailure !== "warn" && allowsNoMore(before, after);
}

function allowsNoMore(before: Rule, after: Rule): boolean {
  if (before.rule === "between" && after.rule === "between") {
    return (
      isKept(before.minimum, after.minimum, (was, is) => is >= was) &&
      isKept(before.maximum, after.maximum, (was, is) => is <= was)
    );
  }
  if (before.rule === "oneOf" && after.rule === "oneOf") {
    return after.values.every((value) => before.values.includes(value));
  }
  if (before.rule === "recent" && after.rule === "recent") {
    return after.withinHours <= before.withinHours;
  }
  if (before.rule === "complete" && after.rule === "complete") {
    return after.atLeast >= before.atLeast;
  }
  // whether one pattern takes no more than another nobody can tell
  return before.rule !== "matches" || (after.rule === "matches" && after.pattern === before.pattern);
}

type Bound = number | string | undefined;

/** A bound that was not there promised nothing. */
function isKept(
  before: Bound,
  after: Bound,
  isNoWider: (was: number | string, is: number | string) => boolean,
): boolean {
  return before === undefined || (after !== undefined && isNoWider(before, after));
}

/** A promise may become stronger, never weaker. */
function promiseChange<T>(subject: string, before: T, after: T, isKept: (before: T, after: T) => boolean): Finding[] {
  const text = `was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`;
  return isDeepStrictEqual(before, after)
    ? []
    : [{ class: isKept(before, after) ? "compatible" : "breaking", subject, text }];
}

type Retention = TableContract["retention"] | ObjectsContract["retention"];

function keepsAsMuch(before: Retention, after: Retention): boolean {
  if (after.kind === "forever") {
    return true;
  }
  const columnOf = (retention: object) => ("column" in retention ? retention.column : undefined);
  return before.kind === "days" && after.days >= before.days && columnOf(before) === columnOf(after);
}

/** Another source, or the same one read otherwise, may bring other rows; nobody but the platform notices the rest. */
function sourceChanges({ source: before }: Contract, { source: after }: Contract): Finding[] {
  const text = `was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`;
  if (before.kind === "objects" && after.kind === "objects") {
    const isKept = before.contentTypes.every((type) => after.contentTypes.includes(type));
    return isDeepStrictEqual(before, after)
      ? []
      : [{ class: isKept ? "compatible" : "breaking", subject: "source", text }];
  }
  if (!isDeepStrictEqual(whatArrives(before), whatArrives(after))) {
    return [{ class: "breaking", subject: "source", text: `${text}: what arrives may be something else` }];
  }
  return isDeepStrictEqual(before, after) ? [] : [{ class: "compatible", subject: "source", text }];
}

/** A connection of another name may lead to the same place; who writes, who else listens and who is alerted changes no row. */
function whatArrives(source: Contract["source"]): object {
  return {
    ...source,
    ...Object.fromEntries(
      ["connection", "producers", "consumers", "alertAboveFailedShare", "enrich"].map((field) => [field, undefined]),
    ),
  };
}

/** Columns that are looked up: one that is new brings its values along, another one had others before. */
function enrichmentChanges(before: TableContract, after: TableContract): Finding[] {
  const [was, is] = [before, after].map(fills);
  return after.columns.flatMap(({ name }): Finding[] => {
    const [old, now] = [was?.get(name), is?.get(name)];
    return old === now || !before.columns.some((column) => column.name === name)
      ? []
      : [
          {
            class: "breaking",
            subject: `columns.${name}`,
            text: `was ${old ?? "as it is sent"}, is ${now ?? "as it is sent"}`,
          },
        ];
  });
}

/** Where columns are filled from that are not as they are sent. */
function fills({ source }: TableContract): ReadonlyMap<string, string> {
  const enrichments = source.kind === "stream" ? (source.enrich ?? []) : [];
  return new Map(
    enrichments.flatMap(({ dataset, column: by, key, take }) =>
      take.map(({ column, from }) => [column, `${dataset}.${from} where ${key} is ${by}`] as const),
    ),
  );
}

function commonChanges(before: Contract, after: Contract): Finding[] {
  return [
    ...readerChanges(before, after),
    ...silentChange("description", before.description, after.description),
    ...silentChange("owner", before.owner, after.owner),
  ];
}

function readerChanges(before: Contract, after: Contract): Finding[] {
  const removed = before.readers.filter(
    ({ consumer }) => !after.readers.some((reader) => reader.consumer === consumer),
  );
  return [
    ...removed.map(({ consumer }): Finding => ({
      class: "tightening",
      subject: "readers",
      text: `${consumer} reads no longer`,
    })),
    ...after.readers.flatMap((reader): Finding[] => {
      const { consumer, upTo } = reader;
      const old = before.readers.find((other) => other.consumer === consumer);
      if (old === undefined) {
        const rows = rowsOf(reader) === ALL_ROWS ? "" : `, of rows with ${rowsOf(reader)}`;
        return [
          {
            class: "loosening",
            subject: "readers",
            text: `${consumer} reads what is ${upTo} or less sensitive${rows}`,
          },
        ];
      }
      const isMore = SENSITIVITIES.indexOf(upTo) > SENSITIVITIES.indexOf(old.upTo);
      const text = `${consumer} read what is ${old.upTo} or less sensitive, reads up to ${upTo}`;
      return [
        ...(old.upTo === upTo
          ? []
          : [{ class: isMore ? "loosening" : "tightening", subject: "readers", text } as const]),
        ...rowsChange(consumer, rowsOf(old), rowsOf(reader)),
      ];
    }),
  ];
}

const ALL_ROWS = "all rows";

function rowsOf(reader: Contract["readers"][number]): string {
  return "rows" in reader && reader.rows !== undefined ? filterExpression(reader.rows) : ALL_ROWS;
}

/** Of two filters nobody knows here which shows more: who reads other rows reads some that it did not read before. */
function rowsChange(consumer: string, before: string, after: string): Finding[] {
  return before === after
    ? []
    : [
        {
          class: before === ALL_ROWS ? "tightening" : "loosening",
          subject: "readers",
          text: `${consumer} read ${before}, reads ${after}`,
        },
      ];
}

function silentChange(subject: string, before: unknown, after: unknown): Finding[] {
  const show = (value: unknown) => (value === undefined ? "absent" : JSON.stringify(value));
  return isDeepStrictEqual(before, after)
    ? []
    : [{ class: "compatible", subject, text: `was ${show(before)}, is ${show(after)}` }];
}
