import type { Resource, StackJson } from "../graph";
import { at, failedIf, type Rule, type RuleContext, type Verdict, warnIf } from "../rule";
import { judgeOwnership, OWNING_TYPES } from "./ownership";
import { judgePassedRoles, PASSING_TYPES } from "./passed-roles";
import { judgeGrammar, policiesIn, POLICY_TYPES } from "./policy-documents";
import { judgePrincipals, NAMING_TYPES } from "./principals";
import { judgeTrials, TRYING_TYPES } from "./tested-roles";

/** Whether roles can be used by whom they are for, and policies stay what they are. */
export const IAM_WIRING: readonly Rule[] = [
  {
    id: "WIRE-IAM-01",
    title: "A role may do its work before a service is made that tries it",
    severity: "critical",
    level: "error",
    types: TRYING_TYPES,
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
      "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
      "https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-prereq.html",
      "https://github.com/hashicorp/terraform-provider-aws/issues/7384",
      "https://github.com/hashicorp/terraform-provider-aws/issues/26429",
    ],
    remedy: "have what uses a role wait for role.policy with after(), as modules that take a role do",
    judge: (resource, { graph }) => judgeTrials(resource, graph),
  },
  {
    id: "WIRE-IAM-02",
    title: "Roles and users are there before a policy or a grant names them",
    severity: "critical",
    level: "error",
    types: NAMING_TYPES,
    sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"],
    remedy: "name the account, and narrow by aws:PrincipalArn; or declare the role in a stack before this one",
    judge: judgePrincipals,
  },
  {
    id: "WIRE-IAM-03",
    title: "A role trusts the services that it is handed to",
    severity: "high",
    level: "error",
    types: PASSING_TYPES,
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html",
      "https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    ],
    remedy: "name the service in trustedServices of the role, modules/iam/service-role.ts",
    judge: judgePassedRoles,
  },
  {
    id: "WIRE-IAM-04",
    title: "AWS takes every policy as it is written",
    severity: "high",
    level: "error",
    types: POLICY_TYPES,
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html",
      "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
    ],
    remedy: "write it with policyJson() of modules/iam/policy.ts, and what it names as IAM does",
    judge: (resource, { graph }) => policiesIn(resource).flatMap((policy) => judgeGrammar(policy, graph)),
  },
  {
    id: "WIRE-IAM-07",
    title: "No two tags of a resource differ in case alone",
    severity: "high",
    level: "error",
    types: "all",
    sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html"],
    remedy: "spell it as the tags of the environment and of stacks/environment-stack.ts do",
    judge: judgeTags,
  },
  {
    id: "WIRE-IAM-08",
    title: "Nothing is managed by two resources that undo each other",
    severity: "high",
    level: "error",
    types: OWNING_TYPES,
    sources: [
      "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/iam_role",
      "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/iam_policy_attachment",
      "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/security_group",
      "https://github.com/hashicorp/terraform-provider-aws/issues/16791",
    ],
    remedy: "keep the resources that manage one rule, route or policy each, and leave the attribute out",
    judge: (resource, { graph }) => judgeOwnership(resource, graph),
  },
];

/** Types whose tags IAM compares without regard to case. */
const CASELESS = ["aws_iam_role", "aws_iam_user"];

function judgeTags({ stack, type, values }: Resource, { graph }: RuleContext): Verdict[] {
  const isCaseless = CASELESS.includes(type);
  if (values.tags === undefined && !isCaseless) {
    return [];
  }
  const json = graph.stacks.find(({ name }) => name === stack)?.json;
  const keys = new Set([...Object.keys(defaultTags(values, json)), ...Object.keys(values.tags ?? {})]);
  const known = new Map<string, string>();
  const twice = [...keys].filter((key) => {
    const other = known.get(key.toLowerCase());
    known.set(key.toLowerCase(), key);
    return other !== undefined;
  });
  const verdict = isCaseless ? failedIf : warnIf;
  return verdict(twice.length > 0, `it has tags that differ in case alone: ${twice.join(", ")}`, "tags");
}

/** The tags that the provider of a resource adds to its own. */
function defaultTags(values: Resource["values"], json: StackJson | undefined): object {
  const alias = typeof values.provider === "string" ? values.provider.split(".")[1] : undefined;
  const provider = json?.provider?.aws?.find((one) => one.alias === alias);
  const overridden = at(values, "override_provider", "default_tags");
  return at(overridden ?? provider?.default_tags, "tags") ?? {};
}
