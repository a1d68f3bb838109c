import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { consume } from "../consumer";

/** Counts purchases by the visitor's country, for web.clickstream. */
export const handler = consume((record, { metrics }) => {
  if (record.event_type === "purchase") {
    const country = typeof record.country_code === "string" ? record.country_code : "unknown";
    metrics.addDimension("Country", country).addMetric("Purchases", MetricUnit.Count, 1);
  }
  return Promise.resolve();
});
