import { reference } from "./reference";
import { sales } from "./sales";
import { web } from "./web";

/** Every domain, by the name of its file. */
export const domains = { reference, sales, web };
