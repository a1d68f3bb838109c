import type { Mutation } from "./mutation";

export const S3_WIRING_MUTATIONS: readonly Mutation[] = [];
