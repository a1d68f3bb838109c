import type { Graph, Resource } from "../graph";
import type { Statement } from "../iam-document";
import { failedIf, unknown, type Verdict } from "../rule";
import { isPolicy } from "./attachments";
import { type KnownRequest, letThrough } from "./requests";
import { isElsewhere, permissionsOf, statementsOf } from "./roles";

/** What a role has to do. */
export interface RoleCall {
  readonly action: string;
  /** By each ARN that stands for it. */
  readonly resource: string | readonly string[];
  readonly facts?: KnownRequest["facts"];
}

/** Calls of several actions on the same. */
export function callsOn(resource: RoleCall["resource"], actions: readonly string[]): RoleCall[] {
  return actions.map((action) => ({ action, resource }));
}

/** A failure for actions that a role is not allowed; unknown where a policy that nobody can read here may allow them. */
export function judgeRole(
  role: Resource,
  calls: readonly RoleCall[],
  text: (actions: string) => string,
  graph: Graph,
): Verdict[] {
  const { statements, isIncomplete } = permissionsOf(role, graph);
  const refused = (by: readonly Statement[]) => [
    ...new Set(calls.filter((call) => !letThrough(by, { facts: {}, ...call })).map(({ action }) => action)),
  ];
  const missing = refused(statements);
  const beyond = boundariesOf(role, graph)
    .flatMap(refused)
    .filter((action) => !missing.includes(action));
  const said = text(missing.join(", "));
  return [
    ...(missing.length > 0 && isIncomplete
      ? unknown(`${said}, unless a policy that is not declared here says so`)
      : failedIf(missing.length > 0, said)),
    ...failedIf(beyond.length > 0, `${text(beyond.join(", "))}: its boundary does not let it`),
  ];
}

/** The boundary of a role, where it is declared and written out. */
export function boundariesOf({ values }: Resource, graph: Graph): (readonly Statement[])[] {
  const boundary = values.permissions_boundary;
  return graph
    .ofType("aws_iam_policy")
    .filter((policy) => isPolicy(boundary, policy, graph) && !isElsewhere(policy.values.policy))
    .map((policy) => statementsOf(policy.values.policy, graph));
}
