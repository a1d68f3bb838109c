import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CommandContext } from "../command-context";
import { bundleFolder, planJsonFile, readBundle, verifyBundle } from "../deployment/bundle";
import { deployStacks, type Outcome } from "../deployment/deploy-stacks";
import { applyOrder } from "../deployment/order";
import { inSession } from "../deployment/session";
import type { State } from "../deployment/states";
import type { DeployedStack } from "../deployment/synthesis";
import { upstreamIn } from "../deployment/vanished";
import { CommandError, ExitCode } from "../exit-codes";
import type { PlanJson } from "../terraform/plan";

export interface DeployOptions {
  readonly environment: string;
  /** Folder of the bundle; where `plan` puts it without it. */
  readonly bundle?: string;
  /** Addresses of resources that may be lost, and names of stacks that may be destroyed. */
  readonly approve: readonly string[];
  /** How many resources of a stack may be deleted or replaced. */
  readonly maxLosses: number;
  /** Prints what has become of each stack as JSON. */
  readonly json: boolean;
}

/**
 * Applies a bundle of plans, exactly as it was reviewed.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if the bundle is not for what is here, or a stack
 *   was not applied
 */
export async function deploy(options: DeployOptions, context: CommandContext): Promise<void> {
  const outcomes = await inSession(options.environment, context, async (session) => {
    const { environment, commit, terraform, stacks, states, known, prepare, vanished } = session;
    const { name, accountId } = environment;
    const folder = options.bundle === undefined ? bundleFolder(context.root, name) : resolve(options.bundle);
    const manifest = readBundle(folder);
    verifyBundle(folder, {
      manifest,
      environment: name,
      accountId,
      commit,
      terraformVersion: terraform.version,
      stacks,
    });
    const plans = new Map(
      manifest.stacks
        .filter(({ kind }) => kind === "planned")
        .map((entry) => [entry.name, JSON.parse(readFileSync(planJsonFile(folder, entry.name), "utf8")) as PlanJson]),
    );
    const steps = applyOrder(
      manifest.stacks.map((entry) => ({
        name: entry.name,
        kind: entry.kind,
        upstream: upstreamOf(stacks, known, entry.name),
        plan: plans.get(entry.name),
      })),
    );
    return deployStacks({
      ...{ manifest, folder, stacks, steps, plans, states, prepare, vanished, context },
      approvals: { names: options.approve, maxLosses: options.maxLosses },
      journal: join(context.root, ".basin", "journal", name, new Date().toISOString().replaceAll(":", "-")),
    });
  });
  context.print(options.json ? JSON.stringify(outcomes, undefined, 2) : outcomes.map(renderOutcome).join("\n"));
  const open = outcomes.filter(({ kind }) => kind !== "applied" && kind !== "unchanged");
  if (open.length > 0) {
    throw new CommandError(`Not applied: ${open.map(({ name }) => name).join(", ")}.`, ExitCode.failed);
  }
}

/** Names of the stacks that a stack reads now, or read when it was last applied. */
function upstreamOf(stacks: readonly DeployedStack[], known: ReadonlyMap<string, State>, name: string): string[] {
  const { dependencies = [] } = stacks.find((stack) => stack.name === name) ?? {};
  const state = known.get(name);
  return [...new Set([...dependencies, ...(state === undefined ? [] : upstreamIn(state))])];
}

function renderOutcome({ name, kind, reasons }: Outcome): string {
  return [`${kind.padEnd("unchanged".length)}  ${name}`, ...reasons.map((reason) => `  ${reason}`)].join("\n");
}
