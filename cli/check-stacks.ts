import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Environment } from "../environments/schema";
import type { Configuration } from "../stacks/configuration";
import { RULES } from "../policies";
import { check, estateOf, type Report } from "../policies/engine";
import type { StackJson, SynthesizedStack } from "../policies/graph";
import { bootstrapStackName } from "../stacks/bootstrap/names";
import { addEnvironment } from "../stacks/platform";
import { CommandError, ExitCode } from "./exit-codes";
import { findingTexts, hasErrors, renderFindings } from "./report/findings";

/** What cdktf writes about the stacks it has synthesized. */
interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      { readonly name: string; readonly synthesizedStackPath: string; readonly dependencies: readonly string[] }
    >
  >;
}

/** The layered stacks that a synth has written to a folder. */
export function readStacks(outdir: string): SynthesizedStack[] {
  const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as Manifest;
  return Object.values(stacks).map(({ name, dependencies, synthesizedStackPath }) => ({
    name,
    dependencies,
    json: JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as StackJson,
  }));
}

/** Rules on states that are kept in S3. */
const ON_REMOTE_STATES = ["LAKE-STATE-01", "LAKE-STATE-02", "LAKE-STATE-03", "LAKE-STATE-04"];

export interface CheckStacksProps extends Pick<Configuration, "platform" | "environments"> {
  /** Where a synth has written the layered stacks. */
  readonly outdir: string;
  readonly today: Date;
  /**
   * Whether states are kept on this machine: rules on where they are kept do not hold then.
   *
   * @default false
   */
  readonly isStateLocal?: boolean;
}

/** Whether a stack is one of an environment's: that of a layer, or the one that comes before all layers. */
function isOf(stackName: string, environment: Environment): boolean {
  return stackName.startsWith(`${environment.name}-`) || stackName === bootstrapStackName(environment);
}

/** Judges the layered stacks of some environments by all rules. */
export function checkStacks(props: CheckStacksProps): Report[] {
  const { platform, environments, outdir, today, isStateLocal = false } = props;
  const stacks = readStacks(outdir);
  const estates = environments.map((environment) => {
    const own = stacks.filter(({ name }) => isOf(name, environment));
    if (own.length === 0) {
      throw new Error(`${outdir} holds no stack of ${environment.name}: there is nothing to judge`);
    }
    return estateOf(environment, own);
  });
  return estates.map((estate) =>
    check({
      ...estate,
      platform,
      neighbours: estates.filter(
        (other) => other !== estate && other.environment.accountId === estate.environment.accountId,
      ),
      rules: RULES.filter(({ id }) => !isStateLocal || !ON_REMOTE_STATES.includes(id)),
      knownRules: RULES.map(({ id }) => id),
      today: today.toISOString().slice(0, "YYYY-MM-DD".length),
    }),
  );
}

/**
 * Synthesizes the layered stacks of some environments and judges them by all rules. Environments in the same accounts are
 * synthesized with them, for names and quotas are the account's.
 */
export function checkEnvironments(
  { platform, domains, environments }: Configuration,
  selected: readonly Environment[],
  { outdir, today }: Pick<CheckStacksProps, "outdir" | "today">,
): Report[] {
  const accounts = new Set(selected.map(({ accountId }) => accountId));
  const concerned = environments.filter(({ accountId }) => accounts.has(accountId));
  synthesizeEverything({ platform, domains, environments: concerned }, outdir);
  const names = selected.map(({ name }) => name);
  return checkStacks({ platform, environments: concerned, outdir, today }).filter(({ environment }) =>
    names.includes(environment),
  );
}

/** Synthesizes all that is deployed of some environments. */
export function synthesizeEverything(
  { platform, domains, environments }: Omit<Configuration, "warnings">,
  outdir: string,
): SynthesizedStack[] {
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  environments.forEach((environment) => {
    addEnvironment(app, { platform, environment, domains });
  });
  app.synth();
  return readStacks(outdir);
}

/**
 * Judges the stacks of an environment before something is planned.
 *
 * @returns what is found that is no error
 * @throws CommandError with everything that is found, if anything is an error
 */
export function assertPassing(configuration: Configuration, environment: Environment, outdir: string): string[] {
  return checkEnvironments(configuration, [environment], { outdir, today: new Date() }).flatMap((report) => {
    if (hasErrors(report)) {
      throw new CommandError(renderFindings(report), ExitCode.failed);
    }
    return findingTexts(report);
  });
}
