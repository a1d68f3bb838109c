import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Configuration, formatProblem, loadConfiguration } from "../../stacks/configuration";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode, InterruptedError, toError } from "../exit-codes";
import { prepareFolder } from "../folder";
import { type BaseCheckout, type Preview, previewEnvironment } from "../preview-environment";
import { describeTotal, renderChanges, renderMarkdown, renderTable } from "../report/render";
import { checkOut, commonAncestor } from "../revision";
import { selectEnvironments } from "../select-environments";
import { AWS_PROVIDER, findProvider } from "../terraform/provider-mirror";
import { Terraform } from "../terraform/terraform";

/** Two plans at once finish 1.5 times sooner than one after the other; each takes a gigabyte of memory. */
const CONCURRENT_PLANS = 2;

export interface PreviewOptions {
  /** Name of the environment; undefined for all of them. */
  readonly environment?: string;
  /**
   * Revision that is deployed.
   *
   * @default - nothing is
   */
  readonly against?: string;
  /** Makes sure that nothing would change right after the deployment. */
  readonly settle: boolean;
  /** Prints the summary as JSON instead of a table. */
  readonly json: boolean;
  /** Folder for `<environment>.plan.json` and `<environment>.md`. */
  readonly out?: string;
}

/**
 * Plans whole environments for real, offline and against empty state.
 *
 * @throws ConfigurationError if any environment is wrong, CommandError if a preview fails
 */
export async function preview(options: PreviewOptions, context: CommandContext): Promise<void> {
  const names = selectEnvironments(options.environment === undefined ? [] : [options.environment]);
  const configuration = loadConfiguration();
  const { settle } = options;
  const out = options.out === undefined ? undefined : prepareFolder(options.out);
  const terraform = await Terraform.find(context.variables, context.signal, context.display);
  const origin = findProvider(AWS_PROVIDER, context.variables);
  const base = options.against === undefined ? undefined : await checkOutBase(options.against, context);

  const selected = configuration.environments.filter(({ name }) => names.includes(name));
  const results = await context.display(
    selected.map((environment) => ({
      title: `preview of ${environment.name}`,
      run: (report) =>
        previewEnvironment({ configuration, environment, base, settle, terraform, origin, context, report }),
    })),
    CONCURRENT_PLANS,
  );

  const previews = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (out !== undefined) {
    previews.forEach((done) => {
      writeReports(out, done);
    });
  }
  const errors = [
    ...results.flatMap((result) => (result.status === "rejected" ? [toError(result.reason)] : [])),
    ...refusals(previews),
  ];
  warnOfGone(previews, configuration, context);
  printResults(previews, errors, configuration, options, context);
  throwFailures(errors);
}

/** An error, if a deployment would be refused. */
function refusals(previews: readonly Preview[]): CommandError[] {
  const refused = previews.filter(({ summary }) => summary.changes.some(({ isRefused }) => isRefused));
  const names = refused.map(({ summary }) => summary.environment).join(", ");
  return refused.length === 0
    ? []
    : [
        new CommandError(
          `Terraform refuses the plan of ${names}: prevent_destroy keeps what it would destroy, and what depends on that is ` +
            "not in the plan. Keep the attributes that force the replacement, or take the protection off on purpose, in a " +
            "change of its own.",
          ExitCode.failed,
        ),
      ];
}

/** Tells of environments that are no longer declared: nothing plans their removal. */
function warnOfGone(
  previews: readonly Preview[],
  { environments }: Configuration,
  { printError }: CommandContext,
): void {
  const before = new Set(previews.flatMap(({ baseEnvironments }) => baseEnvironments));
  environments.forEach(({ name }) => before.delete(name));
  before.forEach((name) => {
    printError(`warning: ${name} is no longer declared: what it has deployed stays in AWS, with nothing to manage it.`);
  });
}

async function checkOutBase(ref: string, context: CommandContext): Promise<BaseCheckout> {
  const commit = await commonAncestor(ref, context);
  return { ref, commit, folder: await checkOut(commit, context) };
}

function writeReports(folder: string, { summary, plan }: Preview): void {
  writeFileSync(join(folder, `${summary.environment}.plan.json`), JSON.stringify(plan, undefined, 2));
  writeFileSync(join(folder, `${summary.environment}.md`), renderMarkdown(summary));
}

function printResults(
  previews: readonly Preview[],
  failures: readonly Error[],
  { warnings }: Configuration,
  { json }: PreviewOptions,
  { print, printError }: CommandContext,
): void {
  warnings.forEach((problem) => {
    printError(formatProblem(problem));
  });
  if (json) {
    const errors = failures.map(({ message }) => message);
    print(JSON.stringify({ environments: previews.map(({ summary }) => summary), warnings, errors }, undefined, 2));
    return;
  }
  for (const { summary } of previews) {
    if (summary.layers.length > 0) {
      print(renderTable(summary));
    }
    if (summary.changes.length > 0) {
      print(renderChanges(summary));
    }
    summary.warnings.forEach(printError);
    print(`${describeTotal(summary)} Took ${summary.seconds} s.\n`);
  }
}

/** Throws what went wrong, all of it if several environments failed. */
function throwFailures(errors: readonly Error[]): void {
  const [first] = errors;
  if (first === undefined) {
    return;
  }
  const messages = [...new Set(errors.map(({ message }) => message))];
  if (messages.length === 1) {
    throw first;
  }
  const interruption = errors.find((error) => error instanceof InterruptedError);
  const codes = new Set(errors.map((error) => (error instanceof CommandError ? error.exitCode : ExitCode.failed)));
  const common = codes.size === 1 ? [...codes][0] : undefined;
  throw new CommandError(messages.join("\n\n"), interruption?.exitCode ?? common ?? ExitCode.failed, {
    // an error nobody expected keeps its stack trace
    cause: errors.find((error) => !(error instanceof CommandError)),
  });
}
