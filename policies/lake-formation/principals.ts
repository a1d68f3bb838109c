import { perGraph } from "../aws/remember";
import { roleOf } from "../aws/roles";
import { isOpen, textOf } from "../aws/values";
import type { Graph } from "../graph";

/** The group of all users and roles that IAM lets use the catalog: what it may do is not up to Lake Formation. */
export const IAM_ALLOWED_PRINCIPALS = "IAM_ALLOWED_PRINCIPALS";

/** The name by which grants to the same principal are one: an ARN where it has one. */
export function principalOf(value: unknown, graph: Graph): string {
  const role = roleOf(value, graph);
  const text = role === undefined ? (textOf(value, graph) ?? "") : graph.arnOf(role);
  return /^iam_?allowed_?principals$/i.test(text) ? IAM_ALLOWED_PRINCIPALS : text;
}

/** Whether an apply decides who a principal is: an expression, and no reference to somebody. */
export function isUnknownPrincipal(value: unknown, graph: Graph): boolean {
  return isOpen(textOf(value, graph)) && graph.reference(value) === undefined;
}

/** The account that a principal is of; undefined for those of Identity Center and of organizations, and for references. */
export function accountOf(principal: string): string | undefined {
  return (
    /^(\d{12})(?::IAMPrincipals)?$/.exec(principal)?.[1] ??
    /^arn:[^:]*:(?:iam|quicksight|sts):[^:]*:(\d{12}):/.exec(principal)?.[1]
  );
}

/** Whether it stands for whole accounts, whose administrators say who of them reads. */
export function isAccount(principal: string): boolean {
  return /^\d{12}$/.test(principal) || /^arn:[^:]*:organizations:/.test(principal);
}

/** Whether a principal is certainly of another account. */
export function isForeign(principal: string, { account }: Graph): boolean {
  const accountId = accountOf(principal);
  return principal.includes(":organizations:") || (accountId !== undefined && accountId !== account.accountId);
}

const groupsByMember = perGraph((graph) => {
  const groups = new Map<string, string[]>();
  graph.ofType("aws_identitystore_group_membership").forEach(({ values }) => {
    const member = textOf(values.member_id, graph) ?? "";
    groups.set(member, [...(groups.get(member) ?? []), textOf(values.group_id, graph) ?? ""]);
  });
  return groups;
});

/** Identity Center users that groups have. */
export function membersIn(graph: Graph): string[] {
  return [...groupsByMember(graph).keys()].map((id) => `arn:${graph.account.partition}:identitystore:::user/${id}`);
}

/**
 * By which names a principal holds permissions: its own, those of its Identity Center groups, and that of the group of all
 * users and roles of its account, which grants call IAMPrincipals. An account's grants are none of its principals'.
 *
 * Sources: Lake Formation Developer Guide, lf-permissions-reference ("ALLIAMPrincipals") and data-filtering-notes (groups).
 */
export function identitiesOf(principal: string, graph: Graph): string[] {
  const [, prefix = "", user = ""] = /^(arn:[^:]*:identitystore:::)user\/(.+)$/.exec(principal) ?? [];
  const groups = groupsByMember(graph).get(user) ?? [];
  const isOfIam = /^arn:[^:]*:iam::\d{12}:(?:role|user)\//.test(principal);
  return [
    principal,
    ...groups.map((group) => `${prefix}group/${group}`),
    ...(isOfIam ? [`${accountOf(principal) ?? ""}:IAMPrincipals`] : []),
  ];
}
