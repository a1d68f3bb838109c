import { Logger } from "@aws-lambda-powertools/logger";
import { compileDataset } from "../dataset/dataset";
import { variable } from "../environment";
import { loadContract } from "../load-contract";
import { metricsOf } from "../metrics";
import { once } from "../once";
import { BatchCounts } from "./counts";
import { Enrichment } from "./enrichment";
import type { FirehoseEvent, FirehoseResponse } from "./events";
import { Transform } from "./transform";
import { TRANSFORM_METRICS } from "../metric-names";

const logger = new Logger();

const prepared = once(async () => {
  const contract = await loadContract();
  const dataset = compileDataset(contract);
  const enrichments = contract.enrich.map(
    (declared) => new Enrichment(dataset, declared, variable("SNAPSHOT_BUCKET"), logger),
  );
  const transform = new Transform({
    dataset,
    enrichments,
    database: variable("DATABASE"),
    table: variable("TABLE"),
    quarantineTable: variable("QUARANTINE_TABLE"),
    contractVersion: variable("CONTRACT_VERSION"),
    logger,
  });
  return { transform, enrichments, metrics: metricsOf({ Domain: contract.domain, Dataset: contract.name }) };
});

// while the function starts it has more of a processor; what fails here is tried again, and told of, by the first call
prepared().catch(() => undefined);

/** Makes rows of the dataset's table of what producers sent, and puts aside what is none. Called by Firehose. */
export async function handler({ records }: FirehoseEvent): Promise<FirehoseResponse> {
  const { transform, enrichments, metrics } = await prepared();
  const counts = new BatchCounts();
  const refreshed = await Promise.all(enrichments.map((enrichment) => enrichment.refresh()));
  counts.add(TRANSFORM_METRICS.snapshotUnavailable, refreshed.filter((isRead) => !isRead).length);
  const results = transform.batch(records, counts);
  counts.publish(metrics, logger);
  return { records: results };
}
