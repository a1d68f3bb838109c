import { callsOn, judgeRole, type RoleCall } from "../aws/permissions";
import { letThrough } from "../aws/requests";
import { roleOf } from "../aws/roles";
import type { Graph, Resource } from "../graph";
import { isPipelineRole } from "../bootstrap";
import type { Table } from "../lake-formation/catalog";
import { consumerOf, type NamedConsumer, POLICY_OUTPUT, policyFor } from "../lake-formation/consumers";
import { dataGrantedTo } from "../lake-formation/data-grants";
import { accountOf, isUnknownPrincipal, principalOf } from "../lake-formation/principals";
import { registrationOf } from "../lake-formation/registrations";
import { failedIf, type RuleContext, unknown, type Verdict, warnIf } from "../rule";

/** What a service needs that works on tables it is told of, and what people need besides, whose engine looks around first. */
const OF_SERVICES = ["glue:GetTable"];
const OF_PEOPLE = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"];

/** Calls on databases alone. */
const ON_DATABASES = ["glue:GetDatabase", "glue:GetDatabases"];

/**
 * Whether who is granted data may ask Lake Formation for it, and look the tables up: Lake Formation permits within what IAM
 * does. Said once for everything that a principal is granted, at the first of its grants.
 */
export function judgeGrantee(resource: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const principal = principalOf(resource.values.principal, graph);
  const granted = dataGrantedTo(principal, graph);
  if (granted?.first !== resource) {
    return [];
  }
  if (isUnknownPrincipal(resource.values.principal, graph)) {
    return unknown("who is granted data is not known before an apply", "principal");
  }
  const consumer = consumerOf(principal, context);
  const role = roleOf(principal, graph);
  if (role !== undefined) {
    const calls = callsFor(granted.tables, consumer === undefined ? OF_SERVICES : OF_PEOPLE, graph);
    return judgeRole(role, calls, (actions) => `${role.address} is granted data, and may not ${actions}`, graph);
  }
  const calls = callsFor(granted.tables, OF_PEOPLE, graph);
  return consumer?.consumer.kind === "iam-role"
    ? judgeConsumer(consumer, calls, context)
    : warnIf(
        calls.length > 0 && isOfOurs(principal, context),
        `nothing here says whether ${principal} may use what it is granted; it needs ${statementsFor(calls)}`,
        "principal",
      );
}

function callsFor(tables: readonly Table[], actions: readonly string[], graph: Graph): RoleCall[] {
  const isLent = tables.some((table) => registrationOf(table, graph) !== "none");
  const lookups = tables.flatMap(({ database, name }) =>
    actions.flatMap((action) => {
      const names = [
        "catalog",
        `database/${database}`,
        ...(ON_DATABASES.includes(action) ? [] : [`table/${database}/${name}`]),
      ];
      return names.flatMap((one) => callsOn(graph.arnIn("glue", one), [action]));
    }),
  );
  return [...(isLent ? callsOn("*", ["lakeformation:GetDataAccess"]) : []), ...lookups];
}

function judgeConsumer({ name }: NamedConsumer, calls: readonly RoleCall[], context: RuleContext): Verdict[] {
  const { statements, isIncomplete } = policyFor(name, context);
  const missing = calls.filter((call) => !letThrough(statements, { facts: {}, ...call }));
  const text = `no output ${POLICY_OUTPUT}* lets the role of ${name} use what it is granted; it needs ${statementsFor(missing)}`;
  return missing.length > 0 && isIncomplete
    ? unknown(`${text}, as far as is known before an apply`, "principal")
    : failedIf(missing.length > 0, text, "principal");
}

/** Roles and users of our account; those of AWS and of the bootstrap have policies that others judge. */
function isOfOurs(principal: string, context: RuleContext): boolean {
  const [, kind = "", name = ""] = /:(role|user)\/(.+)$/.exec(principal) ?? [];
  return (
    kind !== "" &&
    accountOf(principal) === context.environment.accountId &&
    !name.startsWith("aws-service-role/") &&
    !isPipelineRole(name.split("/").at(-1), context)
  );
}

/** Statements that allow calls, as a policy has them; tables are not told apart within their database. */
function statementsFor(calls: readonly RoleCall[]): string {
  const allow = (own: readonly RoleCall[]) => ({
    Effect: "Allow",
    Action: [...new Set(own.map(({ action }) => action))],
    Resource: [
      ...new Set(own.flatMap(({ resource }) => resource).map((arn) => arn.replace(/(:table\/[^/]+)\/.*/, "$1/*"))),
    ],
  });
  const isOfLake = ({ action }: RoleCall) => action.startsWith("lakeformation:");
  const groups = [calls.filter(isOfLake), calls.filter((call) => !isOfLake(call))].filter(({ length }) => length > 0);
  return groups.map((group) => JSON.stringify(allow(group))).join(", ");
}
