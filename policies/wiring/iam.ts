import type { Rule } from "../rule";

export const IAM_WIRING: readonly Rule[] = [];
