import { STATEFUL_TYPES } from "../../policies/stateful-types";
import { actionOf } from "../report/summary";
import type { PlanJson } from "../terraform/plan";
import type { Expected } from "./expected";

/** What a person has approved of a deployment. */
export interface Approvals {
  /** Addresses of resources, and names of stacks whose code is gone. */
  readonly names: readonly string[];
  /** How many resources of a stack may be deleted or replaced. */
  readonly maxLosses: number;
}

/** Why a plan is not applied without somebody's approval, a sentence each; none where it may be. */
export function objections(plan: PlanJson, { names, maxLosses }: Approvals): string[] {
  const losses = (plan.resource_changes ?? []).flatMap((change) => {
    const action = actionOf(change);
    return action === "delete" || action === "replace" ? [{ ...change, action }] : [];
  });
  const ofData = losses
    .filter(({ type, address }) => STATEFUL_TYPES.includes(type) && !names.includes(address))
    .map(({ address, action }) => `${address} holds data, and the plan would ${action} it: --approve '${address}'`);
  const tooMany =
    losses.length > maxLosses
      ? [`${losses.length} resources would be lost, more than ${maxLosses}: --max-losses ${losses.length}`]
      : [];
  return [...ofData, ...tooMany];
}

/** What a plan would do beyond what was told of it when it could not be made yet, a sentence each. */
export function beyond(plan: PlanJson, { creates, deletes, updates }: Expected, approved: readonly string[]): string[] {
  const told = { create: creates, delete: deletes, update: updates, replace: [], forget: deletes };
  return (plan.resource_changes ?? []).flatMap((change) => {
    const action = actionOf(change);
    const address = change.address.replace(/\[.*\]$/, "");
    const isTold = action === undefined || (told[action] as readonly string[]).includes(address);
    return isTold || approved.includes(change.address)
      ? []
      : [`it would ${action} ${change.address}, of which the review said nothing: --approve '${change.address}'`];
  });
}
