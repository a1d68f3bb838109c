import type { Consumer } from "../../environments/outside-schema";
import { isElsewhere, statementsOf } from "../aws/roles";
import type { Statement } from "../iam-document";
import type { RuleContext } from "../rule";

type Context = Pick<RuleContext, "environment" | "graph">;

/** A consumer of the environment, by the name that domains know it by. */
export interface NamedConsumer {
  readonly name: string;
  readonly consumer: Consumer;
}

/** The consumer of the environment that a principal is. */
export function consumerOf(principal: string, context: Context): NamedConsumer | undefined {
  const found = Object.entries(context.environment.consumers).find(([, consumer]) =>
    isPrincipal(principal, consumer, context),
  );
  return found && { name: found[0], consumer: found[1] };
}

function isPrincipal(principal: string, consumer: Consumer, { graph: { account } }: Context): boolean {
  const { partition, accountId } = account;
  switch (consumer.kind) {
    case "iam-role":
      return principal === `arn:${partition}:iam::${accountId}:role/${consumer.roleName}`;
    case "identity-center-group":
      return principal === `arn:${partition}:identitystore:::group/${consumer.groupId}`;
    case "quicksight-group":
      // groups are of the region in which QuickSight keeps its users
      return (
        principal.startsWith(`arn:${partition}:quicksight:`) &&
        principal.endsWith(`:${accountId}:group/${consumer.namespace}/${consumer.groupName}`)
      );
    case "none":
      return false;
  }
}

/** Outputs with what roles that are not ours need, for those who own the roles. */
export const POLICY_OUTPUT = "consumer_policy_";

/** What those who own a consumer's role are told to let it do. */
export interface ConsumerPolicy {
  readonly statements: readonly Statement[];
  /** Whether some of it is not known before an apply. */
  readonly isIncomplete: boolean;
}

/** The policies that outputs have for a consumer: those with its name, and those that are not named for another one. */
export function policyFor(name: string, { environment, graph }: Context): ConsumerPolicy {
  const names = Object.keys(environment.consumers);
  const policies = graph.stacks
    .flatMap(({ json: { output = {} } }) => Object.entries(output))
    .filter(([output]) => [name, undefined].includes(ownerOf(output, names)) && output.startsWith(POLICY_OUTPUT))
    .map(([, { value }]) => (typeof value === "string" ? graph.text(value) : value));
  return {
    statements: policies.flatMap((policy) => statementsOf(policy, graph)),
    isIncomplete: policies.some(isElsewhere),
  };
}

/** The consumer for which an output is named: of several whose names it begins with, the one with the longest. */
function ownerOf(output: string, names: readonly string[]): string | undefined {
  const rest = `${inOutputs(output.slice(POLICY_OUTPUT.length))}_`;
  return [...names]
    .sort((one, other) => other.length - one.length)
    .find((name) => rest.startsWith(`${inOutputs(name)}_`));
}

/** A name as it can be written in that of an output. */
function inOutputs(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, "_");
}
