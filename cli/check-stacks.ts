import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Configuration } from "../stacks/configuration";
import { RULES } from "../policies";
import { check, type Report } from "../policies/engine";
import type { StackJson, SynthesizedStack } from "../policies/graph";

/** What cdktf writes about the stacks it has synthesized. */
interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      { readonly name: string; readonly synthesizedStackPath: string; readonly dependencies: readonly string[] }
    >
  >;
}

/** Judges the layered stacks of some environments, as a synth has written them, by all rules. */
export function checkStacks(
  outdir: string,
  { platform, environments }: Pick<Configuration, "platform" | "environments">,
  today: Date,
): Report[] {
  const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as Manifest;
  return environments.map((environment) =>
    check({
      platform,
      environment,
      stacks: Object.values(stacks)
        .filter(({ name }) => name.startsWith(`${environment.name}-`))
        .map(({ name, dependencies, synthesizedStackPath }): SynthesizedStack => ({
          name,
          dependencies,
          json: JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as StackJson,
        })),
      rules: RULES,
      knownRules: RULES.map(({ id }) => id),
      today: today.toISOString().slice(0, "YYYY-MM-DD".length),
    }),
  );
}
