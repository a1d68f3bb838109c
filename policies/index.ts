import type { Rule } from "./rule";
import { S3_RULES } from "./security/s3";

/** Every rule there is. */
export const RULES: readonly Rule[] = [...S3_RULES];
