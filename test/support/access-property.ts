import fc from "fast-check";
import { isTable, type TableDataset } from "../../domains/schema";
import { ConfigurationError, formatProblem, loadConfiguration } from "../../stacks/configuration";
import { isDisabled } from "../../stacks/cross-checks";
import type { Layout } from "../../stacks/platform";
import { type Declared, disagreements } from "../../cli/access/agreement";
import { graphOf, stacksOf } from "./declared-stacks";
import { platforms } from "./platforms";

/** One of twenty platforms is synthesized as it is deployed; one stack for all layers is made in a quarter of the time. */
const layouts = fc.integer({ min: 1, max: 20 }).map((one): Layout => (one === 7 ? "layered" : "single"));

/** What the platforms of a run had in them, so that it is seen what they have not. */
export type Seen = Record<keyof typeof NOTHING, number>;

const NOTHING = {
  platforms: 0,
  layered: 0,
  /** Those in which IAM still decides for who has not opted in. */
  migrating: 0,
  tables: 0,
  disabled: 0,
  readers: 0,
  /** Readers of some rows. */
  filtered: 0,
  /** Tables with readers of all rows beside those of some. */
  mixed: 0,
};

export interface Run {
  /** Decides which platforms are generated. */
  readonly seed: number;
  readonly platforms: number;
  /**
   * The way to one of them, as a failure prints it.
   *
   * @default - all of them
   */
  readonly path?: string;
}

/**
 * Generates platforms and compares what is declared with what is synthesized.
 *
 * @throws with the smallest platform that fails, and what does not agree in it
 */
export function checkAgreement({ seed, platforms: numRuns, path }: Run, examine = problemsOf): Seen {
  const seen: Seen = { ...NOTHING };
  const property = fc.property(platforms, layouts, (declared, layout) => {
    note(declared, layout, seen);
    const problems = examine(declared, layout);
    if (problems.length > 0) {
      throw new Disagreement(problems.join("\n"));
    }
  });
  const details = fc.check(property, { seed, numRuns, ...(path !== undefined && { path }) });
  if (details.failed) {
    throw new Error(failureText(details));
  }
  return seen;
}

class Disagreement extends Error {}

function failureText({ counterexample, counterexamplePath, errorInstance, ...run }: fc.RunDetails<[Declared, Layout]>) {
  const [declared, layout] = counterexample ?? [];
  const problem = errorInstance instanceof Disagreement ? errorInstance.message : (errorInstance as Error).stack;
  return [
    `seed ${run.seed}, path ${counterexamplePath ?? ""}, platform ${run.numRuns}, made smaller ${run.numShrinks} times, ${layout ?? ""}:`,
    problem,
    ...(declared === undefined ? [] : [textOf(declared)]),
  ].join("\n");
}

/** What is wrong with a platform: a configuration that is refused, or stacks that do not agree with it. */
export function problemsOf(declared: Declared, layout: Layout): string[] {
  const { platform, environment, domains } = declared;
  try {
    loadConfiguration({
      platform,
      environments: { [environment.name]: environment },
      domains: Object.fromEntries(domains.map((domain) => [domain.name, domain])),
    });
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems.map(formatProblem);
    }
    throw error;
  }
  return disagreements(declared, graphOf(declared, stacksOf(declared, layout)));
}

function note({ environment, domains }: Declared, layout: Layout, seen: Seen): void {
  const tables = domains.flatMap(({ name, datasets }) =>
    datasets.filter((one): one is TableDataset => isTable(one) && !isDisabled(environment, name, one.name)),
  );
  const readers = tables.flatMap((table) => table.readers);
  const isFiltered = ({ rows }: (typeof readers)[number]) => rows !== undefined;
  seen.platforms += 1;
  seen.layered += layout === "layered" ? 1 : 0;
  seen.migrating += environment.lake.hybridAccess.kind === "migration" ? 1 : 0;
  seen.disabled += Object.keys(environment.disabledDatasets).length;
  seen.tables += tables.length;
  seen.readers += readers.length;
  seen.filtered += readers.filter(isFiltered).length;
  seen.mixed += tables.filter((table) => table.readers.some(isFiltered) && !table.readers.every(isFiltered)).length;
}

/** What was generated of a platform. */
function textOf({ environment: { consumers, disabledDatasets, lake }, domains }: Declared): string {
  return JSON.stringify({ consumers, disabledDatasets, hybridAccess: lake.hybridAccess, domains }, undefined, 2);
}

/** Of each file; there are two of them. */
const PLATFORMS = 500;

/**
 * Tests that both evaluators agree about generated platforms. BASIN_PROPERTY_SEED has others generated, and with
 * BASIN_PROPERTY_PATH the one that a failure has printed.
 *
 * @param seed one for each file: jest runs files side by side
 */
export function describeAgreement(seed: number): void {
  test(
    "everybody reads what is declared and nobody anything else, whatever is declared",
    () => {
      const { BASIN_PROPERTY_SEED: other, BASIN_PROPERTY_PATH: path } = process.env;
      const seen = checkAgreement({
        // a path is one of a seed as it was printed
        seed: other === undefined ? seed : path === undefined ? Number(other) + seed : Number(other),
        platforms: PLATFORMS,
        ...(path !== undefined && { path }),
      });
      process.stderr.write(
        `${Object.entries(seen)
          .map(([what, count]) => `${what} ${count}`)
          .join(", ")}\n`,
      );

      if (path === undefined) {
        expect(seen.platforms).toBe(PLATFORMS);
        // what is never generated is never compared
        expect(Object.entries(seen).filter(([, count]) => count < 5)).toEqual([]);
      }
    },
    30 * 60_000,
  );
}
