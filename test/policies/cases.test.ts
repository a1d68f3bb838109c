import { RULES } from "../../policies";
import { judge } from "../support/cases";
import { ACCOUNT_WIRING_CASES } from "./cases/account-wiring";
import { BOOTSTRAP_CASES } from "./cases/bootstrap";
import { GLUE_CASES } from "./cases/glue";
import { GLUE_WIRING_CASES } from "./cases/glue-wiring";
import { IAM_CASES } from "./cases/iam";
import { IAM_WIRING_CASES } from "./cases/iam-wiring";
import { KMS_CASES } from "./cases/kms";
import { KMS_WIRING_CASES } from "./cases/kms-wiring";
import { ROUTE_TABLE_CASES } from "./cases/route-tables";
import { S3_CASES } from "./cases/s3";
import { S3_REQUEST_CASES } from "./cases/s3-requests";
import { S3_WIRING_CASES } from "./cases/s3-wiring";
import { SNS_CASES } from "./cases/sns";
import { SNS_WIRING_CASES } from "./cases/sns-wiring";
import { STATE_CASES } from "./cases/state";
import { TRAP_CASES } from "./cases/traps";
import { VPC_CASES } from "./cases/vpc";
import { VPC_WIRING_CASES } from "./cases/vpc-wiring";

const CASES = [
  ...ACCOUNT_WIRING_CASES,
  ...BOOTSTRAP_CASES,
  ...GLUE_CASES,
  ...GLUE_WIRING_CASES,
  ...IAM_CASES,
  ...IAM_WIRING_CASES,
  ...KMS_CASES,
  ...KMS_WIRING_CASES,
  ...ROUTE_TABLE_CASES,
  ...S3_CASES,
  ...S3_REQUEST_CASES,
  ...S3_WIRING_CASES,
  ...SNS_CASES,
  ...SNS_WIRING_CASES,
  ...STATE_CASES,
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
