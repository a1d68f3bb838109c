import type { Logger } from "@aws-lambda-powertools/logger";
import {
  type Dataset,
  judgeRow,
  maskRow,
  missingAfterEnrichment,
  readRow,
  type Row,
  writeRow,
} from "../dataset/dataset";
import { NOT_JUDGED } from "../dataset/quality";
import { decodeBase64, decodePayload } from "../record/payload";
import { parseRecord } from "../record/parse";
import { Refusal } from "../refusal";
import { overheadOf, ResponseBudget } from "./budget";
import type { BatchCounts } from "./counts";
import type { Enrichment } from "./enrichment";
import { arrivalOf, type FirehoseRecord, type FirehoseResult, type TableRoute } from "./events";
import { quarantineRow } from "./quarantine";
import { TRANSFORM_METRICS } from "../metric-names";

const INTERNAL_ERROR = new Refusal("internal-error", "could not be worked on, for a mistake of the transformation");

export interface TransformProps {
  readonly dataset: Dataset;
  readonly enrichments: readonly Enrichment[];
  readonly database: string;
  readonly table: string;
  readonly quarantineTable: string;
  /** The contract's, for rows of the quarantine table. */
  readonly contractVersion: string;
  readonly logger: Logger;
}

interface Destination {
  readonly route: TableRoute;
  readonly overhead: number;
}

/** What becomes of records of one dataset: rows of its table, rows of its quarantine table, or nothing by a declared rule. */
export class Transform {
  private readonly good: Destination;
  private readonly bad: Destination;

  constructor(private readonly props: TransformProps) {
    const { dataset, database, table, quarantineTable } = props;
    this.good = destination(database, table, dataset.key.length === 0 ? "insert" : "update");
    this.bad = destination(database, quarantineTable, "update");
  }

  /** One result for each record, in their order. Nothing about a record makes it fail. */
  batch(records: readonly FirehoseRecord[], counts: BatchCounts): FirehoseResult[] {
    const budget = new ResponseBudget(records.map(({ recordId }) => recordId));
    counts.add(TRANSFORM_METRICS.read, records.length);
    return records.map((record) => {
      const result = this.attempt(record, budget, counts);
      if (result.result === "ProcessingFailed") {
        counts.add(TRANSFORM_METRICS.failed);
        counts.because("failed: too large or not writable");
      }
      return result;
    });
  }

  private attempt(record: FirehoseRecord, budget: ResponseBudget, counts: BatchCounts): FirehoseResult {
    try {
      return this.one(record, budget, counts);
    } catch (error) {
      this.props.logger.error("A record cannot be worked on", { recordId: record.recordId, error: error as Error });
    }
    try {
      return this.quarantine(record, INTERNAL_ERROR, budget, counts);
    } catch (error) {
      this.props.logger.error("A record cannot be put aside", { recordId: record.recordId, error: error as Error });
      return { recordId: record.recordId, result: "ProcessingFailed" };
    }
  }

  private one(record: FirehoseRecord, budget: ResponseBudget, counts: BatchCounts): FirehoseResult {
    const { dataset } = this.props;
    const row = this.row(record, counts);
    if (row instanceof Refusal) {
      return this.quarantine(record, row, budget, counts);
    }
    const warnings: string[] = [];
    const verdict = judgeRow(dataset.rules, row, arrivalOf(record), ({ label }) => warnings.push(label));
    if (verdict?.rule.onFailure === "drop" && verdict.refusal.reason !== NOT_JUDGED) {
      counts.add(TRANSFORM_METRICS.dropped);
      counts.because(`dropped: ${verdict.rule.label}`);
      return { recordId: record.recordId, result: "Dropped" };
    }
    const refusal = verdict?.refusal ?? maskRow(dataset, row);
    return refusal === undefined
      ? this.write(record, row, warnings, budget, counts)
      : this.quarantine(record, refusal, budget, counts);
  }

  /** The record's row, enriched. */
  private row({ data }: FirehoseRecord, counts: BatchCounts): Row | Refusal {
    const { dataset, enrichments } = this.props;
    const row = readRecord(dataset, data);
    if (row instanceof Refusal) {
      return row;
    }
    if (row.hasUnknownFields) {
      counts.add(TRANSFORM_METRICS.withUnknownFields);
    }
    for (const enrichment of enrichments) {
      if (!enrichment.apply(row)) {
        counts.add(TRANSFORM_METRICS.enrichmentMisses);
      }
    }
    return missingAfterEnrichment(dataset, row) ?? row;
  }

  private write(
    { recordId }: FirehoseRecord,
    row: Row,
    warnings: readonly string[],
    budget: ResponseBudget,
    counts: BatchCounts,
  ): FirehoseResult {
    const { dataset } = this.props;
    const result = budget.entry(recordId, writeRow(dataset, row), this.good.route, this.good.overhead);
    if (result.result === "Ok") {
      counts.add(TRANSFORM_METRICS.good);
      counts.add(TRANSFORM_METRICS.warned, warnings.length > 0 ? 1 : 0);
      warnings.forEach((label) => {
        counts.because(`warned: ${label}`);
      });
    }
    return result;
  }

  private quarantine(
    record: FirehoseRecord,
    refusal: Refusal,
    budget: ResponseBudget,
    counts: BatchCounts,
  ): FirehoseResult {
    const { dataset, contractVersion } = this.props;
    const row = quarantineRow(record, refusal, dataset.masks, contractVersion);
    const result = budget.entry(record.recordId, row, this.bad.route, this.bad.overhead);
    if (result.result === "Ok") {
      counts.add(TRANSFORM_METRICS.quarantined);
      counts.because(`quarantined: ${refusal.reason}${refusal.column === undefined ? "" : ` ${refusal.column}`}`);
    }
    return result;
  }
}

function destination(
  destinationDatabaseName: string,
  destinationTableName: string,
  operation: "insert" | "update",
): Destination {
  const route = { otfMetadata: { destinationDatabaseName, destinationTableName, operation } };
  return { route, overhead: overheadOf(route) };
}

function readRecord(dataset: Dataset, data: string): Row | Refusal {
  const bytes = decodeBase64(data);
  const plain = bytes instanceof Refusal ? bytes : decodePayload(bytes);
  const parsed = plain instanceof Refusal ? plain : parseRecord(plain);
  return parsed instanceof Refusal ? parsed : readRow(dataset, parsed);
}
