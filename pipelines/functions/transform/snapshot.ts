import type { Logger } from "@aws-lambda-powertools/logger";
import { readObject } from "../objects";

/** Version of snapshots that this reads. */
const SNAPSHOT_VERSION = 1;

const REFRESH_MILLISECONDS = 5 * 60 * 1000;
/** While nothing is held, rows lack columns. */
const RETRY_MILLISECONDS = 10 * 1000;

export type SnapshotRows = readonly Readonly<Record<string, unknown>>[];

/** Rows of another dataset, held in memory in the form that `index` gives them. */
export class Snapshot<T> {
  private held: T | undefined;
  private etag: string | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;
  /** Whether the last look succeeded. */
  private isFresh = false;
  private refreshing: Promise<boolean> | undefined;

  constructor(
    private readonly bucket: string,
    private readonly key: string,
    private readonly dataset: string,
    private readonly index: (rows: SnapshotRows) => T,
    private readonly logger: Logger,
  ) {}

  /** What was read last; undefined before anything could be read. */
  get rows(): T | undefined {
    return this.held;
  }

  /**
   * Reads the snapshot if it has changed, at most every five minutes, or every ten seconds until there is one. False from when
   * that fails until it succeeds: what was held is kept.
   */
  async refresh(): Promise<boolean> {
    const pause = this.held === undefined ? RETRY_MILLISECONDS : REFRESH_MILLISECONDS;
    if (this.refreshing === undefined && Date.now() - this.lookedAt < pause) {
      return this.isFresh;
    }
    this.refreshing ??= this.read().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async read(): Promise<boolean> {
    this.lookedAt = Date.now();
    this.isFresh = false;
    try {
      const IfNoneMatch = this.etag;
      const found = await readObject({ Bucket: this.bucket, Key: this.key, IfNoneMatch });
      if (found !== undefined) {
        this.held = this.index(this.rowsIn(found.text));
        // only now: what could not be read is asked for again
        this.etag = found.etag;
      }
      this.isFresh = true;
    } catch (error) {
      this.logger.error("The snapshot of a dataset cannot be read", {
        dataset: this.dataset,
        key: this.key,
        isKeepingOld: this.held !== undefined,
        error: error as Error,
      });
    }
    return this.isFresh;
  }

  private rowsIn(text: string): SnapshotRows {
    const snapshot: unknown = JSON.parse(text);
    const { snapshotVersion, dataset, rows } = Object(snapshot) as Record<string, unknown>;
    if (snapshotVersion !== SNAPSHOT_VERSION || dataset !== this.dataset || !Array.isArray(rows)) {
      throw new Error(`the object is no snapshot of ${this.dataset} in version ${SNAPSHOT_VERSION}`);
    }
    return rows as SnapshotRows;
  }
}
