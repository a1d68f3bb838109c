import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { consumerPolicy } from "../access/consumer-policy";
import { accessDiff, classOf } from "../access/diff";
import type { Matrix } from "../access/form";
import { accessMatrix } from "../access/matrix";
import { renderColumn, renderMatrix, renderOne } from "../access/render";
import { renderDiff } from "../access/render-diff";
import { ofColumn, ofPrincipal } from "../access/select";
import { comparedWith, type DeclaredLake, type Lake, lakeOf } from "../access/sources";
import type { CommandContext } from "../command-context";
import { loadPrintingWarnings } from "../configuration";
import { CommandError, ExitCode } from "../exit-codes";
import { lockWhenFree } from "../folder-lock";
import { selectEnvironments } from "../select-environments";

export interface AccessOptions {
  readonly environment: string;
  /** Prints what is told as JSON. */
  readonly json: boolean;
  /** Column to tell the readers of, instead of everything. */
  readonly who?: string;
  /** Principal to tell the columns of. */
  readonly what?: string;
  /** File, environment or revision to compare with. */
  readonly diff?: string;
  /** Consumer to print the IAM policy of. */
  readonly policy?: string;
}

const EXIT_CODES = { none: ExitCode.ok, lost: ExitCode.tightening, gained: ExitCode.loosening };

/**
 * Tells who may read what in an environment, and why, or what has become of that.
 *
 * @returns the exit code, which after a comparison tells whether somebody reads more or less
 * @throws ConfigurationError if the configuration is wrong, CommandError if Lake Formation refuses a grant
 */
export async function access(options: AccessOptions, context: CommandContext): Promise<number> {
  const { environment, who, what, diff, policy } = options;
  if ([who, what, diff, policy].filter((one) => one !== undefined).length > 1) {
    throw new CommandError("--who, --what, --diff and --policy: name one of them.", ExitCode.invalid);
  }
  selectEnvironments([environment]);
  const folder = join(context.root, ".basin", "access");
  mkdirSync(folder, { recursive: true });
  // another one would change what this one reads
  const release = await lockWhenFree(folder, context.signal);
  try {
    return await tell(options, folder, context);
  } finally {
    await release();
  }
}

async function tell(options: AccessOptions, folder: string, context: CommandContext): Promise<number> {
  const configuration = loadPrintingWarnings(context);
  const { environment, json, diff: wanted, policy } = options;
  const lake = lakeOf(configuration, environment, folder);
  if (policy !== undefined) {
    printPolicy(policy, lake, context);
    return ExitCode.ok;
  }
  const matrix = accessMatrix(lake);
  if (wanted === undefined) {
    context.print(render(matrix, lake, options));
    throwRefused(matrix);
    throwDisagreements(lake);
    return ExitCode.ok;
  }
  const {
    text,
    matrix: before,
    ...against
  } = await comparedWith({ wanted, environment, configuration, folder }, context);
  const diff = accessDiff(before, matrix);
  const { accessVersion, refused } = matrix;
  context.print(
    json
      ? toJson({
          accessVersion,
          environment,
          against: { ...against, name: wanted },
          class: classOf(diff),
          ...diff,
          refused,
        })
      : renderDiff(diff, matrix, text),
  );
  throwRefused(matrix);
  throwDisagreements(lake);
  return EXIT_CODES[classOf(diff)];
}

function render(matrix: Matrix, { names }: Lake, { json, who, what }: AccessOptions): string {
  if (who !== undefined) {
    const selected = ofColumn(matrix, who);
    return json ? toJson(selected) : renderColumn(selected);
  }
  if (what !== undefined) {
    const selected = ofPrincipal(matrix, what, names);
    return json ? toJson(selected) : renderOne(selected);
  }
  return json ? toJson(matrix) : renderMatrix(matrix, names.absent);
}

function printPolicy(consumer: string, { graph, names }: Lake, { print, printError }: CommandContext): void {
  const { document, open } = consumerPolicy(consumer, graph, names);
  open.forEach((expression) => {
    printError(`warning: AWS decides \${${expression}} when it is deployed: write in what it has become.`);
  });
  print(document);
}

/** Nobody has what Lake Formation refuses, and the apply fails. */
function throwRefused({ environment, refused }: Matrix): void {
  if (refused.length > 0) {
    throw new CommandError(
      `Lake Formation refuses ${refused.length} of the grants of ${environment}: ${refused.map(({ address }) => address).join(", ")}.`,
      ExitCode.failed,
    );
  }
}

/** One of the two who work access out is wrong, or the stacks grant something else than what is declared. */
function throwDisagreements({ names: { environment }, ...lake }: DeclaredLake): void {
  const disagreements = lake.disagreements();
  if (disagreements.length > 0) {
    throw new CommandError(
      `What is declared and what the stacks of ${environment} grant do not agree:\n${disagreements.map((line) => `  ${line}`).join("\n")}`,
      ExitCode.failed,
    );
  }
}

function toJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
