import { listOf, textOf } from "../aws/values";
import { zonesOf } from "../aws/zones";
import type { Graph, Resource } from "../graph";
import { at, failedIf, type Rule, unknown, type Verdict, warnIf } from "../rule";
import { admissionProblems, clientProblems, endpointProblems, reachesS3, servesClients } from "./endpoint-clients";
import { endpointsIn, endpointsOf, groupIdsOf, hasPrivateNames, isGateway, isInterface, vpcOf } from "./endpoints";
import { ISOLATED_TYPES, judgeIsolation } from "./isolated-clients";
import { deliveryProblems } from "./log-delivery";
import { CLIENT_TYPES, clientOf } from "./security-groups";

const ENDPOINTS_MODULE = "make the endpoints with modules/network/endpoints.ts";

/** Whether endpoints answer, are reached, and logs of the network arrive. */
export const VPC_WIRING: readonly Rule[] = [
  {
    id: "WIRE-VPC-01",
    title: "VPCs of endpoints with private names have both DNS switches on",
    severity: "critical",
    level: "error",
    types: ["aws_vpc", "aws_vpc_endpoint"],
    sources: [
      "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
      "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    ],
    remedy: "make the network with modules/network/network.ts, which switches both on",
    judge: (resource, { graph }) => {
      if (resource.type === "aws_vpc_endpoint") {
        const isElsewhere = hasPrivateNames(resource) && vpcOf(resource, graph) === undefined;
        return isElsewhere ? unknown("it is in a VPC that is not ours to judge", "vpc_id") : [];
      }
      const { enable_dns_hostnames: hostnames, enable_dns_support: support } = resource.values;
      return endpointsIn(resource, graph).some(hasPrivateNames)
        ? [
            ...failedIf(hostnames !== true, "endpoints in it need DNS hostnames", "enable_dns_hostnames"),
            // the provider's default is true
            ...failedIf((support ?? true) !== true, "endpoints in it need DNS resolution", "enable_dns_support"),
          ]
        : [];
    },
  },
  {
    id: "WIRE-VPC-02",
    title: "Interface endpoints let in HTTPS from those who use them",
    severity: "critical",
    level: "error",
    types: ["aws_security_group", "aws_vpc_endpoint"],
    sources: [
      "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
      "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/vpc_endpoint",
    ],
    remedy: `${ENDPOINTS_MODULE}, whose group lets in the whole VPC`,
    judge: (resource, { graph }) =>
      resource.type === "aws_vpc_endpoint"
        ? endpointProblems(resource, graph)
        : // many endpoints share a group: what is wrong with it is said once
          endpointsOf(resource, graph).some((endpoint) => groupIdsOf(endpoint, graph).length === 1)
          ? admissionProblems([resource], graph)
          : [],
  },
  {
    id: "WIRE-VPC-03",
    title: "Whoever uses S3 or DynamoDB from within the VPC is let out to its gateway endpoint",
    severity: "high",
    level: "error",
    types: ["aws_security_group", ...CLIENT_TYPES],
    sources: [
      "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
      "https://docs.aws.amazon.com/glue/latest/dg/setup-vpc-for-glue-access.html",
    ],
    remedy: "use modules/network/workload-security-group.ts, which lets out HTTPS to the endpoint's prefix list",
    judge: (resource, { graph }) => {
      const client = clientOf(resource);
      return resource.type === "aws_security_group"
        ? warnIf(
            servesClients(resource, graph) && !reachesS3([resource], graph),
            "it lets out HTTPS to interface endpoints, and none to S3",
          )
        : client === undefined
          ? []
          : clientProblems(client, graph);
    },
  },
  {
    id: "WIRE-VPC-04",
    title: "A VPC has one endpoint with private names for a service, and that one subnet in a zone",
    severity: "high",
    level: "error",
    types: ["aws_vpc_endpoint"],
    sources: [
      "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
      "https://github.com/hashicorp/terraform-provider-aws/issues/17535",
    ],
    remedy: "add the service to network.endpoints of the environment, and nowhere else",
    judge: (endpoint, { graph }) =>
      isInterface(endpoint)
        ? [
            ...namesakeProblems(endpoint, graph),
            ...zoneProblems(endpoint, graph),
            ...failedIf(
              at(endpoint.values.dns_options, "private_dns_only_for_inbound_resolver_endpoint") === true &&
                !hasGatewayBefore(endpoint, graph),
              "it needs a gateway endpoint of the same service that is made before it",
              "dns_options",
            ),
          ]
        : [],
  },
  {
    id: "WIRE-VPC-05",
    title: "Subnets without NAT have an endpoint for every service that is used from them",
    severity: "critical",
    level: "error",
    types: ISOLATED_TYPES,
    sources: [
      "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
      "https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-vpe-create-access.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
    ],
    remedy: "add the service to network.endpoints of the environment",
    judge: (resource, { graph }) => judgeIsolation(resource, graph),
  },
  {
    id: "WIRE-VPC-06",
    title: "Buckets let in logs of the network before they are asked to",
    severity: "high",
    level: "error",
    types: ["aws_flow_log", "aws_msk_cluster"],
    sources: [
      "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html",
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html",
    ],
    remedy: "log to modules/s3/log-bucket.ts, and make the log wait for its policy with after()",
    judge: deliveryProblems,
  },
];

function namesakeProblems(endpoint: Resource, graph: Graph): Verdict[] {
  const { vpc_id: vpc, service_name: service } = endpoint.values;
  const isSame = (one: unknown, other: unknown) => textOf(one, graph) === textOf(other, graph);
  const first = graph
    .ofType("aws_vpc_endpoint")
    .find(
      (other) =>
        hasPrivateNames(other) && isSame(other.values.vpc_id, vpc) && isSame(other.values.service_name, service),
    );
  return failedIf(
    hasPrivateNames(endpoint) && first !== undefined && first.address !== endpoint.address,
    `${first?.address ?? ""} has the private names of the same service`,
    "private_dns_enabled",
  );
}

function zoneProblems({ values }: Resource, graph: Graph): Verdict[] {
  const ids = listOf(values.subnet_ids);
  const zones = zonesOf(ids, graph);
  const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
  if (twice !== undefined) {
    return failedIf(true, `it has two subnets in ${twice}`, "subnet_ids");
  }
  return ids.length > 1 && zones.length < ids.length
    ? unknown("it has a subnet of which the zone cannot be told", "subnet_ids")
    : [];
}

function hasGatewayBefore(endpoint: Resource, graph: Graph): boolean {
  return graph
    .ofType("aws_vpc_endpoint")
    .some(
      (other) =>
        isGateway(other) &&
        textOf(other.values.vpc_id, graph) === textOf(endpoint.values.vpc_id, graph) &&
        other.values.service_name === endpoint.values.service_name &&
        graph.isBefore(other, endpoint),
    );
}
