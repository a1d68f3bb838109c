import type { Graph, Resource } from "../graph";
import { blocks, failedIf, type Rule } from "../rule";
import { isConfinedBy, namesEverybody, policyOf } from "./policies";

const NETWORK_MODULE = "make the network with modules/network/network.ts";

/** Types that add a rule to a security group. */
const GROUP_RULES = [
  "aws_security_group_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

/** Protocols of which the ports are a type and a code. */
const ICMP: readonly unknown[] = ["icmp", "icmpv6", "1", "58"];

/** Conditions that keep an endpoint to callers or resources of ours. */
const OURS = [
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalOrgID",
  "aws:ResourceAccount",
  "aws:ResourceOrgID",
  "aws:SourceVpc",
];

/** Whether the network lets in nobody, lets out only what is named, and keeps traffic to AWS inside. */
export const VPC_RULES: readonly Rule[] = [
  {
    id: "LAKE-VPC-01",
    title: "Every VPC logs its traffic, in production all of it",
    severity: "medium",
    level: "error",
    types: ["aws_vpc"],
    external: {
      checkov: ["CKV2_AWS_11"],
      trivy: ["AVD-AWS-0178"],
      cdkNag: ["AwsSolutions-VPC7"],
      securityHub: ["EC2.6"],
    },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"],
    remedy: `${NETWORK_MODULE}, which logs it`,
    judge: (vpc, { graph, environment }) => {
      const wanted = environment.stage === "production" ? ["ALL"] : ["ALL", "REJECT"];
      const types = graph.referring("aws_flow_log", "vpc_id", vpc).map(({ values }) => values.traffic_type);
      return failedIf(
        !types.some((type) => typeof type === "string" && wanted.includes(type)),
        `no flow log takes its traffic (${wanted.join(" or ")})`,
      );
    },
  },
  {
    id: "LAKE-VPC-02",
    title: "The default security group of every VPC lets nothing through",
    severity: "high",
    level: "error",
    types: ["aws_vpc"],
    external: { checkov: ["CKV2_AWS_12"], trivy: ["AVD-AWS-0173"], securityHub: ["EC2.2"] },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html"],
    remedy: `${NETWORK_MODULE}, which empties it`,
    judge: (vpc, { graph }) => {
      const [group] = graph.referring("aws_default_security_group", "vpc_id", vpc);
      const { ingress, egress } = group?.values ?? {};
      return [
        ...failedIf(group === undefined, "no aws_default_security_group takes over its default group"),
        ...failedIf(
          blocks(ingress).length > 0 || blocks(egress).length > 0 || isAddedTo(vpc, group, graph),
          "its default group has rules",
        ),
      ];
    },
  },
  {
    id: "LAKE-VPC-03",
    title: "No subnet gives out public addresses",
    severity: "high",
    level: "error",
    types: ["aws_subnet"],
    external: { checkov: ["CKV_AWS_130"], trivy: ["AVD-AWS-0164"], securityHub: ["EC2.15"] },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html"],
    remedy: `${NETWORK_MODULE}: NAT gateways have addresses of their own`,
    judge: ({ values }) =>
      failedIf(values.map_public_ip_on_launch === true, "it gives out public addresses", "map_public_ip_on_launch"),
  },
  {
    id: "LAKE-VPC-04",
    title: "Nothing is let in from the internet, and one port from elsewhere",
    severity: "critical",
    level: "error",
    types: ["aws_security_group", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"],
    external: {
      checkov: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"],
      trivy: ["AVD-AWS-0107"],
      cdkNag: ["AwsSolutions-EC23"],
      securityHub: ["EC2.13", "EC2.14", "EC2.18", "EC2.19"],
    },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"],
    remedy: "name the group or the block that is let in, and its port",
    judge: (resource, { graph }) =>
      rulesOf(resource, "ingress").flatMap(({ cidrs, from, to, protocol, peers, isSelf }) => {
        const group = resource.type === "aws_security_group" ? resource : groupOf(resource, graph);
        const isOfGroups = cidrs.length === 0 && (isSelf || peers.length > 0);
        const isOwn = isOfGroups && group !== undefined && peers.every((peer) => graph.refersTo(peer, group));
        return [
          ...failedIf(cidrs.some(isAnywhere), "it lets in the internet"),
          ...failedIf(
            !isOwn && !ICMP.includes(protocol) && (protocol === "-1" || from !== to),
            "it opens more than one port",
            "from_port",
          ),
        ];
      }),
  },
  {
    id: "LAKE-VPC-05",
    title: "Nothing is let out to everywhere on every port",
    severity: "medium",
    level: "error",
    types: ["aws_security_group", "aws_security_group_rule", "aws_vpc_security_group_egress_rule"],
    external: { checkov: ["CKV_AWS_382"], trivy: ["AVD-AWS-0104"] },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"],
    remedy: "name what is reached in network.egressRules of the environment",
    judge: (resource) =>
      rulesOf(resource, "egress").flatMap(({ cidrs, from, to, protocol }) => {
        const isEveryPort = protocol === "-1" || ((from === 0 || from === 1) && to === 65535);
        return failedIf(isEveryPort && cidrs.some(isAnywhere), "it lets out everything to everywhere", "ip_protocol");
      }),
  },
  {
    id: "LAKE-VPC-07",
    title: "Every private subnet reaches S3 and DynamoDB without the internet",
    severity: "high",
    level: "error",
    types: ["aws_route_table"],
    sources: ["https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"],
    remedy: "make the endpoints with modules/network/endpoints.ts, which adds them to every private route table",
    judge: (table, { graph }) =>
      isPublic(table, graph)
        ? []
        : ["s3", "dynamodb"].flatMap((service) =>
            failedIf(
              !gatewayEndpoints(service, graph).some((endpoint) => isIn(endpoint, table, graph)),
              `no gateway endpoint of ${service} is in it`,
            ),
          ),
  },
  {
    id: "LAKE-VPC-08",
    title: "Interface endpoints answer to the services' own names, in every zone",
    severity: "medium",
    level: "error",
    types: ["aws_vpc_endpoint"],
    external: { securityHub: ["EC2.10", "EC2.55", "EC2.56", "EC2.57"] },
    sources: ["https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"],
    remedy: "make the endpoints with modules/network/endpoints.ts",
    judge: ({ values }, { environment }) => {
      if (values.vpc_endpoint_type !== "Interface") {
        return [];
      }
      // a service of somebody else need not have a name of its own
      const isOfAws = !String(values.service_name).startsWith("com.amazonaws.vpce.");
      const isInEveryZone = listOf(values.subnet_ids).length === environment.availabilityZones.length;
      return [
        ...failedIf(isOfAws && values.private_dns_enabled !== true, "its private DNS is off", "private_dns_enabled"),
        ...failedIf(!isInEveryZone, "it has not one subnet a zone", "subnet_ids"),
      ];
    },
  },
  {
    id: "LAKE-VPC-10",
    title: "Only subnets of NAT gateways are routed to the internet, and without NAT none is",
    severity: "high",
    level: "error",
    types: ["aws_route_table"],
    external: { securityHub: ["EC2.172"] },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"],
    remedy: NETWORK_MODULE,
    judge: (table, { graph, environment }) => {
      const subnets = graph
        .referring("aws_route_table_association", "route_table_id", table)
        .flatMap(({ values }) => graph.reference(values.subnet_id)?.resource ?? []);
      const withNat = graph
        .ofType("aws_nat_gateway")
        .flatMap(({ values }) => graph.reference(values.subnet_id)?.resource ?? []);
      const others = subnets.filter((subnet) => !withNat.includes(subnet));
      const goesOut = routesOf(table, graph).some((route) => typeof route.nat_gateway_id === "string");
      return [
        ...failedIf(
          isPublic(table, graph) && others.length > 0,
          `it routes ${others.map(({ address }) => address).join(", ")} to an internet gateway`,
        ),
        ...failedIf(
          goesOut && environment.network.nat.kind === "none",
          "it routes to NAT, which the environment has none of",
        ),
      ];
    },
  },
  {
    id: "LAKE-VPC-06",
    title: "Every security group and each of its rules says what it is for",
    severity: "low",
    level: "warning",
    types: ["aws_security_group", "aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"],
    external: {
      checkov: ["CKV_AWS_23"],
      trivy: ["AVD-AWS-0099", "AVD-AWS-0124"],
      cdkNag: ["AwsSolutions-EC27"],
    },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"],
    remedy: "give it a description",
    judge: ({ values: { description } }) =>
      failedIf(
        typeof description !== "string" || ["", "Managed by Terraform"].includes(description.trim()),
        "it has no description of its own",
        "description",
      ),
  },
  {
    id: "LAKE-VPC-09",
    title: "No endpoint takes anybody to anything",
    severity: "medium",
    level: "warning",
    stages: ["staging", "production"],
    types: ["aws_vpc_endpoint"],
    sources: ["https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"],
    remedy: "make the endpoints with modules/network/endpoints.ts, whose policies ask for our account",
    judge: ({ values: { policy } }) => [
      // without one AWS gives it a policy that allows everything
      ...failedIf(policy === undefined, "it has no policy", "policy"),
      ...policyOf(policy).flatMap((statement) =>
        failedIf(
          statement.effect === "Allow" &&
            namesEverybody(statement) &&
            (statement.resources ?? ["*"]).includes("*") &&
            !OURS.some((key) => isConfinedBy(statement, key)),
          `${statement.sid ?? "a statement"} of its policy allows everybody everything`,
          "policy",
        ),
      ),
    ],
  },
  {
    id: "LAKE-VPC-11",
    title: "Every VPC has private subnets in two zones",
    severity: "high",
    level: "warning",
    types: ["aws_vpc"],
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html"],
    remedy: "name two availabilityZones in the environment",
    judge: (vpc, { graph }) => {
      const zones = new Set(
        graph
          .referring("aws_subnet", "vpc_id", vpc)
          .filter((subnet) => !tablesOf(subnet, graph).some((table) => isPublic(table, graph)))
          .map(({ values }) => values.availability_zone),
      );
      return failedIf(zones.size < 2, `its private subnets are in ${zones.size === 0 ? "no zone" : "one zone"}`);
    },
  },
];

/** A rule of a security group, in whichever of its three forms it is written. */
interface GroupRule {
  readonly cidrs: readonly unknown[];
  readonly from: unknown;
  readonly to: unknown;
  /** "-1" is every protocol. */
  readonly protocol: string;
  /** Groups it speaks of. */
  readonly peers: readonly unknown[];
  /** Whether it speaks of its own group. */
  readonly isSelf: boolean;
}

/** The rules that a resource makes: one of its own, or those within a group. */
function rulesOf({ type, values }: Resource, direction: "ingress" | "egress"): GroupRule[] {
  if (type === "aws_security_group") {
    return blocks(values[direction]).map(classicRule);
  }
  if (type === "aws_security_group_rule") {
    return values.type === direction ? [classicRule(values)] : [];
  }
  return [
    {
      cidrs: [values.cidr_ipv4, values.cidr_ipv6].filter((cidr) => cidr !== undefined),
      from: values.from_port,
      to: values.to_port,
      protocol: String(values.ip_protocol),
      peers: values.referenced_security_group_id === undefined ? [] : [values.referenced_security_group_id],
      isSelf: false,
    },
  ];
}

function classicRule(values: Resource["values"]): GroupRule {
  const { self, protocol, from_port: from, to_port: to, source_security_group_id: source } = values;
  return {
    cidrs: [...listOf(values.cidr_blocks), ...listOf(values.ipv6_cidr_blocks)],
    from,
    to,
    protocol: protocol === "all" ? "-1" : String(protocol),
    peers: [...listOf(values.security_groups), ...(source === undefined ? [] : [source])],
    isSelf: self === true,
  };
}

/** The group a rule is added to. */
function groupOf({ values }: Resource, graph: Graph): Resource | undefined {
  return graph.reference(values.security_group_id)?.resource;
}

function isAnywhere(block: unknown): boolean {
  return typeof block === "string" && block.endsWith("/0");
}

/** Whether a resource of its own adds a rule to a VPC's default group. */
function isAddedTo(vpc: Resource, group: Resource | undefined, graph: Graph): boolean {
  return graph.ofType(...GROUP_RULES).some(({ values }) => {
    const { resource, attribute } = graph.reference(values.security_group_id) ?? {};
    return (
      resource !== undefined && (resource === group || (resource === vpc && attribute === "default_security_group_id"))
    );
  });
}

/** The routes of a table, those written in it included. */
function routesOf(table: Resource, graph: Graph): Resource["values"][] {
  return [
    ...blocks(table.values.route),
    ...graph.referring("aws_route", "route_table_id", table).map(({ values }) => values),
  ];
}

/** Whether a route of a table leads straight to the internet. */
function isPublic(table: Resource, graph: Graph): boolean {
  return routesOf(table, graph).some(
    ({ gateway_id: gateway }) =>
      graph.reference(gateway)?.resource.type === "aws_internet_gateway" || String(gateway).startsWith("igw-"),
  );
}

function gatewayEndpoints(service: string, graph: Graph): Resource[] {
  return graph.ofType("aws_vpc_endpoint").filter(
    ({ values }) =>
      // the provider's default is Gateway
      (values.vpc_endpoint_type ?? "Gateway") === "Gateway" && String(values.service_name).endsWith(`.${service}`),
  );
}

/** The route tables of a subnet. */
function tablesOf(subnet: Resource, graph: Graph): Resource[] {
  return graph
    .referring("aws_route_table_association", "subnet_id", subnet)
    .flatMap(({ values }) => graph.reference(values.route_table_id)?.resource ?? []);
}

/** Whether a gateway endpoint is in a route table. */
function isIn(endpoint: Resource, table: Resource, graph: Graph): boolean {
  return (
    listOf(endpoint.values.route_table_ids).some((id) => graph.refersTo(id, table)) ||
    graph
      .referring("aws_vpc_endpoint_route_table_association", "route_table_id", table)
      .some(({ values }) => graph.refersTo(values.vpc_endpoint_id, endpoint))
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
