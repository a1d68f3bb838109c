import type { Environment } from "../../../environments/schema";
import { environments } from "../../fixtures/environments";
import type { Case, Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  resources: Case["resources"],
  outcome: Case["outcome"],
  rest?: Partial<Case>,
])[];

const OUTPUT = "${data.terraform_remote_state.cross-stack-reference-input-prod-0.outputs.id}";
const through = (value: string): Partial<Case> => ({ json: { output: { id: { value } } } });

const TABLE = "${aws_route_table.table.id}";
const table = (values: object = {}): Resources => ({ aws_route_table: { table: { vpc_id: "vpc-1", ...values } } });
const endpoint = (service: string, values: object = {}) => ({
  [service]: { service_name: `com.amazonaws.eu-west-1.${service}`, route_table_ids: [TABLE], ...values },
});
const endpoints = (...each: readonly Record<string, object>[]): Resources => ({
  aws_vpc_endpoint: Object.assign({}, ...each) as Resources[string],
});
const BOTH = endpoints(endpoint("s3", { vpc_endpoint_type: "Gateway" }), endpoint("dynamodb"));
const INTERNET = { cidr_block: "0.0.0.0/0", gateway_id: "${aws_internet_gateway.out.id}" };
const GATEWAY: Resources = { aws_internet_gateway: { out: {} } };

const MAIN = "${aws_vpc.v.main_route_table_id}";
/** A VPC with a subnet that has no route table of its own. */
const alone = (rest: Resources = {}): Resources => ({
  aws_vpc: { v: {} },
  aws_subnet: { a: { vpc_id: "${aws_vpc.v.id}", availability_zone: "eu-west-1a" } },
  ...rest,
});
const associated = (table: string): Resources => ({
  aws_route_table_association: { a: { subnet_id: "${aws_subnet.a.id}", route_table_id: table } },
});
const replaced: Resources = {
  aws_main_route_table_association: { m: { vpc_id: "${aws_vpc.v.id}", route_table_id: TABLE } },
};
const defaultTable = (values: object = {}): Resources => ({
  aws_default_route_table: { d: { default_route_table_id: "${aws_vpc.v.default_route_table_id}", ...values } },
});
const bothIn = (table: string) =>
  endpoints(endpoint("s3", { route_table_ids: [table] }), endpoint("dynamodb", { route_table_ids: [table] }));

const GATEWAY_ENDPOINTS: Outcomes = [
  ["a subnet with a table", { ...alone(), ...table(), ...BOTH, ...associated(TABLE) }, "passed"],
  ["a subnet without a table", { ...alone(), ...table(), ...BOTH }, "failed", { says: "the main route table" }],
  ["a subnet of a VPC that is not declared", { aws_subnet: { a: { vpc_id: "vpc-1" } } }, "unknown"],
  ["a subnet whose VPC's main table has both", { ...alone(), ...bothIn(MAIN) }, "passed"],
  ["a subnet whose VPC's main table was replaced", { ...alone(), ...table(), ...BOTH, ...replaced }, "passed"],
  ["a subnet whose VPC's main table is taken over", { ...alone(), ...defaultTable() }, "failed"],
  [
    "a subnet whose VPC's main table is taken over and has both",
    { ...alone(), ...defaultTable(), ...bothIn("${aws_default_route_table.d.id}") },
    "passed",
  ],
  ["a main table that no subnet has", { aws_vpc: { v: {} }, ...defaultTable() }, "passed"],
  ["both", { ...table(), ...BOTH }, "passed"],
  [
    "both, by another stack",
    [table(), endpoints(endpoint("s3", { route_table_ids: ["rtb-1", OUTPUT] }), endpoint("dynamodb"))],
    "passed",
    through(TABLE),
  ],
  [
    "one by an association",
    {
      ...table(),
      ...endpoints(endpoint("s3"), endpoint("dynamodb", { route_table_ids: undefined })),
      aws_vpc_endpoint_route_table_association: {
        dynamodb: { route_table_id: TABLE, vpc_endpoint_id: "${aws_vpc_endpoint.dynamodb.id}" },
      },
    },
    "passed",
  ],
  ["a public table", { ...GATEWAY, ...table(), aws_route: { out: { ...INTERNET, route_table_id: TABLE } } }, "passed"],
  ["a public table with its route in it", { ...GATEWAY, ...table({ route: [INTERNET] }) }, "passed"],
  ["none", table(), "failed"],
  ["one of S3 alone", { ...table(), ...endpoints(endpoint("s3")) }, "failed"],
  [
    "those of another table",
    { ...table(), ...endpoints(endpoint("s3"), endpoint("dynamodb", { route_table_ids: ["rtb-1"] })) },
    "failed",
  ],
  [
    "an interface of S3",
    { ...table(), ...endpoints(endpoint("s3", { vpc_endpoint_type: "Interface" }), endpoint("dynamodb")) },
    "failed",
  ],
  [
    "a table with NAT",
    { ...table(), aws_route: { out: { route_table_id: TABLE, nat_gateway_id: "nat-1" } } },
    "failed",
  ],
];

const NAT = { route_table_id: TABLE, nat_gateway_id: "${aws_nat_gateway.nat.id}" };
const WITHOUT_NAT: Partial<Environment> = { network: { ...environments.prod.network, nat: { kind: "none" } } };
const routed = (route: object, rest: Resources = {}): Resources => ({
  ...GATEWAY,
  ...table(),
  aws_route: { out: { route_table_id: TABLE, destination_cidr_block: "0.0.0.0/0", ...route } },
  aws_subnet: { a: {}, nat: {} },
  aws_route_table_association: { a: { route_table_id: TABLE, subnet_id: "${aws_subnet.a.id}" } },
  ...rest,
});
const PUBLIC: Resources = {
  aws_nat_gateway: { nat: { subnet_id: "${aws_subnet.nat.id}" } },
  aws_route_table_association: { nat: { route_table_id: TABLE, subnet_id: "${aws_subnet.nat.id}" } },
};

const OUT = { aws_route: { out: { ...INTERNET, route_table_id: MAIN } } };

const INTERNET_ROUTES: Outcomes = [
  ["a subnet without a table", alone(), "passed"],
  ["a subnet by its VPC's main table", { ...GATEWAY, ...alone(OUT) }, "failed"],
  [
    "a subnet by its VPC's main table, taken over",
    { ...GATEWAY, ...alone(defaultTable({ route: [INTERNET] })) },
    "failed",
  ],
  [
    "a subnet by a main table, the VPC having replaced it",
    { ...GATEWAY, ...alone(replaced), ...table({ route: [INTERNET] }) },
    "failed",
  ],
  [
    "the subnet of a NAT gateway by its VPC's main table",
    { ...GATEWAY, ...alone(OUT), aws_nat_gateway: { nat: { subnet_id: "${aws_subnet.a.id}" } } },
    "passed",
  ],
  ["another subnet by its VPC's main table", { ...GATEWAY, ...alone(OUT), ...table(), ...associated(TABLE) }, "passed"],
  [
    "NAT in a main table, where there is to be none",
    { ...alone(), ...defaultTable({ route: [{ nat_gateway_id: "nat-1" }] }) },
    "failed",
    {
      environment: { network: { ...environments.prod.network, nat: { kind: "none" } } },
    },
  ],
  ["a subnet by a gateway that is looked up", routed({ gateway_id: "${data.aws_internet_gateway.g.id}" }), "failed"],
  ["a subnet by a gateway known later", routed({ gateway_id: "${local.gateway}" }), "unknown"],
  ["a subnet by NAT", routed(NAT), "passed"],
  ["a subnet of a NAT gateway", routed(INTERNET, PUBLIC), "passed"],
  ["a subnet by an endpoint", routed({ gateway_id: "vpce-1" }), "passed"],
  ["no subnet", routed(INTERNET, { aws_route_table_association: {} }), "passed"],
  ["a subnet", routed(INTERNET), "failed"],
  ["a subnet by a gateway made elsewhere", routed({ gateway_id: "igw-1" }), "failed"],
  ["a subnet, the route being in the table", routed({}, { ...table({ route: [INTERNET] }), aws_route: {} }), "failed"],
  [
    "a subnet beside that of a NAT gateway",
    routed(INTERNET, {
      ...PUBLIC,
      aws_route_table_association: {
        ...PUBLIC.aws_route_table_association,
        a: { route_table_id: TABLE, subnet_id: "${aws_subnet.a.id}" },
      },
    }),
    "failed",
  ],
  [
    "a subnet of another stack",
    [
      { aws_subnet: { far: {} } },
      routed(INTERNET, {
        aws_subnet: {},
        aws_route_table_association: { far: { route_table_id: TABLE, subnet_id: OUTPUT } },
      }),
    ],
    "failed",
    through("${aws_subnet.far.id}"),
  ],
  ["NAT where there is to be none", routed(NAT), "failed", { environment: WITHOUT_NAT }],
  ["no way out where there is to be no NAT", table(), "passed", { environment: WITHOUT_NAT }],
];

/** A VPC with a private subnet in each zone, and a public one in another. */
const zones = (...names: readonly string[]): Resources => {
  const vpc = "${aws_vpc.v.id}";
  const subnets = names.map((name, index) => [`private-${index}`, { vpc_id: vpc, availability_zone: name }] as const);
  return {
    aws_vpc: { v: {} },
    aws_internet_gateway: { g: {} },
    aws_subnet: { ...Object.fromEntries(subnets), public: { vpc_id: vpc, availability_zone: "eu-west-1z" } },
    aws_route_table: { t: {} },
    aws_route: { r: { route_table_id: "${aws_route_table.t.id}", gateway_id: "${aws_internet_gateway.g.id}" } },
    aws_route_table_association: {
      a: { route_table_id: "${aws_route_table.t.id}", subnet_id: "${aws_subnet.public.id}" },
    },
  };
};

const ZONES: Outcomes = [
  ["two zones", zones("eu-west-1a", "eu-west-1b"), "passed"],
  [
    "two zones, one public by the VPC's main table",
    {
      ...zones("eu-west-1a", "eu-west-1b"),
      ...defaultTable({ route: [INTERNET] }),
      aws_internet_gateway: { out: {} },
      aws_route_table_association: { a: { subnet_id: "${aws_subnet.private-0.id}", route_table_id: TABLE } },
      ...table(),
    },
    "warning",
  ],
  ["one zone twice", zones("eu-west-1a", "eu-west-1a"), "warning"],
];

const OUTCOMES: Readonly<Record<string, Outcomes>> = {
  "LAKE-VPC-07": GATEWAY_ENDPOINTS,
  "LAKE-VPC-10": INTERNET_ROUTES,
  "LAKE-VPC-11": ZONES,
};

/** Where subnets are routed. */
export const ROUTE_TABLE_CASES: readonly Case[] = Object.entries(OUTCOMES).flatMap(([rule, outcomes]) =>
  outcomes.map(([what, resources, outcome, rest]): Case => ({ rule, what, resources, outcome, ...rest })),
);
