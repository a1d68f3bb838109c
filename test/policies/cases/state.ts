import type { Case } from "../../support/cases";

export const STATE_CASES: readonly Case[] = [];
