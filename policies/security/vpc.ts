import type { Graph, Resource } from "../graph";
import { failedIf, type Rule } from "../rule";

const NETWORK_MODULE = "make the network with modules/network/network.ts";
const ANYWHERE = ["0.0.0.0/0", "::/0"];

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
        ...failedIf(ingress !== undefined || egress !== undefined, "its default group has rules"),
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
    types: ["aws_vpc_security_group_ingress_rule"],
    external: {
      checkov: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"],
      trivy: ["AVD-AWS-0107"],
      cdkNag: ["AwsSolutions-EC23"],
      securityHub: ["EC2.13", "EC2.14", "EC2.18", "EC2.19"],
    },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"],
    remedy: "name the group or the block that is let in, and its port",
    judge: ({ values }, { graph }) => {
      const { cidr_ipv4: ipv4, cidr_ipv6: ipv6, from_port: from, to_port: to, ip_protocol: protocol } = values;
      const group = graph.reference(values.security_group_id)?.resource;
      const isOwn = group !== undefined && graph.refersTo(values.referenced_security_group_id, group);
      return [
        ...failedIf(
          [ipv4, ipv6].some((block) => typeof block === "string" && ANYWHERE.includes(block)),
          "it lets in the internet",
          ipv4 === undefined ? "cidr_ipv6" : "cidr_ipv4",
        ),
        ...failedIf(!isOwn && (protocol === "-1" || from !== to), "it opens more than one port", "from_port"),
      ];
    },
  },
  {
    id: "LAKE-VPC-05",
    title: "Nothing is let out to everywhere on every port",
    severity: "medium",
    level: "error",
    types: ["aws_vpc_security_group_egress_rule"],
    external: { checkov: ["CKV_AWS_382"], trivy: ["AVD-AWS-0104"] },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"],
    remedy: "name what is reached in network.egressRules of the environment",
    judge: ({ values }) =>
      failedIf(
        values.ip_protocol === "-1" &&
          [values.cidr_ipv4, values.cidr_ipv6].some((block) => typeof block === "string" && ANYWHERE.includes(block)),
        "it lets out everything to everywhere",
        "ip_protocol",
      ),
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
              !gatewayEndpoints(service, graph).some((endpoint) =>
                listOf(endpoint.values.route_table_ids).some((id) => graph.refersTo(id, table)),
              ),
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
    judge: ({ values }, { environment }) =>
      values.vpc_endpoint_type === "Interface"
        ? [
            ...failedIf(values.private_dns_enabled !== true, "its private DNS is off", "private_dns_enabled"),
            ...failedIf(
              listOf(values.subnet_ids).length !== environment.availabilityZones.length,
              "it has not one subnet a zone",
              "subnet_ids",
            ),
          ]
        : [],
  },
  {
    id: "LAKE-VPC-10",
    title: "Only subnets of NAT gateways are routed to the internet, and without NAT none is",
    severity: "high",
    level: "error",
    types: ["aws_route_table"],
    external: { checkov: ["CKV2_AWS_35"], securityHub: ["EC2.172"] },
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
      const goesOut = routesOf(table, graph).some(({ values }) => values.nat_gateway_id !== undefined);
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
];

function routesOf(table: Resource, graph: Graph): Resource[] {
  return graph.referring("aws_route", "route_table_id", table);
}

/** Whether a route of a table leads straight to the internet. */
function isPublic(table: Resource, graph: Graph): boolean {
  return routesOf(table, graph).some(
    ({ values }) => graph.reference(values.gateway_id)?.resource.type === "aws_internet_gateway",
  );
}

function gatewayEndpoints(service: string, graph: Graph): Resource[] {
  return graph.ofType("aws_vpc_endpoint").filter(
    ({ values }) =>
      // the provider's default is Gateway
      (values.vpc_endpoint_type ?? "Gateway") === "Gateway" && String(values.service_name).endsWith(`.${service}`),
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
