import { dev } from "./dev";
import { prod } from "./prod";
import { staging } from "./staging";

/** Every environment, by the name of its file, in the order in which a change travels. */
export const environments = { dev, staging, prod };
