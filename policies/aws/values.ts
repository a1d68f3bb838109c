import type { Graph, Resource } from "../graph";

/** A value with names in place of references; undefined where there is none. */
export function textOf(value: unknown, graph: Graph): string | undefined {
  return typeof value === "string" ? graph.text(value) : undefined;
}

/** The texts of a list, be it written out or a reference to the list of another resource. */
export function textsOf(value: unknown, graph: Graph): string[] {
  const referred = graph.reference(value);
  const list = referred?.resource.values[referred.attribute];
  return Array.isArray(list) ? textsOf(list, graph) : listOf(value).flatMap((one) => textOf(one, graph) ?? []);
}

/** A value that may be one or a list, as a list. */
export function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : [value].flat();
}

/** Whether a value still has expressions in it: for what AWS makes up, and what Terraform alone works out. */
export function isOpen(value: unknown): boolean {
  return typeof value === "string" && value.includes("${");
}

/** The bucket that a value stands for, where it is one of the environment. */
export function bucketOf(value: unknown, graph: Graph): Resource | undefined {
  const referred = graph.reference(value)?.resource;
  return referred?.type === "aws_s3_bucket"
    ? referred
    : graph.ofType("aws_s3_bucket").find((bucket) => graph.refersTo(value, bucket));
}
