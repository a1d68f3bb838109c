import { z } from "zod";

/** What a value must satisfy, said to the person who wrote it. */
export interface Limit {
  /** The rule that AWS or Basin sets, with its figures. */
  readonly limit: string;
  /** What to write instead. */
  readonly remedy: string;
}

/**
 * Wraps a schema so that every way of failing it, a missing value included, is reported as one problem with its limit
 * and remedy.
 */
export function limited<T>(schema: z.ZodType<T>, { limit, remedy }: Limit): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) {
      return parsed.data;
    }
    context.addIssue({ code: "custom", message: limit, input: value, params: { remedy } });
    return z.NEVER;
  });
}
