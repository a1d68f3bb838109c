import type { Rule } from "../rule";

export const GLUE_WIRING: readonly Rule[] = [];
