import { consumerPolicyOutput } from "../../stacks/access/consumers";
import { expressionsIn, type Graph } from "../../policies/graph";
import { CommandError, ExitCode } from "../exit-codes";
import type { Names } from "./names";

export interface ConsumerPolicy {
  /** As JSON, with names in place of references. */
  readonly document: string;
  /** Expressions that AWS decides when it is deployed, for example for the id of a key. */
  readonly open: readonly string[];
}

/**
 * The IAM policy that a consumer's role needs.
 *
 * @throws CommandError if there is no such consumer, or none is written for it
 */
export function consumerPolicy(consumer: string, graph: Graph, names: Names): ConsumerPolicy {
  const name = consumerPolicyOutput(consumer);
  const value = graph.stacks.map(({ json }) => json.output?.[name]?.value).find((found) => found !== undefined);
  if (typeof value !== "string" || !names.consumers.has(consumer)) {
    throw new CommandError(`${refusal(consumer, names)} ${thoseThatHave(graph, names)}`, ExitCode.invalid);
  }
  const text = graph.text(value);
  // $${ is how Terraform writes ${, which IAM's own variables begin with
  const document = JSON.stringify(parse(text.replaceAll("$${", "${"), name), undefined, 2);
  return { document, open: [...new Set(expressionsIn(text))] };
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CommandError(
      `The output ${name} is known after its stack is deployed: read it with "terraform output -raw ${name}".`,
      ExitCode.failed,
    );
  }
}

function refusal(consumer: string, { environment, consumers, absent }: Names): string {
  const reason = absent.get(consumer);
  const arn = consumers.get(consumer);
  return reason !== undefined
    ? `${environment} goes without ${consumer}: ${reason}.`
    : arn === undefined
      ? `${environment} has no consumer "${consumer}".`
      : `${consumer} (${arn}) has no policy: none is written for it.`;
}

function thoseThatHave({ stacks }: Graph, { consumers }: Names): string {
  const outputs = new Set(stacks.flatMap(({ json }) => Object.keys(json.output ?? {})));
  const known = [...consumers.keys()].filter((name) => outputs.has(consumerPolicyOutput(name)));
  return known.length === 0 ? "No consumer has one." : `Those that have one: ${known.join(", ")}.`;
}
