import type { Rule } from "./rule";
import { ATHENA_RULES } from "./security/athena";
import { CLOUDWATCH_RULES } from "./security/cloudwatch";
import { DYNAMODB_RULES } from "./security/dynamodb";
import { FIREHOSE_RULES } from "./security/firehose";
import { GLUE_RULES } from "./security/glue";
import { IAM_RULES } from "./security/iam";
import { KINESIS_RULES } from "./security/kinesis";
import { KMS_RULES } from "./security/kms";
import { LAKE_FORMATION_RULES } from "./security/lake-formation";
import { LAMBDA_RULES } from "./security/lambda";
import { LF_TAG_RULES } from "./security/lf-tags";
import { PIPELINE_ROLE_RULES } from "./security/pipeline-roles";
import { S3_RULES } from "./security/s3";
import { S3_REQUEST_RULES } from "./security/s3-requests";
import { SNS_RULES } from "./security/sns";
import { SQS_RULES } from "./security/sqs";
import { STATE_RULES } from "./security/state";
import { STATE_BUCKET_RULES } from "./security/state-bucket";
import { VPC_RULES } from "./security/vpc";
import { TRAP_RULES } from "./traps";
import { ACCOUNT_WIRING } from "./wiring/account";
import { ATHENA_WIRING } from "./wiring/athena";
import { CLOUDWATCH_WIRING } from "./wiring/cloudwatch";
import { DEPLOY_ROLE_WIRING } from "./wiring/deploy-role";
import { FIREHOSE_WIRING } from "./wiring/firehose";
import { GLUE_WIRING } from "./wiring/glue";
import { IAM_WIRING } from "./wiring/iam";
import { KINESIS_WIRING } from "./wiring/kinesis";
import { KMS_WIRING } from "./wiring/kms";
import { LAKE_FORMATION_WIRING } from "./wiring/lake-formation";
import { LAMBDA_WIRING } from "./wiring/lambda";
import { LOG_GROUP_WIRING } from "./wiring/log-groups";
import { S3_WIRING } from "./wiring/s3";
import { SNS_WIRING } from "./wiring/sns";
import { SQS_WIRING } from "./wiring/sqs";
import { VPC_WIRING } from "./wiring/vpc";

/** Every rule there is. */
export const RULES: readonly Rule[] = [
  ...STATE_RULES,
  ...STATE_BUCKET_RULES,
  ...S3_RULES,
  ...S3_REQUEST_RULES,
  ...KMS_RULES,
  ...IAM_RULES,
  ...PIPELINE_ROLE_RULES,
  ...VPC_RULES,
  ...SNS_RULES,
  ...GLUE_RULES,
  ...LAKE_FORMATION_RULES,
  ...LF_TAG_RULES,
  ...ATHENA_RULES,
  ...LAMBDA_RULES,
  ...KINESIS_RULES,
  ...FIREHOSE_RULES,
  ...SQS_RULES,
  ...DYNAMODB_RULES,
  ...CLOUDWATCH_RULES,
  ...IAM_WIRING,
  ...DEPLOY_ROLE_WIRING,
  ...KMS_WIRING,
  ...S3_WIRING,
  ...VPC_WIRING,
  ...GLUE_WIRING,
  ...LAKE_FORMATION_WIRING,
  ...ATHENA_WIRING,
  ...LAMBDA_WIRING,
  ...KINESIS_WIRING,
  ...FIREHOSE_WIRING,
  ...SQS_WIRING,
  ...LOG_GROUP_WIRING,
  ...CLOUDWATCH_WIRING,
  ...SNS_WIRING,
  ...ACCOUNT_WIRING,
  ...TRAP_RULES,
];
