import { Metrics } from "@aws-lambda-powertools/metrics";
import { METRIC_NAMESPACE } from "./metric-names";

/** Metrics with these dimensions and no other. Powertools adds the service, which nobody alarms on. */
export function metricsOf(dimensions: Record<string, string>): Metrics {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions(dimensions);
  return metrics;
}
