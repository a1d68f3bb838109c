import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Graph, type SynthesizedStack } from "../../policies/graph";
import { declaredAccess } from "../../stacks/access/declared-access";
import { accountOf } from "../../stacks/account-of";
import type { Configuration } from "../../stacks/configuration";
import { readStacks, synthesizeEverything } from "../check-stacks";
import type { CommandContext } from "../command-context";
import { CommandError, ExitCode, toError } from "../exit-codes";
import { checkOut, commonAncestor, synthesizeAt } from "../revision";
import { disagreements, nameOfCell } from "./agreement";
import { ACCESS_VERSION, type Matrix, matrixSchema } from "./form";
import { accessMatrix } from "./matrix";
import { Names, type NamesProps } from "./names";

/** An environment as access is worked out of it. */
export interface Lake {
  readonly graph: Graph;
  readonly names: Names;
}

/** An environment of this revision, whose declarations are known as well. */
export interface DeclaredLake extends Lake {
  /** What is declared for cells, by their names. */
  readonly declared: ReadonlyMap<string, string>;
  /** Where declarations and stacks do not agree; works out who reads what of all tables. */
  readonly disagreements: () => readonly string[];
}

/** What access is compared with. */
export interface Compared {
  readonly kind: "environment" | "file" | "revision";
  /** For people, for example "prod". */
  readonly text: string;
  readonly matrix: Matrix;
  /** Where it is a revision. */
  readonly commit?: string;
}

/** Everything that is declared of an environment, synthesized into a folder. */
export function lakeOf(configuration: Configuration, name: string, folder: string): DeclaredLake {
  const { platform, environments, domains } = configuration;
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment === undefined) {
    throw new Error(`${name} was selected, and is not in the configuration`);
  }
  const outdir = emptied(join(folder, name));
  const stacks = synthesizeEverything({ platform, domains, environments: [environment] }, outdir);
  const declared = { platform, environment, domains };
  const lake = lakeIn(declared, stacks);
  return {
    ...lake,
    declared: new Map(
      declaredAccess(platform, environment, domains).map((access) => [nameOfCell(access), access.reason]),
    ),
    disagreements: () => disagreements(declared, lake.graph),
  };
}

function lakeIn(props: NamesProps, stacks: readonly SynthesizedStack[]): Lake {
  return { graph: new Graph(stacks, accountOf(props.environment)), names: new Names(props) };
}

/** cdktf leaves stacks in a folder that are none any more. */
function emptied(outdir: string): string {
  rmSync(outdir, { recursive: true, force: true });
  return outdir;
}

export interface ComparedProps {
  /** Name of an environment, a file that --json has written, or a revision: which of them is tried in this order. */
  readonly wanted: string;
  /** Name of the environment that is compared. */
  readonly environment: string;
  readonly configuration: Configuration;
  readonly folder: string;
}

/**
 * Finds what access is compared with.
 *
 * @throws CommandError if it is none of what may be named, or cannot be read
 */
export async function comparedWith(props: ComparedProps, context: CommandContext): Promise<Compared> {
  const { wanted, configuration, folder } = props;
  if (configuration.environments.some(({ name }) => name === wanted)) {
    return { kind: "environment", text: wanted, matrix: accessMatrix(lakeOf(configuration, wanted, folder)) };
  }
  if (existsSync(wanted) && statSync(wanted).isFile()) {
    return { kind: "file", text: wanted, matrix: readMatrix(wanted) };
  }
  return atRevision(props, context);
}

async function atRevision({ wanted, environment, folder }: ComparedProps, context: CommandContext): Promise<Compared> {
  const commit = await commonAncestor(wanted, context);
  const checkout = await checkOut(commit, context);
  const outdir = emptied(join(folder, `${environment}-before`));
  const found = await synthesizeAt({ checkout, commit, environment, outdir, extent: "everything" }, context);
  const text = `${commit.slice(0, 12)}, which ${wanted} and the work here have in common`;
  if (found.environment === undefined) {
    const matrix: Matrix = {
      accessVersion: ACCESS_VERSION,
      environment,
      principals: [],
      unread: [],
      withoutGrant: [],
      refused: [],
    };
    return { kind: "revision", text: `nothing: there is no ${environment} in ${text}`, matrix, commit };
  }
  const { platform, domains } = found;
  const lake = lakeIn({ platform, domains, environment: found.environment }, readStacks(outdir));
  return { kind: "revision", text, matrix: accessMatrix(lake), commit };
}

/**
 * Reads what --json has written.
 *
 * @throws CommandError if a file is something else, or of another form
 */
export function readMatrix(file: string): Matrix {
  const refuse = (problem: string) =>
    new CommandError(`${file} ${problem}. Write one with "npm run --silent access -- <env> --json".`, ExitCode.invalid);
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw refuse(`cannot be read as JSON (${toError(error).message})`);
  }
  const version = (written as { accessVersion?: unknown } | null)?.accessVersion;
  if (typeof version === "number" && version !== ACCESS_VERSION) {
    throw refuse(`has version ${version} of the form, here it is ${ACCESS_VERSION}: they cannot be compared`);
  }
  const parsed = matrixSchema.safeParse(written);
  if (!parsed.success) {
    throw refuse("is not what --json prints");
  }
  if (parsed.data.only !== undefined) {
    throw refuse(`is of ${parsed.data.only} alone, and cannot be compared with all`);
  }
  return parsed.data;
}
