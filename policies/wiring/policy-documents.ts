import { isElsewhere } from "../aws/roles";
import { type Graph, type Resource } from "../graph";
import { parsePolicy, PolicyError, type Statement } from "../iam-document";
import { blocks, failedIf, unknown, type Verdict, warnIf } from "../rule";

/** What a policy is for: AWS asks different things of each. */
type PolicyKind = "bucket" | "identity" | "trust" | "key" | "resource";

/** Where policies are written. */
const DOCUMENTS: Readonly<Record<string, readonly [kind: PolicyKind, attribute: string]>> = {
  aws_cloudwatch_event_bus_policy: ["resource", "policy"],
  aws_cloudwatch_log_resource_policy: ["resource", "policy_document"],
  aws_glue_resource_policy: ["resource", "policy"],
  aws_iam_group_policy: ["identity", "policy"],
  aws_iam_policy: ["identity", "policy"],
  aws_iam_role: ["trust", "assume_role_policy"],
  aws_iam_role_policy: ["identity", "policy"],
  aws_iam_user_policy: ["identity", "policy"],
  aws_kinesis_resource_policy: ["resource", "policy"],
  aws_kms_key: ["key", "policy"],
  aws_kms_key_policy: ["key", "policy"],
  aws_msk_cluster_policy: ["resource", "policy"],
  aws_s3_bucket_policy: ["bucket", "policy"],
  aws_secretsmanager_secret: ["resource", "policy"],
  aws_secretsmanager_secret_policy: ["resource", "policy"],
  aws_sns_topic: ["resource", "policy"],
  aws_sns_topic_policy: ["resource", "policy"],
  aws_sqs_queue: ["resource", "policy"],
  aws_sqs_queue_policy: ["resource", "policy"],
  aws_vpc_endpoint: ["resource", "policy"],
  aws_vpc_endpoint_policy: ["resource", "policy"],
};

export const POLICY_TYPES = Object.keys(DOCUMENTS);

interface PolicyText {
  readonly kind: PolicyKind;
  readonly attribute: string;
  readonly policy: unknown;
}

/** The policies that are written in a resource. */
export function policiesIn({ type, values }: Resource): PolicyText[] {
  const [kind, attribute] = DOCUMENTS[type] ?? [];
  const inline = type === "aws_iam_role" ? blocks(values.inline_policy) : [];
  const all = [
    ...(kind === undefined || attribute === undefined ? [] : [{ kind, attribute, policy: values[attribute] }]),
    ...inline.map(({ policy }) => ({ kind: "identity" as const, attribute: "inline_policy", policy })),
  ];
  return all.filter(({ policy }) => policy !== undefined && policy !== null);
}

/** What AWS would refuse of a policy that Terraform takes. */
export function judgeGrammar({ kind, attribute, policy }: PolicyText, graph: Graph): Verdict[] {
  if (isElsewhere(policy)) {
    return unknown("its policy is not written out, so whether AWS takes it is not known", attribute);
  }
  try {
    const { version, statements } = parsePolicy(typeof policy === "string" ? policy : "");
    const isOld = version === undefined || version === "2008-10-17";
    const fails = [
      ...(isOld || version === "2012-10-17" ? [] : [`its policy has no version of the language: ${version}`]),
      ...(statements.length === 0 ? ["its policy has no statement"] : []),
      ...statements.flatMap((statement, index) => {
        const name = statement.sid ?? `statement ${index + 1}`;
        return faultsOf(statement, kind, graph).map((fault) => `${name} of its policy ${fault}`);
      }),
      ...(kind === "key" && !/^[\t\n\r\u0020-\u00ff]*$/.test(JSON.stringify(JSON.parse(String(policy))))
        ? ["its policy has characters beyond Latin-1"]
        : []),
    ];
    const twice = twiceNamed(statements);
    const badlyNamed = statements.find(({ sid = "" }) => !/^[0-9A-Za-z]*$/.test(sid))?.sid;
    // refused of identities' policies for certain
    const verdict = kind === "identity" ? failedIf : warnIf;
    return [
      ...fails.flatMap((text) => failedIf(true, text, attribute)),
      ...verdict(
        (kind === "identity" || kind === "trust") && badlyNamed !== undefined,
        `its policy has a Sid of other than letters and digits: ${badlyNamed ?? ""}`,
        attribute,
      ),
      ...verdict(twice !== undefined, `its policy has two statements ${twice ?? ""}`, attribute),
      ...warnIf(isOld, "its policy is not of version 2012-10-17", attribute),
    ];
  } catch (error) {
    if (error instanceof PolicyError) {
      return failedIf(true, `its policy ${error.message}`, attribute);
    }
    throw error;
  }
}

function twiceNamed(statements: readonly Statement[]): string | undefined {
  const names = statements.flatMap(({ sid }) => sid ?? []);
  return names.find((sid, index) => names.indexOf(sid) < index);
}

/** What is wrong with a statement, as what it does. */
function faultsOf(statement: Statement, kind: PolicyKind, graph: Graph): string[] {
  const { effect, principals, notPrincipals, actions, notActions, resources, notResources } = statement;
  const hasPrincipal = principals !== undefined || notPrincipals !== undefined;
  const hasResource = resources !== undefined || notResources !== undefined;
  const check = (isWrong: boolean, fault: string) => (isWrong ? [fault] : []);
  return [
    ...check(effect !== "Allow" && effect !== "Deny", "neither allows nor denies"),
    ...check((actions === undefined) === (notActions === undefined), "has not one of Action and NotAction"),
    ...[...(actions ?? []), ...(notActions ?? [])].flatMap((action) =>
      check(!isAction(action), `names no action: ${action}`),
    ),
    ...(kind === "identity"
      ? [
          ...check(hasPrincipal, "names a principal"),
          ...check(
            (resources === undefined) === (notResources === undefined),
            "has not one of Resource and NotResource",
          ),
          ...[...(resources ?? []), ...(notResources ?? [])].flatMap((resource) =>
            check(!isResource(resource, graph), `names no ARN: ${graph.text(resource)}`),
          ),
        ]
      : check(!hasPrincipal, "names no principal")),
    ...check(kind === "trust" && hasResource, "names a resource"),
    ...check(kind === "trust" && !(actions ?? []).every((action) => /^sts:/i.test(action)), "allows more than sts"),
    ...check((kind === "key" && resources === undefined) || (kind === "bucket" && !hasResource), "names no resource"),
    ...check(kind === "key" && actions === undefined, "names no action"),
  ];
}

function isAction(action: string): boolean {
  return action === "*" || action.includes("${") || /^[a-z0-9-]+:[a-z0-9*?]+$/i.test(action);
}

function isResource(resource: string, graph: Graph): boolean {
  const text = graph.text(resource);
  if (text.startsWith("${")) {
    // what AWS makes up: an ARN, or an id, which is one of some types
    const [first] = graph.references(text);
    return first === undefined || first.attribute === "id" || first.attribute.includes("arn");
  }
  return text === "*" || /^arn(:[^:]*){4}:./.test(text);
}
