/** Types whose loss loses data, or what data cannot be read without, or that skip what comes until they are made anew. */
export const STATEFUL_TYPES: readonly string[] = [
  "aws_dynamodb_table",
  "aws_glue_catalog_database",
  "aws_glue_catalog_table",
  "aws_kinesis_firehose_delivery_stream",
  "aws_kinesis_stream",
  "aws_kms_key",
  "aws_msk_cluster",
  "aws_msk_serverless_cluster",
  "aws_redshift_cluster",
  "aws_redshiftserverless_namespace",
  "aws_s3_bucket",
  "aws_secretsmanager_secret",
];
