import { REGIONS } from "../environments/regions";
import type { Graph, Resource } from "./graph";
import type { RuleContext } from "./rule";
import { isAttached } from "./aws/attachments";
import { roleOf } from "./aws/roles";

/** Roles that the bootstrap makes before every layer, by the last part of their names. */
const PIPELINE_ROLES = ["apply", "break-glass", "drift", "plan"] as const;

type Named = Pick<RuleContext, "environment" | "platform">;

/** The name of a role that the bootstrap makes. */
export function pipelineRoleName(suffix: (typeof PIPELINE_ROLES)[number], { platform, environment }: Named): string {
  return `${platform.name}-${environment.name}-${suffix}`;
}

/** Whether the bootstrap makes a role of this name. */
export function isPipelineRole(name: unknown, context: Named): boolean {
  return PIPELINE_ROLES.some((suffix) => name === pipelineRoleName(suffix, context));
}

/** Whether the bootstrap makes a resource: it is there before every layer, without an order of stacks that says so. */
export function isOfBootstrap(
  { stack }: Resource,
  { environment: { name } }: Pick<RuleContext, "environment">,
): boolean {
  return stack === `bootstrap-${name}`;
}

/** The role that deploys, where it is declared. */
export function deployingRole(graph: Graph, context: Named): Resource | undefined {
  return roleOf(pipelineRoleName("apply", context), graph);
}

function boundaryName({ platform, environment }: Named): string {
  return `${platform.name}-${environment.name}-boundary`;
}

/** ARN of the policy that ends what the roles of layers may do. */
export function boundaryArn(context: Named): string {
  const { accountId, region } = context.environment;
  return `arn:${REGIONS[region] ?? "aws"}:iam::${accountId}:policy/${boundaryName(context)}`;
}

/** Whether a policy is that boundary and nothing else: it allows nobody anything, unless it is attached. */
export function isBoundary(policy: Resource, context: RuleContext): boolean {
  return (
    policy.type === "aws_iam_policy" &&
    policy.values.name === boundaryName(context) &&
    !isAttached(policy, context.graph)
  );
}
