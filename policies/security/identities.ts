import type { Graph, Resource } from "../graph";
import type { Statement } from "../iam-document";
import { isBoundary } from "../bootstrap";
import type { RuleContext, Verdict } from "../rule";
import { policiesIn } from "../wiring/policy-documents";
import { perGraph } from "../aws/remember";
import { judgePolicy, policyOf } from "./policies";

/** Types that say what an identity may do. */
export const IDENTITY_POLICIES = [
  "aws_iam_group_policy",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_user_policy",
];

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

/** Judges what the policies in a resource allow its identity; a permissions boundary allows nothing. */
export function judgeAllows(
  resource: Resource,
  context: RuleContext,
  judge: (statement: Statement, attribute: string) => readonly Verdict[],
): readonly Verdict[] {
  const policies = policiesIn(resource).filter(({ kind }) => kind === "identity");
  return policies.length === 0 || isBoundary(resource, context) || isNamedAsBoundary(resource, context.graph)
    ? []
    : policies.flatMap(({ attribute, policy }) =>
        judgePolicy(policy, (statements) =>
          statements.filter(({ effect }) => effect === "Allow").flatMap((statement) => judge(statement, attribute)),
        ),
      );
}

/** The policies that a resource attaches, as they are written. */
export function attachedBy({ type, values }: Resource): unknown[] {
  const value = values[ATTACHMENTS[type] ?? ""];
  return value === undefined || value === null ? [] : [value].flat();
}

/** What stands as the boundary of an identity, or as the one that an identity has to be given. */
const boundariesIn = perGraph((graph): unknown[] => {
  const ofIdentities = graph
    .ofType("aws_iam_role", "aws_iam_user")
    .map(({ values }) => values.permissions_boundary)
    .filter((boundary) => boundary !== undefined);
  const demanded = graph
    .ofType(...IDENTITY_POLICIES)
    .flatMap((resource) => policiesIn(resource))
    .flatMap(({ policy }) => policyOf(policy))
    .flatMap(({ conditions }) => conditions)
    .flatMap(({ key, values }) => (key === "iam:permissionsboundary" ? values : []));
  return [...ofIdentities, ...demanded];
});

/** Whether a policy is there to confine: boundaries name it, and nobody has it attached. */
function isNamedAsBoundary(policy: Resource, graph: Graph): boolean {
  return (
    policy.type === "aws_iam_policy" &&
    boundariesIn(graph).some((value) => isPolicy(value, policy, graph)) &&
    attachmentsOf(policy, graph).length === 0
  );
}

function isPolicy(value: unknown, policy: Resource, graph: Graph): boolean {
  const { name, path = "/" } = policy.values;
  return (
    graph.refersTo(value, policy) ||
    (typeof name === "string" &&
      typeof value === "string" &&
      graph.text(value).endsWith(`:policy${String(path)}${graph.text(name)}`))
  );
}

function attachmentsOf(policy: Resource, graph: Graph): Resource[] {
  return graph
    .ofType(...ATTACHING_TYPES)
    .filter((attachment) => attachedBy(attachment).some((value) => isPolicy(value, policy, graph)));
}
