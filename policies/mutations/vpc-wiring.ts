import type { Mutation } from "./mutation";

export const VPC_WIRING_MUTATIONS: readonly Mutation[] = [];
