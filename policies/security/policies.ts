import { type Condition, conditionsOn, parsePolicy, PolicyError, type Statement } from "../iam-document";

/** The statements of a policy as it stands in the synthesized JSON; none where there is no policy, or none that is one. */
export function policyOf(policy: unknown): readonly Statement[] {
  if (typeof policy !== "string") {
    return [];
  }
  const known = parsed.get(policy) ?? parse(policy);
  parsed.set(policy, known);
  return known;
}

/** Policies that were read before: many rules ask for the same. */
const parsed = new Map<string, readonly Statement[]>();

function parse(policy: string): readonly Statement[] {
  try {
    return parsePolicy(policy).statements;
  } catch (error) {
    if (error instanceof PolicyError) {
      // a rule on the grammar of policies reports it
      return [];
    }
    throw error;
  }
}

/** Whether a statement speaks of principals that it does not name. */
export function namesEverybody({ principals, notPrincipals }: Statement): boolean {
  return principals?.AWS?.includes("*") === true || notPrincipals !== undefined;
}

/** Whether a statement has one condition and no other: `key` compared with `value`. */
export function hasOnlyCondition(statement: Statement, operator: string, key: string, value: string): boolean {
  return (
    statement.conditions.length === 1 &&
    conditionsOn(statement, key).some(
      (condition) => condition.operator === operator && condition.values.includes(value),
    )
  );
}

/** Whether a condition asks for values of its key: it holds neither where the key is absent nor for whatever it is. */
export function confines({ operator, ifExists, quantifier, values }: Condition): boolean {
  return (
    /^(arn|string)(equals|equalsignorecase|like)$/.test(operator) &&
    !ifExists &&
    quantifier !== "forallvalues" &&
    !values.some((value) => /^\*+$/.test(value))
  );
}

/** Whether a statement holds for some values of a key alone. */
export function isConfinedBy(statement: Statement, key: string): boolean {
  return conditionsOn(statement, key).some(confines);
}

/** Whether a statement allows something to everybody, and does not say from where. */
export function allowsAnybody(statement: Statement): boolean {
  const isConfined =
    ["aws:PrincipalOrgID", "aws:PrincipalAccount", "aws:SourceOwner"].some((key) => isConfinedBy(statement, key)) ||
    ["aws:SourceArn", "aws:SourceAccount"].every((key) => isConfinedBy(statement, key));
  return statement.effect === "Allow" && namesEverybody(statement) && !isConfined;
}

/** The account of a principal, which is an ARN or an account's id; `ours` for everybody, whom other rules refuse, and for references. */
export function accountIn(principal: string, ours: string): string {
  return /^\d{12}$/.exec(principal)?.[0] ?? /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1] ?? ours;
}

/** Types whose "policy" says what an identity may do. */
export const IDENTITY_POLICIES = [
  "aws_iam_group_policy",
  "aws_iam_policy",
  "aws_iam_role_policy",
  "aws_iam_user_policy",
];
