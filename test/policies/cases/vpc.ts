import type { Case } from "../../support/cases";

export const VPC_CASES: readonly Case[] = [];
