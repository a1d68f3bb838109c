import type { Case } from "../../support/cases";

export const KMS_WIRING_CASES: readonly Case[] = [];
