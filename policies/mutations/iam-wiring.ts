import type { Mutation } from "./mutation";

export const IAM_WIRING_MUTATIONS: readonly Mutation[] = [];
