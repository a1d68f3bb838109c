import type { Graph, Resource } from "../graph";
import { blocks, isUnresolved } from "../rule";
import { listOf } from "../aws/values";

/**
 * A route table, as the resources that a reference to it may lead to: the one it is declared by, and its VPC where it is
 * the table that AWS makes with the VPC.
 */
export type RouteTable = readonly Resource[];

/** The table of a subnet: the one it is associated with, else its VPC's main one; "unknown" where its VPC is not declared. */
export function tableOf(subnet: Resource, graph: Graph): RouteTable | "unknown" {
  const [association] = graph.referring("aws_route_table_association", "subnet_id", subnet);
  if (association === undefined) {
    return mainTable(graph.reference(subnet.values.vpc_id)?.resource, graph);
  }
  const table = graph.reference(association.values.route_table_id)?.resource;
  return table === undefined ? "unknown" : table.type === "aws_vpc" ? mainTable(table, graph) : [table];
}

/** The main table of a subnet's VPC, which AWS takes for a subnet without an association; undefined where it has one. */
export function mainTableOf(subnet: Resource, graph: Graph): RouteTable | "unknown" | undefined {
  return graph.referring("aws_route_table_association", "subnet_id", subnet).length > 0
    ? undefined
    : mainTable(graph.reference(subnet.values.vpc_id)?.resource, graph);
}

function mainTable(vpc: Resource | undefined, graph: Graph): RouteTable | "unknown" {
  if (vpc?.type !== "aws_vpc") {
    return "unknown";
  }
  const [replaced] = graph.referring("aws_main_route_table_association", "vpc_id", vpc);
  if (replaced !== undefined) {
    const table = graph.reference(replaced.values.route_table_id)?.resource;
    return table === undefined ? "unknown" : [table];
  }
  return [...graph.referring("aws_default_route_table", "default_route_table_id", vpc), vpc];
}

/** The routes of a table, those written in it included. */
export function routesOf(table: RouteTable, graph: Graph): Resource["values"][] {
  return table.flatMap((resource) => [
    ...blocks(resource.values.route),
    ...graph.referring("aws_route", "route_table_id", resource).map(({ values }) => values),
  ]);
}

/** Whether a route of a table leads straight to the internet; undefined where an apply tells. */
export function isPublic(table: RouteTable, graph: Graph): boolean | undefined {
  const gateways = routesOf(table, graph).map(({ gateway_id: gateway }) => gateway);
  const isOfInternet = (gateway: unknown) =>
    graph.reference(gateway)?.resource.type === "aws_internet_gateway" ||
    /^(igw-|\$\{data\.aws_internet_gateway\.)/.test(String(gateway));
  return gateways.some(isOfInternet)
    ? true
    : gateways.some((gateway) => isUnresolved(gateway) && graph.reference(gateway) === undefined)
      ? undefined
      : false;
}

/** The gateway endpoints of a service. */
export function gatewayEndpoints(service: string, graph: Graph): Resource[] {
  return graph.ofType("aws_vpc_endpoint").filter(
    ({ values }) =>
      // the provider's default is Gateway
      (values.vpc_endpoint_type ?? "Gateway") === "Gateway" && String(values.service_name).endsWith(`.${service}`),
  );
}

/** Whether a gateway endpoint is in a route table. */
export function isIn(endpoint: Resource, table: RouteTable, graph: Graph): boolean {
  return table.some(
    (resource) =>
      listOf(endpoint.values.route_table_ids).some((id) => graph.refersTo(id, resource)) ||
      graph
        .referring("aws_vpc_endpoint_route_table_association", "route_table_id", resource)
        .some(({ values }) => graph.refersTo(values.vpc_endpoint_id, endpoint)),
  );
}
