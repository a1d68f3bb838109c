import type { Environment } from "../environments/schema";
import { accountOf } from "./account-of";

/** Somebody outside of the platform who writes to streams. */
export interface Producer {
  readonly name: string;
  readonly roleArn: string;
}

/** Who writes to streams of an environment, but for those that it has none of. */
export function producersOf(environment: Environment): Producer[] {
  const { partition, accountId } = accountOf(environment);
  return Object.entries(environment.producers).flatMap(([name, producer]) =>
    producer.kind === "none" ? [] : [{ name, roleArn: `arn:${partition}:iam::${accountId}:role/${producer.roleName}` }],
  );
}
