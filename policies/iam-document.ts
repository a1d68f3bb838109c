/** A policy document as rules read it: everything a list, elements that are absent undefined. */
export interface PolicyDocument {
  readonly version: string | undefined;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: string;
  /** By kind: "AWS", "Service", "Federated"; a lone "*" is everybody of AWS. Undefined in policies of identities. */
  readonly principals: Readonly<Record<string, readonly string[]>> | undefined;
  readonly notPrincipals: Readonly<Record<string, readonly string[]>> | undefined;
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  readonly conditions: readonly Condition[];
}

/** One key of one operator; all conditions of a statement have to hold, one of the values is enough. */
export interface Condition {
  /** In lower case and without prefix and suffix, for example "stringequals". */
  readonly operator: string;
  /** Holds where the key is absent. */
  readonly ifExists: boolean;
  /** "ForAllValues" or "ForAnyValue", in lower case. */
  readonly quantifier: string | undefined;
  /** In lower case: IAM ignores its case. */
  readonly key: string;
  readonly values: readonly string[];
}

export class PolicyError extends Error {}

/**
 * Reads a policy document.
 *
 * @throws PolicyError if it is not one
 */
export function parsePolicy(json: string): PolicyDocument {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new PolicyError("is not JSON");
  }
  const { Version: version, Statement: statements } = objectOf(parsed, "the document");
  return {
    version: typeof version === "string" ? version : undefined,
    statements: listOf(statements).map(parseStatement),
  };
}

function parseStatement(raw: unknown): Statement {
  const statement = objectOf(raw, "a statement");
  const list = (element: string) =>
    statement[element] === undefined ? undefined : textsOf(statement[element], element);
  const { Sid: sid, Effect: effect } = statement;
  return {
    sid: typeof sid === "string" ? sid : undefined,
    effect: typeof effect === "string" ? effect : "",
    principals: principalsOf(statement.Principal),
    notPrincipals: principalsOf(statement.NotPrincipal),
    actions: list("Action"),
    notActions: list("NotAction"),
    resources: list("Resource"),
    notResources: list("NotResource"),
    conditions: conditionsOf(statement.Condition),
  };
}

function principalsOf(raw: unknown): Record<string, string[]> | undefined {
  if (raw === undefined) {
    return undefined;
  }
  return raw === "*"
    ? { AWS: ["*"] }
    : Object.fromEntries(
        Object.entries(objectOf(raw, "a principal")).map(([kind, values]) => [kind, textsOf(values, "a principal")]),
      );
}

function conditionsOf(raw: unknown): Condition[] {
  return Object.entries(raw === undefined ? {} : objectOf(raw, "a condition")).flatMap(([name, keys]) => {
    const [, quantifier, operator = "", ifExists] =
      /^(?:(forallvalues|foranyvalue):)?(.+?)(ifexists)?$/.exec(name.toLowerCase()) ?? [];
    return Object.entries(objectOf(keys, "a condition")).map(([key, values]): Condition => ({
      operator,
      ifExists: ifExists !== undefined,
      quantifier,
      key: key.toLowerCase(),
      values: textsOf(values, "a condition"),
    }));
  });
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PolicyError(`has ${what} that is no object`);
  }
  return value as Record<string, unknown>;
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat();
}

function textsOf(value: unknown, what: string): string[] {
  return listOf(value).map((item) => {
    if (typeof item === "string" || typeof item === "boolean" || typeof item === "number") {
      return String(item);
    }
    throw new PolicyError(`has ${what} that is no text`);
  });
}

/** Whether a pattern of IAM, in which * and ? stand for any characters, matches a text. */
export function matches(pattern: string, text: string): boolean {
  const known = patterns.get(pattern) ?? compile(pattern);
  patterns.set(pattern, known);
  return known.test(text);
}

/** Patterns that were matched before: many rules ask for the same. */
const patterns = new Map<string, RegExp>();

function compile(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}

/** Whether a statement speaks of an action; IAM ignores the case of actions. */
export function speaksOf({ actions, notActions }: Statement, action: string): boolean {
  const isIn = (patterns: readonly string[]) =>
    patterns.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
  return actions === undefined ? notActions !== undefined && !isIn(notActions) : isIn(actions);
}

/** Whether a statement speaks of a resource, by its ARN. */
export function covers({ resources, notResources }: Statement, arn: string): boolean {
  const isIn = (patterns: readonly string[]) => patterns.some((pattern) => matches(pattern, arn));
  return resources === undefined ? notResources === undefined || !isIn(notResources) : isIn(resources);
}

/** The conditions of a statement on a key. */
export function conditionsOn({ conditions }: Statement, key: string): Condition[] {
  return conditions.filter((condition) => condition.key === key.toLowerCase());
}
