import type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";

/** Days after which the parts of an upload that was never completed are thrown away. */
const ABANDONED_UPLOAD_DAYS = 7;

/** Ages are in days since an object's creation. */
export interface AgeRules {
  /** Moves to colder storage classes, in the order in which they happen. */
  readonly transitions: readonly { readonly storageClass: string; readonly days: number }[];
  readonly expirationDays: number;
}

/** Lifecycle rules of a versioned bucket: housekeeping always, ageing where it is asked for. */
export function lifecycleRules(
  noncurrentVersionDays: number,
  ageRules?: AgeRules,
): S3BucketLifecycleConfigurationRule[] {
  const wholeBucket = [{ prefix: "" }];
  const housekeeping: S3BucketLifecycleConfigurationRule = {
    id: "housekeeping",
    status: "Enabled",
    filter: wholeBucket,
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABANDONED_UPLOAD_DAYS }],
    noncurrentVersionExpiration: [{ noncurrentDays: noncurrentVersionDays }],
    expiration: [{ expiredObjectDeleteMarker: true }],
  };
  if (ageRules === undefined) {
    return [housekeeping];
  }
  const ageing: S3BucketLifecycleConfigurationRule = {
    id: "ageing",
    status: "Enabled",
    filter: wholeBucket,
    transition: [...ageRules.transitions],
    expiration: [{ days: ageRules.expirationDays }],
  };
  return [housekeeping, ageing];
}
