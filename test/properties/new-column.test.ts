import { type Column, type Domain, isTable, type Sensitivity, type TableDataset } from "../../domains/schema";
import { platform } from "../../environments/platform";
import type { Graph, Resource } from "../../policies/graph";
import { domains } from "../fixtures/domains";
import { environments } from "../fixtures/environments";
import { type Declared, declaredCells, disagreements, grantedCells } from "../../cli/access/agreement";
import { graphOf, stacksOf } from "../support/declared-stacks";

const environment = environments.prod;

/** The domain sales with another table of orders alone. */
function salesWith(change: (orders: TableDataset) => TableDataset): Declared {
  const [orders] = domains.sales.datasets;
  if (orders === undefined || !isTable(orders)) {
    throw new Error("sales has no table of orders");
  }
  const sales: Domain = { ...domains.sales, datasets: [change(orders)] };
  return { platform, environment, domains: [sales] };
}

/** Orders with columns up to a sensitivity only. */
function upTo(levels: readonly Sensitivity[]) {
  return (orders: TableDataset): TableDataset => ({
    ...orders,
    columns: orders.columns.filter(({ sensitivity }) => levels.includes(sensitivity)),
  });
}

function withColumn(sensitivity: Sensitivity) {
  const added: Column = { name: "added", type: "string", comment: "What is new", sensitivity };
  return (orders: TableDataset): TableDataset => ({ ...orders, columns: [...orders.columns, added] });
}

const graphs = new Map<Declared, Graph>();

/** What is synthesized of a platform. */
function graphFor(declared: Declared): Graph {
  const graph = graphs.get(declared) ?? graphOf(declared, stacksOf(declared));
  graphs.set(declared, graph);
  return graph;
}

interface Change {
  readonly before: Declared;
  readonly after: Declared;
}

const LEVELS = {
  internal: ["internal"],
  confidential: ["internal", "confidential"],
  pii: ["internal", "confidential", "pii"],
} as const;

/** A column that is added to a table whose most sensitive column is known. */
function addition(most: keyof typeof LEVELS, sensitivity: Sensitivity): Change {
  const of = upTo(LEVELS[most]);
  return {
    before: salesWith(of),
    after: salesWith((orders) => withColumn(sensitivity)(of(orders))),
  };
}

const ADDITIONS = (
  [
    ["internal", "pii"],
    ["internal", "confidential"],
    ["internal", "public"],
    ["confidential", "pii"],
    ["confidential", "confidential"],
    ["pii", "pii"],
    ["pii", "internal"],
  ] as const
).map(([most, sensitivity]) => ({ most, sensitivity, change: addition(most, sensitivity) }));

/** The tags of the table that consumers read, and of its columns, by what of it they are on. */
function publishedTags(graph: Graph): Map<string, Resource> {
  return new Map(
    graph.ofType("aws_lakeformation_resource_lf_tags").flatMap((resource): [string, Resource][] => {
      const [, id] = /_access_published_(.+)_[0-9A-F]{8}$/.exec(resource.id) ?? [];
      return id === undefined ? [] : [[id, resource]];
    }),
  );
}

describe.each(ADDITIONS)(
  "a table of $most columns at most gets one that is $sensitivity",
  ({ sensitivity, change }) => {
    const { before, after } = change;
    const [older, newer] = [graphFor(before), graphFor(after)];

    test("and nothing changes that readers have: tags of the table and of other columns stay as they are", () => {
      const [was, is] = [publishedTags(older), publishedTags(newer)];
      const others = (tags: ReadonlyMap<string, Resource>) =>
        [...tags].filter(([id]) => id !== "column-added").map(([, { address, values }]) => [address, values]);

      expect(was.size).toBeGreaterThan(1);
      expect(others(is)).toEqual(others(was));
      expect([...is.keys()].filter((key) => !was.has(key))).toEqual(sensitivity === "pii" ? [] : ["column-added"]);
    });

    test("whose tag, if it has one, comes after the call that makes the column, and after the table's", () => {
      const tags = publishedTags(newer);
      const [call] = newer.ofType("aws_lambda_invocation");
      const [ofTable, ofColumn] = [tags.get("tags"), tags.get("column-added")];
      if (call === undefined || ofTable === undefined) {
        throw new Error("the table is not made, or has no tags");
      }

      expect(String(call.values.input)).toContain('"name":"added"');
      expect(newer.isBefore(call, ofTable)).toBe(true);
      expect(ofColumn === undefined || (newer.isBefore(call, ofColumn) && newer.isBefore(ofTable, ofColumn))).toBe(
        true,
      );
    });

    test("that both evaluators open to the same readers", () => {
      const readers = [...declaredCells(after).keys()].filter((cell) => cell.endsWith("_published.orders.added"));

      // the role of the platform that keeps tables small, and those who are declared
      expect(readers).toHaveLength({ public: 4, internal: 4, confidential: 4, pii: 2 }[sensitivity]);
      expect(disagreements(after, newer)).toEqual([]);
    });
  },
);

/** A resource while Terraform applies a change: as it was, as it will be, or not there. */
type Values = Readonly<Record<string, unknown>> | undefined;

type Choices = readonly (readonly [address: string, values: readonly Values[]])[];

/** The resources of a platform by their addresses. */
function resourcesOf(declared: Declared): ReadonlyMap<string, Values> {
  const { resources } = graphFor(declared);
  return new Map(resources.map(({ address, values }) => [address, values]));
}

/** What each resource can be while a change is made. */
function choicesIn({ before, after }: Change): Choices {
  const [was, is] = [resourcesOf(before), resourcesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].map((address) => {
    const [old, fresh] = [was.get(address), is.get(address)];
    const known = JSON.stringify(old) === JSON.stringify(fresh) ? [fresh] : [old, fresh];
    // a call that is made anew leaves the table alone until then; what Lake Formation has is destroyed before
    const isDestroyed = known.length > 1 && address.startsWith("aws_lakeformation_");
    // other changes replace the tags of a table as well
    const isTags = address.includes("_access_published_tags_");
    return [address, [...new Set([...known, ...(isDestroyed || isTags ? [undefined] : [])])]] as const;
  });
}

/** All states in which a change may leave a platform, in whatever order it is made and wherever it stops. */
function statesIn(choices: Choices, { after }: Change): Graph[] {
  const combined = choices.reduce<Values[][]>(
    (states, [, values]) => states.flatMap((state) => values.map((one) => [...state, one])),
    [[]],
  );
  return combined
    .map((values) => choices.map(([address], index) => [address, values[index]] as const))
    .filter(hasFilters)
    .map((state) => graphOf(after, [{ name: "state", dependencies: [], json: { resource: byType(state) } }]));
}

type State = readonly (readonly [address: string, values: Values])[];

/** Whether all filters are there that are granted: Lake Formation keeps no grant on one that is not. */
function hasFilters(state: State): boolean {
  const absent = state.filter(([, values]) => values === undefined).map(([address]) => address);
  const needed = state.flatMap(([, values]) => (values?.depends_on ?? []) as readonly string[]);
  return !absent.some(
    (address) => address.startsWith("aws_lakeformation_data_cells_filter.") && needed.includes(address),
  );
}

function byType(state: State): Record<string, Record<string, Record<string, unknown>>> {
  const resources: Record<string, Record<string, Record<string, unknown>>> = {};
  state.forEach(([address, values]) => {
    const [type = "", id = ""] = address.split(".");
    if (values !== undefined) {
      (resources[type] ??= {})[id] = values;
    }
  });
  return resources;
}

/** How many states a change has, and cells that are open in one of them although they are declared neither before nor after. */
function examine(change: Change, choices: Choices = choicesIn(change)) {
  const declared = [change.before, change.after].map(declaredCells);
  const states = statesIn(choices, change).map(grantedCells);
  const leaks = states
    .flatMap((cells) => [...cells])
    .filter(([cell, rows]) => !declared.some((cells) => cells.get(cell) === rows))
    .map(([cell, rows]) => `${cell} ${rows}`);
  return { states: states.length, leaks: [...new Set(leaks)] };
}

/** Orders with other sensitivities of some columns. */
function rated(levels: Readonly<Record<string, Sensitivity>>) {
  return (orders: TableDataset): TableDataset => ({
    ...orders,
    columns: orders.columns.map((column) => ({ ...column, sensitivity: levels[column.name] ?? column.sensitivity })),
  });
}

function withoutRows(orders: TableDataset): TableDataset {
  return { ...orders, readers: orders.readers.filter(({ rows }) => rows === undefined) };
}

const same = (orders: TableDataset) => orders;

const OTHER_CHANGES: [string, Change][] = [
  [
    "a column becomes more sensitive than all others",
    {
      before: salesWith(upTo(LEVELS.confidential)),
      after: salesWith((orders) => rated({ total: "pii" })(upTo(LEVELS.confidential)(orders))),
    },
  ],
  [
    "the most sensitive column becomes less so, and another one more",
    { before: salesWith(same), after: salesWith(rated({ delivery_note: "internal", status: "confidential" })) },
  ],
  [
    "the first reader of some rows comes, and a column",
    {
      before: salesWith(withoutRows),
      after: salesWith(withColumn("pii")),
    },
  ],
  [
    "the last reader of some rows goes, and a column comes",
    {
      before: salesWith(same),
      after: salesWith((orders) => withColumn("pii")(withoutRows(orders))),
    },
  ],
];

describe("in no state of its deployment, in whatever order and wherever it stops, is a column open to others", () => {
  test.each(ADDITIONS)("when a table of $most columns gets one that is $sensitivity", ({ change }) => {
    const { states, leaks } = examine(change);

    expect(states).toBeGreaterThanOrEqual(8);
    expect(leaks).toEqual([]);
  });

  test.each(OTHER_CHANGES)("when %s", (_, change) => {
    expect(examine(change).leaks).toEqual([]);
  });

  // what this design avoids: the migrator makes the column, which has the tag of its table until that is changed
  test("which it would be, were tables only as sensitive as their columns", () => {
    const change = addition("internal", "pii");
    const asItsColumns = choicesIn(change).map(([address, values]): Choices[number] => [
      address,
      address.includes("_access_published_tags_") ? [withSensitivity("internal", values[0]), ...values] : values,
    ]);

    expect(examine(change, asItsColumns).leaks).toEqual(
      ["role/analysts", "group/default/finance"].map(
        (name) => expect.stringMatching(`${name} basin_prod_sales_published.orders.added all$`) as string,
      ),
    );
  });
});

function withSensitivity(value: Sensitivity, tags: Values): Values {
  const list = (tags?.lf_tag ?? []) as readonly { readonly key: string; readonly value: string }[];
  return { ...tags, lf_tag: list.map((tag) => (tag.value === "pii" ? { ...tag, value } : tag)) };
}
