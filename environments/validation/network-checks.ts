import { type Check, type Finding, findingIf, repetitions } from "../../validation/check";
import { block, overlap, PRIVATE_BLOCKS } from "./cidr";
import type { Environment } from "../schema";

// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
const RESERVED_ADDRESSES = 5;

// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: 60 by default, of which Basin's own take 3
const MAX_EGRESS_RULES = 57;

// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: Elastic IP addresses per region, by default
const DEFAULT_ELASTIC_IPS = 5;

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
const DOCKER_BLOCK = "172.17.0.0/16";
// this network, loopback, link-local and multicast: refused by CreateVpc (cdk-preflight rule pf-ec2-vpc-cidr-reserved-range)
const REFUSED_BLOCKS = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"];

/** What fields of a network, its zones and its region must satisfy together. */
export const NETWORK_CHECKS: readonly Check<Environment>[] = [
  { reads: ["region", "availabilityZones"], findings: zoneFindings },
  {
    reads: ["availabilityZones", "network.dataSubnets"],
    findings: ({ availabilityZones, network }) =>
      onePerZone("network.dataSubnets", network.dataSubnets, availabilityZones.length),
  },
  { reads: ["availabilityZones", "network.nat"], findings: natFindings },
  { reads: ["network.cidr", "network.dataSubnets", "network.nat"], findings: subnetFindings },
  { reads: ["network.cidr"], findings: vpcFindings },
  { reads: ["network.endpoints", "network.dataSubnets"], findings: endpointFindings },
  { reads: ["network.egressRules", "network.cidr", "network.nat"], findings: egressFindings },
];

function zoneFindings({ region, availabilityZones }: Environment): Finding[] {
  return [
    ...availabilityZones.flatMap((zone, index) =>
      findingIf(zone.length !== region.length + 1 || !zone.startsWith(region) || !/[a-z]$/.test(zone), {
        path: `availabilityZones[${index}]`,
        limit: `an availability zone of ${region}: the region's code and one letter`,
        remedy: `write a zone such as "${region}a"`,
      }),
    ),
    ...repetitions(availabilityZones, (index) => ({
      path: `availabilityZones[${index}]`,
      limit: "each availability zone once: a subnet in the same zone does not survive the zone's failure",
      remedy: "name another zone",
    })),
  ];
}

function natFindings({ availabilityZones, network: { nat } }: Environment): Finding[] {
  if (nat.kind === "none") {
    return [];
  }
  const zones = availabilityZones.length;
  return [
    ...onePerZone("network.nat.publicSubnets", nat.publicSubnets, zones),
    ...onePerZone("network.nat.egressSubnets", nat.egressSubnets, zones),
    ...findingIf(nat.kind === "per-zone" && zones > DEFAULT_ELASTIC_IPS, {
      level: "warning",
      path: "network.nat.kind",
      limit: `at most ${DEFAULT_ELASTIC_IPS} NAT gateways (here ${zones}): each takes an Elastic IP address, of which AWS grants ${DEFAULT_ELASTIC_IPS} a region by default`,
      remedy: 'have the quota raised first, or use "single" or fewer zones',
    }),
  ];
}

function onePerZone(path: string, subnets: readonly string[], zones: number): Finding[] {
  return findingIf(subnets.length !== zones, {
    path,
    limit: `one subnet for each of the ${zones} availability zones, got ${subnets.length}`,
    remedy: "add or remove subnets, in the order of availabilityZones",
  });
}

function subnetFindings({ network }: Environment): Finding[] {
  const vpc = block(network.cidr);
  const subnets = allSubnets(network);
  return subnets.flatMap(({ path, cidr }, index) => {
    if (!vpc.contains(block(cidr))) {
      const limit = `a block inside the VPC's ${network.cidr}`;
      return [{ path, limit, remedy: `choose a block from ${vpc.base} to ${vpc.broadcast ?? vpc.last}` }];
    }
    const earlier = subnets.slice(0, index).find((other) => overlap(cidr, other.cidr));
    return findingIf(earlier !== undefined, {
      path,
      limit: `no overlap with another subnet; ${earlier?.path} is ${earlier?.cidr}`,
      remedy: "choose a block that no other subnet uses",
    });
  });
}

/** Every subnet of a network with its path. */
function allSubnets({ dataSubnets, nat }: Environment["network"]): { path: string; cidr: string }[] {
  const tiers: [string, readonly string[]][] = [["network.dataSubnets", dataSubnets]];
  if (nat.kind !== "none") {
    tiers.push(["network.nat.publicSubnets", nat.publicSubnets], ["network.nat.egressSubnets", nat.egressSubnets]);
  }
  return tiers.flatMap(([path, cidrs]) => cidrs.map((cidr, index) => ({ path: `${path}[${index}]`, cidr })));
}

function vpcFindings({ network: { cidr } }: Environment): Finding[] {
  const path = "network.cidr";
  const isInside = (range: string) => block(range).contains(block(cidr));
  return [
    ...REFUSED_BLOCKS.filter((range) => overlap(cidr, range)).map((range) => ({
      path,
      limit: `no overlap with ${range}, of which EC2 makes no VPC`,
      remedy: "choose a private block",
    })),
    ...findingIf(![...PRIVATE_BLOCKS, ...REFUSED_BLOCKS].some(isInside), {
      level: "warning",
      path,
      limit: "a private block (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10)",
      remedy: "public addresses of this block become unreachable from the VPC; choose a private block",
    }),
    ...findingIf(overlap(cidr, DOCKER_BLOCK), {
      level: "warning",
      path,
      limit: `no overlap with ${DOCKER_BLOCK}, which Docker and the AWS services built on it use themselves`,
      remedy: "choose another block",
    }),
  ];
}

/** Services that what every environment has calls from the isolated subnets, which have no other way out. */
const REQUIRED_ENDPOINTS: readonly { service: Environment["network"]["endpoints"][number]; because: string }[] = [
  { service: "glue", because: "the table migrator has no other way to the Data Catalog" },
];

function endpointFindings({ network: { endpoints, dataSubnets } }: Environment): Finding[] {
  return [
    ...REQUIRED_ENDPOINTS.filter(({ service }) => !endpoints.includes(service)).map(({ service, because }) => ({
      path: "network.endpoints",
      limit: `"${service}" among the services: ${because}`,
      remedy: `add "${service}"`,
    })),
    ...repetitions(endpoints, (index) => ({
      path: `network.endpoints[${index}]`,
      limit: "each service once: a VPC takes one endpoint with private DNS per service",
      remedy: "remove the repetition",
    })),
    ...dataSubnets.flatMap((cidr, index) => {
      const usable = block(cidr).size - RESERVED_ADDRESSES;
      return findingIf(usable <= endpoints.length, {
        path: `network.dataSubnets[${index}]`,
        limit: `more usable addresses (here ${usable}: AWS keeps ${RESERVED_ADDRESSES}) than the ${endpoints.length} endpoints take`,
        remedy: "choose a larger block",
      });
    }),
  ];
}

function egressFindings({ network: { cidr: vpcCidr, egressRules, nat } }: Environment): Finding[] {
  const targets = egressRules.map(({ cidr, port }) => `${cidr} ${port}`);
  return [
    ...findingIf(egressRules.length > MAX_EGRESS_RULES, {
      path: "network.egressRules",
      limit: `at most ${MAX_EGRESS_RULES} rules: a security group takes 60, of which 3 are Basin's own`,
      remedy: "merge neighbouring blocks",
    }),
    ...repetitions(targets, (index) => ({
      path: `network.egressRules[${index}]`,
      limit: "each block and port once: EC2 refuses a rule that exists",
      remedy: "remove the repetition",
    })),
    ...egressRules.flatMap(({ cidr }, index) =>
      findingIf(nat.kind === "none" && !block(vpcCidr).contains(block(cidr)), {
        level: "warning",
        path: `network.egressRules[${index}].cidr`,
        limit: `a block inside the VPC's ${vpcCidr}, for without NAT no route of Basin's leads out of it`,
        remedy: "configure network.nat, or make sure that a route exists that Basin does not manage",
      }),
    ),
  ];
}
