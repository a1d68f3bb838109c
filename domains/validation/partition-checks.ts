import { type Finding, findingIf } from "../../validation/check";
import { type ColumnType, isPrimitive, type PrimitiveName } from "../column-type";
import type { Partition, TableDataset } from "../schema";
import { columnOfType, DATES, FRACTIONS, isNested, TIMES, WHOLE_NUMBERS } from "./columns";

/** Types that Iceberg can hash into buckets. Source: https://iceberg.apache.org/spec/#partition-transforms */
const BUCKETS: readonly PrimitiveName[] = [...WHOLE_NUMBERS, ...DATES, "time", "string", "uuid", "binary"];
const TRUNCATABLE: readonly PrimitiveName[] = [...WHOLE_NUMBERS, "string", "binary"];

/** What one partition needs of the column it is made of. */
export function partitionFindings({ columns, partitions }: TableDataset, index: number): Finding[] {
  const partition = partitions[index];
  if (partition === undefined) {
    return [];
  }
  const path = `partitions[${index}].column`;
  const fieldName = partitionFieldName(partition);
  const type = columns.find(({ name }) => name === partition.column)?.type ?? "";
  return [
    ...columnOfType(path, partition.column, columns, (known) => isPartitionable(partition, known), {
      limit: `a column of a type that ${partition.transform} takes: ${PARTITIONABLE_TEXT[partition.transform]}`,
      remedy: `choose another column or transform; "${partition.column}" is ${type}`,
    }),
    ...findingIf(partition.transform !== "identity" && columns.some(({ name }) => name === fieldName), {
      path,
      limit: `no partition field with the name of a column: Iceberg would call it "${fieldName}"`,
      remedy: `rename the column "${fieldName}"`,
    }),
  ];
}

/** Partitions of one column that Iceberg takes for one. Names alone cannot clash: columns would have them. */
export function repeatedPartitions({ partitions }: TableDataset): Finding[] {
  return partitions.flatMap((partition, index) =>
    findingIf(isRedundant(partition, partitions.slice(0, index)), {
      path: `partitions[${index}].column`,
      limit: "each column once by time and once by each other transform: Iceberg refuses redundant partitions",
      remedy: "keep the finer of the two: hour implies day, day implies month",
    }),
  );
}

/** The name that Iceberg gives a partition field. Source: Apache Iceberg, `PartitionSpec.Builder`. */
function partitionFieldName({ transform, column }: Partition): string {
  switch (transform) {
    case "identity":
      return column;
    case "truncate":
      return `${column}_trunc`;
    default:
      return `${column}_${transform}`;
  }
}

const PARTITIONABLE_TEXT: Readonly<Record<Partition["transform"], string>> = {
  identity: "any but float, double and nested ones",
  year: "date, timestamp, timestamptz",
  month: "date, timestamp, timestamptz",
  day: "date, timestamp, timestamptz",
  hour: "timestamp, timestamptz",
  bucket: "any but boolean, float, double and nested ones",
  truncate: "int, bigint, decimal, string, binary",
};

function isPartitionable({ transform }: Partition, type: ColumnType): boolean {
  switch (transform) {
    case "identity":
      return !isNested(type) && !isPrimitive(type, ...FRACTIONS);
    case "year":
    case "month":
    case "day":
      return isPrimitive(type, ...DATES);
    case "hour":
      return isPrimitive(type, ...TIMES);
    case "bucket":
      return isPrimitive(type, ...BUCKETS) || type.kind === "decimal" || type.kind === "fixed";
    case "truncate":
      return isPrimitive(type, ...TRUNCATABLE) || type.kind === "decimal";
  }
}

const TIME_TRANSFORMS: readonly Partition["transform"][] = ["year", "month", "day", "hour"];

function isRedundant({ transform, column }: Partition, earlier: readonly Partition[]): boolean {
  const group = TIME_TRANSFORMS.includes(transform) ? TIME_TRANSFORMS : [transform];
  return earlier.some((other) => other.column === column && group.includes(other.transform));
}
