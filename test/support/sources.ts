import { readFileSync } from "node:fs";
import { join } from "node:path";
import { domains } from "../fixtures/domains";
import { environments } from "../fixtures/environments";
import { platform } from "../../environments/platform";
import { environmentFile } from "../../environments/validation/validate";
import { ConfigurationError, loadConfiguration, type Sources } from "../../stacks/configuration";
import type { Problem } from "../../validation/problem";

/** A value that breaks one limit, put into the configuration of the fixtures, and what has to be said about it. */
export interface BadInput {
  readonly id: string;
  readonly title: string;
  /** Name of an environment, "platform", or "domains/" and the name of a domain. */
  readonly file: string;
  /** Good values that go in first, by their path. */
  readonly given?: Readonly<Record<string, unknown>>;
  /** Where the value goes, and where the problem is; "" for all that the file declares. */
  readonly path: string;
  /** Without it, what stands at the path is removed. */
  readonly value?: unknown;
  /** Several where one value breaks the same limit in several environments. */
  readonly limit: string | readonly string[];
  readonly remedy: string;
  /** What the path leads to, by name, where it counts through datasets and columns. */
  readonly subject?: string;
  readonly level: Problem["level"];
  /** Neighbours of the value that are allowed, the bounds themselves among them. */
  readonly good?: readonly unknown[];
}

/** Bad values of environments and of what holds for all of them. */
export const BAD_INPUTS = inputsIn("bad-inputs.json");

/** Bad values of domains, by themselves and together with environments. */
export const BAD_DOMAIN_INPUTS = inputsIn("bad-domain-inputs.json");

function inputsIn(file: string): readonly BadInput[] {
  return JSON.parse(readFileSync(join(__dirname, "../fixtures", file), "utf8")) as BadInput[];
}

/** Values by the path they go to; undefined removes what stands there. */
type Values = Readonly<Record<string, unknown>>;

/**
 * The configuration of the fixtures with some changes, by the name of the file that is changed: "platform", that of an
 * environment, or "domains/" and that of a domain. It has no domains unless one of them is changed.
 */
export function changed(changes: Readonly<Record<string, Values>>): Sources {
  const withDomains = Object.keys(changes).some((file) => file.startsWith(DOMAINS));
  const sources: Record<string, unknown> & Sources = structuredClone({
    platform,
    environments,
    domains: withDomains ? domains : {},
  });
  for (const [file, values] of Object.entries(changes)) {
    const [holder, name] = holderOf(sources, file);
    for (const [path, value] of Object.entries(values)) {
      if (path === "") {
        holder[name] = value;
      } else {
        put(holder[name], keysOf(path), value);
      }
    }
  }
  return sources;
}

/** A copy of what a file declares, with another value at a path. */
export function withValue(declared: unknown, path: string, value: unknown): unknown {
  const holder = { copy: structuredClone(declared) };
  put(holder, ["copy", ...keysOf(path)], value);
  return holder.copy;
}

const DOMAINS = "domains/";

/** The object that holds what a file declares, and under which name. */
function holderOf(sources: Record<string, unknown> & Sources, file: string): [Record<string, unknown>, string] {
  if (file === "platform") {
    return [sources, file];
  }
  return file.startsWith(DOMAINS) ? [sources.domains, file.slice(DOMAINS.length)] : [sources.environments, file];
}

/** The configuration of the fixtures with a bad input in it, and with changes of other files. */
export function sourcesWith(
  { file, given = {}, path, value }: BadInput,
  others: Readonly<Record<string, Values>> = {},
): Sources {
  return changed({ ...others, [file]: { ...given, [path]: value } });
}

/** Everything that is said about a configuration, which loads if all of it is warnings, and only then. */
export function problemsOf(sources: Sources): readonly Problem[] {
  const { problems, loaded } = load(sources);
  if (loaded === problems.some(({ level }) => level === "error")) {
    throw new Error(`${loaded ? "loaded" : "refused"} with these problems: ${JSON.stringify(problems)}`);
  }
  return problems;
}

function load(sources: Sources): { loaded: boolean; problems: readonly Problem[] } {
  try {
    return { loaded: true, problems: loadConfiguration(sources).warnings };
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return { loaded: false, problems: error.problems };
    }
    throw error;
  }
}

/** What has to be said about a bad input, and nothing else. */
export function expectedProblems({ file, path, value, limit, remedy, subject, level }: BadInput): Problem[] {
  return [limit]
    .flat()
    .map((text) => ({ level, file: fileOf(file), path, ...(subject && { subject }), value, limit: text, remedy }));
}

export function fileOf(name: string): string {
  if (name.startsWith(DOMAINS)) {
    return `${name}.ts`;
  }
  return name === "platform" ? "environments/platform.ts" : environmentFile(name);
}

/** What is said about a bad input, as people read it. */
export function expectedTexts(input: BadInput): string[] {
  const { level, file, path, subject, limit, remedy } = input;
  const place = `${path === "" ? "the whole object" : path}${subject === undefined ? "" : ` (${subject})`}`;
  const found = "value" in input ? `is ${JSON.stringify(input.value)}` : "is missing";
  return [limit]
    .flat()
    .map((text) => `${level}: ${fileOf(file)}: ${place} ${found}\n  limit:  ${text}\n  remedy: ${remedy}`);
}

/** Every field within a value, by its path; of lists the items that `pick` chooses, by default the first. */
export function fieldsOf(
  value: unknown,
  path = "",
  pick: (items: readonly unknown[]) => readonly unknown[] = (items) => items.slice(0, 1),
): [path: string, value: unknown][] {
  if (Array.isArray(value)) {
    return pick(value).flatMap((item, index) => fieldsOf(item, `${path}[${index}]`, pick));
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, field]) => {
    const fieldPath = path === "" ? key : `${path}.${key}`;
    return [[fieldPath, field], ...fieldsOf(field, fieldPath, pick)];
  });
}

/** The keys of a path; in objects whose keys people choose freely, what follows is one key, whatever is in it. */
function keysOf(path: string): string[] {
  const [, object, key] = /^(tags|disabledDatasets)\.(.*)$/s.exec(path) ?? [];
  if (object !== undefined && key !== undefined) {
    return [object, key];
  }
  return [...path.matchAll(/\["(.*?)"\]|[^.[\]]+/g)].map(([part, quoted]) => quoted ?? part);
}

function put(target: unknown, [key, ...others]: readonly string[], value: unknown): void {
  const object = target as Record<string, unknown>;
  if (key === undefined) {
    throw new Error("a path needs a key");
  }
  if (others.length > 0) {
    put(object[key], others, value);
  } else if (value === undefined) {
    Reflect.deleteProperty(object, key);
  } else {
    object[key] = structuredClone(value);
  }
}

/** A problem in words of ours, whatever they are: none of the library that finds most of them, and with a remedy. */
export function problemAt(file: string, path: string, value: unknown) {
  return {
    level: "error",
    file: fileOf(file),
    path,
    value,
    limit: expect.stringMatching(/^(?!Invalid|Too |Unrecognized|.*\b(expected|received)\b).*\w/) as string,
    remedy: expect.stringMatching(/^(?!correct the value$).*\w/) as string,
  };
}
