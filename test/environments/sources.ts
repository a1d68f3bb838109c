import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../environments";
import { platform } from "../../environments/platform";
import type { Problem } from "../../validation/problem";
import { environmentFile, type Sources } from "../../environments/validation/validate";
import { ConfigurationError, loadConfiguration } from "../../stacks/configuration";

/** A value that breaks one limit, put into the real configuration, and what has to be said about it. */
export interface BadInput {
  readonly id: string;
  readonly title: string;
  /** Name of an environment, or "platform". */
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
  readonly level: Problem["level"];
  /** Neighbours of the value that are allowed, the bounds themselves among them. */
  readonly good?: readonly unknown[];
}

export const BAD_INPUTS = JSON.parse(
  readFileSync(join(__dirname, "../fixtures/bad-inputs.json"), "utf8"),
) as readonly BadInput[];

/** Values by the path they go to; undefined removes what stands there. */
type Values = Readonly<Record<string, unknown>>;

/** The real configuration with some changes, by the name of the file that is changed. */
export function changed(changes: Readonly<Record<string, Values>>): Sources {
  const sources: Record<string, unknown> & Sources = structuredClone({ platform, environments });
  for (const [file, values] of Object.entries(changes)) {
    const [holder, name] =
      file === "platform" ? [sources, file] : [sources.environments as Record<string, unknown>, file];
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

/** The real configuration with a bad input in it. */
export function sourcesWith({ file, given = {}, path, value }: BadInput): Sources {
  return changed({ [file]: { ...given, [path]: value } });
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
export function expectedProblems({ file, path, value, limit, remedy, level }: BadInput): Problem[] {
  return [limit].flat().map((text) => ({ level, file: fileOf(file), path, value, limit: text, remedy }));
}

export function fileOf(name: string): string {
  return name === "platform" ? "environments/platform.ts" : environmentFile(name);
}

/** Every field within a value, by its path; of lists the first item's. */
export function fieldsOf(value: unknown, path = ""): [path: string, value: unknown][] {
  if (Array.isArray(value)) {
    return fieldsOf(value[0], `${path}[0]`);
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, field]) => {
    const fieldPath = path === "" ? key : `${path}.${key}`;
    return [[fieldPath, field], ...fieldsOf(field, fieldPath)];
  });
}

/** The keys of a path; what follows "tags." is one key, whatever is in it. */
function keysOf(path: string): string[] {
  return path.startsWith("tags.") ? ["tags", path.slice("tags.".length)] : (path.match(/[^.[\]]+/g) ?? []);
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
