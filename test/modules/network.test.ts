import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { TerraformOutput } from "cdktf";
import type { NatSettings } from "../../modules/network/internet-access";
import { zoneLetter } from "../../modules/network/zone-letter";
import { address, network, only, reference, resource, resources, synth } from "../support/synth";

const subnets = {
  publicSubnets: ["10.0.240.0/26", "10.0.240.64/26"],
  egressSubnets: ["10.0.64.0/22", "10.0.68.0/22"],
};
const SINGLE: NatSettings = { kind: "single", ...subnets };
const PER_ZONE: NatSettings = { kind: "per-zone", ...subnets };

const synthNetwork = (nat?: NatSettings) =>
  synth((stack) => {
    network(stack, nat);
  });

const vpcIdOf = (json: string) => reference(json, "aws_vpc", "network_vpc", "id");

/** What the network hands to other modules, as outputs. */
function handedOut(nat?: NatSettings): { json: string; values: Record<string, unknown> } {
  const json = synth((stack) => {
    const { vpcId, cidr, dataSubnetIds, egressSubnetIds, privateRouteTableIds } = network(stack, nat);
    for (const [id, value] of Object.entries({ vpcId, cidr, dataSubnetIds, egressSubnetIds, privateRouteTableIds })) {
      new TerraformOutput(stack, id, { value });
    }
  });
  const outputs = (JSON.parse(json) as { output: Record<string, { value: unknown }> }).output;
  return { json, values: Object.fromEntries(Object.entries(outputs).map(([id, { value }]) => [id, value])) };
}

describe("a network", () => {
  test("resolves names, which private endpoints need", () => {
    expect(synthNetwork()).toHaveResourceWithProperties(Vpc, {
      cidr_block: "10.0.0.0/16",
      enable_dns_support: true,
      enable_dns_hostnames: true,
      tags: { Name: "basin-test-network" },
    });
  });

  test("leaves its default security group without a rule", () => {
    const json = synthNetwork();

    expect(json).toHaveResourceWithProperties(DefaultSecurityGroup, { vpc_id: vpcIdOf(json) });
    expect(Object.keys(only(json, "aws_default_security_group"))).toEqual(["tags", "vpc_id"]);
  });

  test("logs all traffic to the log bucket", () => {
    const json = synthNetwork();
    const bucketArn = reference(json, "aws_s3_bucket", "logs_bucket", "arn");

    expect(json).toHaveResourceWithProperties(FlowLog, {
      vpc_id: vpcIdOf(json),
      traffic_type: "ALL",
      log_destination_type: "s3",
      log_destination: `${bucketArn}/vpc-flow/`,
      destination_options: { file_format: "parquet", hive_compatible_partitions: false, per_hour_partition: true },
    });
  });

  test("logs after the log bucket's policy allows it: AWS would write a policy of its own otherwise", () => {
    const json = synthNetwork();

    expect(only(json, "aws_flow_log").depends_on).toEqual([
      address(json, "aws_s3_bucket_policy", "logs_bucket_bucket-policy"),
    ]);
  });

  test.each([
    ["a", "10.0.0.0/20"],
    ["b", "10.0.16.0/20"],
  ])("has a subnet for data in zone %s, on the one table without a route", (letter, cidr) => {
    const json = synthNetwork();

    expect(resource(json, "aws_subnet", `network_data-${letter}`)).toEqual({
      vpc_id: vpcIdOf(json),
      availability_zone: `eu-west-1${letter}`,
      cidr_block: cidr,
      map_public_ip_on_launch: false,
      tags: { Name: `basin-test-network-data-${letter}` },
    });
    expect(resource(json, "aws_route_table_association", `network_data-${letter}-routes`)).toEqual({
      subnet_id: reference(json, "aws_subnet", `network_data-${letter}`, "id"),
      route_table_id: reference(json, "aws_route_table", "network_data-routes", "id"),
    });
    expect(Object.keys(resource(json, "aws_route_table", "network_data-routes"))).toEqual(["tags", "vpc_id"]);
  });

  test("without NAT has no way to the internet", () => {
    const json = synthNetwork({ kind: "none" });

    expect(Object.keys(resources(json, "aws_subnet"))).toHaveLength(2);
    expect(Object.keys(resources(json, "aws_route_table"))).toHaveLength(1);
    for (const type of ["aws_internet_gateway", "aws_nat_gateway", "aws_eip", "aws_route"]) {
      expect(resources(json, type)).toEqual({});
    }
  });

  test("hands out its data subnets and their table", () => {
    const { json, values } = handedOut();

    expect(values).toEqual({
      vpcId: vpcIdOf(json),
      cidr: "10.0.0.0/16",
      dataSubnetIds: ["a", "b"].map((letter) => reference(json, "aws_subnet", `network_data-${letter}`, "id")),
      egressSubnetIds: [],
      privateRouteTableIds: [reference(json, "aws_route_table", "network_data-routes", "id")],
    });
  });

  test("with NAT hands out egress subnets and every private table too, but nothing public", () => {
    const { json, values } = handedOut(SINGLE);
    const egress = (type: string, suffix = "") =>
      ["a", "b"].map((letter) => reference(json, type, `network_internet_egress-${letter}${suffix}`, "id"));

    expect(values.egressSubnetIds).toEqual(egress("aws_subnet"));
    expect(values.privateRouteTableIds).toEqual([
      reference(json, "aws_route_table", "network_data-routes", "id"),
      ...egress("aws_route_table", "-routes"),
    ]);
  });
});

describe.each([SINGLE, PER_ZONE])("internet access of kind $kind", (nat) => {
  let json: string;
  beforeAll(() => {
    json = synthNetwork(nat);
  });
  const inInternet = (type: string, id: string) => resource(json, type, `network_internet_${id}`);
  const idOf = (type: string, id: string) => reference(json, type, `network_internet_${id}`, "id");
  const gatewayZones = nat.kind === "single" ? ["a"] : ["a", "b"];

  test("has one gateway for the VPC, and NAT where the kind says", () => {
    expect(only(json, "aws_internet_gateway")).toMatchObject({ vpc_id: vpcIdOf(json) });
    expect(Object.keys(resources(json, "aws_nat_gateway"))).toHaveLength(gatewayZones.length);
    expect(Object.keys(resources(json, "aws_eip"))).toHaveLength(gatewayZones.length);
  });

  test.each(gatewayZones)(
    "puts the NAT of zone %s into a public subnet there, with an address of its own",
    (letter) => {
      expect(inInternet("aws_subnet", `public-${letter}`)).toMatchObject({
        availability_zone: `eu-west-1${letter}`,
        cidr_block: letter === "a" ? "10.0.240.0/26" : "10.0.240.64/26",
        map_public_ip_on_launch: false,
      });
      expect(inInternet("aws_nat_gateway", `nat-${letter}`)).toMatchObject({
        subnet_id: idOf("aws_subnet", `public-${letter}`),
        allocation_id: idOf("aws_eip", `nat-${letter}-address`),
      });
      expect(inInternet("aws_eip", `nat-${letter}-address`)).toMatchObject({ domain: "vpc" });
    },
  );

  test.each(gatewayZones)("routes the public subnet of zone %s to the internet", (letter) => {
    expect(inInternet("aws_route", `public-${letter}-default`)).toEqual({
      route_table_id: idOf("aws_route_table", `public-${letter}-routes`),
      destination_cidr_block: "0.0.0.0/0",
      gateway_id: idOf("aws_internet_gateway", "internet-gateway"),
    });
    expect(inInternet("aws_route_table_association", `public-${letter}-association`)).toEqual({
      subnet_id: idOf("aws_subnet", `public-${letter}`),
      route_table_id: idOf("aws_route_table", `public-${letter}-routes`),
    });
  });

  test.each(gatewayZones)(
    "makes the NAT of zone %s after its subnet's way out, its address after the gateway",
    (letter) => {
      expect(inInternet("aws_nat_gateway", `nat-${letter}`).depends_on).toEqual([
        address(json, "aws_route", `network_internet_public-${letter}-default`),
        address(json, "aws_route_table_association", `network_internet_public-${letter}-association`),
      ]);
      expect(inInternet("aws_eip", `nat-${letter}-address`).depends_on).toEqual([
        address(json, "aws_internet_gateway", "network_internet_internet-gateway"),
      ]);
    },
  );

  test.each(["a", "b"])(
    "routes the egress subnet of zone %s through NAT, in its own zone where there is one",
    (letter) => {
      expect(inInternet("aws_subnet", `egress-${letter}`)).toMatchObject({
        vpc_id: vpcIdOf(json),
        availability_zone: `eu-west-1${letter}`,
        cidr_block: letter === "a" ? "10.0.64.0/22" : "10.0.68.0/22",
        map_public_ip_on_launch: false,
      });
      expect(inInternet("aws_route", `egress-${letter}-default`)).toEqual({
        route_table_id: idOf("aws_route_table", `egress-${letter}-routes`),
        destination_cidr_block: "0.0.0.0/0",
        nat_gateway_id: idOf("aws_nat_gateway", nat.kind === "single" ? "nat-a" : `nat-${letter}`),
      });
      expect(inInternet("aws_route_table_association", `egress-${letter}-association`)).toEqual({
        subnet_id: idOf("aws_subnet", `egress-${letter}`),
        route_table_id: idOf("aws_route_table", `egress-${letter}-routes`),
      });
    },
  );

  test("adds no route to the data subnets", () => {
    const dataTable = reference(json, "aws_route_table", "network_data-routes", "id");

    expect(Object.values(resources(json, "aws_route"))).toHaveLength(gatewayZones.length + 2);
    expect(Object.values(resources(json, "aws_route")).map((route) => route.route_table_id)).not.toContain(dataTable);
  });
});

test.each([
  ["eu-west-1a", "a"],
  ["us-gov-west-1c", "c"],
])("the letter of zone %s is %s", (zone, letter) => {
  expect(zoneLetter(zone)).toBe(letter);
});
