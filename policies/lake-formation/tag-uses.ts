import { textOf, textsOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { blocks } from "../rule";

/** Types that use LF-Tags: assign them, or grant by or on them. */
export const ASSIGNING_TYPES = ["aws_lakeformation_resource_lf_tag", "aws_lakeformation_resource_lf_tags"];
export const TAG_USING_TYPES = [...ASSIGNING_TYPES, "aws_lakeformation_permissions"];

/** That a resource uses values of an LF-Tag, as they are written. */
export interface TagUse {
  readonly key: string;
  readonly values: readonly string[];
  readonly attribute: string;
}

/** All LF-Tags that a resource uses. */
export function tagUsesOf({ values }: Resource, graph: Graph): TagUse[] {
  const expressions = blocks(values.lf_tag_policy).flatMap(({ expression }) => blocks(expression));
  return [
    ...blocks(values.lf_tag).map((tag) => ({ ...tag, attribute: "lf_tag" })),
    ...expressions.map((expression) => ({ ...expression, attribute: "lf_tag_policy" })),
  ].map(({ attribute, ...used }: { readonly attribute: string; readonly [name: string]: unknown }) => ({
    key: textOf(used.key, graph) ?? "",
    values: textsOf(used.values ?? used.value, graph),
    attribute,
  }));
}

/** The LF-Tag with a key, where it is declared. */
export function tagNamed(key: string, graph: Graph): Resource | undefined {
  return graph.ofType("aws_lakeformation_lf_tag").find(({ values }) => textOf(values.key, graph) === key);
}
