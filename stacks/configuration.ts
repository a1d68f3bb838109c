import { inspect } from "node:util";
import { domains } from "../domains";
import type { Domain } from "../domains/schema";
import { validateDomains } from "../domains/validation/validate";
import { environments } from "../environments";
import { type PlatformSettings, platform } from "../environments/platform";
import type { Environment } from "../environments/schema";
import { environmentFile, type Sources as EnvironmentSources, validate } from "../environments/validation/validate";
import { isValid, problemOf, type Source } from "../validation/check";
import { formatPath, valueAt } from "../validation/paths";
import type { Problem } from "../validation/problem";
import { crossProblems } from "./cross-checks";
import { bucketNameRefusal, type ComposedName, composedNames, namePrefix, namingContext } from "./naming";

export interface Configuration {
  readonly platform: PlatformSettings;
  readonly environments: readonly Environment[];
  readonly domains: readonly Domain[];
  readonly warnings: readonly Problem[];
}

/** What was written, before anything is known about it. */
export interface Sources extends EnvironmentSources {
  /** By the name of the file that holds it, without its ending. */
  readonly domains: Readonly<Record<string, unknown>>;
}

/** The configuration cannot be used; `problems` says why, completely. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n\n"));
    this.name = "ConfigurationError";
  }
}

/**
 * Loads all environments and domains and checks them, each by itself and against each other.
 *
 * @throws ConfigurationError with every problem of every file
 */
export function loadConfiguration(sources: Sources = { platform, environments, domains }): Configuration {
  const validated = validate(sources);
  const validatedDomains = validateDomains(sources.domains);
  const problems = [
    ...validated.problems,
    ...nameProblems(validated.platform, validated.environments),
    ...validated.sources.flatMap((source) => ownRoleProblems(validated.platform, source)),
    ...validatedDomains.problems,
    ...crossProblems(validated.platform, validated.sources, validatedDomains.sources),
  ];
  if (validated.platform === undefined || problems.some(({ level }) => level === "error")) {
    throw new ConfigurationError(problems);
  }
  return {
    platform: validated.platform,
    environments: validated.environments,
    domains: validatedDomains.sources.map(({ raw }) => raw as Domain),
    warnings: problems,
  };
}

/** Names are composed of parts that are valid by themselves; together they can be too long, reserved or taken. */
function nameProblems(platform: PlatformSettings | undefined, validated: readonly Environment[]): Problem[] {
  if (platform === undefined) {
    return [];
  }
  const owners = new Map<string, string>();
  return validated.flatMap((environment) => {
    const file = environmentFile(environment.name);
    const names = composedNames(namingContext(platform, environment));
    const collisions = names.flatMap(({ kind, name }) => {
      const scope = kind === "bucket" ? "" : `${environment.accountId} ${environment.region} `;
      const key = `${kind} ${scope}${name}`;
      const owner = owners.get(key);
      owners.set(key, owner ?? file);
      return owner === undefined ? [] : [`a name of its own; ${owner} has the same ${kind} "${name}"`];
    });
    return [...nameRefusals(names), ...collisions].map((limit): Problem => ({
      level: "error",
      file: "environments/platform.ts",
      path: "name",
      value: platform.name,
      limit: `as part of the names of ${file}: ${limit}`,
      remedy: "choose a platform name, or an environment name, with which the composed names are allowed",
    }));
  });
}

/** What those who are named from outside would be if they were roles of the platform, and what to name instead. */
const OUTSIDE = {
  consumers: {
    why: "which administer Lake Formation or work on all data, so that every plan would change what is granted to them",
    remedy: "name the role that the people who read assume",
  },
  producers: {
    why: "which get what they may do by grants, not by a policy of the stream",
    remedy: "name the role of the application that writes",
  },
} as const;

/** Consumers and producers may not be roles of the platform, whose names cannot be told before both files are read. */
function ownRoleProblems(platform: PlatformSettings | undefined, source: Source): Problem[] {
  if (platform === undefined || !isValid(source, "name")) {
    return [];
  }
  const prefix = namePrefix(namingContext(platform, source.raw as Environment));
  return Object.entries(OUTSIDE).flatMap(([field, { why, remedy }]) =>
    Object.keys(valueAt(source.raw, [field]) ?? {}).flatMap((name) => {
      const keys = [field, name, "roleName"];
      const path = formatPath(keys);
      const roleName = valueAt(source.raw, keys);
      // IAM has one role of a name, in whatever case and behind whatever path
      const isOwn = typeof roleName === "string" && roleName.toLowerCase().replace(/^.*\//, "").startsWith(prefix);
      return isOwn && isValid(source, path)
        ? [
            problemOf(source, {
              path,
              limit: `a role of ${field === "consumers" ? "people" : "others"}: those whose names begin with "${prefix}" are the platform's own, ${why}`,
              remedy,
            }),
          ]
        : [];
    }),
  );
}

/** Why AWS refuses names, once a kind: what the longest one breaks, the others break as well or not at all. */
function nameRefusals(names: readonly ComposedName[]): string[] {
  const refusals = new Map<string, string>();
  for (const composed of [...names].sort((one, other) => other.name.length - one.name.length)) {
    const refusal = nameRefusal(composed);
    if (refusal !== undefined && !refusals.has(composed.kind)) {
      refusals.set(composed.kind, refusal);
    }
  }
  return [...refusals.values()];
}

function nameRefusal({ kind, name, maximum }: ComposedName): string | undefined {
  if (kind === "bucket") {
    return bucketNameRefusal(name);
  }
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
  if (kind === "securityGroup" && name.startsWith("sg-")) {
    return `no prefix that EC2 keeps for the ids of security groups, such as "sg-" in "${name}"`;
  }
  return name.length > maximum
    ? `at most ${maximum} characters for a ${kind}, "${name}" has ${name.length}`
    : undefined;
}

/** A problem as people read it: where, what stands there, what would be allowed, what to do. */
export function formatProblem({ level, file, path, subject, value, limit, remedy }: Problem): string {
  const place = path === "" ? "the whole object" : `${path}${subject === undefined ? "" : ` (${subject})`}`;
  const found = value === undefined ? "is missing" : `is ${show(value)}`;
  return [`${level}: ${file}: ${place} ${found}`, `  limit:  ${limit}`, `  remedy: ${remedy}`].join("\n");
}

/** A value as it was written. JSON alone has no word for NaN or a function, and throws at 365n. */
function show(value: unknown): string {
  return typeof value === "string" || typeof value === "object"
    ? JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part))
    : inspect(value);
}
