import type { Mutation } from "./mutation";

export const ACCOUNT_WIRING_MUTATIONS: readonly Mutation[] = [];
