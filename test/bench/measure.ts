import { spawnSync } from "node:child_process";

/** What a command took, all processes it started included, in seconds. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

export interface Run {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end, with bash's own clock: Node cannot tell what children of children took.
 *
 * @throws Error with its output if it fails
 */
export function measure({ command, args, cwd, env = process.env }: Run): Cost & { readonly stdout: string } {
  const script = 'TIMEFORMAT="%R %U %S"; { time "$0" "$@" 2>&3; } 3>&1';
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script, command, ...args], {
    cwd,
    env: { ...env, LC_ALL: "C" },
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  }
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split(" ").map(Number);
  return { wall, cpu: user + system, stdout };
}

/** Runs two commands in turn, so that what else the machine does meets both, and returns the medians of each. */
export function inTurn(times: number, one: readonly Run[], other: readonly Run[]): [Cost, Cost] {
  const costs = Array.from({ length: times }, () => [total(one), total(other)] as const);
  const medianOf = (pick: (pair: (typeof costs)[number]) => number) => median(costs.map(pick));
  return [
    { wall: medianOf(([cost]) => cost.wall), cpu: medianOf(([cost]) => cost.cpu) },
    { wall: medianOf(([, cost]) => cost.wall), cpu: medianOf(([, cost]) => cost.cpu) },
  ];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** What several commands take one after the other. */
function total(runs: readonly Run[]): Cost {
  const costs = runs.map(measure);
  const sum = (pick: (cost: Cost) => number) => costs.reduce((all, cost) => all + pick(cost), 0);
  return { wall: sum(({ wall }) => wall), cpu: sum(({ cpu }) => cpu) };
}
