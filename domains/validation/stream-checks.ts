import { type Finding, findingIf, repetitions } from "../../validation/check";
import { isPrimitive } from "../column-type";
import { isStream, type TableDataset } from "../schema";
import type { StreamSource } from "../stream-source";
import { isNested, missingColumn, typeOf } from "./columns";

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

/** What one enrichment needs of the dataset's own columns. */
export function enrichmentFindings({ columns, primaryKey, source }: TableDataset, index: number): Finding[] {
  const enrichment = enrichmentsOf(source)[index];
  const path = `source.enrich[${index}]`;
  if (enrichment === undefined) {
    return [];
  }
  const by = columns.find(({ name }) => name === enrichment.column);
  const type = by === undefined ? undefined : typeOf(by);
  return [
    ...missingColumn(`${path}.column`, enrichment.column, columns),
    ...findingIf(type !== undefined && isNested(type), {
      path: `${path}.column`,
      limit: "a column whose values can be compared, no array, map or struct",
      remedy: "look up by another column",
    }),
    ...enrichment.take.flatMap(({ column }, position) => {
      const at = `${path}.take[${position}].column`;
      const filled = columns.find(({ name }) => name === column);
      return [
        ...missingColumn(at, column, columns),
        ...findingIf(filled?.required === true, {
          path: at,
          limit: "a column that is not required: what is looked up may not be found",
          remedy: `leave out "required: true" at the column "${column}"`,
        }),
        ...findingIf(column === enrichment.column || primaryKey.includes(column), {
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
    take.map(({ column }, position) => ({ column, path: `source.enrich[${index}].take[${position}].column` })),
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
        fills.some((fill) => fill.column === column),
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

export function consumerFindings({ source }: TableDataset, index: number): Finding[] {
  const name = consumersOf(source)[index]?.name ?? "";
  return findingIf(TAKEN.includes(name), {
    path: `source.consumers[${index}].name`,
    limit: `none of ${TAKEN.join(", ")}, as other parts of the dataset are called`,
    remedy: "say what it does with records",
  });
}

function enrichmentsOf(source: TableDataset["source"]): NonNullable<StreamSource["enrich"]> {
  return source.kind === "stream" ? (source.enrich ?? []) : [];
}

function consumersOf(source: TableDataset["source"]): NonNullable<StreamSource["consumers"]> {
  return source.kind === "stream" ? (source.consumers ?? []) : [];
}
