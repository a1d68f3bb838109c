import type { Case } from "../../support/cases";

export const S3_WIRING_CASES: readonly Case[] = [];
