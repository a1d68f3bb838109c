import type { Graph, Resource } from "../graph";
import type { Statement } from "../iam-document";
import { blocks } from "../rule";
import { policyOf } from "../security/policies";
import { perGraph } from "./remember";
import { listOf } from "./values";

const statementsByPolicy = perGraph(() => new Map<string, readonly Statement[]>());

/** The statements of a policy with their references resolved; none where there is no policy, or none that is one. */
export function statementsOf(policy: unknown, graph: Graph): readonly Statement[] {
  if (typeof policy !== "string") {
    return [];
  }
  const known = statementsByPolicy(graph);
  const statements = known.get(policy) ?? policyOf(policy).map((statement) => resolved(statement, graph));
  known.set(policy, statements);
  return statements;
}

function resolved(statement: Statement, graph: Graph): Statement {
  const texts = (list: readonly string[]) => list.map((text) => graph.text(text));
  const { principals, notPrincipals, resources, notResources, conditions } = statement;
  const byKind = (kinds: NonNullable<Statement["principals"]>) =>
    Object.fromEntries(Object.entries(kinds).map(([kind, names]) => [kind, texts(names)]));
  return {
    ...statement,
    principals: principals && byKind(principals),
    notPrincipals: notPrincipals && byKind(notPrincipals),
    resources: resources && texts(resources),
    notResources: notResources && texts(notResources),
    conditions: conditions.map((condition) => ({ ...condition, values: texts(condition.values) })),
  };
}

/** Whether a policy is an expression of Terraform, for example what a data source writes, which nobody can read here. */
export function isElsewhere(policy: unknown): boolean {
  return typeof policy === "string" && policy.startsWith("${");
}

const rolesByName = perGraph(
  (graph) =>
    new Map(
      graph.ofType("aws_iam_role").flatMap((role): [string, Resource][] => {
        const { name } = role.values;
        const names = typeof name === "string" ? [graph.text(name)] : [];
        return [...names, graph.arnOf(role)].map((key) => [key, role]);
      }),
    ),
);

/** The role that a value stands for: a reference to it, its name or its ARN; undefined where it is not declared. */
export function roleOf(value: unknown, graph: Graph): Resource | undefined {
  if (typeof value !== "string") {
    return undefined;
  }
  const referred = graph.reference(value)?.resource;
  return referred?.type === "aws_iam_role" ? referred : rolesByName(graph).get(graph.text(value));
}

/** What a role may do. */
export interface Permissions {
  readonly statements: readonly Statement[];
  /** Whether some of its policies cannot be read: those of AWS, of other stacks, or of data sources. */
  readonly isIncomplete: boolean;
}

const permissionsByRole = perGraph((graph) => {
  const found = new Map<Resource, { statements: Statement[]; isIncomplete: boolean }>();
  const add = (role: Resource | undefined, policy: unknown) => {
    if (role !== undefined) {
      const permissions = found.get(role) ?? { statements: [], isIncomplete: false };
      permissions.statements.push(...statementsOf(policy, graph));
      permissions.isIncomplete = permissions.isIncomplete || policy === undefined || isElsewhere(policy);
      found.set(role, permissions);
    }
  };
  const attach = (role: Resource | undefined, arn: unknown) => {
    const policy = graph.reference(arn)?.resource;
    add(role, policy?.type === "aws_iam_policy" ? policy.values.policy : undefined);
  };
  graph.ofType("aws_iam_role_policy").forEach(({ values }) => {
    add(roleOf(values.role, graph), values.policy);
  });
  graph.ofType("aws_iam_role_policy_attachment").forEach(({ values }) => {
    attach(roleOf(values.role, graph), values.policy_arn);
  });
  graph.ofType("aws_iam_policy_attachment").forEach(({ values }) => {
    listOf(values.roles).forEach((role) => {
      attach(roleOf(role, graph), values.policy_arn);
    });
  });
  graph.ofType("aws_iam_role").forEach((role) => {
    blocks(role.values.inline_policy).forEach(({ policy }) => {
      add(role, policy);
    });
    listOf(role.values.managed_policy_arns).forEach((arn) => {
      attach(role, arn);
    });
  });
  return found;
});

/** What a role may do by its own policies, inline and attached. */
export function permissionsOf(role: Resource, graph: Graph): Permissions {
  return permissionsByRole(graph).get(role) ?? { statements: [], isIncomplete: false };
}
