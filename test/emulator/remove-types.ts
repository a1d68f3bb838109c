/** A resource type that the emulator cannot carry. */
export interface UnsupportedType {
  readonly type: string;
  /** What goes wrong, in a sentence. */
  readonly reason: string;
}

type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The parts of a synthesized stack that are looked at; everything else is copied. */
export interface StackJson {
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly [part: string]: unknown;
}

export interface Removed {
  readonly stack: string;
  /** For example "aws_msk_cluster.streaming" or "output.cluster-arn". */
  readonly address: string;
  /** The reason of the list, or the address it refers to. */
  readonly because: string;
}

export interface Removal {
  readonly stacks: ReadonlyMap<string, StackJson>;
  readonly removed: readonly Removed[];
}

/** Reads another stack's outputs under this name and the stack's; cdktf's choice. */
const REMOTE_STATE = "data.terraform_remote_state.cross-stack-reference-input-";

/**
 * Copies stacks without some types of resources, without the resources, data sources and outputs that refer to them, in
 * their own stack or in another, and without the entries of depends_on that name them.
 */
export function removeTypes(stacks: ReadonlyMap<string, StackJson>, unsupported: readonly UnsupportedType[]): Removal {
  const reasons = new Map(unsupported.map(({ type, reason }) => [type, reason]));
  const removed: Removed[] = [];
  const isGone = ({ stack, address }: Place) =>
    removed.some((other) => other.stack === stack && other.address === address);
  const places = [...stacks].flatMap(([stack, json]) => placesOf(stack, json));

  let found: readonly Removed[];
  do {
    found = places.filter((place) => !isGone(place)).flatMap((place) => reasonToGo(place, reasons, removed));
    removed.push(...found);
  } while (found.length > 0);

  return { stacks: new Map([...stacks].map(([name, json]) => [name, without(name, json, removed)])), removed };
}

interface Place {
  readonly stack: string;
  readonly address: string;
  /** The type of a resource. */
  readonly type?: string;
  readonly content: unknown;
}

function placesOf(stack: string, { resource = {}, data = {}, output = {} }: StackJson): Place[] {
  const blocks = (all: Blocks, prefix: string) =>
    Object.entries(all).flatMap(([type, named]) =>
      Object.entries(named).map(([name, content]) => ({ address: `${prefix}${type}.${name}`, type, content })),
    );
  return [
    ...blocks(resource, "").map((place) => ({ ...place, stack })),
    ...blocks(data, "data.").map(({ address, content }) => ({ stack, address, content })),
    ...Object.entries(output).map(([name, content]) => ({ stack, address: `output.${name}`, content })),
  ];
}

function reasonToGo(
  { stack, address, type, content }: Place,
  reasons: ReadonlyMap<string, string>,
  removed: readonly Removed[],
): Removed[] {
  const reason = reasons.get(type ?? "");
  if (reason !== undefined) {
    return [{ stack, address, because: reason }];
  }
  const texts = strings(content);
  const cause = removed.find((gone) => texts.some((text) => refersTo(text, nameIn(stack, gone))));
  return cause === undefined ? [] : [{ stack, address, because: `refers to ${cause.address}` }];
}

/** What a removed thing is called in the expressions of a stack; undefined where it cannot be named there. */
function nameIn(stack: string, { stack: owner, address }: Removed): string | undefined {
  if (!address.startsWith("output.")) {
    return owner === stack ? address : undefined;
  }
  return `${REMOTE_STATE}${owner}.outputs.${address.slice("output.".length)}`;
}

function refersTo(text: string, name: string | undefined): boolean {
  if (name === undefined) {
    return false;
  }
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  // "data.aws_x.y" does not refer to "aws_x.y", nor does "aws_x.y-z"
  return new RegExp(String.raw`(?<![\w.-])${escaped}(?![\w-])`).test(text);
}

/** All texts of a block but its metadata and its depends_on. */
function strings(value: unknown): string[] {
  if (typeof value === "string") {
    return [value];
  }
  if (Array.isArray(value)) {
    return value.flatMap(strings);
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => (key === "//" || key === "depends_on" ? [] : strings(inner)))
    : [];
}

function without(stack: string, json: StackJson, removed: readonly Removed[]): StackJson {
  const gone = new Set(removed.filter((entry) => entry.stack === stack).map(({ address }) => address));
  if (gone.size === 0) {
    return json;
  }
  const keep = (named: Readonly<Record<string, unknown>>, prefix: string) =>
    Object.fromEntries(
      Object.entries(named)
        .filter(([name]) => !gone.has(`${prefix}${name}`))
        .map(([name, content]) => [name, withoutDependencies(content, gone)]),
    );
  const keepBlocks = (blocks: Blocks, prefix: string) =>
    Object.fromEntries(
      Object.entries(blocks)
        .map(([type, named]): [string, Record<string, unknown>] => [type, keep(named, `${prefix}${type}.`)])
        .filter(([, named]) => Object.keys(named).length > 0),
    );
  const { resource = {}, data = {}, output = {}, ...rest } = json;
  const parts = {
    resource: keepBlocks(resource, ""),
    data: keepBlocks(data, "data."),
    output: keep(output, "output."),
  };
  // Terraform refuses a part without entries
  return { ...rest, ...Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0)) };
}

function withoutDependencies(content: unknown, gone: ReadonlySet<string>): unknown {
  if (typeof content !== "object" || content === null || !("depends_on" in content)) {
    return content;
  }
  const names = content.depends_on as readonly string[];
  return { ...content, depends_on: names.filter((name) => !gone.has(name)) };
}
