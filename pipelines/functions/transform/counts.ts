import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

const NAMES = [
  "RecordsRead",
  "RecordsGood",
  "RecordsQuarantined",
  "RecordsDropped",
  "RecordsFailed",
  "RecordsWarned",
  "RecordsWithUnknownFields",
  "EnrichmentMisses",
  "SnapshotUnavailable",
] as const;

type Count = (typeof NAMES)[number];

/** What happened to the records of a batch. */
export class BatchCounts {
  private readonly counts = new Map<Count, number>();
  private readonly reasons: Record<string, number> = {};

  add(name: Count, count = 1): void {
    this.counts.set(name, this.of(name) + count);
  }

  /** Counts why records were put aside, dropped or warned of, for the log. */
  because(reason: string): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }

  /** Writes all counts as metrics, zeros too, and the reasons to the log. */
  publish(metrics: Metrics, logger: Logger): void {
    for (const name of NAMES) {
      metrics.addMetric(name, MetricUnit.Count, this.of(name));
    }
    const read = this.of("RecordsRead");
    if (read > 0) {
      const failed = this.of("RecordsQuarantined") + this.of("RecordsFailed");
      metrics.addMetric("FailedRecordShare", MetricUnit.Percent, (100 * failed) / read);
    }
    metrics.publishStoredMetrics();
    logger.info("Transformed a batch", { counts: Object.fromEntries(this.counts), reasons: this.reasons });
  }

  private of(name: Count): number {
    return this.counts.get(name) ?? 0;
  }
}
