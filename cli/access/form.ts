import { z } from "zod";
import { TABLE_ZONES } from "../../domains/schema";

/** Version of the form in which access is printed as JSON. It changes when what reads it has to change. */
export const ACCESS_VERSION = 1;

const rowsSchema = z.union([z.literal("all"), z.array(z.string())]);

const principalSchema = z.object({
  /** The same in every environment: the names of its consumers, else of its kind and its name without account and prefix. */
  id: z.string(),
  /** What people call it. */
  name: z.string(),
  /** Names under which environments/ declares it. */
  consumers: z.array(z.string()),
  arn: z.string(),
});

const tableSchema = z.object({
  /** The same in every environment: "domain.dataset", behind it the zone in brackets unless that is "published". */
  id: z.string(),
  /** For example "sales.orders", with the zone whose copy it is; absent where no domain declares it. */
  dataset: z.string().optional(),
  zone: z.enum(TABLE_ZONES).optional(),
  /** As the Data Catalog has them. */
  database: z.string(),
  table: z.string(),
});

const reasonSchema = z.object({
  kind: z.enum(["name", "tags", "filter", "default", "creator", "iam"]),
  text: z.string(),
  /** Who holds it: the principal, or a group that it is in. */
  principal: z.string(),
  /** The address of the resource that grants. */
  grant: z.string().optional(),
  /** The path of its construct, as code knows it. */
  path: z.string().optional(),
});

const readSchema = z.object({
  /** With the same rows, for the same reasons. */
  columns: z.array(z.string()),
  /** "all", or predicates of which one holds. */
  rows: rowsSchema,
  reasons: z.array(reasonSchema),
  /** What is declared for it. */
  declared: z.string().optional(),
});

const tableAccessSchema = tableSchema.extend({
  permissions: z.array(z.string()),
  reads: z.array(readSchema),
  /** Columns whose names and types are shown, and whose data is not. */
  shown: z.array(z.string()),
  /** Columns that are not even shown. */
  hidden: z.array(z.string()),
});

const readerSchema = principalSchema.extend({
  kind: z.enum(["administrator", "creator", "registration", "files", "writer", "engine", "iam"]),
  /** Ids of tables. */
  tables: z.array(z.string()),
  reason: z.string(),
  /** False where a policy that cannot be read here may say otherwise. */
  isCertain: z.boolean(),
});

/** Who may read what in an environment, and why: what `access --json` prints. All lists are sorted. */
export const matrixSchema = z.object({
  accessVersion: z.literal(ACCESS_VERSION),
  environment: z.string(),
  /** The column or principal that was asked for; absent where everything is there. */
  only: z.string().optional(),
  /** Who has access by Lake Formation, and consumers that have none; consumers come first. */
  principals: z.array(principalSchema.extend({ tables: z.array(tableAccessSchema) })),
  /** Columns of published tables that no consumer reads. */
  unread: z.array(tableSchema.extend({ columns: z.array(z.string()) })),
  /** Who reads, or can make itself read, past the grants. */
  withoutGrant: z.array(readerSchema),
  /** Grants that Lake Formation refuses. */
  refused: z.array(z.object({ address: z.string(), path: z.string(), reason: z.string() })),
});

export type Matrix = z.infer<typeof matrixSchema>;
export type Principal = z.infer<typeof principalSchema>;
export type PrincipalAccess = Matrix["principals"][number];
export type TableAccess = z.infer<typeof tableAccessSchema>;
export type TableName = z.infer<typeof tableSchema>;
export type Read = z.infer<typeof readSchema>;
export type Reason = z.infer<typeof reasonSchema>;
export type ReaderWithoutGrant = z.infer<typeof readerSchema>;

/** Orders texts by their characters, alike on every machine. */
export function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
