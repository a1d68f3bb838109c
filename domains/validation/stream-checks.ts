import { type Finding, findingIf, repetitions } from "../../validation/check";
import { isPrimitive } from "../column-type";
import { isStream, type TableDataset } from "../schema";
import type { StreamSource } from "../stream-source";
import { missingColumn, typeOf } from "./columns";

/** What names of functions and roles of a dataset end in that are no consumers. */
const TAKEN = ["delivery", "transform"];

/** What the mask of one column needs: somebody who applies it, a type that it fits, and nobody who needs what it takes away. */
export function maskFindings(dataset: TableDataset, index: number): Finding[] {
  const column = dataset.columns[index];
  const path = `columns[${index}].mask`;
  if (column?.mask === undefined) {
    return [];
  }
  if (!isStream(dataset)) {
    const limit = "no mask where nothing applies it: only what comes by a stream is masked before it is written";
    return [{ path, limit, remedy: 'leave it out, and keep the column to readers with upTo "pii"' }];
  }
  const { primaryKey, partitions, retention } = dataset;
  const type = typeOf(column);
  const isNeeded = [...primaryKey, ...partitions.map((partition) => partition.column)].includes(column.name);
  return [
    ...findingIf(column.mask !== "remove" && type !== undefined && !isPrimitive(type, "string"), {
      path,
      limit: "remove, for a column that is no string",
      remedy: "remove the value, or declare the column as string",
    }),
    ...findingIf(isNeeded, {
      path,
      limit: "no mask for a column of primaryKey or of partitions: rows would be taken for one another",
      remedy: "leave the mask out, or use another column there",
    }),
    ...findingIf(retention.kind === "days" && retention.column === column.name, {
      path,
      limit: "no mask for the column by which rows are deleted: they would stay for ever",
      remedy: "leave the mask out, or name another column in retention",
    }),
    ...findingIf(column.mask === "remove" && column.required === true, {
      path,
      limit: "last4 or network for a column that is required, for remove leaves no value",
      remedy: 'leave out "required: true", or use the rule notNull, which looks before the value is removed',
    }),
  ];
}

/** What is looked at after it was written has to be what was sent. */
const UNMASKED = {
  limit: "a column without a mask: once values are written, only what the mask has left of them can be looked at",
  remedy: "leave the mask out, or look at another column",
};

/** Rules for each record look before values are masked, those for the table afterwards. */
export function maskedRuleFindings(dataset: TableDataset, index: number): Finding[] {
  const rule = dataset.quality[index];
  const path = `quality[${index}]`;
  switch (rule?.rule) {
    case "unique":
      return rule.columns.flatMap((name, position) =>
        findingIf(isMasked(dataset, name), { path: `${path}.columns[${position}]`, ...UNMASKED }),
      );
    case "complete":
    case "references":
      return findingIf(isMasked(dataset, rule.column), { path: `${path}.column`, ...UNMASKED });
    default:
      return [];
  }
}

/** Which rows a reader sees is decided by what is in the table. */
export function maskedRowFindings(dataset: TableDataset, index: number): Finding[] {
  return (dataset.readers[index]?.rows ?? []).flatMap(({ column }, position) =>
    findingIf(isMasked(dataset, column), { path: `readers[${index}].rows[${position}].column`, ...UNMASKED }),
  );
}

/** Whether values of a column are masked; of what is no stream no mask is right, which is reported. */
function isMasked(dataset: TableDataset, name: string): boolean {
  return isStream(dataset) && dataset.columns.some((column) => column.name === name && column.mask !== undefined);
}

/** What one enrichment needs of the dataset's own columns. */
export function enrichmentFindings({ columns, primaryKey, source }: TableDataset, index: number): Finding[] {
  const enrichment = enrichmentsOf(source)[index];
  const path = `source.enrich[${index}]`;
  if (enrichment === undefined) {
    return [];
  }
  return [
    ...missingColumn(`${path}.column`, enrichment.column, columns),
    ...enrichment.take.flatMap(({ column }, position) => {
      const at = `${path}.take[${position}].column`;
      const filled = columns.find(({ name }) => name === column);
      const isSent = column === enrichment.column || primaryKey.includes(column);
      return [
        ...missingColumn(at, column, columns),
        ...findingIf(filled?.required === true && !isSent, {
          path: at,
          limit: "a column that is not required: what is looked up may not be found",
          remedy: `leave out "required: true" at the column "${column}"`,
        }),
        ...findingIf(isSent, {
          path: at,
          limit: "a column that producers do not send: neither what is looked up nor one of primaryKey",
          remedy: "add a column for what is taken",
        }),
      ];
    }),
  ];
}

/** A column is filled once, and not by what was looked up by it in turn. */
export function repeatedFills({ source }: TableDataset): Finding[] {
  const enrichments = enrichmentsOf(source);
  const fills = enrichments.flatMap(({ take }, index) =>
    take.map(({ column }, position) => ({ column, index, path: `source.enrich[${index}].take[${position}].column` })),
  );
  return [
    ...repetitions(
      fills.map(({ column }) => column),
      (index) => ({
        path: fills[index]?.path ?? "source.enrich",
        limit: "each column once",
        remedy: "take each value from one place",
      }),
    ),
    ...enrichments.flatMap(({ column }, index) =>
      findingIf(
        fills.some((fill) => fill.index !== index && fill.column === column),
        {
          path: `source.enrich[${index}].column`,
          limit: "a column that producers send: all is looked up at the same moment",
          remedy: "look up by what records bring along",
        },
      ),
    ),
  ];
}

export function repeatedProducers({ source }: TableDataset): Finding[] {
  return repetitions(source.kind === "stream" ? source.producers : [], (index) => ({
    path: `source.producers[${index}]`,
    limit: "each producer once",
    remedy: "remove the repetition",
  }));
}

export function repeatedConsumers({ source }: TableDataset): Finding[] {
  return repetitions(
    consumersOf(source).map(({ name }) => name),
    (index) => ({
      path: `source.consumers[${index}].name`,
      limit: "a name no other consumer of the dataset has",
      remedy: "rename one of them",
    }),
  );
}

export function takenNames({ source }: TableDataset, index: number): Finding[] {
  const name = consumersOf(source)[index]?.name ?? "";
  return findingIf(TAKEN.includes(name), {
    path: `source.consumers[${index}].name`,
    limit: `none of ${TAKEN.join(", ")}, as other parts of the dataset are called`,
    remedy: "say what it does with records",
  });
}

export function concurrencyFindings({ source }: TableDataset, index: number): Finding[] {
  const { reservedConcurrency, parallelization = 1 } = consumersOf(source)[index] ?? {};
  return findingIf(reservedConcurrency !== undefined && reservedConcurrency < parallelization, {
    path: `source.consumers[${index}].reservedConcurrency`,
    limit: `at least parallelization (${parallelization}), which a single shard takes`,
    remedy: "raise it, to parallelization times the shards there may be, or leave it out",
  });
}

/** Consumers are called as Kinesis calls them, and tell by the key what they have done already. */
export function consumersFindings({ primaryKey, source }: TableDataset): Finding[] {
  if (consumersOf(source).length === 0) {
    return [];
  }
  return [
    ...findingIf(source.kind === "stream" && source.engine !== "kinesis", {
      path: "source.consumers",
      limit: "no consumers beside a stream that is not on Kinesis: their code reads what Kinesis hands out",
      remedy: "use kinesis, or leave them out",
    }),
    ...findingIf(primaryKey.length === 0, {
      path: "primaryKey",
      limit: "a column or more where consumers act on records: by it they know what they have done already",
      remedy: "name what tells one record from all others, or leave out source.consumers",
    }),
  ];
}

/**
 * A shard is read five times a second, once of them for Firehose and once for each consumer.
 *
 * Sources: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html,
 * https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
const MAX_SHARED_CONSUMERS = 4;

export function sharedThroughputFindings({ source }: TableDataset): Finding[] {
  const { length } = consumersOf(source).filter(({ dedicatedThroughput }) => !dedicatedThroughput);
  return findingIf(length > MAX_SHARED_CONSUMERS, {
    level: "warning",
    path: "source.consumers",
    limit: `at most ${MAX_SHARED_CONSUMERS} consumers without dedicatedThroughput (here ${length}): a shard is read five times a second, and once by Firehose`,
    remedy: "give some of them throughput of their own, or have one do what several do",
  });
}

function enrichmentsOf(source: TableDataset["source"]): NonNullable<StreamSource["enrich"]> {
  return source.kind === "stream" ? (source.enrich ?? []) : [];
}

function consumersOf(source: TableDataset["source"]): NonNullable<StreamSource["consumers"]> {
  return source.kind === "stream" ? (source.consumers ?? []) : [];
}
