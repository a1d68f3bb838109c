import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Environment } from "../environments/schema";
import type { StackJson } from "../policies/graph";
import { accountOf } from "../stacks/account-of";
import type { Configuration } from "../stacks/configuration";
import { addPlatform, layerNames } from "../stacks/platform";
import { assertPassing } from "./check-stacks";
import type { CommandContext } from "./command-context";
import { CommandError, ExitCode, InterruptedError } from "./exit-codes";
import { tryLock } from "./folder-lock";
import { type Base, layersByAddress, noteChanges, type PlanSummary, summarize } from "./report/summary";
import { synthesizeAt } from "./revision";
import {
  formatDiagnostic,
  type Planned,
  type PlanJson,
  planOffline,
  type PlanTarget,
  showPlan,
} from "./terraform/plan";
import { AWS_PROVIDER, type ProviderOrigin } from "./terraform/provider-mirror";
import { simulateDeployment } from "./terraform/simulate";
import type { Terraform } from "./terraform/terraform";
import { initialize } from "./terraform/working-directory";

/** A revision whose deployment is changed. */
export interface BaseCheckout extends Base {
  /** Where its files are. */
  readonly folder: string;
}

export interface PreviewProps {
  readonly configuration: Configuration;
  readonly environment: Environment;
  /**
   * What is deployed.
   *
   * @default - nothing
   */
  readonly base?: BaseCheckout;
  /** Plans once more, against what the plan itself would deploy: nothing may change then. */
  readonly settle: boolean;
  readonly terraform: Terraform;
  readonly origin: ProviderOrigin;
  readonly context: CommandContext;
  readonly report: (text: string) => void;
}

export interface Preview {
  readonly summary: PlanSummary;
  readonly plan: PlanJson;
  /** Names of the environments of the base; none where there is no base. */
  readonly baseEnvironments: readonly string[];
}

/** Every plan of a directory goes here. */
const PLAN_FILE = "preview.tfplan";

/** Where the local backend looks for a state. */
const STATE_FILE = "terraform.tfstate";

/**
 * Plans an environment for real, offline: against nothing, or against the simulated deployment of a revision.
 *
 * @throws CommandError if Terraform fails, or if a plan that has to settle does not
 */
export async function previewEnvironment(props: PreviewProps): Promise<Preview> {
  const { context, environment } = props;
  if (context.signal.aborted) {
    throw new InterruptedError();
  }
  const started = performance.now();
  const folder = join(context.root, ".basin", "preview", environment.name);
  mkdirSync(folder, { recursive: true });
  const release = await lockFolder(folder, environment.name);
  try {
    const { summary, ...rest } = await planEnvironment(props, folder);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { summary: { ...summary, seconds }, ...rest };
  } finally {
    await release();
  }
}

/** Keeps a second preview of the same environment out of the folder. */
async function lockFolder(folder: string, name: string): Promise<() => Promise<void>> {
  const release = await tryLock(folder);
  if (release === undefined) {
    throw new CommandError(
      `Another preview of ${name} is running in ${folder}. Wait for its end; if it was killed, for ten seconds.`,
      ExitCode.failed,
    );
  }
  return release;
}

async function planEnvironment(
  props: PreviewProps,
  folder: string,
): Promise<Omit<Preview, "summary"> & { summary: Omit<PlanSummary, "seconds"> }> {
  const { configuration, environment, base, settle, report } = props;
  report("checking");
  const findings = assertPassing(configuration, environment, join(folder, "check"));
  report("synthesizing");
  const root = await prepare(props, synthesize(configuration, environment, folder));
  const deployed = base === undefined ? undefined : await simulateBase(props, base, folder);
  report(`planning ${layersByAddress(root.stack).size} resources`);
  const { planned, plan } = await planAgainst(deployed?.state, root);
  const layerOf = new Map([...(deployed?.layerOf ?? []), ...layersByAddress(root.stack)]);
  // layers that are gone come last
  const layers = [...new Set([...layerNames(configuration.domains), ...layerOf.values()])];
  if (settle) {
    report("planning against its own deployment");
    await assertSettles(props, root, deployed === undefined ? plan : (await planAgainst(undefined, root)).plan);
  }
  return {
    summary: {
      environment: environment.name,
      ...(base && { base: { ref: base.ref, commit: base.commit } }),
      ...summarize(plan, layerOf, layers),
      changes: base === undefined ? [] : noteChanges(plan, layerOf, layers, planned.refused),
      warnings: [...findings, ...planned.warnings.map(formatDiagnostic)],
    },
    plan,
    baseEnvironments: deployed?.environments ?? [],
  };
}

function synthesize({ platform, domains }: Configuration, environment: Environment, outdir: string): string {
  const app = new App({ outdir });
  addPlatform(app, { platform, environment, domains, layout: "single" });
  app.synth();
  return join(outdir, "stacks", environment.name);
}

/** A synthesized directory that Terraform can plan. */
interface Root {
  readonly target: PlanTarget;
  readonly stack: StackJson;
}

async function prepare({ terraform, origin, context, report }: PreviewProps, directory: string): Promise<Root> {
  report("initializing Terraform");
  const { root, signal } = context;
  const { plan: cliConfigFile } = await initialize({
    terraform,
    requirement: AWS_PROVIDER,
    origin,
    directory,
    pluginCache: join(root, ".basin", "plugins"),
    signal,
  });
  const stack = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")) as StackJson;
  return { target: { terraform, directory, cliConfigFile, signal }, stack };
}

/** Plans a directory against a state, which is there only as long. */
async function planAgainst(state: object | undefined, { target }: Root): Promise<{ planned: Planned; plan: PlanJson }> {
  const file = join(target.directory, STATE_FILE);
  // one that was left behind by a preview that was killed
  rmSync(file, { force: true });
  try {
    if (state !== undefined) {
      writeFileSync(file, JSON.stringify(state));
    }
    const planned = await planOffline(target, PLAN_FILE);
    return { planned, plan: await showPlan(target, PLAN_FILE) };
  } finally {
    rmSync(file, { force: true });
  }
}

interface SimulatedBase {
  /** Names of all environments of the base. */
  readonly environments: readonly string[];
  /** What the base would have deployed; undefined where it has no such environment. */
  readonly state?: object;
  /** The layers of its resources. */
  readonly layerOf: ReadonlyMap<string, string>;
}

async function simulateBase(
  props: PreviewProps,
  { ref, folder: checkout, commit }: BaseCheckout,
  folder: string,
): Promise<SimulatedBase> {
  const { environment, context, report } = props;
  const outdir = join(folder, "base");
  report(`synthesizing ${ref}`);
  const found = await synthesizeAt(
    { checkout, commit, environment: environment.name, outdir, extent: "single" },
    context,
  );
  const { environments } = found;
  if (found.environment === undefined) {
    return { environments, layerOf: new Map() };
  }
  refuseToMove(environment, ref, found.environment);
  const root = await prepare(props, join(outdir, "stacks", environment.name));
  report(`planning ${ref}`);
  const { plan } = await planAgainst(undefined, root);
  report(`simulating the deployment of ${ref}`);
  return { environments, state: await simulate(props, root, plan), layerOf: layersByAddress(root.stack) };
}

/** @throws CommandError if an environment would leave what it has deployed behind */
function refuseToMove(
  { name, accountId, region }: Environment,
  ref: string,
  before: Pick<Environment, "accountId" | "region">,
): void {
  if (before.accountId !== accountId || before.region !== region) {
    throw new CommandError(
      `${name} is in ${region} of ${accountId}, and was in ${before.region} of ${before.accountId} in ${ref}: what is deployed ` +
        "there stays behind, and everything is made anew. A plan of what changes would say nothing; preview it without --against.",
      ExitCode.invalid,
    );
  }
}

function simulate({ environment }: PreviewProps, { target, stack }: Root, plan: PlanJson): Promise<object> {
  return simulateDeployment({ ...target, plan, stack, account: accountOf(environment) });
}

/**
 * @param plan of the root against nothing
 * @throws CommandError with what would change in a deployment that has just been made
 */
async function assertSettles(props: PreviewProps, root: Root, plan: PlanJson): Promise<void> {
  const state = await simulate(props, root, plan);
  const layerOf = layersByAddress(root.stack);
  const again = await planAgainst(state, root);
  const changes = noteChanges(again.plan, layerOf, [...new Set(layerOf.values())], again.planned.refused);
  if (changes.length > 0) {
    const lines = changes.map(
      ({ address, action, attributes }) => `  ${action} ${address}${attributes.map((name) => ` ${name}`).join(",")}`,
    );
    throw new CommandError(
      `${props.environment.name} does not settle: right after its deployment, the next one would change\n` +
        `${lines.join("\n")}\n` +
        "Set these attributes to what the provider makes of them, or leave out what it does not keep.",
      ExitCode.failed,
    );
  }
}
