import type { Graph, Resource } from "../graph";
import { textOf } from "./values";

/** A function by its name or ARN, with what may stand behind it: a version, or an alias. */
const QUALIFIED = /^((?:arn:[^:]*:lambda:[^:]*:[^:]*:function:)?[\w-]+):([\w$-]+)$/;

/** The function of ours that a value stands for, be it by a version or an alias. */
export function functionOf(value: unknown, graph: Graph): Resource | undefined {
  const referred = graph.reference(value)?.resource;
  if (referred?.type === "aws_lambda_alias") {
    return functionOf(referred.values.function_name, graph);
  }
  const text = textOf(value, graph);
  const name = text === undefined ? undefined : (QUALIFIED.exec(text)?.[1] ?? text);
  return referred?.type === "aws_lambda_function"
    ? referred
    : graph.ofType("aws_lambda_function").find((one) => graph.refersTo(name, one));
}

/** The version or alias by which a value names a function; undefined where it names none, or where an apply tells. */
export function qualifierOf(value: unknown, graph: Graph): string | undefined {
  const referred = graph.reference(value)?.resource;
  return referred?.type === "aws_lambda_alias"
    ? textOf(referred.values.name, graph)
    : QUALIFIED.exec(textOf(value, graph) ?? "")?.[2];
}
