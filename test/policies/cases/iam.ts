import type { Case } from "../../support/cases";

export const IAM_CASES: readonly Case[] = [];
