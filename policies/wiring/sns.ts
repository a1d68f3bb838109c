import type { Rule } from "../rule";

export const SNS_WIRING: readonly Rule[] = [];
