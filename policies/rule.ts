import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import type { Graph, Resource, SynthesizedStack } from "./graph";
import type { Approvals, Loss, Objection } from "./plan-guard";

export const SEVERITIES = ["critical", "high", "medium", "low"] as const;

export type Severity = (typeof SEVERITIES)[number];

export type Stage = Environment["stage"];

/** An environment with all of its resources. */
export interface Estate {
  readonly environment: Environment;
  readonly graph: Graph;
}

/** What a rule sees. */
export interface RuleContext extends Estate {
  readonly platform: PlatformSettings;
  /** The other environments in the same AWS account. */
  readonly neighbours: readonly Estate[];
  /** As YYYY-MM-DD: what is allowed until a day ends with it. */
  readonly today: string;
}

/** What a rule says of something that does not pass. */
export interface Verdict {
  /** "unknown" where the values that decide are not known before an apply. */
  readonly outcome: "failed" | "unknown";
  /**
   * A failure that does not fail the synth although others of its rule do.
   *
   * @default - the rule's
   */
  readonly level?: "warning";
  /** Where in the resource, for example "rule[0].status". */
  readonly attribute?: string;
  /** What was found, in one sentence without the address. */
  readonly text: string;
}

interface RuleBase {
  /** Unique, for example "LAKE-S3-01". Rules on whether it would work begin with "WIRE-". */
  readonly id: string;
  /** What has to hold, as a sentence. */
  readonly title: string;
  readonly severity: Severity;
  /** An error fails the synth. */
  readonly level: "error" | "warning";
  /**
   * Stages of environments in which it holds.
   *
   * @default - all
   */
  readonly stages?: readonly Stage[];
  /** What to do, where nothing more is known. */
  readonly remedy: string;
  /** Public documents that say so. */
  readonly sources: readonly string[];
  /** The same demand in other rule sets. */
  readonly external?: {
    readonly checkov?: readonly string[];
    readonly trivy?: readonly string[];
    readonly cdkNag?: readonly string[];
    readonly securityHub?: readonly string[];
  };
}

/** Judges each resource of some types by itself; no verdict is a pass. */
export interface ResourceRule extends RuleBase {
  readonly types: readonly string[] | "all";
  readonly judge: (resource: Resource, context: RuleContext) => readonly Verdict[];
}

/** Judges each stack: its backend, its provider. */
export interface StackRule extends RuleBase {
  readonly judgeStack: (stack: SynthesizedStack, context: RuleContext) => readonly Verdict[];
}

export type Rule = ResourceRule | StackRule;

/** Judges what a saved plan takes away. */
export interface PlanRule extends RuleBase {
  readonly judgePlan: (losses: readonly Loss[], approvals: Approvals) => readonly Objection[];
}

/** A failure, where `holds` is true. */
export function failedIf(holds: boolean, text: string, attribute?: string): Verdict[] {
  return holds ? [{ outcome: "failed", text, ...(attribute !== undefined && { attribute }) }] : [];
}

/** A failure that does not fail the synth, where `holds` is true. */
export function warnIf(holds: boolean, text: string, attribute?: string): Verdict[] {
  return failedIf(holds, text, attribute).map((verdict) => ({ ...verdict, level: "warning" }));
}

/** What cannot be told before an apply. */
export function unknown(text: string, attribute?: string): Verdict[] {
  return [{ outcome: "unknown", text, ...(attribute !== undefined && { attribute }) }];
}

/** Whether a value is, at least in part, an expression of Terraform: $${ is an escape. */
export function isUnresolved(value: unknown): boolean {
  return typeof value === "string" && /(?<!\$)\$\{/.test(value);
}

/** Judges a value as it is known at synth; one that an apply decides is unknown, which is neither a pass nor a failure. */
export function judgeKnown<T>(value: T, what: string, judge: (value: T) => readonly Verdict[]): readonly Verdict[] {
  return isUnresolved(value) ? unknown(`${what} is not known before an apply`) : judge(value);
}

/** A value within a resource by its keys, for example at(values, "rule", 0, "status"); blocks may be lists or objects. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>((found, key) => {
    const holder = typeof key === "string" && Array.isArray(found) ? (found as unknown[])[0] : found;
    return typeof holder === "object" && holder !== null
      ? (holder as Record<string | number, unknown>)[key]
      : undefined;
  }, value);
}

/** A block that may be written once or as a list, as a list. */
export function blocks(value: unknown): Readonly<Record<string, unknown>>[] {
  return (value === undefined || value === null ? [] : [value].flat()) as Readonly<Record<string, unknown>>[];
}
