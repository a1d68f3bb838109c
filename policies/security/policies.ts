import { type Condition, conditionsOn, parsePolicy, PolicyError, type Statement } from "../iam-document";
import { failedIf, isUnresolved, unknown, type Verdict } from "../rule";

/** Judges the statements of a policy; one that is an expression of Terraform, such as a data source, is unknown. */
export function judgePolicy(
  policy: unknown,
  judge: (statements: readonly Statement[]) => readonly Verdict[],
  what = "its policy",
): readonly Verdict[] {
  return judgePolicies([policy], judge, what);
}

/** Judges policies that hold together; if one of them is an expression of Terraform, what all of them say is unknown. */
export function judgePolicies(
  policies: readonly unknown[],
  judge: (statements: readonly Statement[]) => readonly Verdict[],
  what = "its policy",
): readonly Verdict[] {
  return policies.some(isElsewhere)
    ? unknown(`${what} is not known before an apply`)
    : judge(policies.flatMap(policyOf));
}

/** Whether a policy is nowhere written out; references within one that is do not keep it from being read. */
function isElsewhere(policy: unknown): boolean {
  return typeof policy === "string" && !policy.trimStart().startsWith("{") && isUnresolved(policy);
}

/**
 * The statements of a policy as it stands in the synthesized JSON; none where there is no policy, or none that is one.
 * Rules ask judgePolicy, which tells what nobody can read here.
 */
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

/** Keys of which a part says nothing: every account and every network fits some pattern. */
const WHOLE: readonly string[] = [
  "aws:principalaccount",
  "aws:principalorgid",
  "aws:resourceaccount",
  "aws:resourceorgid",
  "aws:sourceaccount",
  "aws:sourceorgid",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "kms:calleraccount",
];

/** Whether a condition asks for values of its key: it holds neither where the key is absent nor for whatever it is. */
export function confines({ operator, ifExists, quantifier, key, values }: Condition): boolean {
  const isAnything = WHOLE.includes(key) ? /[*?]/ : /^[*?]*\*[*?]*$/;
  return (
    /^(arn|string)(equals|equalsignorecase|like)$/.test(operator) &&
    !ifExists &&
    quantifier !== "forallvalues" &&
    !values.some((value) => isAnything.test(value))
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

/** What a statement of a resource's policy lets other accounts do that are not of an organization it names. */
export function judgeStrangers(statement: Statement, accountId: string): Verdict[] {
  const { sid = "a statement", effect, principals } = statement;
  return effect !== "Allow" || isConfinedBy(statement, "aws:PrincipalOrgID")
    ? []
    : (principals?.AWS ?? []).flatMap((principal) =>
        failedIf(
          accountIn(principal, accountId) !== accountId,
          `${sid} of its policy allows ${principal}, of another account, without aws:PrincipalOrgID`,
        ),
      );
}

/** Whether a statement is on everything, or on everything of a service: "arn:aws:s3:::*". */
export function isOnEverything({ resources }: Statement): boolean {
  // without Resource there is NotResource, which is on nearly everything
  return (
    resources === undefined || resources.some((resource) => /^(\*|arn(:[^:]*){0,4}:[*?/]*\*[*?/]*)$/.test(resource))
  );
}

/** The account of a principal, which is an ARN or an account's id; `ours` for everybody, whom other rules refuse, and for references. */
export function accountIn(principal: string, ours: string): string {
  return /^\d{12}$/.exec(principal)?.[0] ?? /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1] ?? ours;
}
