import { Metrics } from "@aws-lambda-powertools/metrics";

/** Metrics with these dimensions and no other. Powertools adds the service, which nobody alarms on. */
export function metricsOf(dimensions: Record<string, string>): Metrics {
  const metrics = new Metrics({ namespace: "Basin" });
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions(dimensions);
  return metrics;
}
