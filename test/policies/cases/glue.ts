import type { Case } from "../../support/cases";

export const GLUE_CASES: readonly Case[] = [];
