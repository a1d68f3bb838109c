import type { Case } from "../../support/cases";

export const IAM_WIRING_CASES: readonly Case[] = [];
