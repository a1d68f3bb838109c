import { REGIONS } from "../../environments/regions";
import type { Environment } from "../../environments/schema";
import type { Graph, Resource } from "../graph";
import { type Condition, covers, matches, type Statement } from "../iam-document";
import { allowing, isElsewhere, perGraph, permissionsOf, statementsOf } from "./roles";

/** An ARN of the environment's account and region. */
export function arnIn({ region, accountId }: Environment, service: string, name: string): string {
  return `arn:${REGIONS[region] ?? "aws"}:${service}:${region}:${accountId}:${name}`;
}

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

/** Whether a statement names a service, with its region or without, or everybody. */
export function namesService(
  { principals, notPrincipals }: Statement,
  service: string,
  { region }: Environment,
): boolean {
  const bare = (name: string) => name.replace(/\.cn$/, "").replace(`.${region}.`, ".");
  const isIn = (names: readonly string[] = []) => names.some((name) => bare(name) === service);
  return principals === undefined
    ? notPrincipals !== undefined && !isIn(notPrincipals.Service)
    : isIn(principals.Service) || principals.AWS?.includes("*") === true;
}

/** Whether conditions on the source of a call can hold for `source`, an ARN, or for anything in our account. */
export function fitsSource({ conditions }: Statement, environment: Environment, source?: string): boolean {
  return conditions.every((condition) => {
    switch (condition.key) {
      case "aws:sourceaccount":
      case "aws:sourceowner":
        return holds(condition, (value) => matches(value, environment.accountId));
      case "aws:sourcearn":
        return holds(condition, (value) => mayBe(value, environment, source));
      default:
        return true;
    }
  });
}

function holds({ operator, values }: Condition, fits: (value: string) => boolean): boolean {
  if (/^(string|arn)(equals|equalsignorecase|like)$/.test(operator)) {
    return values.some((value) => value.includes("${") || fits(value));
  }
  return true;
}

/** Whether a pattern matches an ARN or, where that is not known, speaks of our account and region or of none. */
function mayBe(pattern: string, { region, accountId }: Environment, arn?: string): boolean {
  if (arn !== undefined && !arn.includes("${")) {
    return matches(pattern, arn);
  }
  const [, , , ofRegion = "*", ofAccount = "*"] = pattern.split(":");
  return (ofRegion === "" || matches(ofRegion, region)) && (ofAccount === "" || matches(ofAccount, accountId));
}

/** Who asks for what, of a key, a topic or a queue. */
export interface Request {
  readonly service: string;
  readonly action: string;
  /** The ARN that has to be covered; key policies speak of their key alone. */
  readonly resource?: string;
  /** The ARN that the service acts for, where it is known. */
  readonly source?: string;
}

/** The statements that let a service do something on behalf of our account. */
export function admitting(
  statements: readonly Statement[],
  { service, action, resource, source }: Request,
  environment: Environment,
): Statement[] {
  return allowing(
    statements,
    action,
    (statement) =>
      namesService(statement, service, environment) && (resource === undefined || covers(statement, resource)),
  ).filter((statement) => fitsSource(statement, environment, source));
}

/** The actions that a key's policy does not let a service do. A key without a policy of its own is LAKE-KMS-02's. */
export function notAdmitted(
  key: Resource,
  actions: readonly string[],
  request: Omit<Request, "action" | "resource">,
  { graph, environment }: { readonly graph: Graph; readonly environment: Environment },
): string[] {
  const statements = resourcePolicy(key, graph);
  return statements === undefined || statements === "unknown"
    ? []
    : actions.filter((action) => admitting(statements, { ...request, action }, environment).length === 0);
}

/** The actions on a key that a role may not do through a service. */
export function notAllowedOnKey(
  role: Resource,
  key: Resource,
  actions: readonly string[],
  service: string,
  { graph, environment }: { readonly graph: Graph; readonly environment: Environment },
): string[] {
  const keyArn = graph.text(`\${${key.address}.arn}`);
  // what AWS calls the key is not known, patterns for all keys match any
  const keyArns = [keyArn, arnIn(environment, "kms", "key/any")];
  const roleArn = graph.text(`\${${role.address}.arn}`);
  const isThrough = (statement: Statement) => fitsService(statement, service, environment);
  const policy = resourcePolicy(key, graph);
  // without a policy of its own, or with one that cannot be read, the account decides
  const statements = typeof policy === "object" ? policy : [everythingToAccount(environment)];
  return actions.filter((action) => {
    const byRole = allowing(permissionsOf(role, graph).statements, action, (statement) =>
      keyArns.some((arn) => covers(statement, arn)),
    ).some(isThrough);
    const byKey = allowing(
      statements,
      action,
      (statement) => namesAccount(statement, environment) || names(statement, roleArn, "*"),
    ).filter(isThrough);
    const isNamed = byKey.some((statement) => names(statement, roleArn, "*"));
    return !(isNamed || (byRole && byKey.length > 0) || isGranted(role, key, action, graph));
  });
}

function everythingToAccount({ accountId }: Environment): Statement {
  const nothing = { sid: undefined, notPrincipals: undefined, notActions: undefined, notResources: undefined };
  const principals = { AWS: [accountId] };
  return { ...nothing, effect: "Allow", principals, actions: ["kms:*"], resources: ["*"], conditions: [] };
}

function names({ principals }: Statement, ...wanted: readonly string[]): boolean {
  return wanted.some((name) => principals?.AWS?.includes(name));
}

/** Whether a statement names our account as a whole. */
export function namesAccount({ principals }: Statement, { accountId }: Environment): boolean {
  return (principals?.AWS ?? []).some((name) => name === accountId || name.endsWith(`:iam::${accountId}:root`));
}

function fitsService({ conditions }: Statement, service: string, { region }: Environment): boolean {
  const via = `${service}.${region}.amazonaws.com`;
  return conditions
    .filter(({ key }) => key === "kms:viaservice")
    .every((condition) => holds(condition, (value) => matches(value.replace(/\.cn$/, ""), via)));
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
