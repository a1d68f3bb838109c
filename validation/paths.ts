export function formatPath(keys: readonly PropertyKey[]): string {
  return keys
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");
}

/** Objects of an environment whose keys people choose, dots included: what follows the first one is one key. */
const FREE_KEYS = /^(tags|disabledDatasets)\.(.*)$/s;

/** The keys of a path as `formatPath` writes it. */
export function parsePath(path: string): PropertyKey[] {
  const [, object, key] = FREE_KEYS.exec(path) ?? [];
  if (object !== undefined && key !== undefined) {
    return [object, key];
  }
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}

export function valueAt(raw: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
}

export function isInside(path: string, outer: string): boolean {
  return path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
