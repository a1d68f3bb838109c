import type { Mutation } from "./mutation";

export const KMS_WIRING_MUTATIONS: readonly Mutation[] = [];
