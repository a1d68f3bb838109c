import type { z } from "zod";
import { CHECKS } from "./checks";
import { overlap } from "./cidr";
import type { Limit } from "./limited";
import { type PlatformSettings, platformSchema } from "../platform";
import type { Problem } from "./problem";
import { type Environment, environmentSchema } from "../schema";

const PLATFORM_FILE = "environments/platform.ts";

/** What was written, before anything is known about it. */
export interface Sources {
  readonly platform: unknown;
  /** By the name of the file that holds it, without its ending. */
  readonly environments: Readonly<Record<string, unknown>>;
}

export interface Validated {
  readonly platform: PlatformSettings | undefined;
  /** The environments without an error. */
  readonly environments: readonly Environment[];
  readonly problems: readonly Problem[];
}

interface Source {
  readonly file: string;
  readonly raw: unknown;
  readonly invalidPaths: readonly string[];
}

/** Checks every environment by itself, then all of them against each other, and reports every problem at once. */
export function validate(sources: Sources): Validated {
  const platform = platformSchema.safeParse(sources.platform);
  const problems = schemaProblems(PLATFORM_FILE, sources.platform, platform.error);
  const parsed = Object.entries(sources.environments).map(([name, raw]) => {
    const file = environmentFile(name);
    const fieldProblems = schemaProblems(file, raw, environmentSchema.safeParse(raw).error);
    const source = { file, raw, invalidPaths: fieldProblems.map(({ path }) => path) };
    problems.push(...fieldProblems, ...fileNameProblems(name, source), ...crossFieldProblems(source));
    return source;
  });
  problems.push(...crossEnvironmentProblems(parsed));
  const broken = new Set(problems.filter(({ level }) => level === "error").map(({ file }) => file));
  return {
    platform: platform.data,
    environments: parsed.filter(({ file }) => !broken.has(file)).map(({ raw }) => raw as Environment),
    problems,
  };
}

export function environmentFile(name: string): string {
  return `environments/${name}.ts`;
}

/** Turns what zod found into problems, with the value that stands at each path. */
export function schemaProblems(file: string, raw: unknown, error: z.ZodError | undefined): Problem[] {
  return (error?.issues ?? []).flatMap((issue) => {
    const at = (keys: readonly PropertyKey[], limit: string, remedy: string): Problem => ({
      level: "error",
      file,
      path: formatPath(keys),
      value: valueAt(raw, keys),
      limit,
      remedy,
    });
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) =>
        at([...issue.path, key], "a field that exists", "correct the spelling or remove the field"),
      );
    }
    const { limit, remedy } = limitOf(issue);
    return [at(issue.path, limit, remedy)];
  });
}

/** What `limited` says of a value and, for the objects, lists and kinds it cannot wrap, what holds for all of them. */
function limitOf(issue: z.core.$ZodIssue): Limit {
  if (issue.code === "invalid_type" && issue.expected === "object") {
    return { limit: "an object", remedy: "write the fields that its schema has, in braces" };
  }
  if (issue.code === "invalid_type" && issue.expected === "array") {
    return { limit: "a list", remedy: "write the values in square brackets, [] for none" };
  }
  if (issue.code === "invalid_union" && "options" in issue && issue.options !== undefined) {
    return { limit: `one of ${issue.options.join(", ")}`, remedy: "choose one, and write the fields that it has" };
  }
  const remedy: unknown = issue.code === "custom" ? issue.params?.remedy : undefined;
  return { limit: issue.message, remedy: typeof remedy === "string" ? remedy : "correct the value" };
}

function fileNameProblems(name: string, source: Source): Problem[] {
  const value = valueAt(source.raw, ["name"]);
  if (!isValid(source, "name") || value === name) {
    return [];
  }
  const limit = `the key in environments/index.ts and the file's own name, "${name}"`;
  const remedy = "name the file, the key and the environment alike";
  return [{ level: "error", file: source.file, path: "name", value, limit, remedy }];
}

function crossFieldProblems(source: Source): Problem[] {
  return CHECKS.filter(({ reads }) => reads.every((path) => isValid(source, path))).flatMap(({ findings }) =>
    findings(source.raw as Environment).map(({ level, path, limit, remedy }): Problem => ({
      level: level ?? "error",
      file: source.file,
      path,
      value: valueAt(source.raw, parsePath(path)),
      limit,
      remedy,
    })),
  );
}

interface PairRule {
  readonly path: string;
  readonly clash: (one: Environment, other: Environment) => boolean;
  readonly limit: (otherFile: string) => string;
  readonly remedy: string;
}

const PAIR_RULES: readonly PairRule[] = [
  {
    path: "accountId",
    clash: (one, other) => one.accountId === other.accountId,
    limit: (otherFile) =>
      `an account of its own; ${otherFile} has the same, and Data Catalog, Lake Formation settings and OIDC provider exist once an account`,
    remedy: "give each environment its own AWS account",
  },
  {
    path: "network.cidr",
    clash: (one, other) => overlap(one.network.cidr, other.network.cidr),
    limit: (otherFile) => `no overlap with the network of another environment, here ${otherFile}`,
    remedy: "choose a block that no environment uses, so that the networks can be connected one day",
  },
  {
    path: "name",
    clash: (one, other) => one.name === other.name,
    limit: (otherFile) => `a name of its own; ${otherFile} has the same`,
    remedy: "rename one of the two, unless it is deployed: names are part of every address",
  },
];

function crossEnvironmentProblems(sources: readonly Source[]): Problem[] {
  return sources.flatMap((source, index) =>
    PAIR_RULES.flatMap(({ path, clash, limit, remedy }) => {
      const other = sources
        .slice(0, index)
        .find(
          (earlier) =>
            isValid(source, path) &&
            isValid(earlier, path) &&
            clash(source.raw as Environment, earlier.raw as Environment),
        );
      return other === undefined
        ? []
        : [
            {
              level: "error" as const,
              file: source.file,
              path,
              value: valueAt(source.raw, parsePath(path)),
              limit: limit(other.file),
              remedy,
            },
          ];
    }),
  );
}

/** Whether neither `path`, nor anything around or inside it, has failed its schema. */
function isValid({ invalidPaths }: Source, path: string): boolean {
  return !invalidPaths.some(
    (invalid) => invalid === "" || invalid === path || isInside(invalid, path) || isInside(path, invalid),
  );
}

function isInside(path: string, outer: string): boolean {
  return path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

function formatPath(keys: readonly PropertyKey[]): string {
  return keys
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");
}

/** The keys of a path as `formatPath` writes it. Tag keys may hold dots: what follows "tags." is one key. */
function parsePath(path: string): PropertyKey[] {
  const tag = /^tags\.(.*)$/s.exec(path)?.[1];
  if (tag !== undefined) {
    return ["tags", tag];
  }
  return [...path.matchAll(/[^.[\]]+/g)].map(([key]) => (/^\d+$/.test(key) ? Number(key) : key));
}

function valueAt(raw: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
}
