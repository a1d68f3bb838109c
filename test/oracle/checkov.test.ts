import { RULES } from "../../policies";
import { estateOf } from "../../policies/engine";
import type { SynthesizedStack } from "../../policies/graph";
import { MUTATIONS } from "../../policies/mutations";
import { namedEnvironments } from "../support/environments";
import { environmentNamed, findingsIn, stacksOf } from "../support/policies";
import { ACCEPTED } from "./accepted";
import { Checkov, type CheckResult, planOf } from "./checkov";
import {
  type ComparedEnvironment,
  type ComparedMutation,
  type Comparison,
  compare,
  renderComparison,
} from "./comparison";
import { type Probe, PROBES } from "./probes";

// its packages have to be fetched the first time
jest.setTimeout(600_000);

const { signal } = new AbortController();

const MUTATED = "prod";

type Weakened = Omit<ComparedMutation, "fired"> & { readonly stacks: readonly SynthesizedStack[] };

describe("checkov", () => {
  let mutations: readonly ComparedMutation[];
  let comparison: Comparison;

  beforeAll(async () => {
    const changed = weakened();
    const checkov = await Checkov.prepare(signal);
    const environments = await scanEnvironments(checkov);
    mutations = await scanWeakened(checkov, changed);
    comparison = compare({
      rules: RULES,
      environments,
      mutations,
      accepted: ACCEPTED,
      knownChecks: await checkov.knownChecks(),
      today: new Date().toISOString().slice(0, "YYYY-MM-DD".length),
    });
    process.stdout.write(`${renderComparison(comparison)}\n`);
  });

  test("has every check that a rule claims", () => {
    expect(comparison.rows.filter(({ verdict }) => verdict === "NO SUCH CHECK")).toEqual([]);
  });

  test("finds nothing in the environments but what is suppressed or accepted", () => {
    expect(comparison.rows.flatMap(({ check, open }) => open.map((what) => `${check} ${what}`))).toEqual([]);
  });

  test("differs wherever that is accepted, which has a reason and has not expired", () => {
    expect(comparison.acceptedProblems).toEqual([]);
  });

  test("notices nothing that the rules which claim its checks do not notice", () => {
    expect(comparison.rows.flatMap(({ check, missed }) => missed.map((what) => `${check} ${what}`))).toEqual([]);
  });

  test.each(PROBES)("notices $what", ({ what, checks }) => {
    const fired = mutations.find((mutation) => mutation.what === what)?.fired.map(({ check }) => check);

    expect(fired).toEqual(expect.arrayContaining([...checks]));
  });
});

async function scanEnvironments(checkov: Checkov): Promise<ComparedEnvironment[]> {
  const names = namedEnvironments.map(([name]) => name);
  const results = await checkov.scan(names.map(stacksOf), { failuresOnly: false });
  return namedEnvironments.map(([name, environment], index) => {
    const { resources } = estateOf(environment, stacksOf(name)).graph;
    const suppressions = new Map(resources.map((resource) => [resource.address, resource.suppressions]));
    const { failed, passed } = results[index] ?? { failed: [], passed: [] };
    return { name, failed, passed, suppressions };
  });
}

/** What weakens production, with what we find in it then. */
function weakened(): Weakened[] {
  // rules on whether it would work demand nothing that checkov does
  const mutations = MUTATIONS.filter(({ rule }) => !rule.startsWith("WIRE-"));
  const changes: Pick<Probe, "what" | "edit" | "accepted">[] = [
    ...mutations.map(({ rule, what, edit }) => ({ what: `${rule} ${what}`, edit })),
    ...PROBES,
  ];
  const unchanged = JSON.stringify(planOf(stacksOf(MUTATED)));
  return changes.flatMap(({ what, edit, accepted }) => {
    const stacks = stacksOf(MUTATED);
    edit(stacks);
    const rules = findingsIn(stacks, environmentNamed(MUTATED)).map(({ rule }) => rule.id);
    // checkov does not look at states
    return JSON.stringify(planOf(stacks)) === unchanged ? [] : [{ what, stacks, rules, accepted }];
  });
}

/**
 * What checkov finds in the stacks that are weakened, and not in the same ones as they are. Other stacks are left out, with which
 * it would be busy most of the time.
 */
async function scanWeakened(checkov: Checkov, changed: readonly Weakened[]): Promise<ComparedMutation[]> {
  const unchanged = new Map(stacksOf(MUTATED).map((stack) => [stack.name, JSON.stringify(stack)]));
  const variants = changed.map(({ stacks, accepted }) =>
    // what differs there may be found in another stack
    accepted === undefined ? stacks.filter((stack) => JSON.stringify(stack) !== unchanged.get(stack.name)) : stacks,
  );
  const namesIn = (stacks: readonly SynthesizedStack[]) => stacks.map(({ name }) => name).join(" ");
  const selections = [...new Set(variants.map(namesIn))];
  const bases = selections.map((names) => stacksOf(MUTATED).filter(({ name }) => names.split(" ").includes(name)));
  const results = await checkov.scan([...bases, ...variants], { failuresOnly: true });
  const before = new Map(selections.map((names, index) => [names, new Set((results[index]?.failed ?? []).map(keyOf))]));
  return changed.map((one, index) => ({
    ...one,
    fired: (results[bases.length + index]?.failed ?? []).filter(
      (result) => before.get(namesIn(variants[index] ?? []))?.has(keyOf(result)) !== true,
    ),
  }));
}

function keyOf({ check, address }: CheckResult): string {
  return `${check} ${address}`;
}
