import { RULES } from "../../policies";
import { judge } from "../support/cases";
import { ACCOUNT_WIRING_CASES } from "./cases/account-wiring";
import { ARTIFACT_CASES } from "./cases/artifacts";
import { ATHENA_CASES } from "./cases/athena";
import { ATHENA_WIRING_CASES } from "./cases/athena-wiring";
import { BOOTSTRAP_CASES } from "./cases/bootstrap";
import { CLOUDWATCH_CASES } from "./cases/cloudwatch";
import { DYNAMODB_CASES } from "./cases/dynamodb";
import { EVENT_SOURCE_CASES } from "./cases/event-sources";
import { FIREHOSE_CASES } from "./cases/firehose";
import { FIREHOSE_WIRING_CASES } from "./cases/firehose-wiring";
import { GLUE_CASES } from "./cases/glue";
import { GLUE_WIRING_CASES } from "./cases/glue-wiring";
import { IAM_CASES } from "./cases/iam";
import { IAM_WIRING_CASES } from "./cases/iam-wiring";
import { ISOLATED_CLIENT_CASES } from "./cases/isolated-clients";
import { KINESIS_CASES } from "./cases/kinesis";
import { KMS_CASES } from "./cases/kms";
import { KMS_WIRING_CASES } from "./cases/kms-wiring";
import { LAKE_FORMATION_ACCESS_CASES } from "./cases/lake-formation-access";
import { LAKE_FORMATION_CASES } from "./cases/lake-formation";
import { LAKE_FORMATION_GRANT_CASES, NEW_COLUMN_CASES } from "./cases/lake-formation-grants";
import { LAKE_FORMATION_WIRING_CASES } from "./cases/lake-formation-wiring";
import { LAMBDA_CASES } from "./cases/lambda";
import { LAMBDA_WIRING_CASES } from "./cases/lambda-wiring";
import { LF_TAG_CASES } from "./cases/lf-tags";
import { LOG_GROUP_CASES } from "./cases/log-groups";
import { METRIC_CASES } from "./cases/metrics";
import { ROUTE_TABLE_CASES } from "./cases/route-tables";
import { S3_CASES } from "./cases/s3";
import { S3_REQUEST_CASES } from "./cases/s3-requests";
import { S3_WIRING_CASES } from "./cases/s3-wiring";
import { SNS_CASES } from "./cases/sns";
import { SNS_WIRING_CASES } from "./cases/sns-wiring";
import { SQS_CASES } from "./cases/sqs";
import { STATE_CASES } from "./cases/state";
import { TABLE_OPTIMIZER_CASES } from "./cases/table-optimizers";
import { TESTED_ROLE_CASES } from "./cases/tested-roles";
import { TRAP_CASES } from "./cases/traps";
import { VPC_CASES } from "./cases/vpc";
import { VPC_WIRING_CASES } from "./cases/vpc-wiring";

const CASES = [
  ...ACCOUNT_WIRING_CASES,
  ...ARTIFACT_CASES,
  ...ATHENA_CASES,
  ...ATHENA_WIRING_CASES,
  ...BOOTSTRAP_CASES,
  ...CLOUDWATCH_CASES,
  ...DYNAMODB_CASES,
  ...EVENT_SOURCE_CASES,
  ...FIREHOSE_CASES,
  ...FIREHOSE_WIRING_CASES,
  ...GLUE_CASES,
  ...GLUE_WIRING_CASES,
  ...IAM_CASES,
  ...IAM_WIRING_CASES,
  ...ISOLATED_CLIENT_CASES,
  ...KINESIS_CASES,
  ...KMS_CASES,
  ...KMS_WIRING_CASES,
  ...LAKE_FORMATION_CASES,
  ...LAKE_FORMATION_ACCESS_CASES,
  ...LAKE_FORMATION_GRANT_CASES,
  ...NEW_COLUMN_CASES,
  ...LAKE_FORMATION_WIRING_CASES,
  ...LAMBDA_CASES,
  ...LAMBDA_WIRING_CASES,
  ...LF_TAG_CASES,
  ...LOG_GROUP_CASES,
  ...METRIC_CASES,
  ...ROUTE_TABLE_CASES,
  ...S3_CASES,
  ...S3_REQUEST_CASES,
  ...S3_WIRING_CASES,
  ...SNS_CASES,
  ...SNS_WIRING_CASES,
  ...SQS_CASES,
  ...STATE_CASES,
  ...TABLE_OPTIMIZER_CASES,
  ...TESTED_ROLE_CASES,
  ...TRAP_CASES,
  ...VPC_CASES,
  ...VPC_WIRING_CASES,
];

test.each(CASES)("$rule: $what: $outcome", (one) => {
  expect(judge(one)).toBe(one.outcome);
});

test.each(RULES.map(({ id }) => id))("%s has a case that passes and one that does not", (id) => {
  const outcomes = CASES.filter(({ rule }) => rule === id).map(({ outcome }) => outcome === "passed");

  expect([...new Set(outcomes)].sort()).toEqual([false, true]);
});
