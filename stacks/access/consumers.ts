import type { Environment } from "../../environments/schema";
import type { Consumer } from "../../modules/lakeformation/consumer";
import { accountOf } from "../account-of";

/** What tells who consumers are. */
type Consumers = Pick<Environment, "accountId" | "region" | "consumers">;

/** The consumer of a name as Lake Formation knows it; undefined where the environment has nobody of that name. */
export function consumerNamed(name: string, environment: Consumers): Consumer | undefined {
  const principal = principalOf(name, environment);
  return principal === undefined ? undefined : { name, principal };
}

/** Consumers by name, with the principal that each of them is. */
export function consumersOf(environment: Consumers): Consumer[] {
  return Object.keys(environment.consumers).flatMap((name) => consumerNamed(name, environment) ?? []);
}

/**
 * The ARN by which Lake Formation knows a consumer.
 *
 * Source: Lake Formation Developer Guide, "Granting permissions using the named resource method" (principals).
 */
function principalOf(name: string, environment: Consumers): string | undefined {
  const consumer = environment.consumers[name];
  const { partition, region, accountId } = accountOf(environment);
  switch (consumer?.kind) {
    case "iam-role":
      return `arn:${partition}:iam::${accountId}:role/${consumer.roleName}`;
    case "identity-center-group":
      return `arn:${partition}:identitystore:::group/${consumer.groupId}`;
    case "quicksight-group":
      return `arn:${partition}:quicksight:${consumer.identityRegion ?? region}:${accountId}:group/${consumer.namespace}/${consumer.groupName}`;
    default:
      return undefined;
  }
}

/**
 * Consumers who query with Athena, with the most that a query of theirs may read, in bytes. Groups of Identity Center need a
 * workgroup that knows of them, which AWS provider 5 cannot make: they read with other engines.
 */
export function queryingConsumers(
  environment: Environment,
): { readonly name: string; readonly scanLimitBytes: number }[] {
  return Object.entries(environment.consumers).flatMap(([name, consumer]) =>
    consumer.kind === "iam-role" || consumer.kind === "quicksight-group"
      ? [{ name, scanLimitBytes: consumer.scanLimitBytes ?? environment.athena.scanLimitBytes }]
      : [],
  );
}

/** The output that holds what a consumer has to be allowed in IAM, as JSON. */
export function consumerPolicyOutput(name: string): string {
  return `consumer_policy_${name.replaceAll("-", "_")}`;
}
