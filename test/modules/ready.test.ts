import { TerraformStack } from "cdktf";
import { Endpoints } from "../../modules/network/endpoints";
import { Network } from "../../modules/network/network";
import { WorkloadSecurityGroup } from "../../modules/network/workload-security-group";
import { AlertTopic } from "../../modules/sns/alert-topic";
import { account, address, encryptionKey, logBucket, synth } from "../support/synth";

/** Addresses of what has to be there before something can be used, as the modules hand them out. */
function readiness(kind: "none" | "per-zone"): { json: string; ready: Record<string, string[]> } {
  const ready: Record<string, string[]> = {};
  const json = synth((stack: TerraformStack) => {
    const subnets = { publicSubnets: ["10.0.240.0/26"], egressSubnets: ["10.0.64.0/22"] };
    const network = new Network(stack, "network", {
      cidr: "10.0.0.0/16",
      availabilityZones: ["eu-west-1a"],
      dataSubnets: ["10.0.0.0/20"],
      nat: kind === "none" ? { kind } : { kind, ...subnets },
      logBucket: logBucket(stack),
      name: "basin-test-network",
    });
    const endpoints = new Endpoints(stack, "endpoints", {
      network,
      account,
      interfaceServices: ["kms"],
      securityGroupName: "basin-test-endpoints",
      name: "basin-test-network",
    });
    const workloads = new WorkloadSecurityGroup(stack, "workloads", {
      network,
      endpoints,
      securityGroupName: "basin-test-workloads",
      egressRules: [{ description: "API", cidr: "192.0.2.0/24", port: 443 }],
    });
    const addressesOf = (resources: Network["ready"]) =>
      resources.map((resource) => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`);
    ready.network = addressesOf(network.ready);
    ready.endpoints = addressesOf(endpoints.ready);
    ready.workloads = addressesOf(workloads.ready);
    const topic = new AlertTopic(stack, "alerts", {
      topicName: "basin-test-alerts",
      encryptionKey: encryptionKey(stack),
      account,
      emails: [],
    });
    ready.alerts = addressesOf([topic.policy]);
  });
  return { json, ready };
}

test("a network is ready when its subnets are routed, and the internet reached where there is NAT", () => {
  const without = readiness("none");
  expect(without.ready.network).toEqual([
    address(without.json, "aws_route_table_association", "network_data-a-routes"),
  ]);

  const { json, ready } = readiness("per-zone");
  expect(ready.network).toEqual([
    address(json, "aws_route_table_association", "network_data-a-routes"),
    address(json, "aws_route", "network_internet_egress-a-default"),
    address(json, "aws_route_table_association", "network_internet_egress-a-association"),
  ]);
});

test("endpoints are ready when all of them exist and let clients in", () => {
  const { json, ready } = readiness("none");
  expect(ready.endpoints).toEqual([
    address(json, "aws_vpc_endpoint", "endpoints_s3"),
    address(json, "aws_vpc_endpoint", "endpoints_dynamodb"),
    address(json, "aws_vpc_security_group_ingress_rule", "endpoints_https"),
    address(json, "aws_vpc_endpoint", "endpoints_kms"),
  ]);
});

test("a workload's group is ready when all its ways out are open", () => {
  const { json, ready } = readiness("none");
  expect(ready.workloads).toEqual(
    ["endpoints", "s3", "dynamodb", "to-192-0-2-0-24-443"].map((id) =>
      address(json, "aws_vpc_security_group_egress_rule", `workloads_${id}`),
    ),
  );
});

test("an alert topic is ready when its publishers are allowed", () => {
  const { json, ready } = readiness("none");
  expect(ready.alerts).toEqual([address(json, "aws_sns_topic_policy", "alerts_policy")]);
});
