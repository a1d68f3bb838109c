import { perGraph } from "../aws/remember";
import { letThrough } from "../aws/requests";
import { permissionsOf } from "../aws/roles";
import type { Graph, Resource } from "../graph";
import { deployingRole, isOfBootstrap } from "../bootstrap";
import { failedIf, type Rule, type RuleContext, type Verdict, warnIf } from "../rule";
import { handedRoles, PASSING_TYPES } from "./passed-roles";

/** Types whose creation AWS does not refuse, or is not known to refuse, without iam:PassRole. */
const UNASKED = ["aws_cloudwatch_log_subscription_filter", "aws_lakeformation_resource"];

/** Services that a role has to trust, but to which nobody passes it. */
const UNPASSED = ["airflow-env"];

/** Services that call themselves otherwise when a role is passed to them. */
const ALSO_CALLED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_redshiftserverless_namespace: { redshift: "redshift-serverless" },
};

/** What makes AWS make a role for a service when it is first used. */
const LINKED: Readonly<Record<string, (values: Resource["values"]) => string | undefined>> = {
  aws_appautoscaling_target: ({ service_namespace: namespace }) =>
    namespace === "kafka" ? "kafka.application-autoscaling" : undefined,
  aws_emrserverless_application: () => "ops.emr-serverless",
  aws_lakeformation_resource: ({ use_service_linked_role: isUsed }) => (isUsed === true ? "lakeformation" : undefined),
  aws_msk_cluster: () => "kafka",
  aws_msk_serverless_cluster: () => "kafka",
  aws_mwaa_environment: () => "airflow",
  aws_redshift_cluster: () => "redshift",
  aws_redshiftserverless_namespace: () => "redshift",
};

/** Whether the role that deploys gets through: an administrator's plan does not tell. */
export const DEPLOY_ROLE_WIRING: readonly Rule[] = [
  {
    id: "WIRE-IAM-05",
    title: "The role that deploys may pass every role that it hands to a service",
    severity: "critical",
    level: "error",
    types: PASSING_TYPES,
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
      "https://docs.aws.amazon.com/mwaa/latest/userguide/access-policies.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html",
    ],
    remedy: "name the service in SERVICES_WITH_ROLES of stacks/bootstrap/write-permissions.ts, and bootstrap again",
    judge: judgePassing,
  },
  {
    id: "WIRE-IAM-06",
    title: "The role that deploys may make the roles that services make for themselves",
    severity: "high",
    level: "error",
    types: Object.keys(LINKED),
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html",
      "https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-slr.html",
      "https://docs.aws.amazon.com/msk/latest/developerguide/using-service-linked-roles.html",
      "https://docs.aws.amazon.com/redshift/latest/mgmt/using-service-linked-roles.html",
      "https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/using-service-linked-roles.html",
    ],
    remedy: "name the service in SERVICE_LINKED of stacks/bootstrap/write-permissions.ts, and bootstrap again",
    judge: judgeLinkedRoles,
  },
];

function judgePassing(resource: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const deployer = deployingRole(graph, context);
  if (deployer === undefined || isOfBootstrap(resource, context)) {
    return [];
  }
  const verdict = UNASKED.includes(resource.type) ? warnIf : failedIf;
  const first = firstPassings(graph);
  return handedRoles(resource, graph).flatMap(({ attribute, role, services }) => {
    // many tables are handed one role: to say it once is enough
    if (first.get(`${resource.type} ${role.address}`) !== resource) {
      return [];
    }
    const roleArn = graph.text(`\${${role.address}.arn}`);
    const refused = services
      .filter((service) => !UNPASSED.includes(service))
      .filter((service) => {
        const names = [service, ALSO_CALLED[resource.type]?.[service]].filter((name) => name !== undefined);
        return !names.some((name) => may(deployer, "iam:PassRole", roleArn, name, context));
      });
    return verdict(
      refused.length > 0,
      `${deployer.address} may not pass ${role.address} to ${refused.map(hostOf).join(", ")}`,
      attribute,
    );
  });
}

/** The resource that hands a role to services, by its type and the role's address: the first of several. */
const firstPassings = perGraph((graph: Graph): ReadonlyMap<string, Resource> => {
  const first = new Map<string, Resource>();
  graph.ofType(...PASSING_TYPES).forEach((resource) => {
    handedRoles(resource, graph).forEach(({ role }) => {
      const key = `${resource.type} ${role.address}`;
      first.set(key, first.get(key) ?? resource);
    });
  });
  return first;
});

function judgeLinkedRoles(resource: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const deployer = deployingRole(graph, context);
  const service = LINKED[resource.type]?.(resource.values);
  if (deployer === undefined || service === undefined) {
    return [];
  }
  const isThere = graph
    .ofType("aws_iam_service_linked_role")
    .some((role) => role.values.aws_service_name === hostOf(service) && graph.isBefore(role, resource));
  const roleArn = graph.arnIn("iam", `role/aws-service-role/${hostOf(service)}/any`, "");
  return failedIf(
    !isThere && !may(deployer, "iam:CreateServiceLinkedRole", roleArn, service, context),
    `${deployer.address} may not make the service-linked role of ${hostOf(service)}`,
  );
}

function hostOf(service: string): string {
  return `${service}.amazonaws.com`;
}

/** Whether a role may do something for a service. */
function may(role: Resource, action: string, arn: string, service: string, { graph }: RuleContext): boolean {
  const facts = { "iam:passedtoservice": hostOf(service), "iam:awsservicename": hostOf(service) };
  return letThrough(permissionsOf(role, graph).statements, { action, resource: arn, facts });
}
