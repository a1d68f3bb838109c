import fc from "fast-check";
import {
  type Column,
  type Dataset,
  type Domain,
  type RowCondition,
  SENSITIVITIES,
  type Sensitivity,
  type TableDataset,
  type TableReader,
} from "../../domains/schema";
import { platform } from "../../environments/platform";
import type { Consumer } from "../../environments/outside-schema";
import type { Environment } from "../../environments/schema";
import { environments } from "../fixtures/environments";
import type { Declared } from "../../cli/access/agreement";

/** An environment with as little around its lake as is allowed: what it has beside is the same for all platforms. */
export const SMALL: Environment = {
  ...environments.prod,
  network: { ...environments.prod.network, nat: { kind: "none" }, endpoints: ["glue"], egressRules: [] },
  connections: {},
  consumers: {},
};

const CONSUMERS: readonly Consumer[] = [
  { kind: "iam-role", roleName: "analysts" },
  { kind: "iam-role", roleName: "people/science" },
  { kind: "iam-role", roleName: "customer-care" },
  { kind: "quicksight-group", namespace: "default", groupName: "finance" },
  { kind: "quicksight-group", namespace: "default", groupName: "board", identityRegion: "us-east-1" },
  { kind: "none", reason: "nobody does that in this environment" },
];

/** Some begin with others, and both domains have the same datasets. */
const DOMAIN_NAMES = ["sales", "sales-eu"];
const DATASET_NAMES = ["orders", "orders_2", "customers"];
const COLUMN_NAMES = ["order_id", "status", "amount", "is_paid", "country_code", "note"];

/** Column types by what their values are compared with in a row filter; dates and nested values are not. */
const TYPES = {
  text: ["string"],
  whole: ["int", "bigint"],
  fraction: ["double", "decimal(12,2)"],
  flag: ["boolean"],
  none: ["date", "timestamptz", "binary", "array<string>", "struct<sku:string,quantity:int>"],
};

type Comparison = keyof typeof TYPES;

const columnShape = fc.record({
  type: fc.oneof(
    ...(Object.keys(TYPES) as Comparison[]).map((comparison) =>
      fc.constantFrom(...TYPES[comparison]).map((type) => ({ comparison, type })),
    ),
  ),
  sensitivity: fc.constantFrom(...SENSITIVITIES),
});

// what Terraform evaluates, and control characters, are no values of a filter
const text = fc
  .oneof(fc.constantFrom("DE", "it's", "'", "", "a AND b", "true"), fc.string({ unit: "grapheme", maxLength: 12 }))
  .filter((value) => !/[$%]\{|[\x00-\x1f\x7f-\x9f]/.test(value));
const whole = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const fraction = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100);

/** Values for a condition of any type: that of the column decides which of them are used. */
const conditionShape = fc.record({
  column: fc.nat({ max: 5 }),
  rule: fc.constantFrom("oneOf" as const, "between" as const),
  bounds: fc.constantFrom("both", "minimum", "maximum"),
  text: fc.array(text, { minLength: 1, maxLength: 3 }),
  whole: fc.array(whole, { minLength: 1, maxLength: 3 }),
  fraction: fc.array(fraction, { minLength: 1, maxLength: 3 }),
  flag: fc.array(fc.boolean(), { minLength: 1, maxLength: 2 }),
});

const readerShape = fc.record({
  consumer: fc.nat({ max: 4 }),
  upTo: fc.constantFrom(...SENSITIVITIES),
  rows: fc.oneof(fc.constant(undefined), fc.array(conditionShape, { minLength: 1, maxLength: 3 })),
});

const tableShape = fc.record({
  columns: fc.array(columnShape, { minLength: 1, maxLength: COLUMN_NAMES.length }),
  readers: fc.array(readerShape, { maxLength: 4 }),
  isDisabled: fc.integer({ min: 1, max: 8 }).map((one) => one === 8),
});

const objectsShape = fc.record({
  sensitivity: fc.constantFrom(...SENSITIVITIES),
  readers: fc.array(readerShape, { maxLength: 2 }),
});

const platformShape = fc.record({
  consumers: fc.subarray([...CONSUMERS], { minLength: 1, maxLength: 5 }),
  domains: fc.array(
    fc.record({
      tables: fc.array(tableShape, { minLength: 1, maxLength: DATASET_NAMES.length }),
      objects: fc.oneof(fc.constant(undefined), objectsShape),
    }),
    { minLength: 1, maxLength: DOMAIN_NAMES.length },
  ),
  /** IAM still decides in one platform of six, and has just ceased to in another one. */
  phase: fc.constantFrom<Environment["lake"]["hybridAccess"]["kind"]>(
    "none",
    "none",
    "none",
    "none",
    "migration",
    "ending",
  ),
});

type Shape<T> = T extends fc.Arbitrary<infer S> ? S : never;

/** Platforms with valid declarations of who reads which columns and rows. */
export const platforms: fc.Arbitrary<Declared> = platformShape.map(toDeclared);

function toDeclared({ consumers, domains, phase }: Shape<typeof platformShape>): Declared {
  const named = Object.fromEntries(consumers.map((consumer, index) => [`readers-${index + 1}`, consumer]));
  const declared = domains.map(({ tables, objects }, index): Domain => ({
    name: DOMAIN_NAMES[index] ?? "",
    description: "A generated domain",
    owner: "data@example.com",
    datasets: [
      ...tables.map((table, position) => toTable(DATASET_NAMES[position] ?? "", table, Object.keys(named))),
      ...(objects === undefined ? [] : [toObjects(objects, Object.keys(named))]),
    ],
  }));
  const disabled = domains.flatMap(({ tables }, index) =>
    tables.flatMap(({ isDisabled }, position) =>
      isDisabled ? [`${DOMAIN_NAMES[index] ?? ""}.${DATASET_NAMES[position] ?? ""}`] : [],
    ),
  );
  return {
    platform,
    environment: {
      ...SMALL,
      consumers: named,
      disabledDatasets: Object.fromEntries(disabled.map((name) => [name, "not wanted in this environment"])),
      lake: {
        ...SMALL.lake,
        hybridAccess:
          phase === "none" ? { kind: "none" } : { kind: phase, until: "2027-12-31", reason: "readers move one by one" },
      },
    },
    domains: declared,
  };
}

const COMMON = { description: "A generated dataset", owner: "data@example.com" };

function toTable(name: string, shape: Shape<typeof tableShape>, consumers: readonly string[]): TableDataset {
  const columns = shape.columns.map(({ type: { type }, sensitivity }, index): Column => ({
    name: COLUMN_NAMES[index] ?? "",
    type,
    comment: "A generated column",
    sensitivity,
  }));
  const least = columns.map(({ sensitivity }) => SENSITIVITIES.indexOf(sensitivity)).sort()[0] ?? 0;
  return {
    ...COMMON,
    name,
    source: { kind: "files", format: { kind: "json" } },
    columns,
    primaryKey: [],
    partitions: [],
    quality: [],
    freshnessMinutes: 60,
    expectedRecordsPerSecond: 1,
    retention: { kind: "forever" },
    readers: toReaders(shape.readers, consumers, SENSITIVITIES[least] ?? "public").map(({ rows, ...reader }) => {
      const conditions = toConditions(rows ?? [], shape.columns);
      return { ...reader, ...(conditions.length > 0 && { rows: conditions }) } satisfies TableReader;
    }),
  };
}

function toObjects(shape: Shape<typeof objectsShape>, consumers: readonly string[]): Dataset {
  return {
    ...COMMON,
    name: "documents",
    source: { kind: "objects", contentTypes: ["application/pdf"], inventory: "Weekly" },
    sensitivity: shape.sensitivity,
    retention: { kind: "forever" },
    readers: toReaders(shape.readers, consumers, shape.sensitivity).map(({ consumer, upTo }) => ({ consumer, upTo })),
  };
}

/** Each consumer once, and as far at least as there is something to read. */
function toReaders(readers: readonly Shape<typeof readerShape>[], consumers: readonly string[], least: Sensitivity) {
  const byConsumer = new Map(readers.map((reader) => [consumers[reader.consumer % consumers.length] ?? "", reader]));
  return [...byConsumer].map(([consumer, { upTo, rows }]) => ({
    consumer,
    upTo: SENSITIVITIES.indexOf(upTo) < SENSITIVITIES.indexOf(least) ? least : upTo,
    rows,
  }));
}

/** Conditions on columns that can be compared, each column once. */
function toConditions(
  shapes: readonly Shape<typeof conditionShape>[],
  columns: readonly Shape<typeof columnShape>[],
): RowCondition[] {
  const comparable = columns.flatMap(({ type: { comparison } }, index) => {
    const column = COLUMN_NAMES[index] ?? "";
    return comparison === "none" ? [] : [{ column, comparison }];
  });
  const byColumn = new Map(
    shapes.flatMap((shape) => {
      const target = comparable[shape.column % comparable.length];
      return target === undefined ? [] : [[target.column, toCondition(shape, target)] as const];
    }),
  );
  return [...byColumn.values()];
}

function toCondition(
  shape: Shape<typeof conditionShape>,
  { column, comparison }: { readonly column: string; readonly comparison: Exclude<Comparison, "none"> },
): RowCondition {
  if (shape.rule === "oneOf" || comparison === "text" || comparison === "flag") {
    return { rule: "oneOf", column, values: shape[comparison] };
  }
  const values = shape[comparison];
  return {
    rule: "between",
    column,
    ...(shape.bounds !== "maximum" && { minimum: Math.min(...values) }),
    ...(shape.bounds !== "minimum" && { maximum: Math.max(...values) }),
  };
}
