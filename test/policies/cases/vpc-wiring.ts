import type { Case, Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  resources: Case["resources"],
  outcome: Case["outcome"],
  rest?: Partial<Case>,
])[];

const OUTPUT = "${data.terraform_remote_state.cross-stack-reference-input-prod-0.outputs.id}";
const through = (value: string): Partial<Case> => ({ json: { output: { id: { value } } } });

const VPC_ID = "${aws_vpc.vpc.id}";
const id = (type: string, name: string) => `\${${type}.${name}.id}`;
const group = (name: string) => id("aws_security_group", name);

const endpoint = (values: object = {}) => ({
  vpc_id: VPC_ID,
  vpc_endpoint_type: "Interface",
  service_name: "com.amazonaws.eu-west-1.glue",
  private_dns_enabled: true,
  security_group_ids: [group("endpoints")],
  ...values,
});
const network = (vpc: object, ...endpoints: readonly object[]): Resources => ({
  aws_vpc: { vpc: { cidr_block: "10.0.0.0/16", ...vpc } },
  aws_vpc_endpoint: Object.fromEntries(endpoints.map((one, index) => [`e${index}`, { ...one }])),
});

const NAMES: Outcomes = [
  ["both switches", network({ enable_dns_hostnames: true, enable_dns_support: true }, endpoint()), "passed"],
  ["DNS by default", network({ enable_dns_hostnames: true }, endpoint()), "passed"],
  ["no hostnames by default", network({}, endpoint()), "failed"],
  ["no DNS", network({ enable_dns_hostnames: true, enable_dns_support: false }, endpoint()), "failed"],
  ["an endpoint without names", network({}, endpoint({ private_dns_enabled: false })), "passed"],
  ["a gateway", network({}, { vpc_id: VPC_ID, service_name: "com.amazonaws.eu-west-1.s3" }), "passed"],
  ["an endpoint in a VPC made elsewhere", network({}, endpoint({ vpc_id: "vpc-1" })), "unknown"],
  [
    "an endpoint of another stack",
    [network({}), { aws_vpc_endpoint: { far: endpoint({ vpc_id: OUTPUT }) } }],
    "failed",
    through(VPC_ID),
  ],
];

const HTTPS = { ip_protocol: "tcp", from_port: 443, to_port: 443 };
const rules = (direction: "ingress" | "egress", of: string, ...values: readonly object[]): Resources => ({
  [`aws_vpc_security_group_${direction}_rule`]: Object.fromEntries(
    values.map((one, index) => [`${of}${index}`, { security_group_id: group(of), ...HTTPS, ...one }]),
  ),
});
const groups = (...names: readonly string[]): Resources => ({
  aws_security_group: Object.fromEntries(names.map((name) => [name, { vpc_id: VPC_ID }])),
});
/** An endpoint, and a group that leads to it. */
const admitting = (ingress: readonly object[], rest: Resources = {}): Resources => ({
  ...network({}, endpoint()),
  ...groups("endpoints", "workloads"),
  ...rules("ingress", "endpoints", ...ingress),
  ...rules("egress", "workloads", { referenced_security_group_id: group("endpoints") }),
  ...rest,
});
const IN_VPC = { cidr_ipv4: "10.0.0.0/16" };
const older = (values: object): Resources => ({
  aws_security_group_rule: {
    https: {
      type: "ingress",
      security_group_id: group("endpoints"),
      protocol: "tcp",
      from_port: 443,
      to_port: 443,
      ...values,
    },
  },
});
const emptied = (values: object = {}): Resources => ({
  ...network({}, endpoint(values)),
  aws_default_security_group: { default: { vpc_id: VPC_ID } },
});
const job = (subnet: string): Resources => ({
  aws_subnet: { a: { vpc_id: VPC_ID, cidr_block: "10.0.1.0/24" } },
  aws_glue_connection: {
    job: { physical_connection_requirements: { security_group_id_list: [group("workloads")], subnet_id: subnet } },
  },
  aws_vpc_security_group_egress_rule: {},
});

const SPREAD: Resources = {
  aws_subnet: { a: { vpc_id: VPC_ID, cidr_block: "10.0.1.0/24" }, b: { vpc_id: VPC_ID, cidr_block: "10.0.2.0/24" } },
  aws_lambda_function: {
    f: {
      vpc_config: {
        security_group_ids: [group("workloads")],
        subnet_ids: [id("aws_subnet", "a"), id("aws_subnet", "b")],
      },
    },
  },
};

const ADMISSION: Outcomes = [
  ["the VPC", admitting([IN_VPC]), "passed"],
  ["the group", admitting([{ referenced_security_group_id: group("workloads") }]), "passed"],
  ["a prefix list", admitting([{ prefix_list_id: "pl-1" }]), "passed"],
  ["every protocol", admitting([{ ...IN_VPC, ip_protocol: "-1", from_port: undefined, to_port: undefined }]), "passed"],
  ["a range of ports", admitting([{ ...IN_VPC, from_port: 400, to_port: 500 }]), "passed"],
  ["a block that only an apply knows", admitting([{ cidr_ipv4: "${aws_vpc.vpc.cidr_block_of_pods}" }]), "passed"],
  ["nobody", admitting([]), "failed"],
  ["another port", admitting([{ ...IN_VPC, from_port: 80, to_port: 80 }]), "failed"],
  ["UDP", admitting([{ ...IN_VPC, ip_protocol: "udp" }]), "failed"],
  ["another network", admitting([{ cidr_ipv4: "192.168.0.0/16" }]), "failed"],
  ["another group", admitting([{ referenced_security_group_id: group("endpoints") }]), "failed"],
  [
    "the group, and another one",
    admitting([
      { referenced_security_group_id: group("endpoints") },
      { referenced_security_group_id: group("workloads") },
    ]),
    "passed",
  ],
  [
    "another network than that of a group which leads elsewhere, too",
    admitting(
      [{ cidr_ipv4: "192.168.0.0/16" }],
      rules("egress", "workloads", { referenced_security_group_id: group("endpoints") }, { cidr_ipv4: "10.9.0.0/16" }),
    ),
    "failed",
  ],
  [
    "another subnet than that of a client with a group of elsewhere, too",
    admitting([{ cidr_ipv4: "10.0.2.0/24" }], {
      ...job(id("aws_subnet", "a")),
      aws_security_group: { ...groups("endpoints", "workloads").aws_security_group, other: { vpc_id: "vpc-1" } },
      aws_glue_connection: {
        job: {
          physical_connection_requirements: {
            security_group_id_list: [group("other"), group("workloads")],
            subnet_id: id("aws_subnet", "a"),
          },
        },
      },
    }),
    "warning",
  ],
  ["another group, and the VPC", admitting([{ referenced_security_group_id: group("endpoints") }, IN_VPC]), "passed"],
  ["the VPC, by rules of the older type", admitting([], older({ cidr_blocks: ["10.0.0.0/16"] })), "passed"],
  [
    "the group, by a rule of the older type",
    admitting([], older({ source_security_group_id: group("workloads") })),
    "passed",
  ],
  [
    "the VPC, by a rule of the older type that lets out",
    admitting([], older({ type: "egress", cidr_blocks: ["10.0.0.0/16"] })),
    "failed",
  ],
  [
    "the VPC, in the group itself",
    admitting([], {
      aws_security_group: {
        endpoints: {
          vpc_id: VPC_ID,
          ingress: [{ protocol: "tcp", from_port: 443, to_port: 443, cidr_blocks: ["10.0.0.0/16"] }],
        },
      },
    }),
    "passed",
  ],
  ["a group that serves no endpoint", { ...network({}), ...groups("endpoints") }, "passed"],
  ["a gateway", { ...network({}, { vpc_id: VPC_ID }) }, "passed"],
  ["the emptied default group", emptied({ security_group_ids: undefined }), "failed"],
  ["no group", emptied({ security_group_ids: [] }), "failed"],
  ["the default group left alone", network({}, endpoint({ security_group_ids: undefined })), "warning"],
  ["a group made elsewhere", emptied({ security_group_ids: ["sg-1"] }), "unknown"],
  [
    "two groups, one of which lets in",
    {
      ...admitting([IN_VPC]),
      ...network({}, endpoint({ security_group_ids: [group("workloads"), group("endpoints")] })),
    },
    "passed",
  ],
  [
    "two groups, none of which lets in",
    { ...admitting([]), ...network({}, endpoint({ security_group_ids: [group("workloads"), group("endpoints")] })) },
    "failed",
  ],
  [
    "a group that is added",
    {
      ...admitting([IN_VPC]),
      ...network({}, endpoint({ security_group_ids: undefined })),
      aws_vpc_endpoint_security_group_association: {
        a: { vpc_endpoint_id: id("aws_vpc_endpoint", "e0"), security_group_id: group("endpoints") },
      },
    },
    "passed",
  ],
  ["a client's subnet", admitting([{ cidr_ipv4: "10.0.0.0/20" }], job(id("aws_subnet", "a"))), "passed"],
  ["another subnet than a client's", admitting([{ cidr_ipv4: "10.0.2.0/24" }], job(id("aws_subnet", "a"))), "warning"],
  [
    "one of a client's subnets",
    admitting([{ cidr_ipv4: "10.0.1.0/24" }], { ...SPREAD, aws_vpc_security_group_egress_rule: {} }),
    "warning",
  ],
  ["part of the VPC", admitting([{ cidr_ipv4: "10.0.1.0/24" }], { aws_subnet: SPREAD.aws_subnet ?? {} }), "passed"],
  [
    "part of a VPC made elsewhere",
    admitting([IN_VPC], { aws_security_group: { endpoints: { vpc_id: "vpc-1" }, workloads: { vpc_id: "vpc-1" } } }),
    "passed",
  ],
  ["a client in a subnet made elsewhere", admitting([{ cidr_ipv4: "10.0.2.0/24" }], job("subnet-1")), "passed"],
  [
    "another network, over stacks",
    [
      { ...network({}), ...groups("endpoints") },
      {
        aws_vpc_endpoint: { far: endpoint({ security_group_ids: [OUTPUT] }) },
        ...rules("ingress", "far", { security_group_id: OUTPUT, from_port: 80, to_port: 80 }),
      },
    ],
    "failed",
    through(group("endpoints")),
  ],
];

const S3 = { vpc_id: VPC_ID, service_name: "com.amazonaws.eu-west-1.s3" };
const DYNAMODB = { vpc_id: VPC_ID, service_name: "com.amazonaws.eu-west-1.dynamodb" };
const S3_LIST = "${aws_vpc_endpoint.e1.prefix_list_id}";
const TO_ENDPOINTS = { referenced_security_group_id: group("endpoints") };
const leaving = (egress: readonly object[], rest: Resources = {}): Resources => ({
  ...network({}, endpoint(), S3, DYNAMODB),
  ...groups("endpoints", "workloads"),
  ...rules("egress", "workloads", ...egress),
  ...rest,
});
const lambda = { aws_lambda_function: { f: { vpc_config: { security_group_ids: [group("workloads")] } } } };
const functionThat = (...may: readonly (string | object)[]): Resources => ({
  aws_iam_role: { f: { name: "f" } },
  aws_iam_role_policy: {
    f: {
      role: "f",
      policy: JSON.stringify({
        Statement: may.map((one) =>
          typeof one === "string"
            ? { Effect: "Allow", Action: ["ec2:CreateNetworkInterface", one], Resource: "*" }
            : one,
        ),
      }),
    },
  },
  aws_lambda_function: { f: { ...lambda.aws_lambda_function.f, role: "${aws_iam_role.f.arn}" } },
});
const connection = (...ids: readonly string[]): Resources => ({
  aws_glue_connection: { c: { physical_connection_requirements: [{ security_group_id_list: ids }] } },
});
const warehouse = (routed: boolean): Resources => ({
  aws_redshift_cluster: { w: { vpc_security_group_ids: [group("workloads")], enhanced_vpc_routing: routed } },
});
const GLUE = connection(group("workloads"));
const TO_VPC = [{ cidr_ipv4: "10.0.0.0/16", ip_protocol: "-1" }];

const WAYS_OUT: Outcomes = [
  ["a group for clients, to S3", leaving([TO_ENDPOINTS, { prefix_list_id: S3_LIST }]), "passed"],
  ["a group for clients, to everywhere", leaving([TO_ENDPOINTS, { cidr_ipv4: "0.0.0.0/0" }]), "passed"],
  [
    "a group for clients, to a list made elsewhere",
    leaving([TO_ENDPOINTS, { prefix_list_id: "${data.aws_prefix_list.s3.id}" }]),
    "passed",
  ],
  ["a group for clients, to endpoints", leaving([TO_ENDPOINTS]), "warning"],
  [
    "a group for clients, to DynamoDB",
    leaving([TO_ENDPOINTS, { prefix_list_id: "${aws_vpc_endpoint.e2.prefix_list_id}" }]),
    "warning",
  ],
  [
    "a group for clients, to S3 without TLS",
    leaving([TO_ENDPOINTS, { prefix_list_id: S3_LIST, from_port: 80, to_port: 80 }]),
    "warning",
  ],
  ["a group for clients where S3 has no gateway", { ...leaving([TO_ENDPOINTS]), ...network({}, endpoint()) }, "passed"],
  ["a group that leads elsewhere", leaving(TO_VPC), "passed"],
  ["a connection, to S3", leaving([{ prefix_list_id: S3_LIST }], GLUE), "passed"],
  [
    "a connection, to everywhere on every port",
    leaving([{ cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" }], GLUE),
    "passed",
  ],
  ["a connection, to addresses of AWS", leaving([{ cidr_ipv4: "52.218.0.0/17" }], GLUE), "passed"],
  ["a connection, to the VPC", leaving(TO_VPC, GLUE), "failed"],
  ["a connection, to everywhere by IPv6", leaving([{ cidr_ipv6: "::/0" }], GLUE), "failed"],
  ["a connection, nowhere", leaving([], GLUE), "failed"],
  [
    "a connection, to the VPC, where S3 has names",
    { ...leaving(TO_VPC, GLUE), ...network({}, endpoint({ service_name: "com.amazonaws.eu-west-1.s3" })) },
    "passed",
  ],
  [
    "a connection, to the VPC, where S3 and others have names",
    { ...leaving(TO_VPC, GLUE), ...network({}, endpoint(), endpoint({ service_name: "com.amazonaws.eu-west-1.s3" })) },
    "passed",
  ],
  [
    "a connection with two groups, one of which leads to S3",
    leaving([{ prefix_list_id: S3_LIST }], connection(group("endpoints"), group("workloads"))),
    "passed",
  ],
  ["a connection with a group made elsewhere", leaving(TO_VPC, connection("sg-1")), "unknown"],
  ["a connection outside of the VPC", leaving(TO_VPC, { aws_glue_connection: { c: {} } }), "passed"],
  [
    "a connection, to S3 in the group itself",
    leaving([], {
      ...GLUE,
      aws_security_group: {
        workloads: {
          vpc_id: VPC_ID,
          egress: { protocol: "tcp", from_port: 443, to_port: 443, prefix_list_ids: [S3_LIST] },
        },
      },
    }),
    "passed",
  ],
  [
    "Airflow, to the VPC",
    leaving(TO_VPC, {
      aws_mwaa_environment: { a: { network_configuration: { security_group_ids: [group("workloads")] } } },
    }),
    "failed",
  ],
  [
    "an application, to the VPC",
    leaving(TO_VPC, {
      aws_emrserverless_application: { a: { network_configuration: { security_group_ids: [group("workloads")] } } },
    }),
    "failed",
  ],
  ["a function, which may call S3, to the VPC", leaving(TO_VPC, lambda), "warning"],
  ["a function that may call S3, to the VPC", leaving(TO_VPC, functionThat("logs:PutLogEvents", "s3:Get*")), "warning"],
  ["a function that may do everything, to the VPC", leaving(TO_VPC, functionThat("*")), "warning"],
  ["a function of Lake Formation, to the VPC", leaving(TO_VPC, functionThat("lakeformation:GetDataAccess")), "warning"],
  ["a function that may not call S3, to the VPC", leaving(TO_VPC, functionThat("logs:PutLogEvents")), "passed"],
  [
    "a function that is refused S3, to the VPC",
    leaving(TO_VPC, functionThat("logs:PutLogEvents", { Effect: "Deny", Action: "s3:*", Resource: "*" })),
    "passed",
  ],
  [
    "a function with a policy of AWS, to the VPC",
    leaving(TO_VPC, {
      ...functionThat("logs:PutLogEvents"),
      aws_iam_role_policy_attachment: {
        a: { role: "f", policy_arn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
      },
    }),
    "warning",
  ],
  [
    "a function that may use DynamoDB, to S3",
    leaving([{ prefix_list_id: S3_LIST }], functionThat("dynamodb:GetItem")),
    "warning",
  ],
  [
    "a function that may use DynamoDB, to DynamoDB",
    leaving([{ prefix_list_id: "${aws_vpc_endpoint.e2.prefix_list_id}" }], functionThat("dynamodb:GetItem")),
    "passed",
  ],
  [
    "a function that may use both, to DynamoDB",
    leaving([{ prefix_list_id: "${aws_vpc_endpoint.e2.prefix_list_id}" }], functionThat("dynamodb:*", "s3:GetObject")),
    "warning",
  ],
  ["a warehouse that goes through the VPC, to the VPC", leaving(TO_VPC, warehouse(true)), "failed"],
  ["a warehouse that goes around the VPC, to endpoints", leaving([TO_ENDPOINTS], warehouse(false)), "passed"],
  ["a warehouse that goes around the VPC, to the VPC", leaving(TO_VPC, warehouse(false)), "passed"],
  [
    "a connection of another stack, to the VPC",
    [leaving(TO_VPC), connection(OUTPUT)],
    "failed",
    through(group("workloads")),
  ],
];

const subnets = (...names: readonly string[]) => names.map((name) => id("aws_subnet", name));
const SUBNETS: Resources = {
  aws_subnet: {
    a: { availability_zone: "eu-west-1a" },
    a2: { availability_zone: "eu-west-1a" },
    b: { availability_zone: "eu-west-1b" },
    byId: { availability_zone_id: "euw1-az3" },
  },
};
const placed = (...ids: readonly string[]): Resources => ({
  ...network({}, endpoint({ subnet_ids: ids })),
  ...SUBNETS,
});
const S3_NAMES = endpoint({
  service_name: S3.service_name,
  dns_options: { private_dns_only_for_inbound_resolver_endpoint: true },
});

const ZONES: Outcomes = [
  ["a subnet in each of three zones", placed(...subnets("a", "b", "byId")), "passed"],
  ["two subnets in a zone", placed(...subnets("a", "b", "a2")), "failed"],
  [
    "two subnets in a zone, of another stack",
    [SUBNETS, network({}, endpoint({ subnet_ids: [OUTPUT, ...subnets("a")] }))],
    "failed",
    through(id("aws_subnet", "a2")),
  ],
  ["one subnet made elsewhere", placed("subnet-1"), "passed"],
  ["two subnets made elsewhere", placed("subnet-1", "subnet-2"), "unknown"],
  ["two services", network({}, endpoint(), endpoint({ service_name: "com.amazonaws.eu-west-1.kms" })), "passed"],
  ["a service twice", network({}, endpoint(), endpoint()), "failed"],
  ["a service twice, once without names", network({}, endpoint(), endpoint({ private_dns_enabled: false })), "passed"],
  ["a service in two VPCs", network({}, endpoint(), endpoint({ vpc_id: "vpc-1" })), "passed"],
  ["S3 by a gateway and by name", network({}, S3, endpoint({ service_name: S3.service_name })), "passed"],
  [
    "names of S3 for resolvers after the gateway",
    network({}, S3, { ...S3_NAMES, depends_on: ["aws_vpc_endpoint.e0"] }),
    "passed",
  ],
  ["names of S3 for resolvers beside the gateway", network({}, S3, S3_NAMES), "failed"],
  ["names of S3 for resolvers without a gateway", network({}, S3_NAMES), "failed"],
  [
    "a service twice, over stacks",
    [network({}, endpoint()), { aws_vpc_endpoint: { far: endpoint({ vpc_id: OUTPUT }) } }],
    "failed",
    through(VPC_ID),
  ],
];

const LOGS = "${aws_s3_bucket.logs.arn}";
const from = (values: object) => ({
  Effect: "Allow",
  Principal: { Service: "delivery.logs.amazonaws.com" },
  ...values,
});
const write = (values: object = {}) =>
  from({
    Action: "s3:PutObject",
    Resource: `${LOGS}/flow/AWSLogs/333333333333/*`,
    Condition: {
      StringEquals: { "aws:SourceAccount": "333333333333", "s3:x-amz-acl": "bucket-owner-full-control" },
      ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:333333333333:*" },
    },
    ...values,
  });
const look = (values: object = {}) => from({ Action: ["s3:GetBucketAcl", "s3:ListBucket"], Resource: LOGS, ...values });
const receiving = (...statements: readonly object[]): Resources => ({
  aws_s3_bucket: { logs: { bucket: "logs" } },
  aws_s3_bucket_policy: {
    logs: { bucket: "${aws_s3_bucket.logs.id}", policy: JSON.stringify({ Statement: statements }) },
  },
});
const flow = (values: object = {}): Resources => ({
  aws_flow_log: {
    flow: {
      log_destination_type: "s3",
      log_destination: `${LOGS}/flow/`,
      depends_on: ["aws_s3_bucket_policy.logs"],
      ...values,
    },
  },
});
const logged = (...statements: readonly object[]): Resources => ({ ...receiving(...statements), ...flow() });
const brokers = (values: object, ...statements: readonly object[]): Resources => ({
  ...receiving(...statements),
  aws_msk_cluster: {
    kafka: {
      logging_info: {
        broker_logs: { s3: { enabled: true, bucket: "${aws_s3_bucket.logs.id}", prefix: "flow", ...values } },
      },
      depends_on: ["aws_s3_bucket_policy.logs"],
    },
  },
});
const HIVE = { destination_options: { hive_compatible_partitions: true } };

const DELIVERIES: Outcomes = [
  ["both statements", logged(write(), look()), "passed"],
  ["both statements without conditions", logged(write({ Condition: undefined }), look()), "passed"],
  ["everything in one", logged(from({ Action: "s3:*", Resource: [LOGS, `${LOGS}/*`] })), "passed"],
  [
    "a destination without a slash",
    { ...logged(write(), look()), ...flow({ log_destination: `${LOGS}/flow` }) },
    "passed",
  ],
  [
    "a destination written out",
    { ...logged(write(), look()), ...flow({ log_destination: "arn:aws:s3:::logs/flow" }) },
    "passed",
  ],
  [
    "the bucket itself",
    { ...logged(write({ Resource: `${LOGS}/AWSLogs/*` }), look()), ...flow({ log_destination: LOGS }) },
    "passed",
  ],
  ["another folder", { ...logged(write(), look()), ...flow({ log_destination: `${LOGS}/other` }) }, "failed"],
  [
    "folders as Hive has them",
    { ...logged(write({ Resource: `${LOGS}/flow/AWSLogs/aws-account-id=333333333333/*` }), look()), ...flow(HIVE) },
    "passed",
  ],
  ["folders as Hive has them, which are not let in", { ...logged(write(), look()), ...flow(HIVE) }, "failed"],
  ["no statement to write", logged(look()), "failed"],
  ["no statement to look", logged(write()), "failed"],
  ["no statement to list", logged(write(), look({ Action: "s3:GetBucketAcl" })), "warning"],
  ["another account", logged(write({ Resource: `${LOGS}/flow/AWSLogs/111111111111/*` }), look()), "failed"],
  [
    "on behalf of another account",
    logged(write(), look({ Condition: { StringEquals: { "aws:SourceAccount": ["111111111111"] } } })),
    "failed",
  ],
  [
    "on behalf of another region",
    logged(write(), look({ Condition: { ArnLike: { "aws:SourceArn": "arn:aws:logs:us-east-1:*" } } })),
    "failed",
  ],
  [
    "looking with an ACL",
    logged(write(), look({ Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } } })),
    "failed",
  ],
  [
    "a refusal of other networks",
    logged(write(), look(), {
      ...look(),
      Effect: "Deny",
      Principal: "*",
      Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1" } },
    }),
    "failed",
  ],
  ["no policy", { aws_s3_bucket: { logs: { bucket: "logs" } }, ...flow() }, "failed"],
  ["a policy beside the flow log", { ...logged(write(), look()), ...flow({ depends_on: [] }) }, "failed"],
  [
    "a policy that stands elsewhere",
    {
      ...logged(),
      aws_s3_bucket_policy: { logs: { bucket: "logs", policy: "${data.aws_iam_policy_document.logs.json}" } },
    },
    "unknown",
  ],
  [
    "a bucket made elsewhere with a longer name",
    { ...logged(write(), look()), ...flow({ log_destination: "arn:aws:s3:::logs2/flow" }) },
    "unknown",
  ],
  ["a bucket made elsewhere", flow({ log_destination: "arn:aws:s3:::theirs" }), "unknown"],
  [
    "a log group",
    { aws_flow_log: { flow: { log_destination: "arn:aws:logs:eu-west-1:333333333333:log-group:flow" } } },
    "passed",
  ],
  [
    "a bucket of an earlier stack",
    [receiving(write(), look()), flow({ log_destination: `${OUTPUT}/flow/`, depends_on: [] })],
    "passed",
    through(LOGS),
  ],
  [
    "a bucket of an earlier stack that lets in nothing",
    [receiving(), flow({ log_destination: `${OUTPUT}/flow/` })],
    "failed",
    through(LOGS),
  ],
  ["brokers", brokers({}, write(), look()), "passed"],
  ["brokers, in another folder", brokers({ prefix: undefined }, write(), look()), "failed"],
  ["brokers that do not log", brokers({ enabled: false }), "passed"],
];

const OUTCOMES: Readonly<Record<string, Outcomes>> = {
  "WIRE-VPC-01": NAMES,
  "WIRE-VPC-02": ADMISSION,
  "WIRE-VPC-03": WAYS_OUT,
  "WIRE-VPC-04": ZONES,
  "WIRE-VPC-06": DELIVERIES,
};

export const VPC_WIRING_CASES: readonly Case[] = Object.entries(OUTCOMES).flatMap(([rule, outcomes]) =>
  outcomes.map(([what, resources, outcome, rest]): Case => ({ rule, what, resources, outcome, ...rest })),
);
