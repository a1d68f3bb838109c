import type { PlanRule } from "./rule";
import { STATEFUL_TYPES } from "./stateful-types";

/** A resource that a plan takes away, whether another takes its place or not. */
export interface Loss {
  readonly address: string;
  readonly type: string;
  readonly action: "delete" | "replace";
}

/** What a person has approved of a deployment. */
export interface Approvals {
  /** What may happen to which resource, for example "delete aws_s3_bucket.raw", and names of stacks. */
  readonly names: readonly string[];
  /** How many resources of a stack may be deleted or replaced. */
  readonly maxLosses: number;
}

/** Why a plan is not applied, and what approves it. */
export interface Objection {
  readonly text: string;
  /** Arguments of the command that applies it. */
  readonly approval: readonly string[];
}

/** How the approval of one change is written. */
export function approvalOf({ action, address }: { readonly action: string; readonly address: string }): string {
  return `${action} ${address}`;
}

/** How many resources of a stack a deployment deletes or replaces without being asked again. */
export const MAX_LOSSES = 20;

/** What is replaced to be done once more: nothing is lost with it. */
const CALLS = ["aws_lambda_invocation"];

function tooMany(count: number, maximum: number): Objection[] {
  const text = `${count} resources would be lost, more than ${maximum}`;
  return count > maximum ? [{ text, approval: ["--max-losses", String(count)] }] : [];
}

/** The rule on plans: it is judged where they are applied, for no synthesized stack tells what is lost. */
export const PLAN_GUARD: PlanRule = {
  id: "LAKE-STATE-08",
  title: "No plan destroys what holds data, nor much at once, unless somebody approved it",
  severity: "critical",
  level: "error",
  sources: [
    "https://developer.hashicorp.com/terraform/internals/json-format#change-representation",
    "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy",
  ],
  remedy:
    "Keep the resource: put its code back, or add a moved block where it was renamed. If it shall go, approve its address.",
  judgePlan: (losses, { names, maxLosses }) => [
    ...losses
      .filter((loss) => STATEFUL_TYPES.includes(loss.type) && !names.includes(approvalOf(loss)))
      .map((loss) => ({
        text: `${loss.address} holds data, and the plan would ${loss.action} it`,
        approval: ["--approve", approvalOf(loss)],
      })),
    ...tooMany(losses.filter(({ type }) => !CALLS.includes(type)).length, maxLosses),
  ],
};
