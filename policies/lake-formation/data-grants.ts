import { perGraph } from "../aws/remember";
import type { Graph, Resource } from "../graph";
import { type Table, tablesOf } from "./catalog";
import { type Grant, grantsOf } from "./grants";
import { holdingOf } from "./holdings";

const ON_DATA = ["DELETE", "INSERT", "SELECT"];

/** What somebody is granted of data. */
export interface GrantedData {
  /** The first grant of several. */
  readonly first: Resource;
  readonly tables: readonly Table[];
}

const byPrincipal = perGraph((graph) => {
  const grants = new Map<string, Grant[]>();
  grantsOf(graph)
    .filter(isOnData)
    .forEach((grant) => {
      grants.set(grant.principal, [...(grants.get(grant.principal) ?? []), grant]);
    });
  return new Map(
    [...grants].flatMap(([principal, [first, ...others]]): [string, GrantedData][] =>
      first === undefined ? [] : [[principal, { first: first.resource, tables: tablesIn([first, ...others], graph) }]],
    ),
  );
});

/** What a principal is granted of data; undefined where nothing is. */
export function dataGrantedTo(principal: string, graph: Graph): GrantedData | undefined {
  return byPrincipal(graph).get(principal);
}

function isOnData({ target, permissions }: Grant): boolean {
  const isOnTables =
    target.kind === "tables" ||
    target.kind === "filter" ||
    (target.kind === "matching" && target.resources === "TABLE");
  return isOnTables && permissions.some((one) => [...ON_DATA, "ALL", "SUPER"].includes(one));
}

function tablesIn(grants: readonly Grant[], graph: Graph): Table[] {
  return tablesOf(graph).filter(
    (table) =>
      table.target === undefined &&
      grants.some((grant) => holdingOf(grant, table, graph)?.permissions.some((one) => ON_DATA.includes(one)) === true),
  );
}
