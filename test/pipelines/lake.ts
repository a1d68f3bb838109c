import { join } from "node:path";
import { type Contract, contractOf } from "../../domains/contract";
import type { TableDataset } from "../../domains/schema";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { repository, temporaryFolder } from "../support/checkout";
import { migratorPython } from "../emulator/migrator-python";
import { type Answer, LineProcess } from "./line-process";

/** Packages have to be fetched the first time. */
export const FETCHING_MS = 600_000;

export const BUCKET = "basin-test-lake";
export const ZONES = ["raw", "curated", "published"] as const;

export type Zone = (typeof ZONES)[number];

/** A dataset by its names; without a domain, it is of the shop of the tests. */
export interface Named {
  readonly name: string;
  readonly domain?: string;
}

/** A table as pyiceberg reads it back. */
export interface Described {
  readonly columns: readonly {
    readonly id: number;
    readonly name: string;
    /** With the ids of nested fields. */
    readonly type: string;
    readonly required: boolean;
    readonly comment: string | null;
  }[];
  readonly key: readonly string[];
  readonly partitions: readonly string[];
  readonly sortedBy: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly formatVersion: number;
  readonly location: string;
  readonly metadataLocation: string;
  readonly schemas: number;
  /** How many commits came after the first. */
  readonly commits: number;
  readonly metadataFiles: readonly string[];
  readonly catalog: {
    readonly description: string;
    readonly location: string;
    readonly columns: readonly (readonly [name: string, type: string, comment: string | null])[];
  };
}

export interface MigratedTable {
  readonly zone: Zone;
  readonly table: string;
  readonly outcome: "created" | "changed" | "unchanged";
  readonly changes: readonly string[];
  readonly metadataLocation: string;
}

/** A lake on the emulator, whose tables the migrator makes. */
export class EmulatedLake {
  private constructor(
    readonly emulator: Emulator,
    readonly python: LineProcess,
  ) {}

  /**
   * Starts the emulator and the migrator.
   *
   * @param domain whose databases there are
   * @throws CommandError if Python or its packages cannot be had
   */
  static async start(signal: AbortSignal, domain?: string): Promise<EmulatedLake> {
    const program = await migratorPython(signal);
    const emulator = await startEmulator({ accountId: "111122223333", region: "eu-west-1", signal });
    const python = new LineProcess({
      program,
      args: [join(__dirname, "migrator.py")],
      variables: {
        ...emulator.variables,
        HOME: temporaryFolder(),
        PYTHONPATH: join(repository, "pipelines", "tables"),
        // files of a test are no part of the package
        PYTHONDONTWRITEBYTECODE: "1",
      },
    });
    const lake = new EmulatedLake(emulator, python);
    try {
      await python.get("prepare", { bucket: BUCKET, databases: ZONES.map((zone) => databaseOf(zone, domain)) });
    } catch (error) {
      await lake.stop();
      throw error;
    }
    return lake;
  }

  /** What the function is called with for a dataset. */
  event(dataset: TableDataset, ...zones: readonly Zone[]): EventOfTables {
    return {
      contract: contractOfShop(dataset),
      tables: this.tablesOf(dataset, zones.length === 0 ? ["curated"] : zones),
    };
  }

  /** The tables of a dataset, as the function is told of them. */
  tablesOf({ name, domain }: Named, zones: readonly Zone[]): readonly object[] {
    return zones.map((zone) => ({
      zone,
      database: databaseOf(zone, domain),
      table: name,
      location: `s3://${BUCKET}/${zone}/${name}`,
    }));
  }

  /** Calls the function. */
  handle(event: unknown): Promise<Answer> {
    return this.python.ask("handle", event);
  }

  /**
   * Calls the function for a dataset.
   *
   * @throws Error if it fails
   */
  async migrate(dataset: TableDataset, ...zones: readonly Zone[]): Promise<readonly MigratedTable[]> {
    const { tables } = await this.python.get<{ tables: MigratedTable[] }>("handle", this.event(dataset, ...zones));
    return tables;
  }

  describe({ name, domain }: Named, zone: Zone = "curated"): Promise<Described> {
    return this.python.get("describe", { database: databaseOf(zone, domain), table: name });
  }

  async stop(): Promise<void> {
    await this.python.stop();
    await this.emulator.stop();
  }
}

export interface EventOfTables {
  readonly contract: unknown;
  readonly tables: readonly object[];
}

/** The name that a domain's database has in dev. */
export function databaseOf(zone: Zone, domain = DOMAIN.name): string {
  return `basin_dev_${domain}_${zone}`;
}

const DOMAIN = { name: "shop", description: "A shop of the tests", owner: "shop@example.com", datasets: [] };

/** The contract of a dataset of the shop. */
export function contractOfShop(dataset: TableDataset): Contract {
  return contractOf(DOMAIN, dataset);
}

/** What the changes of the tests start from. */
export const ORDERS: TableDataset = {
  name: "orders",
  description: "Orders of the shop",
  owner: "shop@example.com",
  source: { kind: "files", format: { kind: "json" } },
  columns: [
    { name: "order_id", type: "string", comment: "The shop's number", sensitivity: "internal", required: true },
    { name: "ordered_at", type: "timestamp", comment: "When, in UTC", sensitivity: "internal", required: true },
    { name: "status", type: "string", comment: "Where it stands", sensitivity: "internal", required: true },
    { name: "quantity", type: "int", comment: "How many articles", sensitivity: "internal" },
    { name: "weight", type: "float", comment: "In kilograms", sensitivity: "internal" },
    { name: "total", type: "decimal(12,2)", comment: "With taxes", sensitivity: "internal" },
    { name: "lines", type: "array<struct<sku:string,quantity:int>>", comment: "Articles", sensitivity: "internal" },
    { name: "labels", type: "map<string,struct<score:float>>", comment: "By name", sensitivity: "internal" },
  ],
  primaryKey: ["order_id"],
  partitions: [{ transform: "day", column: "ordered_at" }],
  quality: [],
  freshnessMinutes: 60,
  expectedRecordsPerSecond: 1,
  retention: { kind: "days", days: 400, column: "ordered_at" },
  readers: [],
};

type Column = TableDataset["columns"][number];

/** Replaces fields of a column. */
export function withColumn(dataset: TableDataset, name: string, changed: Partial<Column>): TableDataset {
  const columns = dataset.columns.map((column) => (column.name === name ? { ...column, ...changed } : column));
  return { ...dataset, columns };
}

/** Adds a column behind the others. */
export function withNewColumn(dataset: TableDataset, column: Partial<Column> & Pick<Column, "name">): TableDataset {
  const added: Column = { type: "string", comment: "New", sensitivity: "internal", ...column };
  return { ...dataset, columns: [...dataset.columns, added] };
}

export function withoutColumn(dataset: TableDataset, name: string): TableDataset {
  return { ...dataset, columns: dataset.columns.filter((column) => column.name !== name) };
}

let datasets = 0;

/** Names a dataset of its own for each test, in a way that says nothing. */
export function newName(): string {
  return `orders_${++datasets}`;
}
