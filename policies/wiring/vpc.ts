import type { Rule } from "../rule";

export const VPC_WIRING: readonly Rule[] = [];
