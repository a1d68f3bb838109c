import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { unpackPackages } from "../python/environment";
import { filesIn, type Recipe, sourcesOf } from "./recipe";
import { writeZip, type Zipped } from "./zip";

/** What differs between machines, or what nobody reads at run time. */
const LEFT_OUT = [
  // start scripts, which name the Python of this machine
  /^(bin|Scripts)\//,
  // notes of the installer
  /^[^/]+\.dist-info\/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_.+\.json)$/,
  /^\.[^/]+$/,
  // compiled when somebody has imported it
  /(^|\/)__pycache__\//,
  /\.py[co]$/,
];

export interface BuildProps {
  /** The repository. */
  readonly root: string;
  /** Path of the zip. */
  readonly file: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly report: (text: string) => void;
}

/**
 * Builds a bundle: its packages as they are published for the machine it runs on, and our own sources.
 *
 * @throws CommandError if there is no Python, or a package cannot be had
 */
export async function buildBundle(recipe: Recipe, props: BuildProps): Promise<Zipped> {
  const { root, file, variables, signal, report } = props;
  const { folder: own, pythonVersion, platform } = recipe;
  const folder = `${file}.packages`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    report("fetching packages");
    const requirements = join(root, recipe.requirements);
    await unpackPackages({ requirements, pythonVersion, platform, folder, variables, signal });
    report("zipping");
    const packages = filesIn(folder).filter((name) => !LEFT_OUT.some((pattern) => pattern.test(name)));
    const entries = [
      ...packages.map((name) => ({ name, file: join(folder, name) })),
      ...sourcesOf(root, recipe).map((name) => ({ name, file: join(root, own, name) })),
    ];
    return await writeZip(file, entries, signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
