import type { Environment } from "../../environments/schema";
import { platform } from "../../environments/platform";
import { check, estateOf } from "../../policies/engine";
import type { StackJson, SynthesizedStack } from "../../policies/graph";
import type { Estate } from "../../policies/rule";
import { RULES } from "../../policies";
import { environments } from "../fixtures/environments";
import { TODAY } from "./policies";

/** Resources of one stack: type, id, values. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** Resources that a rule has to tell apart. */
export interface Case {
  /** Id of the rule. */
  readonly rule: string;
  /** What is special about it, for the name of the test. */
  readonly what: string;
  /** Resources of the stack "prod-lake"; a list stands for stacks of which each needs those before it: "prod-0", ... */
  readonly resources: Resources | readonly Resources[];
  /**
   * Everything else of the stack, for rules that judge stacks.
   *
   * @default - resources alone
   */
  readonly json?: StackJson;
  /**
   * Resources of another environment in the same account and region.
   *
   * @default - there is none
   */
  readonly neighbour?: Resources;
  /** Changes production, in which the case is judged. */
  readonly environment?: Partial<Environment>;
  /** What the rule says of it: nothing, or the first of its verdicts counts. */
  readonly outcome: "passed" | "failed" | "warning" | "unknown";
  /**
   * Part of its text: only verdicts that have it count.
   *
   * @default - all verdicts count
   */
  readonly says?: string;
}

/** Cases of one rule. */
export function casesOf(rule: string, cases: readonly Omit<Case, "rule">[]): Case[] {
  return cases.map((one) => ({ rule, ...one }));
}

/** What the case's rule, and no other, says of its resources. */
export function judge({ rule, resources, json, neighbour, environment: changes, says = "" }: Case): Case["outcome"] {
  const environment = { ...environments.prod, ...changes };
  const rules = RULES.filter(({ id }) => id === rule);
  if (rules.length === 0) {
    throw new Error(`there is no rule ${rule}`);
  }
  const neighbours = neighbour === undefined ? [] : [estate({ ...environment, name: "neighbour" }, neighbour)];
  const { findings } = check({
    ...estate(environment, resources, json),
    platform,
    neighbours,
    rules,
    knownRules: [rule],
    today: TODAY,
  });
  const outcomes = new Set(
    findings
      .filter(({ text }) => text.includes(says))
      .map(({ outcome, level, rule: { level: usual } }) =>
        outcome === "failed" && (level ?? usual) === "warning" ? "warning" : outcome,
      ),
  );
  return (["failed", "warning", "unknown"] as const).find((outcome) => outcomes.has(outcome)) ?? "passed";
}

function estate(environment: Environment, resources: Case["resources"], json: StackJson = {}): Estate {
  const lists = (Array.isArray(resources) ? resources : [resources]) as readonly Resources[];
  const stacks = lists.map((resource, index): SynthesizedStack => ({
    name: lists.length === 1 ? `${environment.name}-lake` : `${environment.name}-${index}`,
    dependencies: lists.slice(0, index).map((_, before) => `${environment.name}-${before}`),
    json: { ...json, resource },
  }));
  return estateOf(environment, stacks);
}
