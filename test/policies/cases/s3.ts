import type { Case } from "../../support/cases";

export const S3_CASES: readonly Case[] = [];
