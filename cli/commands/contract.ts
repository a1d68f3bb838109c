import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Contract, CONTRACT_VERSION, contractJsonSchema, contractOf } from "../../domains/contract";
import { type Change, type ChangeClass, contractChanges, worstClass } from "../../domains/contract-changes";
import type { Domain } from "../../domains/schema";
import type { CommandContext } from "../command-context";
import { loadPrintingWarnings } from "../configuration";
import { CommandError, ExitCode } from "../exit-codes";
import { prepareFolder } from "../folder";
import { renderChanges } from "../report/contract-changes";
import { checkOut, commonAncestor } from "../revision";
import { run } from "../run";

export interface ContractOptions {
  /** "domain.dataset", or "domain" for all of its datasets; undefined for all there are. */
  readonly dataset?: string;
  /** Revision to compare with, instead of printing contracts. */
  readonly diff?: string;
  /** Prints the comparison as JSON. */
  readonly json: boolean;
  /** Folder for `<domain>.<dataset>.json` and `contract.schema.json`. */
  readonly out?: string;
  /** Prints the JSON Schema of contracts instead of contracts. */
  readonly schema: boolean;
}

const EXIT_CODES: Readonly<Record<ChangeClass, number>> = {
  compatible: ExitCode.ok,
  tightening: ExitCode.tightening,
  loosening: ExitCode.loosening,
  breaking: ExitCode.breaking,
};

/**
 * Prints or writes what datasets promise, or tells what has changed of it since a revision.
 *
 * @returns the exit code, which after a comparison tells the worst class of change
 * @throws ConfigurationError if the configuration is wrong, CommandError if there is no such dataset or revision
 */
export async function contract(options: ContractOptions, context: CommandContext): Promise<number> {
  refuseContradictions(options);
  if (options.schema) {
    context.print(toJson(contractJsonSchema()));
    return ExitCode.ok;
  }
  const { domains } = loadPrintingWarnings(context);
  const contracts = contractsOf(domains);
  if (options.diff !== undefined) {
    return compare(options.diff, contracts, options, context);
  }
  const selected = select(contracts, options.dataset);
  const [only] = selected;
  if (options.out !== undefined) {
    write(prepareFolder(options.out), selected);
  } else if (only !== undefined) {
    context.print(toJson(options.dataset?.includes(".") === true ? only : selected));
  }
  return ExitCode.ok;
}

/** Options of which one would silently win over the other. */
function refuseContradictions({ dataset, diff, json, out, schema }: ContractOptions): void {
  const refusal = [
    { holds: schema && [dataset, diff, out].some((other) => other !== undefined), text: "--schema goes alone." },
    { holds: diff !== undefined && out !== undefined, text: "--out writes contracts, --diff compares them: name one." },
    { holds: json && diff === undefined, text: "--json is of --diff: contracts are JSON anyway." },
  ].find(({ holds }) => holds);
  if (refusal !== undefined) {
    throw new CommandError(refusal.text, ExitCode.invalid);
  }
}

function contractsOf(domains: readonly Domain[]): Contract[] {
  return domains.flatMap((domain) => domain.datasets.map((dataset) => contractOf(domain, dataset)));
}

function nameOf({ domain, name }: Contract): string {
  return `${domain}.${name}`;
}

function select(contracts: readonly Contract[], wanted: string | undefined): Contract[] {
  const selected = contracts.filter(
    (candidate) => wanted === undefined || wanted === candidate.domain || wanted === nameOf(candidate),
  );
  if (wanted !== undefined && selected.length === 0) {
    throw new CommandError(
      `There is no dataset "${wanted}". Declared are ${contracts.map(nameOf).join(", ")}.`,
      ExitCode.invalid,
    );
  }
  return selected;
}

function write(folder: string, contracts: readonly Contract[]): void {
  contracts.forEach((written) => {
    writeFileSync(join(folder, `${nameOf(written)}.json`), `${toJson(written)}\n`);
  });
  writeFileSync(join(folder, "contract.schema.json"), `${toJson(contractJsonSchema())}\n`);
}

async function compare(
  ref: string,
  contracts: readonly Contract[],
  { dataset, json }: ContractOptions,
  context: CommandContext,
): Promise<number> {
  const commit = await commonAncestor(ref, context);
  const before = await contractsAt(commit, await checkOut(commit, context), context);
  // as JSON knows them, so that what is absent and what is undefined are the same
  const after = JSON.parse(JSON.stringify(contracts)) as Contract[];
  if (dataset !== undefined) {
    // a dataset that is gone is still one to ask for
    select([...after, ...before.filter((old) => !after.some((one) => nameOf(one) === nameOf(old)))], dataset);
  }
  const isWanted = (change: Change) =>
    dataset === undefined || change.dataset === dataset || change.dataset.startsWith(`${dataset}.`);
  const changes = contractChanges(before, after).filter(isWanted);
  const worst = worstClass(changes);
  context.print(
    json
      ? toJson({ since: commit, class: worst ?? "none", changes })
      : renderChanges(changes, `${commit.slice(0, 12)}, which ${ref} and the work here have in common`),
  );
  return worst === undefined ? ExitCode.ok : EXIT_CODES[worst];
}

/** The contracts of a revision, as its own code makes them. */
async function contractsAt(commit: string, folder: string, context: CommandContext): Promise<Contract[]> {
  const { signal, variables } = context;
  if (!existsSync(join(folder, "cli", "commands", "contract.ts"))) {
    throw new CommandError(`${commit} is older than contracts: there is nothing to compare with.`, ExitCode.invalid);
  }
  const args = ["-r", "./cli/require-packages.cjs", "--import", "tsx", "cli/index.ts", "contract"];
  const result = await run(process.execPath, args, { cwd: folder, variables, signal });
  if (result.exitCode !== 0) {
    throw new CommandError(`The contracts of ${commit} cannot be made:\n${result.stderr}`, ExitCode.failed);
  }
  const found = JSON.parse(result.stdout === "" ? "[]" : result.stdout) as { contractVersion: number }[];
  const foreign = found.find(({ contractVersion }) => contractVersion !== CONTRACT_VERSION);
  if (foreign !== undefined) {
    throw new CommandError(
      `The contracts of ${commit} have version ${foreign.contractVersion}, these have ${CONTRACT_VERSION}: they cannot be compared.`,
      ExitCode.invalid,
    );
  }
  return found as Contract[];
}

function toJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
