import { isPrivateBlock, overlap, parseCidr } from "../../environments/validation/cidr";
import { listOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks } from "../rule";

const HTTPS = 443;

/** What a security group lets through, to or from whom. */
export interface Opening {
  readonly protocol: unknown;
  readonly from: unknown;
  readonly to: unknown;
  readonly cidrs: readonly string[];
  readonly groups: readonly unknown[];
  readonly prefixLists: readonly unknown[];
}

/** A resource that uses AWS from within subnets. */
export interface Client {
  readonly resource: Resource;
  readonly groups: readonly unknown[];
  readonly subnets: readonly unknown[];
  /** Whether it calls S3: never through the VPC, always, or if its code says so. */
  readonly callsS3: "never" | "always" | "maybe";
}

const isRouted = ({ enhanced_vpc_routing: routed }: Resource["values"]) => (routed === true ? "always" : "never");

/** Where clients name their groups and subnets, by type. */
const CLIENTS: Readonly<
  Record<
    string,
    {
      readonly holder?: string;
      readonly groups: string;
      readonly subnets: string;
      readonly callsS3: (values: Resource["values"]) => Client["callsS3"];
    }
  >
> = {
  aws_emrserverless_application: {
    holder: "network_configuration",
    groups: "security_group_ids",
    subnets: "subnet_ids",
    callsS3: () => "always",
  },
  aws_glue_connection: {
    holder: "physical_connection_requirements",
    groups: "security_group_id_list",
    subnets: "subnet_id",
    callsS3: () => "always",
  },
  aws_lambda_function: {
    holder: "vpc_config",
    groups: "security_group_ids",
    subnets: "subnet_ids",
    callsS3: () => "maybe",
  },
  aws_mwaa_environment: {
    holder: "network_configuration",
    groups: "security_group_ids",
    subnets: "subnet_ids",
    callsS3: () => "always",
  },
  aws_redshift_cluster: { groups: "vpc_security_group_ids", subnets: "subnet_ids", callsS3: isRouted },
  aws_redshiftserverless_workgroup: { groups: "security_group_ids", subnets: "subnet_ids", callsS3: isRouted },
};

export const CLIENT_TYPES: readonly string[] = Object.keys(CLIENTS);

/** A resource as a client of AWS; undefined where it is none, or not in a VPC. */
export function clientOf(resource: Resource): Client | undefined {
  const known = CLIENTS[resource.type];
  const holder = known?.holder === undefined ? resource.values : at(resource.values, known.holder);
  const groups = known === undefined ? [] : listOf(at(holder, known.groups));
  return known === undefined || groups.length === 0
    ? undefined
    : { resource, groups, subnets: listOf(at(holder, known.subnets)), callsS3: known.callsS3(resource.values) };
}

/** All that a group lets in or out: its own blocks, and rules of both types. */
export function openingsOf(group: Resource, direction: "ingress" | "egress", graph: Graph): Opening[] {
  const rules = graph
    .referring("aws_security_group_rule", "security_group_id", group)
    .filter(({ values }) => values.type === direction);
  return [
    ...blocks(group.values[direction]).map((block) => older(block, group)),
    ...rules.map(({ values }) => older(values, group)),
    ...graph
      .referring(`aws_vpc_security_group_${direction}_rule`, "security_group_id", group)
      .map(({ values }) => newer(values)),
  ];
}

function older(values: Resource["values"], group: Resource): Opening {
  return {
    protocol: values.protocol,
    from: values.from_port,
    to: values.to_port,
    cidrs: textsOf(values.cidr_blocks),
    groups: [
      ...listOf(values.security_groups),
      ...listOf(values.source_security_group_id),
      ...(values.self === true ? [`\${${group.address}.id}`] : []),
    ],
    prefixLists: listOf(values.prefix_list_ids),
  };
}

function newer(values: Resource["values"]): Opening {
  return {
    protocol: values.ip_protocol,
    from: values.from_port,
    to: values.to_port,
    cidrs: textsOf(values.cidr_ipv4),
    groups: listOf(values.referenced_security_group_id),
    prefixLists: listOf(values.prefix_list_id),
  };
}

/** Whether an opening is one for HTTPS. */
export function isHttps({ protocol, from, to }: Opening): boolean {
  return (
    String(protocol) === "-1" ||
    protocol === "all" ||
    (/^(tcp|6)$/.test(String(protocol)) && Number(from) <= HTTPS && Number(to) >= HTTPS)
  );
}

/** Whether a block has addresses of the internet, as those of AWS services are. */
export function isPublic(cidr: string): boolean {
  return parseCidr(cidr) === undefined || !isPrivateBlock(cidr);
}

/** Whether two blocks share an address; blocks that are no IPv4 ones, or not known, might. */
export function mayOverlap(one: string, other: string): boolean {
  return parseCidr(one) === undefined || parseCidr(other) === undefined || overlap(one, other);
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((item) => typeof item === "string");
}
