import { Netmask } from "netmask";

/** Reads a canonical IPv4 CIDR block; undefined for anything else, such as 10.0.0.1/16 or 10.0/16. */
export function parseCidr(text: string): Netmask | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(text)) {
    return undefined;
  }
  try {
    const block = new Netmask(text);
    return `${block.base}/${block.bitmask}` === text ? block : undefined;
  } catch {
    // the library throws at numbers above 255 and 32
    return undefined;
  }
}

/** A block whose schema has been checked. */
export function block(cidr: string): Netmask {
  const parsed = parseCidr(cidr);
  if (parsed === undefined) {
    throw new Error(`${cidr} is not a CIDR block`);
  }
  return parsed;
}

/** Whether two blocks share an address. */
export function overlap(one: string, other: string): boolean {
  return block(one).contains(block(other)) || block(other).contains(block(one));
}
