import type { Rule } from "./rule";
import { GLUE_RULES } from "./security/glue";
import { IAM_RULES } from "./security/iam";
import { KMS_RULES } from "./security/kms";
import { S3_RULES } from "./security/s3";
import { SNS_RULES } from "./security/sns";
import { STATE_RULES } from "./security/state";
import { VPC_RULES } from "./security/vpc";

/** Every rule there is. */
export const RULES: readonly Rule[] = [
  ...STATE_RULES,
  ...S3_RULES,
  ...KMS_RULES,
  ...IAM_RULES,
  ...VPC_RULES,
  ...SNS_RULES,
  ...GLUE_RULES,
];
