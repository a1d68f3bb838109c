import { conditionsOn, parsePolicy, PolicyError, type Statement } from "../iam-document";

/** The statements of a policy as it stands in the synthesized JSON; none where there is no policy, or none that is one. */
export function policyOf(policy: unknown): readonly Statement[] {
  if (typeof policy !== "string") {
    return [];
  }
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

/** Whether a statement allows something to everybody, and does not say from where. */
export function allowsAnybody(statement: Statement): boolean {
  const isConfined =
    conditionsOn(statement, "aws:PrincipalOrgID").length > 0 ||
    (conditionsOn(statement, "aws:SourceArn").length > 0 && conditionsOn(statement, "aws:SourceAccount").length > 0);
  return statement.effect === "Allow" && namesEverybody(statement) && !isConfined;
}

/** Types whose "policy" says what an identity may do. */
export const IDENTITY_POLICIES = ["aws_iam_policy", "aws_iam_role_policy"];
