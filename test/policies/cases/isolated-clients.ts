import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [what: string, resources: Case["resources"], outcome: Case["outcome"]])[];

const VPC_ID = "${aws_vpc.v.id}";
const INSIDE = { security_group_ids: ["sg-1"], subnet_ids: ["${aws_subnet.s.id}"] };

const endpoint = (service: string, values: object = {}) => ({
  vpc_id: VPC_ID,
  vpc_endpoint_type: "Interface",
  private_dns_enabled: true,
  service_name: `com.amazonaws.eu-west-1.${service}`,
  ...values,
});
const gateway = (tables: readonly string[] = ["${aws_route_table.t.id}"]) =>
  endpoint("s3", { vpc_endpoint_type: "Gateway", private_dns_enabled: undefined, route_table_ids: tables });

const network = (route: object | undefined, ...endpoints: readonly object[]): Resources => ({
  aws_vpc: { v: {} },
  aws_subnet: { s: { vpc_id: VPC_ID } },
  aws_route_table: { t: { vpc_id: VPC_ID } },
  aws_route_table_association: { a: { subnet_id: "${aws_subnet.s.id}", route_table_id: "${aws_route_table.t.id}" } },
  aws_route: route === undefined ? {} : { r: { route_table_id: "${aws_route_table.t.id}", ...route } },
  aws_vpc_endpoint: Object.fromEntries(endpoints.map((one, index) => [`e${index}`, { ...one }])),
});
const OUT = { destination_cidr_block: "0.0.0.0/0" };

const fn = (actions: readonly string[], values: object = {}): Resources => ({
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: {
    r: { role: "r", policy: JSON.stringify({ Statement: { Effect: "Allow", Action: actions, Resource: "*" } }) },
  },
  aws_lambda_function: { f: { function_name: "f", role: "${aws_iam_role.r.arn}", vpc_config: INSIDE, ...values } },
});
const JOB: Resources = {
  aws_glue_connection: {
    c: {
      physical_connection_requirements: { security_group_id_list: ["sg-1"], subnet_id: "${aws_subnet.s.id}" },
    },
  },
};
const ENGINES = ["glue", "kms", "lakeformation", "logs", "secretsmanager", "sts"].map((service) => endpoint(service));
const AIRFLOW: Resources = { aws_mwaa_environment: { e: { network_configuration: INSIDE } } };
const warehouse = (isRouted: boolean): Resources => ({
  aws_redshift_cluster: {
    w: { enhanced_vpc_routing: isRouted, vpc_security_group_ids: ["sg-1"], subnet_ids: ["${aws_subnet.s.id}"] },
  },
});

const CLIENTS: Outcomes = [
  [
    "a function, and an endpoint for what it calls",
    { ...fn(["glue:GetTable"]), ...network(undefined, endpoint("glue")) },
    "passed",
  ],
  ["a function, and no endpoint for what it calls", { ...fn(["glue:GetTable"]), ...network(undefined) }, "warning"],
  [
    "an endpoint without names",
    { ...fn(["glue:GetTable"]), ...network(undefined, endpoint("glue", { private_dns_enabled: false })) },
    "warning",
  ],
  [
    "an endpoint of another VPC",
    { ...fn(["glue:GetTable"]), ...network(undefined, endpoint("glue", { vpc_id: "vpc-1" })) },
    "warning",
  ],
  ["a function, and NAT", { ...fn(["glue:GetTable"]), ...network({ ...OUT, nat_gateway_id: "nat-1" }) }, "passed"],
  [
    "NAT for another network",
    { ...fn(["glue:GetTable"]), ...network({ destination_cidr_block: "10.9.0.0/16", nat_gateway_id: "nat-1" }) },
    "warning",
  ],
  [
    "a function in a public subnet, without an address",
    { ...fn(["glue:GetTable"]), ...network({ ...OUT, gateway_id: "igw-1" }) },
    "warning",
  ],
  [
    "what Lambda does for a function",
    {
      ...fn(["logs:PutLogEvents", "xray:PutTraceSegments", "ec2:CreateNetworkInterface", "kms:Decrypt"]),
      ...network(undefined),
    },
    "passed",
  ],
  ["objects by a gateway", { ...fn(["s3:GetObject"]), ...network(undefined, gateway()) }, "passed"],
  [
    "objects by a gateway of another table",
    { ...fn(["s3:GetObject"]), ...network(undefined, gateway(["rtb-1"])) },
    "warning",
  ],
  ["objects by an interface", { ...fn(["s3:GetObject"]), ...network(undefined, endpoint("s3")) }, "passed"],
  ["messages that its code sends", { ...fn(["sqs:SendMessage"]), ...network(undefined) }, "warning"],
  [
    "messages that Lambda sends for it",
    { ...fn(["sqs:SendMessage"], { dead_letter_config: { target_arn: "arn" } }), ...network(undefined) },
    "passed",
  ],
  [
    "a stream that Lambda reads for it",
    {
      ...fn(["kinesis:GetRecords"]),
      ...network(undefined),
      aws_lambda_event_source_mapping: { m: { function_name: "${aws_lambda_function.f.arn}" } },
    },
    "passed",
  ],
  [
    "news of failures that Lambda sends for it",
    {
      ...fn(["sns:Publish"]),
      ...network(undefined),
      aws_lambda_event_source_mapping: { m: { function_name: "${aws_lambda_function.f.arn}" } },
    },
    "passed",
  ],
  [
    "items by a gateway of another service",
    { ...fn(["dynamodb:GetItem"]), ...network(undefined, gateway()) },
    "warning",
  ],
  [
    "a subnet of elsewhere",
    { ...fn(["glue:GetTable"], { vpc_config: { ...INSIDE, subnet_ids: ["subnet-1"] } }), ...network(undefined) },
    "passed",
  ],
  ["jobs, and every endpoint", { ...JOB, ...network(undefined, gateway(), ...ENGINES) }, "passed"],
  ["jobs, and S3 alone", { ...JOB, ...network(undefined, gateway()) }, "warning"],
  ["jobs without S3", { ...JOB, ...network(undefined, ...ENGINES) }, "failed"],
  ["Airflow without endpoints", { ...AIRFLOW, ...network(undefined) }, "failed"],
  ["Airflow with NAT", { ...AIRFLOW, ...network({ ...OUT, nat_gateway_id: "nat-1" }) }, "passed"],
  ["a warehouse that is routed through the VPC", { ...warehouse(true), ...network(undefined) }, "failed"],
  ["a warehouse that is not", { ...warehouse(false), ...network(undefined) }, "passed"],
];

/** Clients in subnets without a way out. */
export const ISOLATED_CLIENT_CASES: readonly Case[] = casesOf(
  "WIRE-VPC-05",
  CLIENTS.map(([what, resources, outcome]) => ({ what, resources, outcome })),
);
