import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { TerraformOutput } from "cdktf";
import type { Account } from "../../modules/account";
import { Endpoints } from "../../modules/network/endpoints";
import { type EgressRule, WorkloadSecurityGroup } from "../../modules/network/workload-security-group";
import { account, network, only, reference, resource, resources, statements, synth } from "../support/synth";

interface Options {
  readonly account?: Account;
  readonly interfaceServices?: readonly string[];
  readonly egressRules?: readonly EgressRule[];
  readonly withNat?: boolean;
}

function synthEndpoints({ interfaceServices = [], egressRules = [], withNat = false, ...options }: Options = {}) {
  return synth((stack) => {
    const nat = {
      kind: "single",
      publicSubnets: ["10.0.240.0/26", "10.0.240.64/26"],
      egressSubnets: ["10.0.64.0/22", "10.0.68.0/22"],
    } as const;
    const around = network(stack, withNat ? nat : { kind: "none" });
    const endpoints = new Endpoints(stack, "endpoints", {
      network: around,
      account: options.account ?? account,
      interfaceServices,
      securityGroupName: "basin-test-endpoints",
      name: "basin-test",
    });
    new WorkloadSecurityGroup(stack, "workloads", {
      network: around,
      endpoints,
      securityGroupName: "basin-test-workloads",
      egressRules,
    });
    new TerraformOutput(stack, "s3-endpoint", { value: endpoints.s3EndpointId });
  });
}

const endpointsOf = (json: string) => Object.values(resources(json, "aws_vpc_endpoint"));
const vpcIdOf = (json: string) => reference(json, "aws_vpc", "network_vpc", "id");
const groupIdOf = (json: string, id: string) => reference(json, "aws_security_group", `${id}_security-group`, "id");

const OWN_PRINCIPALS_OWN_RESOURCES = {
  Sid: "AllowOwnPrincipalsOwnResources",
  Effect: "Allow",
  Principal: "*",
  Action: "*",
  Resource: "*",
  Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333" } },
};

describe("gateway endpoints", () => {
  test.each(["s3", "dynamodb"])("%s is reached from the data subnets in every network", (service) => {
    const json = synthEndpoints();
    const { policy, ...endpoint } = resource(json, "aws_vpc_endpoint", `endpoints_${service}`);

    expect(endpoint).toEqual({
      vpc_id: vpcIdOf(json),
      service_name: `com.amazonaws.eu-west-1.${service}`,
      vpc_endpoint_type: "Gateway",
      route_table_ids: [reference(json, "aws_route_table", "network_data-routes", "id")],
      tags: { Name: `basin-test-${service}` },
    });
    expect(policy).toBeDefined();
    expect(endpointsOf(json)).toHaveLength(2);
  });

  test.each(["s3", "dynamodb"])("%s is reached from every private subnet, but not from public ones", (service) => {
    const json = synthEndpoints({ withNat: true });

    expect(resource(json, "aws_vpc_endpoint", `endpoints_${service}`).route_table_ids).toEqual([
      reference(json, "aws_route_table", "network_data-routes", "id"),
      reference(json, "aws_route_table", "network_internet_egress-a-routes", "id"),
      reference(json, "aws_route_table", "network_internet_egress-b-routes", "id"),
    ]);
  });

  test("DynamoDB serves principals and tables of this account only", () => {
    const { policy } = resource(synthEndpoints(), "aws_vpc_endpoint", "endpoints_dynamodb");

    expect(statements(policy)).toEqual([OWN_PRINCIPALS_OWN_RESOURCES]);
  });

  test("S3 serves principals of this account, which write to its buckets only, and image layers of ECR", () => {
    const { policy } = resource(synthEndpoints(), "aws_vpc_endpoint", "endpoints_s3");

    expect(statements(policy)).toEqual([
      OWN_PRINCIPALS_OWN_RESOURCES,
      {
        Sid: "AllowOwnPrincipalsReading",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject", "s3:ListBucket"],
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333" } },
      },
      {
        Sid: "AllowImageLayers",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
      },
    ]);
  });

  test("the bucket of image layers is that of the region and partition", () => {
    const json = synthEndpoints({ account: { ...account, partition: "aws-us-gov", region: "us-gov-west-1" } });
    const { policy, service_name } = resource(json, "aws_vpc_endpoint", "endpoints_s3");

    expect(service_name).toBe("com.amazonaws.us-gov-west-1.s3");
    expect(statements(policy).find(({ Sid }) => Sid === "AllowImageLayers")?.Resource).toBe(
      "arn:aws-us-gov:s3:::prod-us-gov-west-1-starport-layer-bucket/*",
    );
  });

  test("the S3 endpoint is handed out for bucket policies", () => {
    const json = synthEndpoints();

    expect((JSON.parse(json) as { output: unknown }).output).toEqual({
      "s3-endpoint": { value: reference(json, "aws_vpc_endpoint", "endpoints_s3", "id") },
    });
  });
});

describe("interface endpoints", () => {
  test.each([
    ["kms", "endpoints_kms"],
    ["ecr.api", "endpoints_ecr-api"],
  ])("%s is reached by its usual name from every data subnet", (service, id) => {
    const json = synthEndpoints({ interfaceServices: ["kms", "ecr.api"] });
    const { policy, ...endpoint } = resource(json, "aws_vpc_endpoint", id);

    expect(endpoint).toEqual({
      vpc_id: vpcIdOf(json),
      service_name: `com.amazonaws.eu-west-1.${service}`,
      vpc_endpoint_type: "Interface",
      subnet_ids: ["a", "b"].map((letter) => reference(json, "aws_subnet", `network_data-${letter}`, "id")),
      security_group_ids: [groupIdOf(json, "endpoints")],
      private_dns_enabled: true,
      tags: { Name: `basin-test-${service}` },
    });
    expect(statements(policy)).toEqual([
      {
        Sid: "AllowOwnPrincipals",
        Effect: "Allow",
        Principal: "*",
        Action: "*",
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333" } },
      },
    ]);
    expect(endpointsOf(json)).toHaveLength(4);
  });

  test("accept HTTPS from inside the VPC and nothing else", () => {
    const json = synthEndpoints({ interfaceServices: ["kms"] });

    expect(json).toHaveResourceWithProperties(SecurityGroup, {
      name: "basin-test-endpoints",
      vpc_id: vpcIdOf(json),
    });
    expect(Object.keys(resources(json, "aws_vpc_security_group_ingress_rule"))).toHaveLength(1);
    expect(json).toHaveResourceWithProperties(VpcSecurityGroupIngressRule, {
      security_group_id: groupIdOf(json, "endpoints"),
      cidr_ipv4: "10.0.0.0/16",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
  });
});

describe("the security group of workloads", () => {
  const BASIC_WAYS_OUT = ["workloads_dynamodb", "workloads_endpoints", "workloads_s3"];
  const ruleIds = (json: string) =>
    Object.keys(resources(json, "aws_vpc_security_group_egress_rule"))
      .map((id) => id.replace(/_[0-9A-F]{8}$/, ""))
      .sort();
  const rule = (json: string, id: string) => resource(json, "aws_vpc_security_group_egress_rule", `workloads_${id}`);

  test("is a group without rules of its own, so that none is there that is not listed", () => {
    const json = synthEndpoints();

    expect(resource(json, "aws_security_group", "workloads_security-group")).toEqual({
      name: "basin-test-workloads",
      description: "Workloads that handle data: no way in, listed ways out",
      vpc_id: vpcIdOf(json),
      tags: { Name: "basin-test-workloads" },
    });
  });

  test("lets nobody in", () => {
    const json = synthEndpoints();

    expect(only(json, "aws_vpc_security_group_ingress_rule").security_group_id).toBe(groupIdOf(json, "endpoints"));
  });

  test("by default lets out HTTPS to the endpoints only", () => {
    const json = synthEndpoints();
    const https = { security_group_id: groupIdOf(json, "workloads"), ip_protocol: "tcp", from_port: 443, to_port: 443 };

    expect(ruleIds(json)).toEqual(BASIC_WAYS_OUT);
    expect(rule(json, "endpoints")).toEqual({
      ...https,
      description: "AWS services through interface endpoints",
      referenced_security_group_id: groupIdOf(json, "endpoints"),
    });
    expect(rule(json, "s3")).toEqual({
      ...https,
      description: "S3 through its gateway endpoint",
      prefix_list_id: reference(json, "aws_vpc_endpoint", "endpoints_s3", "prefix_list_id"),
    });
    expect(rule(json, "dynamodb")).toEqual({
      ...https,
      description: "DynamoDB through its gateway endpoint",
      prefix_list_id: reference(json, "aws_vpc_endpoint", "endpoints_dynamodb", "prefix_list_id"),
    });
  });

  test("lets out to what is configured, by rules whose ids do not depend on the others", () => {
    const json = synthEndpoints({
      egressRules: [
        { description: "The order database", cidr: "10.200.4.12/32", port: 5432 },
        { description: "APIs", cidr: "0.0.0.0/0", port: 443 },
        { description: "The same host, another port", cidr: "10.200.4.12/32", port: 5433 },
      ],
    });

    expect(ruleIds(json)).toEqual([
      ...BASIC_WAYS_OUT,
      "workloads_to-0-0-0-0-0-443",
      "workloads_to-10-200-4-12-32-5432",
      "workloads_to-10-200-4-12-32-5433",
    ]);
    expect(rule(json, "to-10-200-4-12-32-5432")).toEqual({
      security_group_id: groupIdOf(json, "workloads"),
      description: "The order database",
      cidr_ipv4: "10.200.4.12/32",
      ip_protocol: "tcp",
      from_port: 5432,
      to_port: 5432,
    });
  });

  test("refuses the same way out twice", () => {
    const way = { description: "APIs", cidr: "0.0.0.0/0", port: 443 };

    expect(() => synthEndpoints({ egressRules: [way, way] })).toThrow(
      "There is already a Construct with name 'to-0-0-0-0-0-443' in WorkloadSecurityGroup [workloads]",
    );
  });
});
