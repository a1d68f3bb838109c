import type { Mutation } from "./mutation";

export const SNS_WIRING_MUTATIONS: readonly Mutation[] = [];
