import type { Case } from "../../support/cases";

export const VPC_WIRING_CASES: readonly Case[] = [];
