import type { Logger } from "@aws-lambda-powertools/logger";
import type { Value } from "../columns/value";
import type { ContractEnrichment } from "../contract";
import { type Column, type Dataset, positionOf, type Row } from "../dataset/dataset";
import { Refusal } from "../refusal";
import { Snapshot, type SnapshotRows } from "./snapshot";

/** Values to take by the key that they are found with. */
type Index = ReadonlyMap<string, readonly Value[]>;

/** Fills columns from a row of another dataset. */
export class Enrichment {
  private readonly snapshot: Snapshot<Index>;
  private readonly from: number;
  private readonly to: readonly number[];
  private readonly columns: readonly Column[];

  constructor(
    { columns }: Dataset,
    private readonly declared: ContractEnrichment,
    bucket: string,
    private readonly logger: Logger,
  ) {
    const { column, take, snapshot, dataset } = declared;
    this.columns = columns;
    this.from = positionOf(columns, column);
    this.to = take.map((taken) => positionOf(columns, taken.column));
    this.snapshot = new Snapshot(bucket, snapshot, dataset, (rows) => this.index(rows), logger);
  }

  /** False where the snapshot could not be read when that was last tried. */
  refresh(): Promise<boolean> {
    return this.snapshot.refresh();
  }

  /** Fills the row, with nothing where nothing is known. False where there is a snapshot without the row's key. */
  apply({ values }: Row): boolean {
    const { rows } = this.snapshot;
    const value = values[this.from] ?? null;
    if (value === null || rows === undefined) {
      return true;
    }
    const found = rows.get(keyOf(value));
    for (const [index, position] of this.to.entries()) {
      values[position] = found?.[index] ?? null;
    }
    return found !== undefined;
  }

  /** Keys and values are read as those of the columns are that they meet. Of rows with one key the first counts. */
  private index(rows: SnapshotRows): Index {
    const { column, key, take } = this.declared;
    const index = new Map<string, readonly Value[]>();
    const problems = new Map<string, number>();
    const count = (problem: string) => problems.set(problem, (problems.get(problem) ?? 0) + 1);
    const read = (name: string, position: number, value: unknown): Value => {
      const found = this.columns[position]?.read(value) ?? null;
      if (found instanceof Refusal) {
        count(`no value of the column ${name}`);
        return null;
      }
      return found;
    };
    for (const row of rows) {
      const found = read(column, this.from, row[key]);
      if (found === null || index.has(keyOf(found))) {
        count(found === null ? `no ${key}` : `a ${key} that another row has`);
        continue;
      }
      index.set(
        keyOf(found),
        take.map((taken, at) => read(taken.column, this.to[at] ?? -1, row[taken.from])),
      );
    }
    if (problems.size > 0) {
      this.logger.warn("The snapshot of a dataset has rows that are not as they should be", {
        dataset: this.declared.dataset,
        problems: Object.fromEntries(problems),
      });
    }
    return index;
  }
}

/** All keys are of one type, so their text tells them apart. */
function keyOf(value: Exclude<Value, null>): string {
  return value as string;
}
