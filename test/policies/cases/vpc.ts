import type { Case, Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  resources: Case["resources"],
  outcome: Case["outcome"],
  rest?: Partial<Case>,
])[];

const VPC: Resources = { aws_vpc: { vpc: { cidr_block: "10.30.0.0/16" } } };
const OUTPUT = "${data.terraform_remote_state.cross-stack-reference-input-prod-0.outputs.id}";
const DEVELOPMENT = { environment: { stage: "development" } } as const;
const through = (value: string): Partial<Case> => ({ json: { output: { id: { value } } } });

const flow = (traffic: string | undefined, vpc = "${aws_vpc.vpc.id}"): Resources => ({
  ...VPC,
  aws_flow_log: { flow: { vpc_id: vpc, traffic_type: traffic } },
});

const FLOW_LOGS: Outcomes = [
  ["all of it", flow("ALL"), "passed"],
  [
    "all of it, by another stack",
    [VPC, { aws_flow_log: flow("ALL", OUTPUT).aws_flow_log ?? {} }],
    "passed",
    through("${aws_vpc.vpc.id}"),
  ],
  ["none", VPC, "failed"],
  ["what an apply decides", flow("${local.traffic}"), "unknown"],
  ["what is refused", flow("REJECT"), "failed"],
  ["what is refused, in staging", flow("REJECT"), "passed", { environment: { stage: "staging" } }],
  ["what is accepted, in development", flow("ACCEPT"), "failed", DEVELOPMENT],
  ["that of another VPC", flow("ALL", "${aws_vpc.other.id}"), "failed"],
  ["that of one subnet", { ...VPC, aws_flow_log: { flow: { subnet_id: "subnet-1", traffic_type: "ALL" } } }, "failed"],
];

const defaultGroup = (rules: object = {}): Resources => ({
  ...VPC,
  aws_default_security_group: { default: { vpc_id: "${aws_vpc.vpc.id}", ...rules } },
});
const addedTo = (type: string, group: string): Resources => ({
  ...defaultGroup(),
  [type]: { added: { security_group_id: group, cidr_ipv4: "10.0.0.0/8", ip_protocol: "-1" } },
});

const DEFAULT_GROUP: Outcomes = [
  ["emptied", defaultGroup(), "passed"],
  ["emptied, and said so", defaultGroup({ ingress: [], egress: [] }), "passed"],
  [
    "emptied beside a group with rules",
    addedTo("aws_vpc_security_group_egress_rule", "${aws_security_group.own.id}"),
    "passed",
  ],
  ["rules known later", defaultGroup({ ingress: "${local.rules}" }), "unknown"],
  ["left as AWS makes it", VPC, "failed"],
  ["that of another VPC", defaultGroup({ vpc_id: "vpc-1" }), "failed"],
  ["one rule", defaultGroup({ ingress: { protocol: "-1", self: true } }), "failed"],
  ["rules in a list", defaultGroup({ egress: [{ protocol: "-1", cidr_blocks: ["10.0.0.0/8"] }] }), "failed"],
  [
    "a rule that is added",
    addedTo("aws_vpc_security_group_ingress_rule", "${aws_default_security_group.default.id}"),
    "failed",
  ],
  [
    "a rule that is added by the VPC",
    addedTo("aws_security_group_rule", "${aws_vpc.vpc.default_security_group_id}"),
    "failed",
  ],
];

const subnet = (values: object): Resources => ({ aws_subnet: { subnet: { cidr_block: "10.30.0.0/20", ...values } } });

const PUBLIC_ADDRESSES: Outcomes = [
  ["not said, which is no", subnet({}), "passed"],
  ["no", subnet({ map_public_ip_on_launch: false }), "passed"],
  ["yes", subnet({ map_public_ip_on_launch: true }), "failed"],
  ["known later", subnet({ map_public_ip_on_launch: "${local.on}" }), "unknown"],
  ["yes, in development", subnet({ map_public_ip_on_launch: true }), "failed", DEVELOPMENT],
];

const GROUP = "${aws_security_group.own.id}";
const rule = (direction: string, values: object): Resources => ({
  aws_security_group: { own: {}, other: {} },
  [`aws_vpc_security_group_${direction}_rule`]: {
    rule: { security_group_id: GROUP, ip_protocol: "tcp", from_port: 443, to_port: 443, ...values },
  },
});
const ingress = (values: object) => rule("ingress", values);
const ALL = { ip_protocol: "-1", from_port: undefined, to_port: undefined };

const CLASSIC = { from_port: 443, to_port: 443, protocol: "tcp", security_group_id: GROUP };
const inline = (direction: "ingress" | "egress", ...rules: readonly object[]): Resources => ({
  aws_security_group: { own: { [direction]: rules } },
});
const classic = (values: object): Resources => ({
  aws_security_group_rule: { rule: { ...CLASSIC, type: "ingress", ...values } },
});

const INGRESS: Outcomes = [
  ["the internet, in the group", inline("ingress", CLASSIC, { ...CLASSIC, cidr_blocks: ["0.0.0.0/0"] }), "failed"],
  ["every port, in the group", inline("ingress", { ...CLASSIC, from_port: 0, self: false }), "failed"],
  ["every port from itself, in the group", inline("ingress", { ...CLASSIC, from_port: 0, self: true }), "passed"],
  ["one port, in the group", inline("ingress", { ...CLASSIC, cidr_blocks: ["10.30.0.0/16"] }), "passed"],
  ["the internet by an older rule", classic({ ipv6_cidr_blocks: ["::/0"] }), "failed"],
  ["what an older rule lets out", classic({ type: "egress", cidr_blocks: ["0.0.0.0/0"] }), "passed"],
  [
    "another group on every port, by an older rule",
    classic({ from_port: 0, source_security_group_id: "sg-1" }),
    "failed",
  ],
  ["one port from inside", ingress({ cidr_ipv4: "10.30.0.0/16" }), "passed"],
  [
    "one port from another group",
    ingress({ referenced_security_group_id: "${aws_security_group.other.id}" }),
    "passed",
  ],
  ["everything from the group itself", ingress({ ...ALL, referenced_security_group_id: GROUP }), "passed"],
  [
    "every port from the group itself, by another stack",
    [
      { aws_security_group: { own: {} } },
      ingress({ to_port: 8443, security_group_id: OUTPUT, referenced_security_group_id: OUTPUT }),
    ],
    "passed",
    through(GROUP),
  ],
  [
    "packets too large",
    ingress({ ip_protocol: "icmp", from_port: 3, to_port: 4, cidr_ipv4: "10.30.0.0/16" }),
    "passed",
  ],
  ["half of the internet", ingress({ cidr_ipv4: "0.0.0.0/1" }), "failed"],
  ["the other half of the internet", ingress({ cidr_ipv4: "128.0.0.0/1" }), "failed"],
  ["most of IPv6", ingress({ cidr_ipv6: "2000::/3" }), "failed"],
  ["what is private in IPv6", ingress({ cidr_ipv6: "fc00::/7" }), "passed"],
  ["a large network that is private", ingress({ cidr_ipv4: "10.0.0.0/8" }), "passed"],
  ["a VPC that is declared", { ...VPC, ...ingress({ cidr_ipv4: "${aws_vpc.vpc.cidr_block}" }) }, "passed"],
  ["a VPC that is looked up", ingress({ cidr_ipv4: "${data.aws_vpc.other.cidr_block}" }), "unknown"],
  ["a port known later", ingress({ cidr_ipv4: "10.30.0.0/16", to_port: "${local.port}" }), "unknown"],
  ["rules known later, in the group", { aws_security_group: { own: { ingress: "${local.rules}" } } }, "unknown"],
  ["blocks known later, in the group", inline("ingress", { ...CLASSIC, cidr_blocks: "${local.blocks}" }), "unknown"],
  ["the internet", ingress({ cidr_ipv4: "0.0.0.0/0" }), "failed"],
  ["the internet by IPv6", ingress({ cidr_ipv6: "::/0" }), "failed"],
  ["the internet by IPv6, written in another way", ingress({ cidr_ipv6: "0::0/0" }), "failed"],
  [
    "pings from the internet",
    ingress({ ip_protocol: "icmp", from_port: 8, to_port: 0, cidr_ipv4: "0.0.0.0/0" }),
    "failed",
  ],
  ["two ports from inside", ingress({ to_port: 444, cidr_ipv4: "10.30.0.0/16" }), "failed"],
  ["everything from inside", ingress({ ...ALL, cidr_ipv4: "10.30.0.0/16" }), "failed"],
  [
    "everything from another group",
    ingress({ ...ALL, referenced_security_group_id: "${aws_security_group.other.id}" }),
    "failed",
  ],
];

const egress = (values: object) => rule("egress", values);

const EGRESS: Outcomes = [
  [
    "everything, in the group",
    inline("egress", { ...CLASSIC, from_port: 0, to_port: 0, protocol: "-1", cidr_blocks: ["0.0.0.0/0"] }),
    "failed",
  ],
  [
    "everything by an older rule",
    classic({ type: "egress", from_port: -1, to_port: -1, protocol: "all", cidr_blocks: ["0.0.0.0/0"] }),
    "failed",
  ],
  ["one port to everywhere", egress({ cidr_ipv4: "0.0.0.0/0" }), "passed"],
  ["everything to inside", egress({ ...ALL, cidr_ipv4: "10.30.0.0/16" }), "passed"],
  ["everything to another group", egress({ ...ALL, referenced_security_group_id: GROUP }), "passed"],
  ["everything to a service", egress({ ...ALL, prefix_list_id: "${aws_vpc_endpoint.s3.prefix_list_id}" }), "passed"],
  ["many ports to everywhere", egress({ from_port: 1024, to_port: 65535, cidr_ipv4: "0.0.0.0/0" }), "failed"],
  ["a few ports to everywhere", egress({ from_port: 9092, to_port: 9098, cidr_ipv4: "0.0.0.0/0" }), "passed"],
  ["everything to half of everywhere", egress({ ...ALL, cidr_ipv4: "128.0.0.0/1" }), "failed"],
  ["everything to a VPC that is looked up", egress({ ...ALL, cidr_ipv4: "${data.aws_vpc.o.cidr_block}" }), "unknown"],
  ["one port to a VPC that is looked up", egress({ cidr_ipv4: "${data.aws_vpc.o.cidr_block}" }), "passed"],
  ["a port known later to everywhere", egress({ to_port: "${local.port}", cidr_ipv4: "0.0.0.0/0" }), "unknown"],
  ["everything to everywhere", egress({ ...ALL, cidr_ipv4: "0.0.0.0/0" }), "failed"],
  ["everything to everywhere by IPv6", egress({ ...ALL, cidr_ipv6: "::/0" }), "failed"],
  ["every port to everywhere", egress({ from_port: 0, to_port: 65535, cidr_ipv4: "0.0.0.0/0" }), "failed"],
];

const inSubnets = (...ids: readonly string[]) => ids.map((id) => `\${aws_subnet.${id}.id}`);
const service = (values: object, name = "com.amazonaws.eu-west-1.glue"): Resources => ({
  aws_vpc_endpoint: {
    glue: {
      vpc_endpoint_type: "Interface",
      service_name: name,
      private_dns_enabled: true,
      subnet_ids: inSubnets("a", "b", "c"),
      ...values,
    },
  },
});

const INTERFACES: Outcomes = [
  ["its names, in three zones", service({}), "passed"],
  [
    "a gateway, which has no names",
    { aws_vpc_endpoint: { s3: { service_name: "com.amazonaws.eu-west-1.s3" } } },
    "passed",
  ],
  [
    "a partner's service without names",
    service({ private_dns_enabled: false }, "com.amazonaws.vpce.eu-west-1.vpce-svc-1"),
    "passed",
  ],
  ["names left as they are, which is off", service({ private_dns_enabled: undefined }), "failed"],
  ["names known later", service({ private_dns_enabled: "${local.on}" }), "unknown"],
  ["subnets known later", service({ subnet_ids: "${local.subnets}" }), "unknown"],
  ["one zone", service({ subnet_ids: inSubnets("a") }), "failed", { says: "it has 1 subnet, the environment has 3" }],
  ["two zones", service({ subnet_ids: inSubnets("a", "b") }), "failed"],
  ["no zone", service({ subnet_ids: undefined }), "failed"],
  [
    "two zones of two",
    service({ subnet_ids: inSubnets("a", "b") }),
    "passed",
    { environment: { availabilityZones: ["eu-west-1a", "eu-west-1b"] } },
  ],
];

const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const endpoint = (what: string, statements: readonly object[], outcome: Case["outcome"]): Case => ({
  rule: "LAKE-VPC-09",
  what,
  resources: { aws_vpc_endpoint: { a: { policy: document(...statements) } } },
  outcome,
});
const allow = (change: object) => ({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*", ...change });

const REST: readonly Case[] = [
  {
    rule: "LAKE-VPC-06",
    what: "a group with a description",
    resources: { aws_security_group: { a: { description: "Endpoints" } } },
    outcome: "passed",
  },
  {
    rule: "LAKE-VPC-06",
    what: "a group with the provider's own description",
    resources: { aws_security_group: { a: {} } },
    outcome: "warning",
  },
  {
    rule: "LAKE-VPC-06",
    what: "a rule with an empty description",
    resources: { aws_vpc_security_group_egress_rule: { a: { description: " " } } },
    outcome: "warning",
  },
  endpoint(
    "our account",
    [allow({ Condition: { StringEquals: { "aws:PrincipalAccount": "333333333333" } } })],
    "passed",
  ),
  endpoint("our organization", [allow({ Condition: { StringEquals: { "aws:ResourceOrgID": "o-1" } } })], "passed"),
  endpoint(
    "a bucket of AWS's own",
    [allow({ Resource: "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*" })],
    "passed",
  ),
  endpoint("a role", [allow({ Principal: { AWS: "arn:aws:iam::333333333333:role/a" } })], "passed"),
  endpoint("everybody", [allow({})], "warning"),
  endpoint("everybody to every bucket", [allow({ Action: "s3:*", Resource: "arn:aws:s3:::*" })], "warning"),
  endpoint("everybody to one bucket and the rest", [allow({ Resource: ["arn:aws:s3:::a", "*"] })], "warning"),
  endpoint("any VPC", [allow({ Condition: { StringLike: { "aws:SourceVpc": "vpc-*" } } })], "warning"),
  {
    rule: "LAKE-VPC-09",
    what: "a policy that is looked up",
    resources: { aws_vpc_endpoint: { a: { policy: "${data.aws_iam_policy_document.a.json}" } } },
    outcome: "unknown",
  },
  endpoint("everybody over TLS", [allow({ Condition: { Bool: { "aws:SecureTransport": "true" } } })], "warning"),
  { rule: "LAKE-VPC-09", what: "no policy", resources: { aws_vpc_endpoint: { a: {} } }, outcome: "warning" },
  {
    rule: "LAKE-VPC-09",
    what: "no policy, in development",
    resources: { aws_vpc_endpoint: { a: {} } },
    environment: { stage: "development" },
    outcome: "passed",
  },
];

const OUTCOMES: Readonly<Record<string, Outcomes>> = {
  "LAKE-VPC-01": FLOW_LOGS,
  "LAKE-VPC-02": DEFAULT_GROUP,
  "LAKE-VPC-03": PUBLIC_ADDRESSES,
  "LAKE-VPC-04": INGRESS,
  "LAKE-VPC-05": EGRESS,
  "LAKE-VPC-08": INTERFACES,
};

export const VPC_CASES: readonly Case[] = [
  ...Object.entries(OUTCOMES).flatMap(([id, outcomes]) =>
    outcomes.map(([what, resources, outcome, rest]): Case => ({ rule: id, what, resources, outcome, ...rest })),
  ),
  ...REST,
];
