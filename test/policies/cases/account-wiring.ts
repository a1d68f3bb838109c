import type { Case } from "../../support/cases";

export const ACCOUNT_WIRING_CASES: readonly Case[] = [];
