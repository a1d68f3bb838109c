import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Approvals } from "../../policies/plan-guard";
import { provideBundles, uploadsSomething } from "../bundles/provide";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode, InterruptedError } from "../exit-codes";
import type { PlanJson } from "../terraform/plan";
import { digestOfBundle, type Manifest, planJsonFile, readBundle, verifyBundle } from "./bundle";
import { deployStacks, type Outcome } from "./deploy-stacks";
import { approvalArguments, meaningless } from "./guard";
import { applyOrder, type Orderable } from "./order";
import type { Session } from "./session";
import { isThere } from "./states";
import { upstreamIn } from "./vanished";

export interface ApplyBundleProps {
  readonly purpose: Manifest["purpose"];
  /** Folder of the bundle. */
  readonly bundle: string;
  /**
   * SHA-256 of the bundle, as the review names it.
   *
   * @default - whatever is in the folder
   */
  readonly digest?: string;
  readonly approvals: Approvals;
  /** Prints what has become of each stack as JSON. */
  readonly json: boolean;
  readonly lockTimeoutSeconds: number;
}

/**
 * Applies a bundle of plans, exactly as it was reviewed, and prints what has become of each stack.
 *
 * @throws CommandError if the bundle is not for what is here, or a stack was not applied
 */
export async function applyBundle(session: Session, props: ApplyBundleProps, context: CommandContext): Promise<void> {
  const { environment, commit, terraform, stacks, states, prepare, vanished } = session;
  const { name, accountId } = environment;
  const { purpose, bundle: folder, digest, approvals, json, lockTimeoutSeconds } = props;
  const manifest = readBundle(folder, purpose);
  if (digest !== undefined && digest !== digestOfBundle(folder)) {
    throw new CommandError(
      `The bundle in ${folder} is not the one that was reviewed: its SHA-256 is ${digestOfBundle(folder)}, and not ${digest}.`,
      ExitCode.invalid,
    );
  }
  const { version: terraformVersion } = terraform;
  verifyBundle(folder, { manifest, purpose, environment: name, accountId, commit, terraformVersion, stacks });
  refuseNonsense(manifest, approvals);
  refuseUnreachable(manifest, session);
  const plans = new Map(
    manifest.stacks
      .filter(({ kind }) => kind === "planned")
      .map((entry) => [entry.name, JSON.parse(readFileSync(planJsonFile(folder, entry.name), "utf8")) as PlanJson]),
  );
  if (purpose === "deploy") {
    // what a stack uploads that was deferred nobody knows yet
    const uploading = manifest.stacks.filter(({ name: stack }) => uploadsSomething(plans.get(stack)));
    const names = uploading.map((entry) => entry.name);
    await provideBundles(
      stacks.filter((stack) => names.includes(stack.name)),
      context,
    );
  }
  const steps = applyOrder(
    manifest.stacks.map((entry) => ({
      name: entry.name,
      kind: entry.kind,
      ...upstreamOf(session, entry.name),
      plan: plans.get(entry.name),
    })),
    purpose,
  );
  const journal = join(context.root, ".basin", "journal", name, new Date().toISOString().replaceAll(":", "-"));
  const outcomes = await deployStacks({
    ...{ manifest, folder, stacks, steps, plans, states, prepare, vanished },
    ...{ approvals, isProtected: environment.destroyProtection, lockTimeoutSeconds, journal, context },
  });
  context.print(json ? JSON.stringify(outcomes.map(plain), undefined, 2) : outcomes.map(renderOutcome).join("\n"));
  const open = outcomes.filter(({ kind }) => kind !== "applied" && kind !== "unchanged");
  if (open.length > 0) {
    throw context.signal.aborted ? new InterruptedError() : notDone(open, `npm run ${purpose} -- ${name}`, approvals);
  }
}

/** @throws CommandError if an approval approves nothing */
function refuseNonsense({ stacks }: Manifest, approvals: Approvals): void {
  const names = stacks.map(({ name }) => name);
  const [unknown] = meaningless(approvals, names);
  if (unknown !== undefined) {
    throw new CommandError(
      `--approve '${unknown}': that is neither a stack of the bundle (${names.join(", ")}) nor a change, such as ` +
        `'delete aws_s3_bucket.lake_raw'.`,
      ExitCode.invalid,
    );
  }
}

/** @throws CommandError if a stack of the bundle waits for something that nothing in it makes */
function refuseUnreachable({ stacks }: Manifest, { known }: Session): void {
  const names = stacks.map(({ name }) => name);
  const problems = stacks.flatMap((entry) => {
    const missing = entry.kind === "deferred" ? entry.waitsFor.filter((read) => !isThere(read, known)) : [];
    const others = [...new Set(missing.map(({ stack }) => stack))].filter((stack) => !names.includes(stack));
    return others.length === 0 ? [] : [`${entry.name} waits for outputs of ${others.join(", ")}`];
  });
  if (problems.length > 0) {
    throw new CommandError(
      `${problems.join("\n")}\nNothing in the bundle makes these. Plan those stacks as well, or all of them.`,
      ExitCode.invalid,
    );
  }
}

/** Names of the stacks that a stack depends on now, and of those that it read when it was last applied. */
export function upstreamOf(
  { stacks, known, vanished }: Pick<Session, "stacks" | "known" | "vanished">,
  name: string,
): Pick<Orderable, "upstream" | "upstreamBefore"> {
  // what has no code depends on nothing now
  const declared = stacks.find((stack) => stack.name === name && !vanished.includes(name));
  const { dependencies: upstream = [] } = declared ?? {};
  const state = known.get(name);
  return { upstream, upstreamBefore: state === undefined ? [] : upstreamIn(state) };
}

/** What machines read of it. */
function plain({ name, kind, reasons, objections: found = [] }: Outcome): object {
  return { name, kind, reasons, approvals: found.map(({ approval }) => approval.join(" ")) };
}

function renderOutcome({ name, kind, reasons }: Outcome): string {
  return [`${kind.padEnd("unapproved".length)}  ${name}`, ...reasons.map((reason) => `  ${reason}`)].join("\n");
}

/** @param command that applies the bundle */
function notDone(open: readonly Outcome[], command: string, approvals: Approvals): CommandError {
  const found = open.flatMap(({ objections = [] }) => objections);
  const approval =
    found.length === 0 ? "" : `\nTo approve all of that:\n  ${command} ${approvalArguments(found, approvals)}`;
  const waits = open.every(({ kind }) => kind === "unapproved" || kind === "skipped");
  return new CommandError(
    `Not applied: ${open.map(({ name }) => name).join(", ")}.${approval}`,
    waits ? ExitCode.unapproved : ExitCode.failed,
  );
}
