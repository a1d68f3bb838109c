import { type Condition, covers, matches, speaksOf, type Statement } from "../iam-document";

/** A call of AWS as policies see it. */
export interface KnownRequest {
  /** The name of a service, or the ARN of a role. */
  readonly principal: { readonly kind: "Service" | "AWS"; readonly name: string };
  readonly action: string;
  readonly resource: string;
  /** What is known of it, by the key of conditions in lower case; undefined where the call has no such key. */
  readonly facts: Readonly<Record<string, string | undefined>>;
}

/** What is known of calls that a service makes for itself. */
export const FROM_A_SERVICE: KnownRequest["facts"] = {
  "aws:principalisawsservice": "true",
  "aws:principalorgid": undefined,
  "aws:securetransport": "true",
  "aws:sourcevpc": undefined,
  "aws:sourcevpce": undefined,
};

/** Whether statements let a call through: what is not known of the call counts in its favour. */
export function letThrough(statements: readonly Statement[], request: KnownRequest): boolean {
  const isAllowed = statements.some(
    (statement) =>
      statement.effect === "Allow" &&
      isOn(statement, request) &&
      statement.conditions.every((condition) => holds(condition, request) !== false),
  );
  return isAllowed && refusalOf(statements, request) === undefined;
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

function isOn(statement: Statement, { principal, action, resource }: KnownRequest): boolean {
  const { principals = {} } = statement;
  return (
    (principals.AWS?.includes("*") === true || principals[principal.kind]?.includes(principal.name) === true) &&
    speaksOf(statement, action) &&
    covers(statement, resource)
  );
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
  const isMet = values.some((value) => compare?.(value, fact));
  return !isMet && values.some((value) => value.includes("${")) ? undefined : isMet !== isNegated;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
