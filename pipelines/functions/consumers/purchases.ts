import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { consume } from "../consumer";

const COUNTRY_CODE = /^[A-Z]{2}$/;

/** Counts purchases by the visitor's country, for web.clickstream. */
export const handler = consume((record, { metrics }) => {
  if (record.event_type === "purchase") {
    const { country_code: code } = record;
    // each value of a dimension is a metric of its own, which costs, and browsers send anything
    const country = typeof code === "string" && COUNTRY_CODE.test(code) ? code : "unknown";
    metrics.addDimension("Country", country).addMetric("Purchases", MetricUnit.Count, 1);
  }
  return Promise.resolve();
});
