import { permissionsOf, roleOf } from "../aws/roles";
import { listOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import type { Statement } from "../iam-document";
import { failedIf, unknown, type Verdict, warnIf } from "../rule";
import {
  endpointsIn,
  endpointsOf,
  groupIdsOf,
  groupsOf,
  hasPrivateNames,
  isGateway,
  isInterface,
  isService,
  vpcOf,
} from "./endpoints";
import {
  type Client,
  CLIENT_TYPES,
  clientOf,
  isHttps,
  isPublic,
  mayOverlap,
  type Opening,
  openingsOf,
} from "./security-groups";

/** What is wrong with the groups of an endpoint that shares none with others. */
export function endpointProblems(endpoint: Resource, graph: Graph): Verdict[] {
  if (!isInterface(endpoint)) {
    return [];
  }
  const ids = groupIdsOf(endpoint, graph);
  const groups = groupsOf(ids, graph);
  const vpc = vpcOf(endpoint, graph);
  const [byDefault] = vpc === undefined ? [] : graph.referring("aws_default_security_group", "vpc_id", vpc);
  if (ids.length === 0) {
    const isEmpty = byDefault !== undefined && listOf(byDefault.values.ingress).length === 0;
    return isEmpty
      ? failedIf(true, "it gets the default group of the VPC, which lets in nobody", "security_group_ids")
      : warnIf(true, "it gets the default group of the VPC, which lets in its own members alone", "security_group_ids");
  }
  return groups.length < ids.length
    ? unknown("it has a group that is not ours to judge", "security_group_ids")
    : groups.length > 1
      ? admissionProblems(groups, graph)
      : [];
}

/** Whom groups of an endpoint keep out. */
export function admissionProblems(groups: readonly Resource[], graph: Graph): Verdict[] {
  const openings = groups.flatMap((group) => openingsOf(group, "ingress", graph)).filter(isHttps);
  if (openings.length === 0) {
    return failedIf(true, "endpoints have it, and it lets in no HTTPS");
  }
  const vpcs = groups.flatMap((group) => vpcOf(group, graph) ?? []);
  const users = graph.ofType("aws_security_group").filter((other) =>
    openingsOf(other, "egress", graph)
      .filter(isHttps)
      .some((opening) => groupsOf(opening.groups, graph).some((group) => groups.includes(group))),
  );
  const clients = graph
    .ofType(...CLIENT_TYPES)
    .flatMap((resource) => clientOf(resource) ?? [])
    .filter((client) =>
      groupsOf(client.groups, graph).some((group) => vpcs.some((vpc) => vpcOf(group, graph) === vpc)),
    );
  return [
    ...users
      .filter((user) => !isAdmitted([user], blocksOf(vpcs, graph), "some", openings, graph))
      .flatMap(({ address }) => failedIf(true, `endpoints have it, and it keeps out ${address}, which leads to them`)),
    ...clients
      .filter(
        (client) => !isAdmitted(groupsOf(client.groups, graph), subnetBlocks(client, graph), "every", openings, graph),
      )
      // which services a client calls is for its code to say
      .flatMap(({ resource }) => warnIf(true, `endpoints have it, and it keeps out ${resource.address}`)),
  ];
}

function isAdmitted(
  groups: readonly Resource[],
  cidrs: readonly string[],
  enough: "some" | "every",
  openings: readonly Opening[],
  graph: Graph,
): boolean {
  const isIn = (cidr: string) => openings.some((opening) => opening.cidrs.some((other) => mayOverlap(other, cidr)));
  return (
    openings.some(
      (opening) =>
        opening.prefixLists.length > 0 || groupsOf(opening.groups, graph).some((group) => groups.includes(group)),
    ) || (enough === "some" ? cidrs.some(isIn) : cidrs.every(isIn))
  );
}

/** Blocks in which whatever is in a VPC may be; an unknown one counts as any. */
function blocksOf(vpcs: readonly Resource[], graph: Graph): string[] {
  const subnets = vpcs.flatMap((vpc) => graph.referring("aws_subnet", "vpc_id", vpc));
  return vpcs.length === 0 ? [""] : [...vpcs, ...subnets].map(({ values }) => String(values.cidr_block));
}

function subnetBlocks({ subnets }: Client, graph: Graph): string[] {
  return subnets.map((subnet) => String(graph.reference(subnet)?.resource.values.cidr_block));
}

/** Whether a group that no client uses yet is made for them: it leads to interface endpoints, where S3 has its own. */
export function servesClients(group: Resource, graph: Graph): boolean {
  const isUsed = graph
    .ofType(...CLIENT_TYPES)
    .some((resource) => groupsOf(clientOf(resource)?.groups ?? [], graph).includes(group));
  const vpc = vpcOf(group, graph);
  return (
    !isUsed &&
    vpc !== undefined &&
    endpointsIn(vpc, graph).some((endpoint) => isGateway(endpoint) && isService(endpoint, "s3")) &&
    openingsOf(group, "egress", graph)
      .filter(isHttps)
      .some((opening) => groupsOf(opening.groups, graph).some((other) => endpointsOf(other, graph).length > 0))
  );
}

/** Services with gateway endpoints, and what roles may do that use them. What Lake Formation lets in is read from S3 as well. */
const GATEWAYS = {
  dynamodb: { name: "DynamoDB", actions: /^(\*$|dynamodb:)/i },
  s3: { name: "S3", actions: /^(\*$|s3:|lakeformation:(\*|Get))/i },
} as const;

type Gateway = keyof typeof GATEWAYS;

/** What keeps a client from services that it reaches through gateway endpoints. */
export function clientProblems(client: Client, graph: Graph): Verdict[] {
  const { groups: ids, callsS3 } = client;
  const groups = groupsOf(ids, graph);
  const kept = (["s3", "dynamodb"] as const).filter(
    (service) => mayUse(service, client, graph) && !reaches(service, groups, graph),
  );
  if (kept.length === 0) {
    return [];
  }
  if (groups.length < ids.length) {
    return unknown("it has a group that is not ours to judge");
  }
  const names = kept.map((service) => GATEWAYS[service].name).join(" and ");
  const text = `${groups.map(({ address }) => address).join(", ")} lets out no HTTPS to ${names}`;
  return callsS3 === "always" && kept.includes("s3") ? failedIf(true, text) : warnIf(true, text);
}

/** Whether a client uses a service, or has leave to; a role that is not ours is taken to have it for S3. */
function mayUse(service: Gateway, { resource, callsS3 }: Client, graph: Graph): boolean {
  if (callsS3 !== "maybe") {
    return service === "s3" && callsS3 === "always";
  }
  const role = roleOf(resource.values.role, graph);
  const permissions = role && permissionsOf(role, graph);
  return permissions === undefined || permissions.isIncomplete
    ? service === "s3"
    : permissions.statements.some((statement) => allows(service, statement));
}

function allows(service: Gateway, { effect, actions = ["*"] }: Statement): boolean {
  return effect === "Allow" && actions.some((action) => GATEWAYS[service].actions.test(action));
}

/** Whether groups together let out HTTPS to S3. */
export function reachesS3(groups: readonly Resource[], graph: Graph): boolean {
  return reaches("s3", groups, graph);
}

function reaches(service: Gateway, groups: readonly Resource[], graph: Graph): boolean {
  const isOfService = (prefixList: unknown) => {
    const owner = graph.reference(prefixList)?.resource;
    return owner?.type !== "aws_vpc_endpoint" || isService(owner, service);
  };
  const isInside = groups
    .flatMap((group) => vpcOf(group, graph) ?? [])
    .some((vpc) =>
      endpointsIn(vpc, graph).some((endpoint) => hasPrivateNames(endpoint) && isService(endpoint, service)),
    );
  return (
    isInside ||
    groups
      .flatMap((group) => openingsOf(group, "egress", graph))
      .filter(isHttps)
      .some(({ cidrs, prefixLists }) => cidrs.some(isPublic) || prefixLists.some(isOfService))
  );
}
