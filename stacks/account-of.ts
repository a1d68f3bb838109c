import { REGIONS } from "../environments/regions";
import type { Environment } from "../environments/schema";
import type { Account } from "../modules/account";

/** The account an environment lives in, as modules take it. */
export function accountOf({ accountId, region }: Pick<Environment, "accountId" | "region">): Account {
  const partition = REGIONS[region];
  if (partition === undefined) {
    throw new Error(`region ${region} is not in environments/regions.ts`);
  }
  return { accountId, region, partition };
}
