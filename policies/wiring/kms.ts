import type { Rule } from "../rule";

export const KMS_WIRING: readonly Rule[] = [];
