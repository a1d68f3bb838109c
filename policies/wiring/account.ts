import type { Rule } from "../rule";

export const ACCOUNT_WIRING: readonly Rule[] = [];
