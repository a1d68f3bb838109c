import type { Graph, Resource } from "../graph";

/** Types that give an identity a policy made elsewhere, and the attribute that names it. */
const ATTACHMENTS: Readonly<Record<string, string>> = {
  aws_iam_group_policy_attachment: "policy_arn",
  aws_iam_policy_attachment: "policy_arn",
  aws_iam_role: "managed_policy_arns",
  aws_iam_role_policy_attachment: "policy_arn",
  aws_iam_role_policy_attachments_exclusive: "policy_arns",
  aws_iam_user_policy_attachment: "policy_arn",
};

export const ATTACHING_TYPES = Object.keys(ATTACHMENTS);

/** The policies that a resource attaches, as they are written. */
export function attachedBy({ type, values }: Resource): unknown[] {
  const value = values[ATTACHMENTS[type] ?? ""];
  return value === undefined || value === null ? [] : [value].flat();
}

/** Whether a value stands for a policy: a reference to it, or its ARN written out. */
export function isPolicy(value: unknown, policy: Resource, graph: Graph): boolean {
  const { name, path = "/" } = policy.values;
  return (
    graph.refersTo(value, policy) ||
    (typeof name === "string" &&
      typeof value === "string" &&
      graph.text(value).endsWith(`:policy${String(path)}${graph.text(name)}`))
  );
}

/** Whether somebody has a policy attached. */
export function isAttached(policy: Resource, graph: Graph): boolean {
  return graph
    .ofType(...ATTACHING_TYPES)
    .some((attachment) => attachedBy(attachment).some((value) => isPolicy(value, policy, graph)));
}
