import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SynthesizedStack } from "../policies/graph";
import { STATEFUL_TYPES } from "../policies/stateful-types";
import { movedTo } from "./deployment/moves";
import { CommandError, ExitCode, toError } from "./exit-codes";

/** Addresses of all resources whose loss would lose data, by stack. */
export type Ledger = Readonly<Record<string, readonly string[]>>;

/** Where the ledger is, in the repository. */
export const LEDGER = "stateful-addresses.json";

export function ledgerOf(stacks: readonly SynthesizedStack[]): Ledger {
  const entries = stacks.map(({ name, json: { resource = {} } }): [string, string[]] => [
    name,
    Object.entries(resource)
      .filter(([type]) => STATEFUL_TYPES.includes(type))
      .flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`))
      .sort(),
  ]);
  return Object.fromEntries(
    entries.filter(([, addresses]) => addresses.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * Reads the ledger of a repository; empty where there is none yet.
 *
 * @throws CommandError if it is none, for example after a merge with conflicts
 */
export function readLedger(root: string): Ledger {
  const file = join(root, LEDGER);
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Ledger) : {};
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${toError(error).message}. Take it from the last commit, then run "npm run ledger".`,
      ExitCode.invalid,
    );
  }
}

export function writeLedger(root: string, ledger: Ledger): void {
  writeFileSync(join(root, LEDGER), `${JSON.stringify(ledger, undefined, 2)}\n`);
}

/**
 * What stacks have lost since the ledger was written, and what it does not know yet, a sentence each. What a `moved` block
 * keeps is not lost.
 */
export function compareLedger(ledger: Ledger, stacks: readonly SynthesizedStack[]): string[] {
  const now = ledgerOf(stacks);
  const names = [...new Set([...Object.keys(ledger), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const { json = {} } = stacks.find((stack) => stack.name === name) ?? {};
    const [before = [], after = []] = [ledger[name], now[name]];
    const fresh = after.filter((address) => !before.includes(address));
    const free = new Set(fresh);
    // an address keeps one resource, and no two
    const gone = before.filter((address) => !after.includes(address) && !free.delete(movedTo(json, address)));
    return [
      ...gone.map((address) => renderLoss(name, address, fresh)),
      ...fresh.map((address) => `${name}: ${address} is not in ${LEDGER}: "npm run ledger" writes it`),
    ];
  });
}

function renderLoss(stack: string, address: string, fresh: readonly string[]): string {
  const [type = ""] = address.split(".");
  const candidates = fresh.filter((one) => one.startsWith(`${type}.`));
  const remedy =
    candidates.length === 0
      ? 'put its code back; if it shall go with what it holds, "npm run ledger" forgets it'
      : `if it was renamed, add to its stack: moved { from = ${address}, to = ${candidates.join(" or ")} } ` +
        "(addMoveTarget and moveTo, or addOverride of moved)";
  return `${stack}: ${address} holds data, and a deployment would destroy it: ${remedy}`;
}
