import type { z } from "zod";
import type { Limit } from "./limited";
import { formatPath, valueAt } from "./paths";
import type { Problem } from "./problem";

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
  if (issue.code === "invalid_type" && issue.expected === "record") {
    return { limit: "an object", remedy: "write names and what they stand for in braces, {} for none" };
  }
  if (issue.code === "invalid_type" && issue.expected === "array") {
    return { limit: "a list", remedy: "write the values in square brackets, [] for none" };
  }
  if (issue.code === "invalid_union" && "options" in issue && issue.options !== undefined) {
    return { limit: `one of ${issue.options.join(", ")}`, remedy: "choose one, and write the fields that it has" };
  }
  if (issue.code === "too_small" && issue.origin === "array") {
    return { limit: `a list of ${String(issue.minimum)} or more`, remedy: "write at least as many items" };
  }
  if (issue.code === "too_big" && issue.origin === "array") {
    return {
      limit: `a list of ${String(issue.maximum)} or fewer`,
      remedy: "leave out some, or join what belongs together",
    };
  }
  const remedy: unknown = issue.code === "custom" ? issue.params?.remedy : undefined;
  return { limit: issue.message, remedy: typeof remedy === "string" ? remedy : "correct the value" };
}
