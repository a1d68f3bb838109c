import { textsOf } from "../aws/values";
import type { Resource } from "../graph";
import { pipelineRoleName } from "../bootstrap";
import { grantsOf } from "../lake-formation/grants";
import { isUnknownPrincipal } from "../lake-formation/principals";
import { settingsOf } from "../lake-formation/settings";
import { failedIf, type RuleContext, unknown, type Verdict } from "../rule";

/** Whether a grant on a database or on tables is to somebody who has implicit permissions there, which mix with it. */
export function judgeImplicit(resource: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const grant = grantsOf(graph).find((one) => one.resource === resource);
  if (grant === undefined || (grant.target.kind !== "database" && grant.target.kind !== "tables")) {
    return [];
  }
  const { principal, applier } = grant;
  const { admins = [] } = settingsOf(graph);
  const isApplier = principal === applier.principal || principal.endsWith(`/${pipelineRoleName("apply", context)}`);
  return [
    ...failedIf(isApplier, `${principal} grants it to itself, and holds everything that it makes anyway`, "principal"),
    ...failedIf(
      !isApplier && admins.includes(principal),
      `${principal} is an administrator, and has permissions that mix with these`,
      "principal",
    ),
  ];
}

/** Types that a plan cannot refresh without a look into Lake Formation. */
const GOVERNED = [
  "aws_lakeformation_lf_tag",
  "aws_lakeformation_permissions",
  "aws_lakeformation_resource_lf_tag",
  "aws_lakeformation_resource_lf_tags",
];

/** Whether the roles that plan are administrators, who see all permissions, or those who may only read. */
export function judgePlanners({ values }: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  if (graph.ofType(...GOVERNED).length === 0) {
    return [];
  }
  const named = [values.admins, values.read_only_admins].flatMap((list) => textsOf(list, graph));
  const missing = (["plan", "drift"] as const)
    .map((suffix) => pipelineRoleName(suffix, context))
    .filter((name) => !named.some((text) => text.endsWith(`/${name}`)));
  const text = `${missing.join(" and ")} may not read Lake Formation, and plan every grant anew`;
  return named.some((one) => isUnknownPrincipal(one, graph)) && missing.length > 0
    ? unknown(`whether ${text}, is not known before an apply`, "read_only_admins")
    : failedIf(missing.length > 0, text, "read_only_admins");
}
