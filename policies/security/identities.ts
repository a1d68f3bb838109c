import type { Graph, Resource } from "../graph";
import type { Statement } from "../iam-document";
import { isBoundary } from "../bootstrap";
import type { RuleContext, Verdict } from "../rule";
import { policiesIn } from "../wiring/policy-documents";
import { isAttached, isPolicy } from "../aws/attachments";
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
    !isAttached(policy, graph)
  );
}
