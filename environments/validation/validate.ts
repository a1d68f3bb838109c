import { checkProblems, fileNameProblems, isValid, problemOf, type Source } from "../../validation/check";
import type { Problem } from "../../validation/problem";
import { schemaProblems } from "../../validation/schema-problems";
import { CHECKS } from "./checks";
import { overlap } from "./cidr";
import { type PlatformSettings, platformSchema } from "../platform";
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
  /** Every environment's file, whether or not something is wrong with it. */
  readonly sources: readonly Source[];
  /** The environments without an error. */
  readonly environments: readonly Environment[];
  readonly problems: readonly Problem[];
}

/** Checks every environment by itself, then all of them against each other, and reports every problem at once. */
export function validate(sources: Sources): Validated {
  const platform = platformSchema.safeParse(sources.platform);
  const problems = schemaProblems(PLATFORM_FILE, sources.platform, platform.error);
  const parsed = Object.entries(sources.environments).map(([name, raw]) => {
    const file = environmentFile(name);
    const fieldProblems = schemaProblems(file, raw, environmentSchema.safeParse(raw).error);
    const source = { file, raw, invalidPaths: fieldProblems.map(({ path }) => path) };
    problems.push(
      ...fieldProblems,
      ...fileNameProblems(source, name, { folder: "environments", kind: "environment" }),
      ...checkProblems(source, CHECKS),
    );
    return source;
  });
  problems.push(...crossEnvironmentProblems(parsed));
  const broken = new Set(problems.filter(({ level }) => level === "error").map(({ file }) => file));
  return {
    platform: platform.data,
    sources: parsed,
    environments: parsed.filter(({ file }) => !broken.has(file)).map(({ raw }) => raw as Environment),
    problems,
  };
}

export function environmentFile(name: string): string {
  return `environments/${name}.ts`;
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
      return other === undefined ? [] : [problemOf(source, { path, limit: limit(other.file), remedy })];
    }),
  );
}
