import type { Graph, Resource } from "../graph";
import { blocks, failedIf, isUnresolved, judgeKnown, type Rule, unknown, type Verdict } from "../rule";
import { isConfinedBy, isOnEverything, judgePolicy, namesEverybody } from "./policies";
import { gatewayEndpoints, isIn, isPublic, mainTableOf, type RouteTable, routesOf, tableOf } from "./route-tables";

const NETWORK_MODULE = "make the network with modules/network/network.ts";

/** Types that add a rule to a security group. */
const GROUP_RULES = [
  "aws_security_group_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

/** Protocols of which the ports are a type and a code. */
const ICMP: readonly unknown[] = ["icmp", "icmpv6", "1", "58"];

/** So many ports more than the first are as good as all of them. */
const MANY_PORTS = 1024;

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
      const text = `no flow log takes its traffic (${wanted.join(" or ")})`;
      const isLogged = types.some((type) => typeof type === "string" && wanted.includes(type));
      return !isLogged && types.some(isUnresolved)
        ? unknown(`${text}, as far as is known before an apply`)
        : failedIf(!isLogged, text);
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
        ...(isUnresolved(ingress) || isUnresolved(egress)
          ? unknown("the rules of its default group are not known before an apply")
          : failedIf(
              blocks(ingress).length > 0 || blocks(egress).length > 0 || isAddedTo(vpc, group, graph),
              "its default group has rules",
            )),
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
      judgeKnown(values.map_public_ip_on_launch, "map_public_ip_on_launch", (isOn) =>
        failedIf(isOn === true, "it gives out public addresses", "map_public_ip_on_launch"),
      ),
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
      judgeRules(resource, "ingress", (rule) => {
        const { cidrs, peers, isSelf, protocol } = rule;
        const group = resource.type === "aws_security_group" ? resource : groupOf(resource, graph);
        const isOfGroups = cidrs.length === 0 && (isSelf || peers.length > 0);
        const isOwn = isOfGroups && group !== undefined && peers.every((peer) => graph.refersTo(peer, group));
        return [
          ...judgeOpen(cidrs, graph, () => failedIf(true, "it lets in the internet")),
          ...(isOwn || ICMP.includes(protocol)
            ? []
            : judgePorts(rule, ({ from, to }) =>
                failedIf(protocol === "-1" || from !== to, "it opens more than one port", "from_port"),
              )),
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
    judge: (resource, { graph }) =>
      judgeRules(resource, "egress", (rule) =>
        judgeOpen(rule.cidrs, graph, () =>
          judgePorts(rule, ({ from, to, protocol }) =>
            failedIf(
              protocol === "-1" || Number(to) - Number(from) >= MANY_PORTS,
              "it lets out everything to everywhere",
              "ip_protocol",
            ),
          ),
        ),
      ),
  },
  {
    id: "LAKE-VPC-07",
    title: "Every private subnet reaches S3 and DynamoDB without the internet",
    severity: "high",
    level: "error",
    types: ["aws_route_table", "aws_subnet"],
    sources: [
      "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
      "https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html",
    ],
    remedy: "make the endpoints with modules/network/endpoints.ts, which adds them to every private route table",
    judge: (resource, { graph }) => {
      if (resource.type === "aws_route_table") {
        return isPublic([resource], graph) === true ? [] : judgeGateways([resource], "it", graph);
      }
      const table = mainTableOf(resource, graph);
      if (table === "unknown") {
        return unknown("which route table its VPC has is not known before an apply");
      }
      // a table that is declared is judged itself
      const isLeftAlone = table !== undefined && !table.some(({ type }) => type === "aws_route_table");
      return isLeftAlone ? judgeGateways(table, "the main route table of its VPC, the only one it has", graph) : [];
    },
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
      const zones = environment.availabilityZones.length;
      return [
        ...judgeKnown(values.private_dns_enabled, "private_dns_enabled", (isOn) =>
          failedIf(isOfAws && isOn !== true, "its private DNS is off", "private_dns_enabled"),
        ),
        ...judgeKnown(values.subnet_ids, "subnet_ids", (ids) => {
          const subnets = listOf(ids).length;
          return failedIf(
            subnets !== zones,
            `it has ${subnets} ${subnets === 1 ? "subnet" : "subnets"}, the environment has ${zones} zones`,
            "subnet_ids",
          );
        }),
      ];
    },
  },
  {
    id: "LAKE-VPC-10",
    title: "Only subnets of NAT gateways are routed to the internet, and without NAT none is",
    severity: "high",
    level: "error",
    types: ["aws_default_route_table", "aws_route_table", "aws_subnet"],
    external: { securityHub: ["EC2.172"] },
    sources: ["https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"],
    remedy: NETWORK_MODULE,
    judge: (resource, { graph, environment }) => {
      const withNat = graph
        .ofType("aws_nat_gateway")
        .flatMap(({ values }) => graph.reference(values.subnet_id)?.resource ?? []);
      if (resource.type === "aws_subnet") {
        const table = mainTableOf(resource, graph);
        return typeof table === "object" && !withNat.includes(resource)
          ? judgePublic(table, "the main route table of its VPC, the only one it has, routes it", graph)
          : [];
      }
      const others = graph
        .referring("aws_route_table_association", "route_table_id", resource)
        .flatMap(({ values }) => graph.reference(values.subnet_id)?.resource ?? [])
        .filter((subnet) => !withNat.includes(subnet));
      const goesOut = routesOf([resource], graph).some((route) => typeof route.nat_gateway_id === "string");
      return [
        ...(others.length === 0
          ? []
          : judgePublic([resource], `it routes ${others.map(({ address }) => address).join(", ")}`, graph)),
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
      ...judgePolicy(policy, (statements) =>
        statements.flatMap((statement) =>
          failedIf(
            statement.effect === "Allow" &&
              namesEverybody(statement) &&
              isOnEverything(statement) &&
              !OURS.some((key) => isConfinedBy(statement, key)),
            `${statement.sid ?? "a statement"} of its policy allows everybody everything`,
            "policy",
          ),
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
          .filter((subnet) => {
            const table = tableOf(subnet, graph);
            return typeof table !== "object" || isPublic(table, graph) !== true;
          })
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

/** Judges the rules that a resource makes: one of its own, or those within a group. */
function judgeRules(
  resource: Resource,
  direction: "ingress" | "egress",
  judge: (rule: GroupRule) => readonly Verdict[],
): readonly Verdict[] {
  const inline = resource.type === "aws_security_group" ? resource.values[direction] : undefined;
  return judgeKnown(inline, direction, () => rulesOf(resource, direction).flatMap(judge));
}

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
    cidrs: [values.cidr_blocks, values.ipv6_cidr_blocks].flatMap((cidrs) =>
      isUnresolved(cidrs) ? [cidrs] : listOf(cidrs),
    ),
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

/** Judges a rule whose blocks take in the internet. */
function judgeOpen(cidrs: readonly unknown[], graph: Graph, judge: () => readonly Verdict[]): readonly Verdict[] {
  const texts = cidrs.map((cidr) => (typeof cidr === "string" ? graph.text(cidr) : ""));
  if (texts.some(isAnywhere)) {
    return judge();
  }
  return texts.some(isUnresolved) && judge().length > 0
    ? unknown("which blocks it names is not known before an apply")
    : [];
}

/** Whether a block is the internet or a large part of it; those of IPv6 that begin with fc or fd are private. */
function isAnywhere(block: string): boolean {
  const length = /\/(\d+)$/.exec(block)?.[1];
  return length !== undefined && Number(length) < 8 && !/^f[cd]/i.test(block);
}

function judgePorts(rule: GroupRule, judge: (rule: GroupRule) => readonly Verdict[]): readonly Verdict[] {
  return [rule.from, rule.to, rule.protocol].some(isUnresolved)
    ? unknown("which ports it opens is not known before an apply")
    : judge(rule);
}

/** Whether the gateway endpoints are in a table, which `where` stands for. */
function judgeGateways(table: RouteTable, where: string, graph: Graph): Verdict[] {
  return ["s3", "dynamodb"].flatMap((service) =>
    failedIf(
      !gatewayEndpoints(service, graph).some((endpoint) => isIn(endpoint, table, graph)),
      `no gateway endpoint of ${service} is in ${where}`,
    ),
  );
}

function judgePublic(table: RouteTable, what: string, graph: Graph): readonly Verdict[] {
  const known = isPublic(table, graph);
  return known === undefined
    ? unknown(`whether ${what} to an internet gateway is not known before an apply`)
    : failedIf(known, `${what} to an internet gateway`);
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

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
