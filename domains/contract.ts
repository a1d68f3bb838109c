import { z } from "zod";
import { either, jsonSchema } from "../validation/limited";
import { glueType, icebergType, parseColumnType } from "./column-type";
import {
  BATCH_SOURCES,
  columnSchema,
  type Dataset,
  type Domain,
  isObjects,
  isTable,
  objectsDatasetSchema,
  sensitivityOf,
  sensitivitySchema,
  type TableDataset,
  tableDatasetSchema,
} from "./schema";
import { enrichment, streamSource } from "./stream-source";

/** Version of the contract's form. It changes when what reads contracts has to change. */
export const CONTRACT_VERSION = 1;

const common = {
  contractVersion: z.literal(CONTRACT_VERSION),
  domain: z.string(),
  /** Of the dataset as a whole: that of its most sensitive column. */
  sensitivity: sensitivitySchema,
};

const streamContractSource = streamSource.extend({
  enrich: z
    .array(
      enrichment.extend({
        /** Key of the object that holds the rows of the dataset, in the bucket of artefacts. */
        snapshot: z.string(),
      }),
    )
    .optional(),
});

const tableContractSchema = z.strictObject({
  ...common,
  ...tableDatasetSchema.shape,
  source: z.discriminatedUnion("kind", [streamContractSource, ...BATCH_SOURCES]),
  columns: z
    .array(
      columnSchema.extend({
        required: z.boolean(),
        /** For example "list<long>". */
        icebergType: z.string(),
        /** For example "array<bigint>". */
        glueType: z.string(),
      }),
    )
    .min(1),
});

const objectsContractSchema = z.strictObject({ ...common, ...objectsDatasetSchema.shape });

export type TableContract = z.infer<typeof tableContractSchema>;
export type ObjectsContract = z.infer<typeof objectsContractSchema>;

/** What a dataset promises, as everything that runs reads it: the declaration, with what follows from it. */
export type Contract = TableContract | ObjectsContract;

const contractSchema = either(objectsContractSchema, tableContractSchema, isObjects);

/** The JSON Schema (draft 2020-12) of contracts. */
export function contractJsonSchema(): z.core.JSONSchema.BaseSchema {
  return { ...jsonSchema(contractSchema), title: "Contract of a dataset" };
}

/** The contract of a declaration that is valid, with its fields in the schema's order, in whatever order they were written. */
export function contractOf(domain: Domain, dataset: Dataset): Contract {
  const common = {
    contractVersion: CONTRACT_VERSION,
    domain: domain.name,
    sensitivity: sensitivityOf(dataset),
  } as const;
  if (!isTable(dataset)) {
    return objectsContractSchema.parse({ ...common, ...dataset });
  }
  const columns = dataset.columns.map((column) => {
    const type = parseColumnType(column.type);
    return { ...column, required: column.required ?? false, icebergType: icebergType(type), glueType: glueType(type) };
  });
  return tableContractSchema.parse({ ...common, ...dataset, source: sourceOf(dataset), columns });
}

/** The source, with the places where what it is enriched with can be read. */
function sourceOf({ source }: TableDataset): TableContract["source"] {
  if (source.kind !== "stream") {
    return source;
  }
  const { enrich, ...rest } = source;
  return {
    ...rest,
    ...(enrich !== undefined && { enrich: enrich.map((one) => ({ ...one, snapshot: snapshotKey(one.dataset) })) }),
  };
}

/** Key of the object with all rows of a dataset that others are enriched with, in the bucket of artefacts. */
export function snapshotKey(dataset: string): string {
  return `snapshots/${dataset.replace(".", "/")}.json`;
}

export function isTableContract(contract: Contract): contract is TableContract {
  return "columns" in contract;
}
