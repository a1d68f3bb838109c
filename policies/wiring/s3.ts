import type { Rule } from "../rule";

export const S3_WIRING: readonly Rule[] = [];
