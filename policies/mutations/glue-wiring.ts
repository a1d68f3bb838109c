import type { Mutation } from "./mutation";

export const GLUE_WIRING_MUTATIONS: readonly Mutation[] = [];
