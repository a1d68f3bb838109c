import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { TRANSFORM_METRICS } from "../metric-names";

type Metric = (typeof TRANSFORM_METRICS)[keyof typeof TRANSFORM_METRICS];

type Count = Exclude<Metric, typeof TRANSFORM_METRICS.failedShare>;

const COUNTS = Object.values(TRANSFORM_METRICS).filter((name): name is Count => name !== TRANSFORM_METRICS.failedShare);

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
    for (const name of COUNTS) {
      metrics.addMetric(name, MetricUnit.Count, this.of(name));
    }
    const { read: readName, quarantined, failed: failedName, failedShare } = TRANSFORM_METRICS;
    const read = this.of(readName);
    if (read > 0) {
      const failed = this.of(quarantined) + this.of(failedName);
      metrics.addMetric(failedShare, MetricUnit.Percent, (100 * failed) / read);
    }
    metrics.publishStoredMetrics();
    logger.info("Transformed a batch", { counts: Object.fromEntries(this.counts), reasons: this.reasons });
  }

  private of(name: Count): number {
    return this.counts.get(name) ?? 0;
  }
}
