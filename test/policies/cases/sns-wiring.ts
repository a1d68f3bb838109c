import type { Case } from "../../support/cases";

export const SNS_WIRING_CASES: readonly Case[] = [];
