import { Aspects, TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/** Why a rule does not hold for something, who decided so, and until when. */
export interface Suppression {
  /** Id of the rule. */
  readonly rule: string;
  /** Why it is right as it is, for whoever reads the report. */
  readonly reason: string;
  /** Who answers for it: a team or an address. */
  readonly owner: string;
  /** The last day it holds, as YYYY-MM-DD. */
  readonly expires: string;
}

/**
 * Keeps a rule from failing for all resources in a construct. It is written beside them in the synthesized JSON, where the
 * check finds it; one that is unknown, expired or not needed is a finding itself.
 */
export function suppress(construct: IConstruct, suppression: Suppression): void {
  // one object for all resources in the construct: it is used if one of them needs it
  const noted = { ...suppression, scope: construct.node.path };
  Aspects.of(construct).add({
    visit: (node) => {
      if (node instanceof TerraformResource) {
        const suppressions = known.get(node) ?? [];
        suppressions.push(noted);
        known.set(node, suppressions);
        node.addOverride("//.suppressions", suppressions);
      }
    },
  });
}

const known = new WeakMap<TerraformResource, object[]>();
