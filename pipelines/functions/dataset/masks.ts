import { isIPv4, isIPv6 } from "node:net";
import { endOfString, endOfValue, skipSpace } from "../record/json-text";
import { trim } from "../columns/text";
import type { Value } from "../columns/value";
import type { ContractColumn, MaskKind } from "../contract";

/** Makes of a value what may be written. What it does not understand it takes away. */
export type Mask = (value: Value) => Value;

/** Shown in place of what is hidden, however long that is. */
const HIDDEN = "****";

/** A value that is no longer than this would be known by its last four. */
const MIN_CHARACTERS = 8;

const MAPPED_IPV4 = /^(?:0{0,4}:){1,6}ffff:(\d+\.\d+\.\d+\.\d+)$/;

export const MASKS: Readonly<Record<MaskKind, Mask>> = {
  remove: () => null,
  network: (value) => (typeof value === "string" ? networkOf(value) : null),
  last4: (value) => (typeof value === "string" ? lastFour(value) : null),
};

/** The network of an address: the first 24 bits of IPv4, 48 of IPv6. */
function networkOf(address: string): string | null {
  if (isIPv4(address)) {
    return `${address.slice(0, address.lastIndexOf("."))}.0`;
  }
  const [plain = ""] = address.toLowerCase().split("%");
  const mapped = MAPPED_IPV4.exec(plain)?.[1];
  if (mapped !== undefined) {
    return networkOf(mapped);
  }
  if (!isIPv6(plain)) {
    return null;
  }
  const [before = "", after] = plain.split("::");
  const [head, tail] = [groupsOf(before), groupsOf(after ?? "")];
  const zeros = after === undefined ? 0 : 8 - groupCount(head) - groupCount(tail);
  const all = [...head, ...Array.from({ length: zeros }, () => "0"), ...tail];
  const network = all.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  while (network.at(-1) === "0") {
    network.pop();
  }
  return `${network.join(":")}::`;
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}

/** An address may end as one of IPv4, in the place of two groups. */
function groupCount(groups: readonly string[]): number {
  return groups.length + (groups.at(-1)?.includes(".") === true ? 1 : 0);
}

function lastFour(text: string): string {
  const characters = Array.from(text);
  return characters.length < MIN_CHARACTERS ? HIDDEN : HIDDEN + characters.slice(-4).join("");
}

/** Masks of a dataset's columns by name; empty where nothing is masked. */
export function masksOf(columns: readonly ContractColumn[]): ReadonlyMap<string, Mask> {
  return new Map(columns.flatMap(({ name, mask }) => (mask === undefined ? [] : [[name, MASKS[mask]] as const])));
}

/**
 * Masks the columns in the text of a record that is not written as a row, and leaves all else as it was sent. Names of
 * fields may be written in other letters than the column's: such a field is no column, and its value is what is hidden.
 */
export function maskText(text: string, masks: ReadonlyMap<string, Mask>): string {
  let [masked, copied, objects, at] = ["", 0, 0, 0];
  while (at < text.length) {
    const sign = text.charAt(at);
    if (sign !== '"') {
      objects += sign === "{" ? 1 : sign === "}" ? -1 : 0;
      at++;
      continue;
    }
    const end = endOfString(text, at);
    const colon = skipSpace(text, end);
    const mask = objects === 1 && text.charAt(colon) === ":" ? masks.get(nameIn(text.slice(at, end))) : undefined;
    at = end;
    if (mask !== undefined) {
      const start = skipSpace(text, colon + 1);
      at = endOfValue(text, start);
      masked += text.slice(copied, start) + maskedJson(text.slice(start, at), mask);
      copied = at;
    }
  }
  return masked + text.slice(copied);
}

function nameIn(json: string): string {
  return (JSON.parse(json) as string).toLowerCase();
}

function maskedJson(json: string, mask: Mask): string {
  const value = json.startsWith('"') ? trim(JSON.parse(json) as string) : null;
  return JSON.stringify(value === null || value === "" ? null : mask(value));
}
