import type { Described } from "./lake";

/** What does not depend on how a table came to be what it is. */
export function shapeOf({ columns, key, partitions, sortedBy, properties, formatVersion, catalog }: Described): object {
  return {
    columns: columns.map(({ name, type, required, comment }) => ({ name, type: withoutIds(type), required, comment })),
    key,
    transforms: partitions.map((field) => field.split("=")[1]),
    sortedBy,
    properties: { ...properties, owner: undefined },
    formatVersion,
    catalog: { ...catalog, location: undefined },
  };
}

function withoutIds(type: string): string {
  return type.replaceAll(/\d+: /g, "");
}

export function idsOf({ columns }: Described): Record<string, number> {
  return Object.fromEntries(columns.map(({ name, id }) => [name, id]));
}

/** What a table was and is, as far as the two differ. */
export function differences(was: Described, is: Described): [before: string, after: string] {
  const [before, after] = [factsOf(was), factsOf(is)];
  const only = (facts: readonly string[], others: readonly string[]) => facts.filter((fact) => !others.includes(fact));
  const [gone, come] = [only(before, after), only(after, before)];
  if (gone.length + come.length > 0) {
    return [gone.join("\n"), come.join("\n")];
  }
  const [order, newOrder] = [was, is].map(({ columns }) => columns.map(({ name }) => name).join("\n"));
  return order === newOrder ? ["as it was", "as it was"] : [order ?? "", newOrder ?? ""];
}

function factsOf({ columns, partitions, sortedBy, catalog }: Described): string[] {
  return [
    ...columns.map(({ name, type, required }) => `${name}: ${withoutIds(type)}${required ? ", required" : ""}`),
    ...columns.map(({ name, comment }) => `${name}: "${comment ?? ""}"`),
    `partitions: ${partitions.join(", ")}`,
    `sorted by: ${sortedBy.join(", ")}`,
    `"${catalog.description}"`,
  ];
}
