import { App } from "cdktf";
import { readStacks } from "../../cli/check-stacks";
import type { Environment } from "../../environments/schema";
import { check, estateOf, type Finding } from "../../policies/engine";
import type { SynthesizedStack } from "../../policies/graph";
import { RULES } from "../../policies";
import { loadConfiguration } from "../../stacks/configuration";
import { addEnvironment } from "../../stacks/platform";
import { temporaryFolder } from "./checkout";

const { platform, environments, domains } = loadConfiguration();

export const TODAY = "2026-11-22";

const synthesized = new Map<string, readonly SynthesizedStack[]>();

export function environmentNamed(name: string): Environment {
  const found = environments.find((environment) => environment.name === name);
  if (found === undefined) {
    throw new Error(`there is no environment ${name}`);
  }
  return found;
}

/** The layered stacks of a real environment as they are checked, a copy that a test may change. */
export function stacksOf(name: string): SynthesizedStack[] {
  const known = synthesized.get(name) ?? synthesize(environmentNamed(name));
  synthesized.set(name, known);
  // JSON's own copy: structuredClone makes objects of another realm
  return JSON.parse(JSON.stringify(known)) as SynthesizedStack[];
}

function synthesize(environment: Environment): SynthesizedStack[] {
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  addEnvironment(app, { platform, environment, domains });
  app.synth();
  return readStacks(outdir);
}

/** What all rules find in the stacks of an environment, suppressed findings aside. */
export function findingsIn(stacks: readonly SynthesizedStack[], environment: Environment): Finding[] {
  const knownRules = RULES.map(({ id }) => id);
  return check({ ...estateOf(environment, stacks), platform, rules: RULES, knownRules, today: TODAY }).findings.filter(
    ({ suppression }) => suppression === undefined,
  );
}

/** Ids and addresses of what is found after a real environment was changed. */
export function mutated(name: string, edit: (stacks: SynthesizedStack[]) => void): string[] {
  const stacks = stacksOf(name);
  edit(stacks);
  return [...new Set(findingsIn(stacks, environmentNamed(name)).map(({ rule, address }) => `${rule.id} ${address}`))];
}
