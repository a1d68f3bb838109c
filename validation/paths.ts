/** Objects of an environment with values whose keys have dots: what follows the first one is one key. */
const FREE_KEYS = /^(tags|disabledDatasets)\.(.*)$/s;

/** Keys of a path, and all else in brackets: an index, or a key that would be taken for several. */
const KEYS = /\[("(?:[^"\\]|\\.)*")\]|[^.[\]]+/g;

/** A path as people write it, for example "network.dataSubnets[1]", "tags.aws:x" or 'consumers["a.b"].kind'. */
export function formatPath(keys: readonly PropertyKey[]): string {
  const [object, key] = keys.map(String);
  if (keys.length === 2 && FREE_KEYS.test(`${object ?? ""}.`)) {
    return `${object ?? ""}.${key ?? ""}`;
  }
  return keys
    .map((part, index) => {
      if (typeof part === "number") {
        return `[${part}]`;
      }
      const text = String(part);
      return /^[^.[\]"]+$/.test(text) ? `${index === 0 ? "" : "."}${text}` : `[${JSON.stringify(text)}]`;
    })
    .join("");
}

/** The keys of a path as `formatPath` writes it. */
export function parsePath(path: string): PropertyKey[] {
  const [, object, key] = FREE_KEYS.exec(path) ?? [];
  if (object !== undefined && key !== undefined) {
    return [object, key];
  }
  return [...path.matchAll(KEYS)].map(([part, quoted]) => {
    if (quoted !== undefined) {
      return JSON.parse(quoted) as string;
    }
    return /^\d+$/.test(part) ? Number(part) : part;
  });
}

export function valueAt(raw: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
}

/** Whether two paths, as keys, name the same place or one lies within the other; "*" stands for any key. */
export function overlaps(one: readonly PropertyKey[], other: readonly PropertyKey[]): boolean {
  const shared = Math.min(one.length, other.length);
  return one.slice(0, shared).every((key, index) => key === other[index] || key === "*" || other[index] === "*");
}
