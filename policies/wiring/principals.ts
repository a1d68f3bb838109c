import { roleOf, statementsOf } from "../aws/roles";
import { isOpen } from "../aws/values";
import { type Graph, type Resource, strings } from "../graph";
import { isOfBootstrap, isPipelineRole } from "../bootstrap";
import { failedIf, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { policiesIn, POLICY_TYPES } from "./policy-documents";

/** Attributes of Lake Formation that name principals. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  aws_lakeformation_data_lake_settings: ["admins", "read_only_admins"],
  aws_lakeformation_opt_in: ["principal"],
  aws_lakeformation_permissions: ["principal"],
};

/** Types that name principals. Policies of endpoints do as well, but AWS does not look them up. */
export const NAMING_TYPES = [
  ...POLICY_TYPES.filter((type) => !type.startsWith("aws_vpc_endpoint")),
  ...Object.keys(GRANTS),
];

const PRINCIPAL = /^arn:[^:]+:iam::(\d{12}):(?:role|user)\/(.+)$/;

/** Paths of roles that AWS makes: of IAM Identity Center, and those linked to a service. */
const OF_AWS = /^aws-(?:reserved|service-role)\//;

/** A role or user that data has looked up, which fails where there is none. */
const LOOKED_UP = /^\$\{data\.aws_iam_(?:role|user)\.[\w.-]+\}$/;

/** Whether the roles and users that a resource names are there when it is made. */
export function judgePrincipals(resource: Resource, context: RuleContext): Verdict[] {
  const { graph, environment } = context;
  return [...new Set(principalsIn(resource, graph))].flatMap((value) => {
    const declared = declaredPrincipal(value, graph);
    if (declared !== undefined) {
      // no stack order says that the bootstrap comes first, but nothing is planned without it
      const isEarlier =
        graph.isBefore(declared, resource) || (isOfBootstrap(declared, context) && !isOfBootstrap(resource, context));
      return failedIf(!isEarlier, `it names ${declared.address}, which may be made after it`);
    }
    const text = graph.text(value);
    // one reference is there before, as Terraform orders them
    if (isOpen(text) && graph.reference(text) === undefined && !LOOKED_UP.test(text) && !text.endsWith(":root")) {
      return unknown(`it names ${text}, which is not known before an apply`);
    }
    const [, accountId, name = ""] = PRINCIPAL.exec(text) ?? [];
    return warnIf(
      accountId === environment.accountId && !isKnown(name, context),
      `it names ${name}, which nothing here declares`,
    );
  });
}

function principalsIn(resource: Resource, graph: Graph): string[] {
  const named = policiesIn(resource).flatMap(({ policy }) =>
    statementsOf(policy, graph).flatMap(({ principals, notPrincipals }) => [
      ...(principals?.AWS ?? []),
      ...(notPrincipals?.AWS ?? []),
    ]),
  );
  return [...named, ...(GRANTS[resource.type] ?? []).flatMap((attribute) => strings(resource.values[attribute]))];
}

function declaredPrincipal(value: string, graph: Graph): Resource | undefined {
  const referred = graph.reference(value)?.resource;
  return referred?.type === "aws_iam_user" ? referred : roleOf(value, graph);
}

/** Whether the environment has it, AWS makes it, or the bootstrap does, which is there before every layer. */
function isKnown(pathAndName: string, context: RuleContext): boolean {
  const { consumers, producers } = context.environment;
  const outside = [...Object.values(consumers), ...Object.values(producers)];
  const name = pathAndName.split("/").at(-1) ?? "";
  return (
    OF_AWS.test(pathAndName) ||
    isPipelineRole(name, context) ||
    outside.some((somebody) => somebody.kind === "iam-role" && somebody.roleName === pathAndName)
  );
}
