import type { Case } from "../../support/cases";

export const GLUE_WIRING_CASES: readonly Case[] = [];
