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

// https://www.rfc-editor.org/rfc/rfc1918 and https://www.rfc-editor.org/rfc/rfc6598
export const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Whether all addresses of a block are those of private networks. */
export function isPrivateBlock(cidr: string): boolean {
  return PRIVATE_BLOCKS.some((privateBlock) => block(privateBlock).contains(block(cidr)));
}
