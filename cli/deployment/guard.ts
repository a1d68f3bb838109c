import { approvalOf, type Approvals, type Loss, type Objection, PLAN_GUARD } from "../../policies/plan-guard";
import { actionOf, baseAddress } from "../report/summary";
import type { PlanJson } from "../terraform/plan";
import type { Expected } from "./expected";

/** Why a plan is not applied without somebody's approval; nothing where it may be. */
export function objections(plan: PlanJson, approvals: Approvals): readonly Objection[] {
  return PLAN_GUARD.judgePlan(lossesIn(plan), approvals);
}

function lossesIn({ resource_changes: changes = [] }: PlanJson): Loss[] {
  return changes.flatMap((change) => {
    const action = actionOf(change);
    return action === "delete" || action === "replace" ? [{ address: change.address, type: change.type, action }] : [];
  });
}

/** What a plan would do beyond what was told of it when it could not be made yet. */
export function beyond(plan: PlanJson, { creates, deletes, updates }: Expected, { names }: Approvals): Objection[] {
  const told = { create: creates, delete: deletes, update: updates, replace: [], forget: deletes };
  return (plan.resource_changes ?? []).flatMap((change) => {
    const action = actionOf(change);
    const address = baseAddress(change.address);
    if (action === undefined || (told[action] as readonly string[]).includes(address)) {
      return [];
    }
    const approval = approvalOf({ action, address: change.address });
    const text = `it would ${approval}, of which the review said nothing`;
    return names.includes(approval) ? [] : [{ text, approval: ["--approve", approval] }];
  });
}

/** Approvals that are neither of a stack nor of a change. */
export function meaningless({ names }: Approvals, stacks: readonly string[]): string[] {
  return names.filter((name) => !stacks.includes(name) && !/^(create|update|replace|delete|forget) \S/.test(name));
}

/** Arguments that answer all objections, beside what was approved before, as a shell takes them. */
export function approvalArguments(found: readonly Objection[], { names }: Pick<Approvals, "names">): string {
  const of = (option: string) => found.flatMap(({ approval: [name, value = ""] }) => (name === option ? [value] : []));
  const losses = of("--max-losses").map(Number);
  const all = [...new Set([...names, ...of("--approve")])].map((name) => `'${name.replaceAll("'", "'\\''")}'`);
  return [
    ...(losses.length > 0 ? [`--max-losses ${Math.max(...losses)}`] : []),
    ...(all.length > 0 ? [`--approve ${all.join(" ")}`] : []),
  ].join(" ");
}
