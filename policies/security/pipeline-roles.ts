import type { Graph } from "../graph";
import { conditionsOn, type Statement } from "../iam-document";
import { boundaryArn, isBoundary, isOfBootstrap, pipelineRoleName } from "../bootstrap";
import { failedIf, type Rule, type RuleContext, type Verdict } from "../rule";
import { policyOf } from "./policies";

const GITHUB = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";
const BRANCH = /^ref:refs\/heads\/[^*?]+$/;

/** Whether pipelines are who they should be, and what they make stays within bounds. */
export const PIPELINE_ROLE_RULES: readonly Rule[] = [
  {
    id: "LAKE-IAM-04",
    title: "Roles of pipelines trust one repository, and one environment of it",
    severity: "critical",
    level: "error",
    types: ["aws_iam_role"],
    external: { checkov: ["CKV_AWS_358", "CKV_AWS_393"] },
    sources: [
      "https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
    ],
    remedy: "have the trust written by modules/iam/github-oidc-provider.ts, with githubRepository of the environment",
    judge: ({ values }, context) =>
      policyOf(values.assume_role_policy)
        .filter((statement) => statement.effect === "Allow" && trustsGithub(statement, context.graph))
        .flatMap((statement) => judgeTrust(statement, values.name, context)),
  },
  {
    id: "LAKE-IAM-06",
    title: "Outside of development roles have the boundary of their environment",
    severity: "high",
    level: "error",
    stages: ["staging", "production"],
    types: ["aws_iam_role"],
    sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"],
    remedy: "hand permissionsBoundaryArn to the role, as stacks/bootstrap/names.ts composes it",
    judge: (role, context) => {
      const { permissions_boundary: boundary } = role.values;
      const policy = context.graph.reference(boundary)?.resource;
      const isOurs =
        (typeof boundary === "string" && context.graph.text(boundary) === boundaryArn(context)) ||
        (policy !== undefined && isBoundary(policy, context));
      return failedIf(
        !isOurs && !isOfBootstrap(role, context),
        "it does not have the environment's boundary",
        "permissions_boundary",
      );
    },
  },
];

/** Whether a statement is on tokens of GitHub: it names the provider by its ARN or by reference, or says so in its conditions. */
function trustsGithub({ principals, conditions }: Statement, graph: Graph): boolean {
  const providers = principals?.Federated ?? [];
  return (
    providers.some((provider) => {
      const url = graph.reference(provider)?.resource.values.url;
      return provider.includes(GITHUB) || (typeof url === "string" && url.includes(GITHUB));
    }) ||
    (providers.length > 0 && conditions.some(({ key }) => key.startsWith(GITHUB)))
  );
}

function judgeTrust(statement: Statement, roleName: unknown, context: RuleContext): Verdict[] {
  const { environment } = context;
  const audiences = exactly(statement, `${GITHUB}:aud`);
  const subjects = exactly(statement, `${GITHUB}:sub`);
  const repository = `repo:${environment.githubRepository}:`;
  const foreign = (subjects ?? []).filter((subject) => !subject.startsWith(repository));
  const wide = (subjects ?? [])
    .filter((subject) => subject.startsWith(repository))
    .filter((subject) => !isMeant(subject.slice(repository.length), roleName, context));
  const failed = (holds: boolean, text: string) => failedIf(holds, text, "assume_role_policy");
  return [
    ...failed(audiences?.every((audience) => audience === AUDIENCE) !== true, `its tokens need not be for ${AUDIENCE}`),
    ...failed(subjects === undefined, "it does not name the subjects of tokens by StringEquals"),
    ...failed(foreign.length > 0, `it trusts others than ${environment.githubRepository}: ${foreign.join(", ")}`),
    ...failed(wide.length > 0, `it trusts more of the repository than it is for: ${wide.join(", ")}`),
  ];
}

/** Whether jobs of this kind may have the role: who deploys goes through the environment, where people approve. */
function isMeant(subject: string, roleName: unknown, context: RuleContext): boolean {
  const { name } = context.environment;
  if (subject === `environment:${name}`) {
    return true;
  }
  const isOf = (suffix: Parameters<typeof pipelineRoleName>[0]) => roleName === pipelineRoleName(suffix, context);
  return (isOf("plan") && subject === "pull_request") || (!isOf("apply") && BRANCH.test(subject));
}

/** The values that a key has to have one of, whatever else is asked; undefined where it need not. */
function exactly(statement: Statement, key: string): readonly string[] | undefined {
  return conditionsOn(statement, key).find(
    ({ operator, ifExists, quantifier }) => operator === "stringequals" && !ifExists && quantifier !== "forallvalues",
  )?.values;
}
