import { perGraph } from "../aws/remember";
import type { Graph } from "../graph";
import { nameOf, type Table, tablesOf } from "./catalog";
import { type Grant, grantsOf } from "./grants";
import { type Holding, holdingOf, ON_A_TABLE, permissionsIn } from "./holdings";
import { identitiesOf, isAccount } from "./principals";
import { refusalOf } from "./refusals";
import { intersectionOf, type Rows, unionOf } from "./rows";
import { settingsOf, tableDefaultsOf } from "./settings";

interface Pending {
  readonly grant: Grant;
  readonly holding: Holding;
}

/** What grants give on a table, with those that give nothing because who makes them may not. */
interface Held {
  readonly holdings: readonly Holding[];
  readonly refused: readonly Grant[];
}

const heldByTable = perGraph((graph) => {
  const grants = grantsOf(graph).filter((grant) => refusalOf(grant, graph) === undefined);
  return new Map(tablesOf(graph).map((table) => [table, heldOn(table, grants, graph)]));
});

/** Everything that is held on a table: by grants, by default, and by its creator. */
export function holdingsOn(table: Table, graph: Graph): readonly Holding[] {
  return heldByTable(graph).get(table)?.holdings ?? [];
}

/** A grant that Lake Formation refuses: it gives nothing. */
export interface RefusedGrant {
  /** Of the resource that grants. */
  readonly address: string;
  readonly reason: string;
}

/** All grants that Lake Formation refuses. */
export function refusedGrants(graph: Graph): RefusedGrant[] {
  const byShape = grantsOf(graph).map((grant) => ({ grant, reason: refusalOf(grant, graph) }));
  const byGrantor = [...heldByTable(graph).values()].flatMap(({ refused }) =>
    refused.map((grant) => ({ grant, reason: "who grants it may not pass it on" })),
  );
  const reasons = [...byShape, ...byGrantor].flatMap(({ grant, reason }): [string, string][] =>
    reason === undefined ? [] : [[grant.resource.address, reason]],
  );
  return [...new Map(reasons)]
    .map(([address, reason]) => ({ address, reason }))
    .sort((one, other) => one.address.localeCompare(other.address));
}

function heldOn(table: Table, grants: readonly Grant[], graph: Graph): Held {
  const pending = grants.flatMap((grant): Pending[] => {
    const holding = holdingOf(grant, table, graph);
    return holding === undefined ? [] : [{ grant, holding }];
  });
  const isForeign = ({ grant }: Pending) => grant.applier.account !== graph.account.accountId;
  const { holdings, refused } = accept(
    pending.filter((one) => !isForeign(one)),
    [...byDefault(table, graph), ...ofCreator(table)],
    graph,
  );
  const shared = pending.filter(isForeign).flatMap((one) => passedOn(one, holdings) ?? []);
  return { holdings: [...holdings, ...shared], refused };
}

/** Grants of those who may make them; who holds the grant option may once somebody has granted that. */
function accept(pending: readonly Pending[], holdings: readonly Holding[], graph: Graph): Held {
  const accepted = pending.filter(({ grant, holding }) => mayGrant(grant, holding, holdings, graph));
  const refused = pending.filter((one) => !accepted.includes(one));
  return accepted.length === 0
    ? { holdings, refused: refused.map(({ grant }) => grant) }
    : accept(refused, [...holdings, ...accepted.map(({ holding }) => holding)], graph);
}

/**
 * Administrators may grant everything, others what they hold with the grant option, and no more columns than that. Who is
 * not known is taken for an administrator. LF-Tag expressions, which take GRANT_WITH_LF_TAG_EXPRESSION on their tags, are
 * not asked about: they count as granted.
 *
 * Sources: Lake Formation Developer Guide, implicit-permissions and data-filtering-notes.
 */
function mayGrant({ applier, target }: Grant, wanted: Holding, holdings: readonly Holding[], graph: Graph): boolean {
  const { principal } = applier;
  const { admins } = settingsOf(graph);
  if (principal === undefined || (admins?.includes(principal) ?? true) || target.kind === "matching") {
    return true;
  }
  const names = identitiesOf(principal, graph);
  const own = holdings.filter((holding) => names.includes(holding.principal));
  return wanted.permissions.every((permission) => {
    const grantable = own.filter((holding) => holding.grantable.includes(permission));
    return permission === "SELECT"
      ? [...wanted.cells.keys()].every((column) => unionOf(rowsIn(grantable, column)) === "all")
      : grantable.length > 0;
  });
}

function rowsIn(holdings: readonly Holding[], column: string): Rows[] {
  // not flatMap, which would take lists of predicates apart
  return holdings.map(({ cells }) => cells.get(column)).filter((rows) => rows !== undefined);
}

/**
 * What another account gives of what it was given: no column and no row more, and no permission. Which accounts an
 * organization has is not known here, so what it is given, any account is.
 *
 * Source: Lake Formation Developer Guide, data-filtering-notes.
 */
function passedOn({ grant, holding }: Pending, holdings: readonly Holding[]): Holding | undefined {
  const shares = holdings.filter(
    ({ principal }) =>
      principal === grant.applier.account || (isAccount(principal) && principal.includes(":organizations:")),
  );
  const permissions = holding.permissions.filter((one) => shares.some(({ grantable }) => grantable.includes(one)));
  const selectable = shares.filter(({ grantable }) => grantable.includes("SELECT"));
  const cells = [...holding.cells].flatMap(([column, rows]): [string, Rows][] => {
    const given = rowsIn(selectable, column);
    return given.length === 0 ? [] : [[column, intersectionOf(rows, unionOf(given))]];
  });
  const isWhole = holding.isWhole && shares.some((share) => share.isWhole);
  return permissions.length === 0 ? undefined : { ...holding, permissions, cells: new Map(cells), isWhole };
}

function byDefault(table: Table, graph: Graph): Holding[] {
  return tableDefaultsOf(table.database, graph).map(({ principal, permissions }) => ({
    ...wholeOf(table),
    principal,
    permissions: permissionsIn(permissions),
    grantable: [],
    reason: { kind: "default", principal, text: `what new tables of ${table.database} are granted` },
  }));
}

/**
 * Who creates a table holds everything on it, and may pass it on.
 *
 * Source: Lake Formation Developer Guide, implicit-permissions ("Table creators").
 */
function ofCreator(table: Table): Holding[] {
  const { creator: principal } = table;
  const reason = { kind: "creator", principal: principal ?? "", text: `has made ${nameOf(table)}` } as const;
  return principal === undefined
    ? []
    : [{ ...wholeOf(table), principal, permissions: ON_A_TABLE, grantable: ON_A_TABLE, reason }];
}

function wholeOf({ columns }: Table) {
  return { cells: new Map(columns.map((column): [string, Rows] => [column, "all"])), isWhole: true };
}
