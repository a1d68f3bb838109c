import { type Check, type Finding, findingIf, repetitions } from "../../validation/check";
import { valueAt } from "../../validation/paths";
import { isPrimitive, nestedTypes, type PrimitiveName } from "../column-type";
import { isReserved } from "../reserved-words";
import { longestPauseMinutes } from "../schedule";
import { type Dataset, type Domain, isTable, SENSITIVITIES, type TableDataset } from "../schema";
import { columnOfType, DATES, FRACTIONS, isNested, typeOf, WHOLE_NUMBERS } from "./columns";
import { partitionFindings, repeatedPartitions } from "./partition-checks";
import { qualityFindings } from "./quality-checks";
import { rowFindings } from "./row-checks";
import {
  concurrencyFindings,
  consumersFindings,
  enrichmentFindings,
  maskedRowFindings,
  maskedRuleFindings,
  maskFindings,
  repeatedConsumers,
  repeatedFills,
  repeatedProducers,
  sharedThroughputFindings,
  takenNames,
} from "./stream-checks";

/** Types of Iceberg that Athena does not read. Source: Athena User Guide, "Supported data types for Iceberg tables". */
const NOT_IN_ATHENA: readonly PrimitiveName[] = ["time", "uuid"];

/** Source: https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_LFTag.html */
const MAX_TAG_VALUES = 1000;

/** A rule over one item of a list in a dataset. It runs for every item that is valid, whatever its neighbours are. */
interface ItemCheck<T extends Dataset> {
  readonly list: string;
  /** Fields of the item; the whole item if none are named. */
  readonly itemReads?: readonly string[];
  /** Fields of the dataset. */
  readonly reads: readonly string[];
  readonly findings: (dataset: T, index: number) => readonly Finding[];
}

const DATASET_CHECKS: readonly Check<Dataset>[] = [
  // nothing is read that has to be valid: two columns are the same whether or not their names are
  { reads: [], findings: (dataset) => duplicateNames(dataset, "columns", "column") },
  { reads: ["name"], findings: ({ name }) => reservedFindings("name", name) },
  { reads: ["readers[*].consumer"], findings: repeatedReaders },
];

const READER_CHECK: ItemCheck<Dataset> = {
  list: "readers",
  reads: ["columns[*].sensitivity", "sensitivity"],
  findings: emptyReader,
};

const TABLE_CHECKS: readonly Check<TableDataset>[] = [
  { reads: ["primaryKey"], findings: repeatedKeys },
  { reads: ["partitions"], findings: repeatedPartitions },
  { reads: ["columns[*].name", "retention"], findings: retentionFindings },
  { reads: ["columns[*].name", "source.kind", "source.load"], findings: loadFindings },
  { reads: ["source.kind", "schedule"], findings: scheduleFindings },
  { reads: ["schedule", "freshnessMinutes"], findings: freshnessFindings },
  { reads: ["source.kind", "source.producers"], findings: repeatedProducers },
  { reads: ["source.kind", "source.enrich"], findings: repeatedFills },
  { reads: ["source.kind", "source.consumers[*].name"], findings: repeatedConsumers },
  { reads: ["source.kind", "source.engine", "source.consumers", "primaryKey"], findings: consumersFindings },
  { reads: ["source.kind", "source.consumers[*].dedicatedThroughput"], findings: sharedThroughputFindings },
];

const TABLE_ITEM_CHECKS: readonly ItemCheck<TableDataset>[] = [
  { list: "columns", itemReads: ["name"], reads: [], findings: reservedColumn },
  { list: "columns", itemReads: ["type"], reads: ["source.kind", "source.format"], findings: typeFindings },
  { list: "primaryKey", reads: ["columns[*].name"], findings: keyTypeFindings },
  { list: "primaryKey", reads: ["columns[*].name", "columns[*].required"], findings: optionalKey },
  { list: "partitions", reads: ["columns[*].name"], findings: partitionFindings },
  { list: "quality", reads: ["columns[*].name"], findings: qualityFindings },
  { list: "readers", reads: ["columns[*].name"], findings: rowFindings },
  {
    list: "columns",
    itemReads: ["name", "type", "mask", "required"],
    reads: ["source.kind", "primaryKey", "partitions[*].column", "retention"],
    findings: maskFindings,
  },
  {
    list: "source.enrich",
    reads: ["source.kind", "columns[*].name", "columns[*].required", "primaryKey"],
    findings: enrichmentFindings,
  },
  { list: "quality", reads: ["source.kind", "columns[*].mask"], findings: maskedRuleFindings },
  { list: "readers", reads: ["source.kind", "columns[*].mask"], findings: maskedRowFindings },
  { list: "source.consumers", itemReads: ["name"], reads: ["source.kind"], findings: takenNames },
  {
    list: "source.consumers",
    itemReads: ["parallelization", "reservedConcurrency"],
    reads: ["source.kind"],
    findings: concurrencyFindings,
  },
];

/** What the datasets of a domain must satisfy, each by itself and all of them together. */
export function domainChecks(raw: unknown): Check<Domain>[] {
  return [
    { reads: [], findings: (domain) => duplicateNames(domain, "datasets", "dataset") },
    { reads: [], findings: tooManyDatasets },
    ...listAt(raw, "datasets").flatMap((dataset, index) => datasetChecks(dataset).map((check) => within(check, index))),
  ];
}

/** Each is a value of the domain's LF-Tag. */
function tooManyDatasets(domain: Domain): Finding[] {
  const { length } = listAt(domain, "datasets");
  return findingIf(length > MAX_TAG_VALUES, {
    path: `datasets[${MAX_TAG_VALUES}].name`,
    limit: `at most ${MAX_TAG_VALUES} datasets, the most values that an LF-Tag of Lake Formation has; the domain has ${length}`,
    remedy: "divide the domain",
  });
}

function datasetChecks(raw: unknown): Check<Dataset>[] {
  const tableChecks = [...TABLE_CHECKS, ...TABLE_ITEM_CHECKS.flatMap((check) => checksOfItems(raw, check))].map(
    ({ reads, findings }): Check<Dataset> => ({
      reads,
      findings: (dataset) => (isTable(dataset) ? findings(dataset) : []),
    }),
  );
  return [...DATASET_CHECKS, ...checksOfItems(raw, READER_CHECK), ...tableChecks];
}

/** The check of each item that a list of a dataset has. */
function checksOfItems<T extends Dataset>(
  raw: unknown,
  { list, itemReads, reads, findings }: ItemCheck<T>,
): Check<T>[] {
  return listAt(raw, list).map((_, index) => {
    const item = `${list}[${index}]`;
    return {
      reads: [...(itemReads?.map((field) => `${item}.${field}`) ?? [item]), ...reads],
      findings: (dataset) => findings(dataset, index),
    };
  });
}

/** A check of a dataset as one of its domain, with paths that begin there. */
function within({ reads, findings }: Check<Dataset>, index: number): Check<Domain> {
  const prefix = `datasets[${index}]`;
  return {
    reads: reads.map((path) => `${prefix}.${path}`),
    findings: ({ datasets }) => {
      const dataset = datasets[index];
      const found = dataset === undefined ? [] : findings(dataset);
      return found.map((finding) => ({ ...finding, path: `${prefix}.${finding.path}` }));
    },
  };
}

/** A list that may not have passed its schema. */
function listAt(holder: unknown, key: string): readonly unknown[] {
  const list = valueAt(holder, key.split("."));
  return Array.isArray(list) ? list : [];
}

/** Names that the catalog, which lower-cases them, takes for one. Reads what may not have passed the schema. */
function duplicateNames(holder: unknown, list: string, what: string): Finding[] {
  const names = listAt(holder, list).map((item, index) => {
    const name = valueAt(item, ["name"]);
    return typeof name === "string" ? name.toLowerCase() : `\0${index}`;
  });
  return repetitions(names, (index) => ({
    path: `${list}[${index}].name`,
    limit: `a name no other ${what} has: upper and lower case are the same to the Data Catalog`,
    remedy: `rename the ${what}, or remove it`,
  }));
}

function reservedFindings(path: string, name: string): Finding[] {
  return findingIf(isReserved(name), {
    path,
    limit: "none of Athena's reserved words: every query would have to quote it, in two ways",
    remedy: `add what it is of, for example "${name}_code" or "order_${name}"`,
  });
}

function repeatedReaders({ readers }: Dataset): Finding[] {
  return repetitions(
    readers.map(({ consumer }) => consumer),
    (index) => ({
      path: `readers[${index}].consumer`,
      limit: "each consumer once",
      remedy: "keep the entry that allows what the consumer needs",
    }),
  );
}

function emptyReader(dataset: Dataset, index: number): Finding[] {
  const levels = isTable(dataset) ? dataset.columns.map(({ sensitivity }) => sensitivity) : [dataset.sensitivity];
  const needed = SENSITIVITIES.find((level) => levels.includes(level)) ?? "public";
  const upTo = dataset.readers[index]?.upTo ?? needed;
  return findingIf(SENSITIVITIES.indexOf(upTo) < SENSITIVITIES.indexOf(needed), {
    path: `readers[${index}].upTo`,
    limit: `${needed} or more: nothing in the dataset is less sensitive, so this reader would read nothing`,
    remedy: "raise it, or remove the reader",
  });
}

function reservedColumn({ columns }: TableDataset, index: number): Finding[] {
  return reservedFindings(`columns[${index}].name`, columns[index]?.name ?? "");
}

function typeFindings({ columns, source }: TableDataset, index: number): Finding[] {
  const column = columns[index];
  const type = column === undefined ? undefined : typeOf(column);
  if (type === undefined) {
    return [];
  }
  const path = `columns[${index}].type`;
  return [
    ...findingIf(
      source.kind === "files" && source.format.kind === "csv" && (isNested(type) || isPrimitive(type, "binary")),
      {
        path,
        limit: "a type whose values a CSV file can hold, no array, map, struct or binary",
        remedy: "declare it as string, or have the files written as json or parquet",
      },
    ),
    ...findingIf(
      nestedTypes(type).some((nested) => nested.kind === "fixed" || isPrimitive(nested, ...NOT_IN_ATHENA)),
      {
        level: "warning",
        path,
        limit: "a type that Athena reads; time, uuid and fixed are Iceberg's, and Athena has no word for them",
        remedy: "use string or binary if the column is to be queried with Athena",
      },
    ),
  ];
}

function repeatedKeys({ primaryKey }: TableDataset): Finding[] {
  return repetitions(primaryKey, (index) => ({
    path: `primaryKey[${index}]`,
    limit: "each column once",
    remedy: "remove the repetition",
  }));
}

/** Source: https://iceberg.apache.org/spec/#identifier-field-ids */
function keyTypeFindings({ columns, primaryKey }: TableDataset, index: number): Finding[] {
  const name = primaryKey[index] ?? "";
  return columnOfType(
    `primaryKey[${index}]`,
    name,
    columns,
    (type) => !isNested(type) && !isPrimitive(type, ...FRACTIONS),
    {
      limit: "a column of a primitive type other than float and double: Iceberg takes no other as identifier",
      remedy: `use another column, or declare "${name}" as decimal`,
    },
  );
}

function optionalKey({ columns, primaryKey }: TableDataset, index: number): Finding[] {
  const name = primaryKey[index] ?? "";
  return findingIf(
    columns.some((column) => column.name === name && column.required !== true),
    {
      path: `primaryKey[${index}]`,
      limit: "a column that is required: a key without a value tells nothing apart",
      remedy: `write "required: true" at the column "${name}"`,
    },
  );
}

function retentionFindings({ columns, retention }: TableDataset): Finding[] {
  return retention.kind === "forever"
    ? []
    : columnOfType("retention.column", retention.column, columns, (type) => isPrimitive(type, ...DATES), {
        limit: "a column of type date, timestamp or timestamptz, from which the age of a row is told",
        remedy: "name the column that says when the row's event happened",
      });
}

function loadFindings({ columns, source }: TableDataset): Finding[] {
  return source.kind === "database" && source.load.kind === "incremental"
    ? columnOfType(
        "source.load.column",
        source.load.column,
        columns,
        (type) => isPrimitive(type, ...WHOLE_NUMBERS, ...DATES) || type.kind === "decimal",
        {
          limit: "a column that grows with every change: a whole number, a decimal, a date or a timestamp",
          remedy: "name the column with the time of the last change, or load the whole table",
        },
      )
    : [];
}

function scheduleFindings({ source: { kind }, schedule }: TableDataset): Finding[] {
  return [
    ...findingIf(kind === "stream" && schedule !== undefined, {
      path: "schedule",
      limit: "no schedule for a stream: its records are taken when they come",
      remedy: "remove it",
    }),
    ...findingIf((kind === "database" || kind === "api") && schedule === undefined, {
      path: "schedule",
      limit: `a schedule: ${kind === "api" ? "an" : "a"} ${kind} has to be asked`,
      remedy: 'write for example "cron(0 3 * * ? *)" for 3 o\'clock UTC every day',
    }),
  ];
}

function freshnessFindings({ schedule, freshnessMinutes }: TableDataset): Finding[] {
  const pause = schedule === undefined ? undefined : longestPauseMinutes(schedule);
  return pause === undefined
    ? []
    : findingIf(freshnessMinutes < pause, {
        path: "freshnessMinutes",
        limit: `at least ${pause}, the longest time between two runs of its schedule`,
        remedy: "run it more often, or promise less; add the time that a run takes",
      });
}
