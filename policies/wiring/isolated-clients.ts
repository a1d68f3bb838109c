import { permissionsOf, roleOf } from "../aws/roles";
import { listOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, failedIf, isUnresolved, type Verdict, warnIf } from "../rule";
import { gatewayEndpoints, isIn, type RouteTable, routesOf, tableOf } from "../security/route-tables";
import { endpointsIn, hasPrivateNames, isService, vpcOf } from "./endpoints";
import { clientOf } from "./security-groups";

/** What a client uses from within its subnets. */
interface Needs {
  /** Services without which it does not start. */
  readonly always: readonly string[];
  /** Services that its code or its connections may use. */
  readonly maybe: readonly string[];
}

const OF_ENGINES = ["glue", "kms", "lakeformation", "logs", "secretsmanager", "sts"];

/** Routes that lead out, by the attribute that says where. A gateway of the internet serves public addresses, which clients have not. */
const WAYS_OUT = [
  "nat_gateway_id",
  "network_interface_id",
  "transit_gateway_id",
  "vpc_endpoint_id",
  "vpc_peering_connection_id",
];

/** How services are called in endpoints, by how they are called in policies; what Lambda does for a function is not in it. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  athena: "athena",
  cloudwatch: "monitoring",
  dynamodb: "dynamodb",
  events: "events",
  firehose: "kinesis-firehose",
  glue: "glue",
  kinesis: "kinesis-streams",
  lakeformation: "lakeformation",
  lambda: "lambda",
  "redshift-data": "redshift-data",
  s3: "s3",
  secretsmanager: "secretsmanager",
  sns: "sns",
  sqs: "sqs",
  ssm: "ssm",
  states: "states",
  sts: "sts",
};

/** What Lambda calls itself, by the type that has it do so: it feeds a function, and sends on what failed. */
const DONE_BY_LAMBDA: Readonly<Record<string, readonly string[]>> = {
  aws_lambda_event_source_mapping: ["kinesis-streams", "sns", "sqs"],
  aws_lambda_function_event_invoke_config: ["events", "lambda", "sns", "sqs"],
};

const NEEDS: Readonly<Record<string, (client: Resource, graph: Graph) => Needs>> = {
  aws_emrserverless_application: () => ({ always: ["s3"], maybe: OF_ENGINES }),
  aws_glue_connection: () => ({ always: ["s3"], maybe: OF_ENGINES }),
  aws_lambda_function: (client, graph) => ({ always: [], maybe: servicesOf(client, graph) }),
  aws_mwaa_environment: () => ({
    always: ["airflow.api", "airflow.env", "ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "s3", "sqs"],
    maybe: [],
  }),
  aws_redshift_cluster: ({ values }) =>
    values.enhanced_vpc_routing === true ? { always: ["s3"], maybe: OF_ENGINES } : { always: [], maybe: [] },
};

export const ISOLATED_TYPES = Object.keys(NEEDS);

/** Services that a client uses from subnets without a way out, and without an endpoint. */
export function judgeIsolation(resource: Resource, graph: Graph): Verdict[] {
  const client = clientOf(resource);
  const needs = NEEDS[resource.type]?.(resource, graph);
  if (client === undefined || needs === undefined) {
    return [];
  }
  const subnets = client.subnets.flatMap((id) => graph.reference(id)?.resource ?? []);
  const isolated = subnets.flatMap((subnet) => {
    const table = tableOf(subnet, graph);
    return table !== "unknown" && !leadsOut(table, graph) ? [{ subnet, table }] : [];
  });
  const missing = (services: readonly string[]) =>
    services.filter((service) => isolated.some(({ subnet, table }) => !isReached(service, subnet, table, graph)));
  const text = (services: readonly string[]) =>
    `its subnets have neither a way out nor endpoints of ${services.join(", ")}`;
  const always = missing(needs.always);
  const maybe = missing(needs.maybe);
  return [...failedIf(always.length > 0, text(always)), ...warnIf(maybe.length > 0, text(maybe))];
}

/** Whether a table has a way to the internet other than by public addresses; what an apply decides counts as one. */
function leadsOut(table: RouteTable, graph: Graph): boolean {
  return routesOf(table, graph).some((route) => {
    const destination = route.destination_cidr_block ?? route.cidr_block;
    return (
      (destination === "0.0.0.0/0" || isUnresolved(destination)) &&
      WAYS_OUT.some((attribute) => typeof route[attribute] === "string" && route[attribute] !== "")
    );
  });
}

function isReached(service: string, subnet: Resource, table: RouteTable, graph: Graph): boolean {
  const vpc = vpcOf(subnet, graph);
  return (
    gatewayEndpoints(service, graph).some((endpoint) => isIn(endpoint, table, graph)) ||
    // a VPC that is not ours to judge may have any
    vpc === undefined ||
    endpointsIn(vpc, graph).some((endpoint) => hasPrivateNames(endpoint) && isService(endpoint, service))
  );
}

/** The services that the role of a function lets its code call. */
function servicesOf(callee: Resource, graph: Graph): string[] {
  const role = roleOf(callee.values.role, graph);
  const actions = (role === undefined ? [] : permissionsOf(role, graph).statements)
    .filter(({ effect }) => effect === "Allow")
    .flatMap((statement) => statement.actions ?? []);
  const byLambda = [
    ...(at(callee.values.dead_letter_config, "target_arn") === undefined ? [] : ["sns", "sqs"]),
    ...Object.entries(DONE_BY_LAMBDA).flatMap(([type, services]) =>
      graph.referring(type, "function_name", callee).length > 0 ? services : [],
    ),
  ];
  const services = listOf(actions).flatMap((action) => ENDPOINTS[String(action).split(":", 1).join("")] ?? []);
  return [...new Set(services)].filter((service) => !byLambda.includes(service)).sort();
}
