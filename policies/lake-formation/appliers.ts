import type { Graph, Resource } from "../graph";
import { at } from "../rule";
import { accountOf, principalOf } from "./principals";

/** Who makes a resource, and grants what it grants. */
export interface Applier {
  /** The role that the resource's provider assumes; undefined where whoever applies does it, of whom nothing is known. */
  readonly principal: string | undefined;
  readonly account: string;
}

export function applierOf({ stack: name, values }: Resource, graph: Graph): Applier {
  const alias = typeof values.provider === "string" ? values.provider.split(".")[1] : undefined;
  const providers = graph.stacks.find((stack) => stack.name === name)?.json.provider?.aws ?? [];
  const role = at(
    providers.find((provider) => provider.alias === alias),
    "assume_role",
    "role_arn",
  );
  const principal = role === undefined ? undefined : principalOf(role, graph);
  return { principal, account: (principal && accountOf(principal)) ?? graph.account.accountId };
}
