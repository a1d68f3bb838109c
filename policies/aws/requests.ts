import type { Graph } from "../graph";
import { type Condition, covers, matches, speaksOf, type Statement } from "../iam-document";
import type { RuleContext } from "../rule";

/**
 * What is known of a call by a key of conditions: its value; undefined where the call has no such key; or what it is like,
 * usually an ARN, with a star for what is not known.
 */
type Fact = string | { readonly like: string } | undefined;

/** What may be anything, though it is there. */
export const ANYTHING: Fact = { like: "*" };

/** A call of AWS as policies see it. */
export interface KnownRequest {
  /** Who calls, by each name a policy may use; policies of identities are those of who calls, and name nobody. */
  readonly principal?: { readonly kind: "Service" | "AWS"; readonly name: string | readonly string[] };
  readonly action: string;
  /**
   * What is called upon, by each ARN that stands for it.
   *
   * @default - what the policy belongs to, whatever its statements say
   */
  readonly resource?: string | readonly string[];
  /** By keys in lower case; nothing is known of those that are left out. */
  readonly facts: Readonly<Record<string, Fact>>;
}

/** What is known of calls that a service makes for itself. */
const FROM_A_SERVICE: KnownRequest["facts"] = {
  "aws:principalisawsservice": "true",
  "aws:principalorgid": undefined,
  "aws:principalorgpaths": undefined,
  "aws:securetransport": "true",
  "aws:sourcevpc": undefined,
  "aws:sourcevpce": undefined,
};

/** What is known of calls that say neither for which account nor for which resource they are made. */
export const NAMELESS: KnownRequest["facts"] = { "aws:sourceaccount": undefined, "aws:sourcearn": undefined };

/** What a service asks for on behalf of our account. */
export interface ServiceCall {
  readonly service: string;
  readonly action: string;
  readonly resource?: string;
  /**
   * The ARN that the service acts for, a star for what is not known of it.
   *
   * @default - anything in the account
   */
  readonly source?: string;
  /** What is known of it besides, or is otherwise. */
  readonly facts?: KnownRequest["facts"];
}

/** The call of a service on behalf of our account. */
export function callOf(
  { service, source, facts, ...call }: ServiceCall,
  { graph, environment: { accountId, region } }: Pick<RuleContext, "environment" | "graph">,
): KnownRequest {
  return {
    ...call,
    principal: { kind: "Service", name: [service, service.replace(".", `.${region}.`)] },
    facts: {
      ...FROM_A_SERVICE,
      "aws:sourceaccount": accountId,
      "aws:sourceowner": accountId,
      "aws:sourcearn": source === undefined || /[*$]/.test(source) ? { like: likeOf(source, graph) } : source,
      ...facts,
    },
  };
}

/** An ARN with stars for what AWS makes up. */
function likeOf(source: string | undefined, graph: Graph): string {
  return source === undefined || source.startsWith("${")
    ? graph.arnIn("*", "*")
    : source.replaceAll(/\$\{[^{}]*\}/g, "*");
}

/** Whether statements let a call through: what is not known of the call counts in its favour. */
export function letThrough(statements: readonly Statement[], request: KnownRequest): boolean {
  return admitting(statements, request).length > 0;
}

/** The statements that let a call through; none where one refuses it for certain. */
export function admitting(statements: readonly Statement[], request: KnownRequest): Statement[] {
  const admitted = statements.filter(
    (statement) =>
      statement.effect === "Allow" &&
      isOn(statement, request) &&
      statement.conditions.every((condition) => holds(condition, request) !== false),
  );
  return admitted.length > 0 && refusalOf(statements, request) === undefined ? admitted : [];
}

/** The statement that denies a call for certain. */
export function refusalOf(statements: readonly Statement[], request: KnownRequest): Statement | undefined {
  return statements.find(
    (statement) =>
      statement.effect === "Deny" &&
      isOn(statement, request) &&
      statement.conditions.every((condition) => holds(condition, request) === true),
  );
}

/** The keys of conditions because of which statements that allow a call do not hold for it. */
export function obstaclesTo(statements: readonly Statement[], request: KnownRequest): string[] {
  const unmet = statements
    .filter((statement) => statement.effect === "Allow" && isOn(statement, request))
    .flatMap(({ conditions }) => conditions.filter((condition) => holds(condition, request) === false));
  return [...new Set(unmet.map(({ key }) => key))].sort();
}

function isOn(statement: Statement, request: KnownRequest): boolean {
  const { action, resource } = request;
  return (
    speaksOf(statement, action) &&
    names(statement, request) &&
    (resource === undefined || [resource].flat().some((arn) => covers(statement, arn)))
  );
}

function names({ principals, notPrincipals }: Statement, { principal }: KnownRequest): boolean {
  if (principals === undefined && notPrincipals === undefined) {
    return true;
  }
  const isIn = (byKind: Statement["principals"] = {}) =>
    principal !== undefined && [principal.name].flat().some((name) => byKind[principal.kind]?.includes(name) === true);
  return principals === undefined ? !isIn(notPrincipals) : principals.AWS?.includes("*") === true || isIn(principals);
}

const COMPARISONS: Readonly<Record<string, (pattern: string, fact: string) => boolean>> = {
  arnequals: matches,
  arnlike: matches,
  bool: isSame,
  stringequals: (pattern, fact) => pattern === fact,
  stringequalsignorecase: isSame,
  stringlike: matches,
};

/** Whether a condition holds for a call; undefined where too little is known. */
function holds({ operator, ifExists, quantifier, key, values }: Condition, { facts }: KnownRequest) {
  const compare = COMPARISONS[operator.replace("not", "")];
  if (!(key in facts) || quantifier !== undefined || (compare === undefined && operator !== "null")) {
    return undefined;
  }
  const { [key]: fact } = facts;
  const isNegated = operator.includes("not");
  if (operator === "null") {
    return values.includes(String(fact === undefined));
  }
  if (fact === undefined) {
    return ifExists || isNegated;
  }
  const isMet = values.map((value) => isMetBy(value, fact, compare));
  return isMet.includes(true) ? !isNegated : isMet.includes(undefined) ? undefined : isNegated;
}

function isMetBy(value: string, fact: Exclude<Fact, undefined>, compare?: (pattern: string, fact: string) => boolean) {
  if (typeof fact === "string") {
    return compare?.(value, fact) === true || (value.includes("${") ? undefined : false);
  }
  return matches(value, fact.like) || (mayBeAlike(value, fact.like) ? undefined : false);
}

/** Whether a pattern may match an ARN of which only some is known. Not every ARN has a region and an account. */
function mayBeAlike(pattern: string, like: string): boolean {
  const fields = pattern.split(":");
  // a star stands for several fields where a pattern has too few of them
  const known =
    fields.length < 6
      ? fields.slice(
          0,
          Math.max(
            0,
            fields.findIndex((field) => field.includes("*")),
          ),
        )
      : fields.slice(0, 5);
  const wanted = like.split(":");
  return (
    pattern.includes("${") ||
    known.every((field, index) => field === "" || wanted[index] === "*" || matches(field, wanted[index] ?? ""))
  );
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
