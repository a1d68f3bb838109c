import { Netmask } from "netmask";
import { parseCidr } from "./network-schema";
import type { Problem } from "./problem";
import { REGIONS } from "./regions";
import { type Environment, MAX_OWN_TAGS, RESERVED_TAG_KEYS, STORAGE_CLASSES, TAG_OF_AWS, TAG_TEXT } from "./schema";

/** A problem whose file and value are known from its path. */
export type Finding = Omit<Problem, "file" | "value" | "level"> & { readonly level?: "warning" };

/** A rule over several fields. It runs only where all the fields it reads are valid by themselves. */
export interface Check {
  readonly reads: readonly string[];
  readonly findings: (environment: Environment) => readonly Finding[];
}

// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
const RESERVED_ADDRESSES = 5;

// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: 60 by default, of which Basin's own take 3
const MAX_EGRESS_RULES = 57;

// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: Elastic IP addresses per region, by default
const DEFAULT_ELASTIC_IPS = 5;

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
const MIN_DAYS_BEFORE_INFREQUENT_ACCESS = 30;
const MIN_DAYS_IN_CLASS: Partial<Record<Transition["storageClass"], number>> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  GLACIER_IR: 90,
  GLACIER: 90,
};

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
const DOCKER_BLOCK = "172.17.0.0/16";
// this network, loopback, link-local and multicast: refused by CreateVpc (cdk-preflight rule pf-ec2-vpc-cidr-reserved-range)
const REFUSED_BLOCKS = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"];

export const CHECKS: readonly Check[] = [
  {
    reads: ["region", "availabilityZones"],
    findings: ({ region, availabilityZones }) => [
      ...availabilityZones.flatMap((zone, index) =>
        zone.length === region.length + 1 && zone.startsWith(region) && /[a-z]$/.test(zone)
          ? []
          : [
              {
                path: `availabilityZones[${index}]`,
                limit: `an availability zone of ${region}: the region's code and one letter`,
                remedy: `write a zone such as "${region}a"`,
              },
            ],
      ),
      ...repeated(availabilityZones).map((index) => ({
        path: `availabilityZones[${index}]`,
        limit: "each availability zone once: a subnet in the same zone does not survive the zone's failure",
        remedy: "name another zone",
      })),
    ],
  },
  {
    reads: ["availabilityZones", "network.dataSubnets"],
    findings: ({ availabilityZones, network }) =>
      onePerZone("network.dataSubnets", network.dataSubnets, availabilityZones.length),
  },
  {
    reads: ["availabilityZones", "network.nat"],
    findings: ({ availabilityZones, network: { nat } }) =>
      nat.kind === "none"
        ? []
        : [
            ...onePerZone("network.nat.publicSubnets", nat.publicSubnets, availabilityZones.length),
            ...onePerZone("network.nat.egressSubnets", nat.egressSubnets, availabilityZones.length),
            ...(nat.kind === "per-zone" && availabilityZones.length > DEFAULT_ELASTIC_IPS
              ? [
                  {
                    level: "warning" as const,
                    path: "network.nat.kind",
                    limit: `at most ${DEFAULT_ELASTIC_IPS} NAT gateways (here ${availabilityZones.length}): each takes an Elastic IP address, of which AWS grants ${DEFAULT_ELASTIC_IPS} a region by default`,
                    remedy: 'have the quota raised first, or use "single" or fewer zones',
                  },
                ]
              : []),
          ],
  },
  {
    reads: ["network.cidr", "network.dataSubnets", "network.nat"],
    findings: ({ network }) => {
      const vpc = block(network.cidr);
      const subnets = allSubnets(network);
      return subnets.flatMap(({ path, cidr }, index) => {
        if (!vpc.contains(block(cidr))) {
          return [
            {
              path,
              limit: `a block inside the VPC's ${network.cidr}`,
              remedy: `choose a block from ${vpc.base} to ${vpc.broadcast ?? vpc.last}`,
            },
          ];
        }
        const earlier = subnets.slice(0, index).find((other) => overlap(cidr, other.cidr));
        return earlier === undefined
          ? []
          : [
              {
                path,
                limit: `no overlap with another subnet; ${earlier.path} is ${earlier.cidr}`,
                remedy: "choose a block that no other subnet uses",
              },
            ];
      });
    },
  },
  {
    reads: ["network.cidr"],
    findings: ({ network: { cidr } }) => [
      ...REFUSED_BLOCKS.filter((range) => overlap(cidr, range)).map((range) => ({
        path: "network.cidr",
        limit: `no overlap with ${range}, of which EC2 makes no VPC`,
        remedy: "choose a private block",
      })),
      ...([...PRIVATE_BLOCKS, ...REFUSED_BLOCKS].some((range) => block(range).contains(block(cidr)))
        ? []
        : [
            {
              level: "warning" as const,
              path: "network.cidr",
              limit: "a private block (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10)",
              remedy: "public addresses of this block become unreachable from the VPC; choose a private block",
            },
          ]),
      ...(overlap(cidr, DOCKER_BLOCK)
        ? [
            {
              level: "warning" as const,
              path: "network.cidr",
              limit: `no overlap with ${DOCKER_BLOCK}, which Docker and the AWS services built on it use themselves`,
              remedy: "choose another block",
            },
          ]
        : []),
    ],
  },
  {
    reads: ["network.endpoints", "network.dataSubnets"],
    findings: ({ network: { endpoints, dataSubnets } }) => [
      ...repeated(endpoints).map((index) => ({
        path: `network.endpoints[${index}]`,
        limit: "each service once: a VPC takes one endpoint with private DNS per service",
        remedy: "remove the repetition",
      })),
      ...dataSubnets.flatMap((cidr, index) => {
        const usable = block(cidr).size - RESERVED_ADDRESSES;
        return usable > endpoints.length
          ? []
          : [
              {
                path: `network.dataSubnets[${index}]`,
                limit: `more usable addresses (here ${usable}: AWS keeps ${RESERVED_ADDRESSES}) than the ${endpoints.length} endpoints take`,
                remedy: "choose a larger block",
              },
            ];
      }),
    ],
  },
  {
    reads: ["network.egressRules", "network.cidr", "network.nat"],
    findings: ({ network: { cidr: vpcCidr, egressRules, nat } }) => [
      ...(egressRules.length > MAX_EGRESS_RULES
        ? [
            {
              path: "network.egressRules",
              limit: `at most ${MAX_EGRESS_RULES} rules: a security group takes 60, of which 3 are Basin's own`,
              remedy: "merge neighbouring blocks",
            },
          ]
        : []),
      ...repeated(egressRules.map(({ cidr, port }) => `${cidr} ${port}`)).map((index) => ({
        path: `network.egressRules[${index}]`,
        limit: "each block and port once: EC2 refuses a rule that exists",
        remedy: "remove the repetition",
      })),
      ...egressRules.flatMap(({ cidr }, index) =>
        nat.kind !== "none" || block(vpcCidr).contains(block(cidr))
          ? []
          : [
              {
                level: "warning" as const,
                path: `network.egressRules[${index}].cidr`,
                limit: `a block inside the VPC's ${vpcCidr}, for without NAT no route of Basin's leads out of it`,
                remedy: "configure network.nat, or make sure that a route exists that Basin does not manage",
              },
            ],
      ),
    ],
  },
  {
    reads: ["alerts.emails"],
    findings: ({ alerts: { emails } }) =>
      repeated(emails.map((email) => email.toLowerCase())).map((index) => ({
        path: `alerts.emails[${index}]`,
        limit: "each address once: SNS keeps one subscription for it",
        remedy: "remove the repetition",
      })),
  },
  {
    reads: ["region", "state.region"],
    findings: ({ region, state }) =>
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: an account is scoped to one partition
      REGIONS[state.region] === REGIONS[region]
        ? []
        : [
            {
              path: "state.region",
              limit: `a region of the partition that ${region} is in: an account exists in one partition only`,
              remedy: "use the region of the environment",
            },
          ],
  },
  { reads: ["lake.landing"], findings: ({ lake }) => ageFindings("lake.landing", lake.landing) },
  { reads: ["lake.logs"], findings: ({ lake }) => ageFindings("lake.logs", lake.logs) },
  {
    reads: ["lake.landing"],
    findings: ({ lake: { landing } }) =>
      landing.objectLock.kind === "retain" && landing.objectLock.days > landing.expirationDays
        ? [
            {
              path: "lake.landing.objectLock.days",
              limit: `at most lake.landing.expirationDays (${landing.expirationDays}): nothing may expire while it is locked`,
              remedy: "shorten the lock or keep the files longer",
            },
          ]
        : [],
  },
  {
    reads: ["destroyProtection", "lake.landing.objectLock"],
    findings: ({ destroyProtection, lake: { landing } }) =>
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
      !destroyProtection && landing.objectLock.kind === "retain" && landing.objectLock.mode === "COMPLIANCE"
        ? [
            {
              level: "warning",
              path: "lake.landing.objectLock.mode",
              limit:
                "GOVERNANCE without destroyProtection: what COMPLIANCE locks nobody can delete, not even the root user",
              remedy: "use GOVERNANCE, or accept that the environment cannot be destroyed before the locks end",
            },
          ]
        : [],
  },
  { reads: ["tags"], findings: ({ tags }) => tagFindings(tags) },
];

type AgeRules = Environment["lake"]["logs"];

function ageFindings(path: string, { transitions, expirationDays }: AgeRules): Finding[] {
  const lastTransition = Math.max(-1, ...transitions.map(({ days }) => days));
  return [
    ...transitions.flatMap(({ storageClass, days }, index) => {
      const at = `${path}.transitions[${index}]`;
      const previous = index === 0 ? undefined : transitions[index - 1];
      const infrequentAccess = storageClass === "STANDARD_IA" || storageClass === "ONEZONE_IA";
      if (infrequentAccess && days < MIN_DAYS_BEFORE_INFREQUENT_ACCESS) {
        return [
          {
            path: `${at}.days`,
            limit: `at least ${MIN_DAYS_BEFORE_INFREQUENT_ACCESS} days before ${storageClass}`,
            remedy: `write ${MIN_DAYS_BEFORE_INFREQUENT_ACCESS} or more`,
          },
        ];
      }
      return previous === undefined ? [] : transitionFindings(at, previous, { storageClass, days });
    }),
    ...(expirationDays <= lastTransition
      ? [
          {
            path: `${path}.expirationDays`,
            limit: `later than the last transition, which is at ${lastTransition}`,
            remedy: "raise it, or drop the transitions that would come after it",
          },
        ]
      : []),
  ];
}

type Transition = AgeRules["transitions"][number];

function transitionFindings(path: string, previous: Transition, next: Transition): Finding[] {
  const colder = STORAGE_CLASSES.indexOf(next.storageClass) > STORAGE_CLASSES.indexOf(previous.storageClass);
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
  const supported = !(previous.storageClass === "ONEZONE_IA" && next.storageClass === "GLACIER_IR");
  if (!colder || !supported) {
    return [
      {
        path: `${path}.storageClass`,
        limit: `a class that S3 can move ${previous.storageClass} objects to`,
        remedy: `put the transitions in the order ${STORAGE_CLASSES.join(", ")}; ONEZONE_IA does not lead to GLACIER_IR`,
      },
    ];
  }
  const earliest = previous.days + (MIN_DAYS_IN_CLASS[previous.storageClass] ?? 1);
  return next.days >= earliest
    ? []
    : [
        {
          path: `${path}.days`,
          limit: `at least ${earliest}: ${previous.storageClass} begins at ${previous.days} and keeps objects ${earliest - previous.days} days or more`,
          remedy: `write ${earliest} or more`,
        },
      ];
}

function tagFindings(tags: Environment["tags"]): Finding[] {
  const keys = Object.keys(tags);
  const reserved = new Set(RESERVED_TAG_KEYS.map((key) => key.toLowerCase()));
  const repetitions = new Set(repeated(keys.map((key) => key.toLowerCase())));
  return [
    ...(keys.length > MAX_OWN_TAGS
      ? [
          {
            path: "tags",
            limit: `at most ${MAX_OWN_TAGS} tags: a resource takes 50, of which Basin keeps 10 for its own`,
            remedy: "drop the tags nobody evaluates",
          },
        ]
      : []),
    ...keys.flatMap((key, index): Finding[] => {
      const path = `tags.${key}`;
      if (TAG_OF_AWS.test(key)) {
        return [{ path, limit: "no key that begins with aws:, which AWS keeps for itself", remedy: "rename the key" }];
      }
      if (key.length > 128 || !TAG_TEXT.test(key)) {
        return [
          {
            path,
            limit: "a key of 1 to 128 letters, digits, spaces and _ . : / = + - @",
            remedy: "shorten the key or replace the characters that tags do not allow",
          },
        ];
      }
      if (reserved.has(key.toLowerCase())) {
        return [
          {
            path,
            limit: `none of the keys that Basin sets itself: ${RESERVED_TAG_KEYS.join(", ")}`,
            remedy: "remove the tag or rename it",
          },
        ];
      }
      return repetitions.has(index)
        ? [
            {
              path,
              limit: "keys that differ in more than upper and lower case: IAM takes such keys for one",
              remedy: "keep one of them",
            },
          ]
        : [];
    }),
  ];
}

function onePerZone(path: string, subnets: readonly string[], zones: number): Finding[] {
  return subnets.length === zones
    ? []
    : [
        {
          path,
          limit: `one subnet for each of the ${zones} availability zones, got ${subnets.length}`,
          remedy: "add or remove subnets, in the order of availabilityZones",
        },
      ];
}

/** Every subnet of a network with its path. */
function allSubnets({ dataSubnets, nat }: Environment["network"]): { path: string; cidr: string }[] {
  const tiers: [string, readonly string[]][] = [["network.dataSubnets", dataSubnets]];
  if (nat.kind !== "none") {
    tiers.push(["network.nat.publicSubnets", nat.publicSubnets], ["network.nat.egressSubnets", nat.egressSubnets]);
  }
  return tiers.flatMap(([path, cidrs]) => cidrs.map((cidr, index) => ({ path: `${path}[${index}]`, cidr })));
}

/** Whether two blocks share an address. */
export function overlap(one: string, other: string): boolean {
  return block(one).contains(block(other)) || block(other).contains(block(one));
}

function block(cidr: string): Netmask {
  const parsed = parseCidr(cidr);
  if (parsed === undefined) {
    throw new Error(`${cidr} is not a CIDR block`);
  }
  return parsed;
}

/** Indexes of the values that stand earlier in the list too. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
