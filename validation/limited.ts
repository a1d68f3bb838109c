import { z } from "zod";

/** What a value must satisfy, said to the person who wrote it. */
export interface Limit {
  /** The rule that AWS or Basin sets, with its figures. */
  readonly limit: string;
  /** What to write instead. */
  readonly remedy: string;
  /** What in particular is wrong with a text, where the rule has many sides. */
  readonly refusal?: (text: string) => string | undefined;
}

/** What is wrapped, by the wrapper: a JSON Schema describes the values themselves. */
const wrapped = new WeakMap<z.core.$ZodType, { readonly schema: z.ZodType; readonly limit?: string }>();

/**
 * Wraps a schema so that every way of failing it, a missing value included, is reported as one problem with its limit
 * and remedy.
 */
export function limited<T>(schema: z.ZodType<T>, { limit, remedy, refusal }: Limit): z.ZodType<T> {
  const wrapper = z.unknown().transform((value, context) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) {
      return parsed.data;
    }
    const reason = typeof value === "string" ? refusal?.(value) : undefined;
    const message = reason === undefined ? limit : `${limit}; this one ${reason}`;
    context.addIssue({ code: "custom", message, input: value, params: { remedy } });
    return z.NEVER;
  });
  wrapped.set(wrapper, { schema, limit });
  return wrapper;
}

/** One of two schemas, chosen by what is written: only the problems of the chosen one are reported. */
export function either<A, B>(
  one: z.ZodType<A>,
  other: z.ZodType<B>,
  isOne: (value: unknown) => boolean,
): z.ZodType<A | B> {
  const wrapper = z.unknown().transform((value, context): A | B => {
    const parsed: z.ZodSafeParseResult<A | B> = (isOne(value) ? one : other).safeParse(value);
    if (parsed.success) {
      return parsed.data;
    }
    context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });
  wrapped.set(wrapper, { schema: z.union([one, other]) });
  return wrapper;
}

/** The JSON Schema (draft 2020-12) of what a schema takes, with its limits as descriptions. */
export function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: target }) => {
      const inner = wrapped.get(zodSchema);
      if (inner !== undefined) {
        const described = jsonSchema(inner.schema);
        delete described.$schema;
        Object.assign(target, described, inner.limit === undefined ? {} : { description: inner.limit });
      }
    },
  });
}
