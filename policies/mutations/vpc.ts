import { find, type Mutation, removed, set, statement } from "./mutation";

const VPC = ["aws_vpc", "network"] as const;
const GLUE = ["aws_vpc_endpoint", "endpoints_glue"] as const;
const INGRESS = "aws_vpc_security_group_ingress_rule";
const EGRESS = "aws_vpc_security_group_egress_rule";

/** Each weakens one thing of production, and says which rule notices. */
export const VPC_MUTATIONS: readonly Mutation[] = [
  { rule: "LAKE-VPC-01", what: "no flow log", edit: removed("aws_flow_log", "network"), found: VPC },
  {
    rule: "LAKE-VPC-01",
    what: "refused traffic alone",
    edit: set("aws_flow_log", "network", "traffic_type", "REJECT"),
    found: VPC,
  },
  {
    rule: "LAKE-VPC-02",
    what: "a default group left alone",
    edit: removed("aws_default_security_group", "network"),
    found: VPC,
  },
  {
    rule: "LAKE-VPC-02",
    what: "a default group with rules",
    edit: set("aws_default_security_group", "network", "egress", [{ protocol: "-1" }]),
    found: VPC,
  },
  {
    rule: "LAKE-VPC-03",
    what: "public addresses",
    edit: set("aws_subnet", "network_data-a", "map_public_ip_on_launch", true),
    found: ["aws_subnet", "network_data-a"],
  },
  {
    rule: "LAKE-VPC-04",
    what: "the internet",
    edit: set(INGRESS, "https", "cidr_ipv4", "0.0.0.0/0"),
    found: [INGRESS, "https"],
  },
  {
    rule: "LAKE-VPC-04",
    what: "the internet by IPv6",
    edit: set(INGRESS, "https", "cidr_ipv6", "::/0"),
    found: [INGRESS, "https"],
  },
  {
    rule: "LAKE-VPC-04",
    what: "a range of ports",
    edit: set(INGRESS, "https", "to_port", 8443),
    found: [INGRESS, "https"],
  },
  {
    rule: "LAKE-VPC-05",
    what: "a way out for everything",
    edit: set(EGRESS, "to-0-0-0-0-0-443", "ip_protocol", "-1"),
    found: [EGRESS, "to-0-0-0-0-0-443"],
  },
  {
    rule: "LAKE-VPC-07",
    what: "a route table without S3",
    edit: (stacks) => {
      const { values } = find(stacks, "aws_vpc_endpoint", "endpoints_s3");
      values.route_table_ids = (values.route_table_ids as string[]).filter((id) => !id.includes("egress-a-routes"));
    },
    found: ["aws_route_table", "egress-a-routes"],
  },
  {
    rule: "LAKE-VPC-07",
    what: "a subnet without a route table",
    edit: removed("aws_route_table_association", "egress-a-association"),
    found: ["aws_subnet", "internet_egress-a_"],
  },
  {
    rule: "LAKE-VPC-10",
    what: "a main route table with a way to the internet",
    edit: (stacks) => {
      const [gateway, subnet] = [
        find(stacks, "aws_internet_gateway", ""),
        find(stacks, "aws_subnet", "network_data-a"),
      ];
      removed("aws_route_table_association", "network_data-a")(stacks);
      const main = String(subnet.values.vpc_id).replace(/\.id\}$/, ".main_route_table_id}");
      gateway.json.resource.aws_route = {
        ...gateway.json.resource.aws_route,
        main: { route_table_id: main, destination_cidr_block: "0.0.0.0/0", gateway_id: `\${${gateway.address}.id}` },
      };
      for (const service of ["s3", "dynamodb"]) {
        (find(stacks, "aws_vpc_endpoint", `endpoints_${service}`).values.route_table_ids as string[]).push(main);
      }
    },
    found: ["aws_subnet", "network_data-a"],
  },
  {
    rule: "LAKE-VPC-04",
    what: "half of the internet",
    edit: set(INGRESS, "https", "cidr_ipv4", "0.0.0.0/1"),
    found: [INGRESS, "https"],
  },
  {
    rule: "LAKE-VPC-08",
    what: "public names",
    edit: set("aws_vpc_endpoint", "endpoints_athena", "private_dns_enabled", false),
    found: ["aws_vpc_endpoint", "endpoints_athena"],
  },
  {
    rule: "LAKE-VPC-08",
    what: "an endpoint in one zone",
    edit: set("aws_vpc_endpoint", "endpoints_glue", "subnet_ids", ["subnet-1"]),
    found: GLUE,
  },
  {
    rule: "LAKE-VPC-10",
    what: "a private subnet that is routed to the internet",
    edit: (stacks) => {
      const { values } = find(stacks, "aws_route", "egress-a-default");
      delete values.nat_gateway_id;
      values.gateway_id = `\${${find(stacks, "aws_internet_gateway", "").address}.id}`;
    },
    found: ["aws_route_table", "egress-a-routes"],
  },
  {
    rule: "LAKE-VPC-06",
    what: "a rule that does not say what for",
    edit: set(INGRESS, "https", "description", undefined),
    found: [INGRESS, "https"],
  },
  { rule: "LAKE-VPC-09", what: "no policy", edit: set(...GLUE, "policy", undefined), found: GLUE },
  {
    rule: "LAKE-VPC-09",
    what: "everybody",
    edit: statement(...GLUE, "AllowOwnPrincipals", (found) => {
      delete found.Condition;
    }),
    found: GLUE,
  },
  {
    rule: "LAKE-VPC-11",
    what: "one zone",
    edit: (stacks) => {
      for (const subnet of ["data-b", "data-c", "egress-b", "egress-c"]) {
        find(stacks, "aws_subnet", `_${subnet}_`).values.vpc_id = "vpc-elsewhere";
      }
    },
    found: VPC,
  },
];
