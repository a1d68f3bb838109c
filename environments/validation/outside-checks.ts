import { type Check, type Finding, findingIf } from "../../validation/check";
import { formatPath } from "../../validation/paths";
import type { Consumer, Producer } from "../outside-schema";
import { REGIONS } from "../regions";
import type { Environment } from "../schema";

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** What connections, producers, consumers and disabled datasets must satisfy together with the rest of an environment. */
export const OUTSIDE_CHECKS: readonly Check<Environment>[] = [
  { reads: ["connections"], findings: ({ connections }) => nameFindings("connections", connections) },
  { reads: ["connections"], findings: ({ connections }) => secretFindings(connections) },
  { reads: ["producers"], findings: ({ producers }) => nameFindings("producers", producers) },
  { reads: ["producers"], findings: ({ producers }) => samePrincipalFindings("producers", producers) },
  { reads: ["consumers"], findings: ({ consumers }) => nameFindings("consumers", consumers) },
  { reads: ["consumers"], findings: ({ consumers }) => samePrincipalFindings("consumers", consumers) },
  { reads: ["athena", "consumers"], findings: scanLimitFindings },
  { reads: ["region", "consumers"], findings: identityRegionFindings },
];

function nameFindings(object: string, named: Readonly<Record<string, unknown>>): Finding[] {
  return Object.keys(named)
    .filter((name) => !NAME.test(name))
    .map((name) => ({
      path: formatPath([object, name]),
      limit: "a name of 1 to 63 lower-case letters, digits and hyphens, beginning with a letter",
      remedy: "rename it here and in the domains that use it",
    }));
}

/** Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
function secretFindings(connections: Environment["connections"]): Finding[] {
  return Object.entries(connections).flatMap(([name, connection]) => {
    const [holder, keys] =
      connection.kind === "database" ? [connection, []] : [connection.authentication, ["authentication"]];
    return findingIf("secretName" in holder && /-[A-Za-z0-9]{6}$/.test(holder.secretName), {
      level: "warning",
      path: formatPath(["connections", name, ...keys, "secretName"]),
      limit: "no name that ends in a hyphen and six characters: Secrets Manager takes these for the end of an ARN",
      remedy: "rename the secret if it is not in use yet",
    });
  });
}

function scanLimitFindings({ athena, consumers }: Environment): Finding[] {
  return Object.entries(consumers).flatMap(([name, consumer]) => {
    const limit = "scanLimitBytes" in consumer ? consumer.scanLimitBytes : undefined;
    return findingIf(limit !== undefined && limit > athena.scanLimitBytes, {
      path: formatPath(["consumers", name, "scanLimitBytes"]),
      limit: `at most athena.scanLimitBytes (${athena.scanLimitBytes}), which holds for everybody`,
      remedy: "lower it, or raise what the environment allows",
    });
  });
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: an account is in one partition. */
function identityRegionFindings({ region, consumers }: Environment): Finding[] {
  return Object.entries(consumers).flatMap(([name, consumer]) => {
    const identityRegion = "identityRegion" in consumer ? consumer.identityRegion : undefined;
    return findingIf(identityRegion !== undefined && REGIONS[identityRegion] !== REGIONS[region], {
      path: formatPath(["consumers", name, "identityRegion"]),
      limit: `a region of the partition that ${region} is in: an account exists in one partition only`,
      remedy: "name the region that QuickSight was subscribed in, or leave it out where that is the environment's",
    });
  });
}

/** Two names for one principal would grant and revoke the same permission against each other. */
function samePrincipalFindings(object: string, named: Readonly<Record<string, Consumer | Producer>>): Finding[] {
  const names = new Map<string, string>();
  return Object.entries(named).flatMap(([name, one]) => {
    const principal = one.kind === "none" ? `none of ${name}` : JSON.stringify(principalOf(one));
    const earlier = names.get(principal);
    names.set(principal, earlier ?? name);
    return findingIf(earlier !== undefined, {
      path: formatPath([object, name]),
      limit: `a principal of its own; "${earlier ?? ""}" is the same`,
      remedy: "keep one of the two names",
    });
  });
}

function principalOf(consumer: Consumer | Producer): string[] {
  switch (consumer.kind) {
    case "iam-role":
      // IAM has one role of a name, in whatever case and behind whatever path
      return [consumer.roleName.toLowerCase().replace(/^.*\//, "")];
    case "identity-center-group":
      return [consumer.groupId.toLowerCase()];
    case "quicksight-group":
      return [consumer.namespace, consumer.groupName];
    case "none":
      return [];
  }
}
