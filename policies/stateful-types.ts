/** Types whose loss loses data, or what data cannot be read without. */
export const STATEFUL_TYPES: readonly string[] = ["aws_glue_catalog_database", "aws_kms_key", "aws_s3_bucket"];
