import type { Account, Graph, Resource } from "../graph";
import type { Statement } from "../iam-document";
import type { RuleContext } from "../rule";
import { perGraph } from "./remember";
import { callOf, type KnownRequest, letThrough, refusalOf, type ServiceCall } from "./requests";
import { isElsewhere, permissionsOf, statementsOf } from "./roles";

/** All that is done with a key by who reads and writes what it encrypts. */
export const KEY_USE: readonly string[] = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

/** Which types have their policies beside them, and by which attribute these name what they are for. */
const POLICY_TYPES: Readonly<Record<string, readonly [type: string, attribute: string]>> = {
  aws_kms_key: ["aws_kms_key_policy", "key_id"],
  aws_sns_topic: ["aws_sns_topic_policy", "arn"],
  aws_sqs_queue: ["aws_sqs_queue_policy", "queue_url"],
};

const policiesByTarget = perGraph(() => new Map<Resource, readonly Statement[] | "unknown" | undefined>());

/** What the policy of a key, topic or queue says: undefined where it has none, "unknown" where it is not written out. */
export function resourcePolicy(resource: Resource, graph: Graph): readonly Statement[] | "unknown" | undefined {
  const known = policiesByTarget(graph);
  if (!known.has(resource)) {
    const [type = "", attribute = ""] = POLICY_TYPES[resource.type] ?? [];
    const policies = [resource, ...graph.referring(type, attribute, resource)]
      .map(({ values }) => values.policy)
      .filter((policy) => policy !== undefined);
    const statements = policies.flatMap((policy) => statementsOf(policy, graph));
    known.set(resource, policies.length === 0 ? undefined : policies.some(isElsewhere) ? "unknown" : statements);
  }
  return known.get(resource);
}

/** The key of ours that a value stands for, be it by an alias. */
export function keyOf(value: unknown, graph: Graph): Resource | undefined {
  const referred = graph.reference(value)?.resource;
  if (value === undefined || referred?.type === "aws_kms_key") {
    return referred;
  }
  const alias = graph.ofType("aws_kms_alias").find((one) => graph.refersTo(value, one));
  return alias && keyOf(alias.values.target_key_id, graph);
}

/** The actions that a key's policy does not let a service do. A key without a policy of its own is LAKE-KMS-02's. */
export function notAdmitted(
  key: Resource,
  actions: readonly string[],
  call: Omit<ServiceCall, "action" | "resource">,
  context: RuleContext,
): string[] {
  const statements = resourcePolicy(key, context.graph);
  return statements === undefined || statements === "unknown"
    ? []
    : actions.filter((action) => !letThrough(statements, callOf({ ...call, action }, context)));
}

/** Who uses a key, and what its policies say. */
export interface KeyUser {
  readonly arn: string;
  readonly statements: readonly Statement[];
  /** Where it is declared. */
  readonly role?: Resource;
}

interface KeyContext {
  readonly graph: Graph;
  readonly environment: Pick<Account, "accountId" | "region">;
}

/** The actions on a key that a role may not do through a service; `known` is what is known of the call besides. */
export function notAllowedOnKey(
  role: Resource,
  key: Resource,
  actions: readonly string[],
  service: string,
  context: KeyContext,
  known: KnownRequest["facts"] = {},
): string[] {
  const { graph } = context;
  const { statements } = permissionsOf(role, graph);
  return notAllowedToUser({ arn: graph.arnOf(role), statements, role }, key, actions, service, context, known);
}

/** The same for anybody of our account. */
export function notAllowedToUser(
  { arn: roleArn, statements: ofRole, role }: KeyUser,
  key: Resource,
  actions: readonly string[],
  service: string,
  { graph, environment }: KeyContext,
  known: KnownRequest["facts"] = {},
): string[] {
  const { accountId, region } = environment;
  const account = [accountId, graph.arnIn("iam", "root", "")];
  const policy = resourcePolicy(key, graph);
  // without a policy of its own, or with one that cannot be read, the account decides
  const ofKey = typeof policy === "object" ? policy : [everythingTo(accountId)];
  const facts: KnownRequest["facts"] = {
    "aws:principalaccount": accountId,
    "aws:principalarn": roleArn,
    "aws:principalisawsservice": "false",
    "aws:sourceaccount": undefined,
    "aws:sourcearn": undefined,
    "kms:calleraccount": accountId,
    "kms:viaservice": `${service}.${region}.amazonaws.com`,
    ...known,
  };
  return actions.filter((action) => {
    const byName = (...name: string[]): KnownRequest => ({ principal: { kind: "AWS", name }, action, facts });
    // what AWS calls the key is not known, patterns for all keys match any
    const own = { action, facts, resource: [graph.arnOf(key), graph.arnIn("kms", "key/any")] };
    const isRefused =
      refusalOf(ofRole, own) !== undefined || refusalOf(ofKey, byName(roleArn, ...account)) !== undefined;
    const isAllowed =
      letThrough(ofKey, byName(roleArn)) ||
      (letThrough(ofRole, own) && letThrough(ofKey, byName(...account))) ||
      (role !== undefined && isGranted(role, key, action, graph));
    return isRefused || !isAllowed;
  });
}

function everythingTo(accountId: string): Statement {
  const nothing = { sid: undefined, notPrincipals: undefined, notActions: undefined, notResources: undefined };
  const principals = { AWS: [accountId] };
  return { ...nothing, effect: "Allow", principals, actions: ["kms:*"], resources: ["*"], conditions: [] };
}

/** Whether a statement names our account as a whole. */
export function namesAccount({ principals }: Statement, { accountId }: RuleContext["environment"]): boolean {
  return (principals?.AWS ?? []).some((name) => name === accountId || name.endsWith(`:iam::${accountId}:root`));
}

function isGranted(role: Resource, key: Resource, action: string, graph: Graph): boolean {
  return graph
    .referring("aws_kms_grant", "key_id", key)
    .some(
      ({ values: { grantee_principal: grantee, operations } }) =>
        graph.refersTo(grantee, role) &&
        Array.isArray(operations) &&
        operations.some((operation) => `kms:${String(operation)}` === action),
    );
}
