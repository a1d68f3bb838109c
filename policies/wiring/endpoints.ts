import { listOf } from "../aws/values";
import type { Graph, Resource } from "../graph";

/** Whether an endpoint is an interface endpoint. */
export function isInterface({ values }: Resource): boolean {
  return values.vpc_endpoint_type === "Interface";
}

/** Whether an endpoint is a gateway in route tables, as it is by the provider's default. */
export function isGateway({ values }: Resource): boolean {
  return (values.vpc_endpoint_type ?? "Gateway") === "Gateway";
}

/** Whether an endpoint answers to the service's own names. */
export function hasPrivateNames(endpoint: Resource): boolean {
  return isInterface(endpoint) && endpoint.values.private_dns_enabled === true;
}

/** The VPC of a resource, where it is ours. */
export function vpcOf({ values }: Resource, graph: Graph): Resource | undefined {
  const resource = graph.reference(values.vpc_id)?.resource;
  return resource?.type === "aws_vpc" ? resource : undefined;
}

/** The endpoints of a VPC. */
export function endpointsIn(vpc: Resource, graph: Graph): Resource[] {
  return graph.referring("aws_vpc_endpoint", "vpc_id", vpc);
}

/** Whether an endpoint is one of a service. */
export function isService(endpoint: Resource, service: string): boolean {
  return String(endpoint.values.service_name).endsWith(`.${service}`);
}

/** The security groups that are ours. */
export function groupsOf(ids: readonly unknown[], graph: Graph): Resource[] {
  return ids.flatMap((id) => graph.reference(id)?.resource ?? []).filter(({ type }) => type === "aws_security_group");
}

/** The security groups of an endpoint, as they are written. */
export function groupIdsOf(endpoint: Resource, graph: Graph): unknown[] {
  const associated = graph.referring("aws_vpc_endpoint_security_group_association", "vpc_endpoint_id", endpoint);
  return [...listOf(endpoint.values.security_group_ids), ...associated.map(({ values }) => values.security_group_id)];
}

/** The interface endpoints that have a group. */
export function endpointsOf(group: Resource, graph: Graph): Resource[] {
  return graph
    .ofType("aws_vpc_endpoint")
    .filter((endpoint) => isInterface(endpoint) && groupsOf(groupIdsOf(endpoint, graph), graph).includes(group));
}
