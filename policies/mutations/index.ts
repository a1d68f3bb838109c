import { ACCOUNT_WIRING_MUTATIONS } from "./account-wiring";
import { BOOTSTRAP_MUTATIONS } from "./bootstrap";
import { CLOUDWATCH_MUTATIONS } from "./cloudwatch";
import { DYNAMODB_MUTATIONS } from "./dynamodb";
import { EVENT_SOURCE_MUTATIONS } from "./event-sources";
import { FIREHOSE_MUTATIONS } from "./firehose";
import { GLUE_MUTATIONS } from "./glue";
import { GLUE_WIRING_MUTATIONS } from "./glue-wiring";
import { IAM_MUTATIONS } from "./iam";
import { IAM_WIRING_MUTATIONS } from "./iam-wiring";
import { KINESIS_MUTATIONS } from "./kinesis";
import { KMS_MUTATIONS } from "./kms";
import { KMS_WIRING_MUTATIONS } from "./kms-wiring";
import { LAKE_FORMATION_MUTATIONS } from "./lake-formation";
import { LAKE_FORMATION_WIRING_MUTATIONS } from "./lake-formation-wiring";
import { LAMBDA_MUTATIONS } from "./lambda";
import { LAMBDA_WIRING_MUTATIONS } from "./lambda-wiring";
import { S3_MUTATIONS } from "./s3";
import { S3_WIRING_MUTATIONS } from "./s3-wiring";
import { SNS_MUTATIONS } from "./sns";
import { SNS_WIRING_MUTATIONS } from "./sns-wiring";
import { SQS_MUTATIONS } from "./sqs";
import { STATE_MUTATIONS } from "./state";
import { TRAP_MUTATIONS } from "./traps";
import { VPC_MUTATIONS } from "./vpc";
import { VPC_WIRING_MUTATIONS } from "./vpc-wiring";
import type { Mutation } from "./mutation";

/** Changes that weaken production, at least one for every rule. */
export const MUTATIONS: readonly Mutation[] = [
  ...ACCOUNT_WIRING_MUTATIONS,
  ...BOOTSTRAP_MUTATIONS,
  ...CLOUDWATCH_MUTATIONS,
  ...DYNAMODB_MUTATIONS,
  ...EVENT_SOURCE_MUTATIONS,
  ...FIREHOSE_MUTATIONS,
  ...GLUE_MUTATIONS,
  ...GLUE_WIRING_MUTATIONS,
  ...LAKE_FORMATION_MUTATIONS,
  ...LAKE_FORMATION_WIRING_MUTATIONS,
  ...IAM_MUTATIONS,
  ...IAM_WIRING_MUTATIONS,
  ...KINESIS_MUTATIONS,
  ...KMS_MUTATIONS,
  ...KMS_WIRING_MUTATIONS,
  ...LAMBDA_MUTATIONS,
  ...LAMBDA_WIRING_MUTATIONS,
  ...S3_MUTATIONS,
  ...S3_WIRING_MUTATIONS,
  ...SNS_MUTATIONS,
  ...SNS_WIRING_MUTATIONS,
  ...SQS_MUTATIONS,
  ...STATE_MUTATIONS,
  ...TRAP_MUTATIONS,
  ...VPC_MUTATIONS,
  ...VPC_WIRING_MUTATIONS,
];
