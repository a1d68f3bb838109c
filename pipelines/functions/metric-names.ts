/** Namespace of all metrics that code of the platform emits. */
export const METRIC_NAMESPACE = "Basin";

/** What the transform of a stream counts, with the dimensions Domain and Dataset. All are counts but the share, a percentage of each batch. */
export const TRANSFORM_METRICS = {
  read: "RecordsRead",
  good: "RecordsGood",
  quarantined: "RecordsQuarantined",
  dropped: "RecordsDropped",
  failed: "RecordsFailed",
  warned: "RecordsWarned",
  withUnknownFields: "RecordsWithUnknownFields",
  enrichmentMisses: "EnrichmentMisses",
  snapshotUnavailable: "SnapshotUnavailable",
  failedShare: "FailedRecordShare",
} as const;

/** What a consumer of a stream counts, with the dimension Consumer. */
export const CONSUMER_METRICS = {
  read: "RecordsRead",
  failed: "RecordsFailed",
  duplicate: "RecordsDuplicate",
  skipped: "RecordsSkipped",
} as const;
