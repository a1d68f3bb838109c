import type { Case } from "../../support/cases";

export const KMS_CASES: readonly Case[] = [];
