import type { Case } from "../../support/cases";

export const SNS_CASES: readonly Case[] = [];
