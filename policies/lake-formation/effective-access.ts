import { perGraph } from "../aws/remember";
import type { Graph } from "../graph";
import { nameOf, type Table, tablesOf } from "./catalog";
import { mayAskForData, mayLookUp, mayReadFiles } from "./doors";
import { grantsOf } from "./grants";
import { holdingsOn } from "./held";
import { type Holding, ON_A_TABLE, type Reason } from "./holdings";
import { optedIn, optInOf } from "./opt-ins";
import { IAM_ALLOWED_PRINCIPALS, identitiesOf, isForeign, membersIn } from "./principals";
import { registrationOf } from "./registrations";
import { type Rows, unionOf } from "./rows";
import { settingsOf } from "./settings";

/** What a principal sees and reads of a table through the Data Catalog. */
export interface Access {
  readonly principal: string;
  readonly database: string;
  readonly table: string;
  /** Columns whose data can be read; none where the table is only shown. */
  readonly columns: readonly ReadableColumn[];
  /** Columns whose names and types are shown. */
  readonly schema: readonly string[];
  /** Permissions in force on the table, ALL written out. */
  readonly permissions: readonly string[];
}

export interface ReadableColumn {
  readonly name: string;
  readonly rows: Rows;
  /** Everything that lets it be read, of which each would be enough for some of the rows. */
  readonly reasons: readonly Reason[];
}

/**
 * Who sees and reads which tables through the Data Catalog, by what is synthesized: everybody of whom Terraform knows, on
 * every table that somebody makes or grants. Accounts and groups are principals of their own beside their members.
 * IAM_ALLOWED_PRINCIPALS stands for all whom IAM lets use a table that Lake Formation leaves to IAM.
 *
 * Everything is united, nothing denies. What AWS does not document, and what cannot be read here (policies of AWS, principals
 * that are declared elsewhere), is taken for access.
 */
export const effectiveAccess = perGraph((graph): readonly Access[] => {
  const principals = principalsIn(graph);
  const byName = new Map<string, Table>(tablesOf(graph).map((table) => [nameOf(table), table]));
  return tablesOf(graph).flatMap((table) =>
    principals.flatMap((principal) => {
      const access = accessOf(principal, table, graph);
      const target = table.target && byName.get(nameOf(table.target));
      // a link gives nothing on its target, and shows it to nobody who does not see the link
      const columns = access && target ? (accessOf(principal, target, graph)?.columns ?? []) : access?.columns;
      return access === undefined || columns === undefined ? [] : [{ ...access, columns }];
    }),
  );
});

/** Everybody of whom Terraform knows. */
function principalsIn(graph: Graph): string[] {
  const { admins = [], readOnlyAdmins } = settingsOf(graph);
  return [
    ...new Set([
      ...graph.ofType("aws_iam_role").map((role) => graph.arnOf(role)),
      ...admins,
      ...readOnlyAdmins,
      ...grantsOf(graph).map(({ principal }) => principal),
      ...optedIn(graph),
      ...tablesOf(graph).flatMap((table) => holdingsOn(table, graph).map(({ principal }) => principal)),
      ...membersIn(graph),
    ]),
  ].sort();
}

/** A way to a table: by what Lake Formation permits, or by what IAM alone does. */
interface Way {
  readonly schema: readonly string[];
  readonly permissions: readonly string[];
  readonly columns: readonly ReadableColumn[];
}

function accessOf(principal: string, table: Table, graph: Graph): Access | undefined {
  const ways = waysTo(principal, table, graph);
  if (ways.length === 0 || (principal !== IAM_ALLOWED_PRINCIPALS && mayLookUp(principal, table, graph) === "no")) {
    return undefined;
  }
  const shown = new Set(ways.flatMap(({ schema }) => schema));
  return {
    principal,
    database: table.database,
    table: table.name,
    columns: columnsIn(ways, table),
    schema: table.columns.filter((column) => shown.has(column)),
    permissions: [...new Set(ways.flatMap(({ permissions }) => permissions))].sort(),
  };
}

function columnsIn(ways: readonly Way[], table: Table): ReadableColumn[] {
  return table.columns.flatMap((name) => {
    const found = ways.flatMap(({ columns }) => columns.filter((column) => column.name === name));
    const reasons = found.flatMap((column) => column.reasons);
    return found.length === 0 ? [] : [{ name, rows: unionOf(found.map(({ rows }) => rows)), reasons }];
  });
}

/**
 * By which ways a principal comes to a table. One that IAMAllowedPrincipals has any permission on is left to IAM, but for
 * those who opted in. The guide does not say what an opt-in does on a location that is registered without hybrid mode, nor
 * whether the group has those who are no users or roles of IAM: both count as left to IAM.
 *
 * Sources: Lake Formation Developer Guide, hybrid-access-workflow (step 3), hybrid-access-prerequisites and
 * lf-permissions-reference ("IAMAllowedPrincipals").
 */
function waysTo(principal: string, table: Table, graph: Graph): Way[] {
  const holdings = holdingsOn(table, graph);
  const ofGroup = holdings.find((holding) => holding.principal === IAM_ALLOWED_PRINCIPALS);
  const optIn = optInOf(principal, table, graph);
  const isLeftToIam = ofGroup !== undefined && !isForeign(principal, graph);
  const obeysLakeFormation = !isLeftToIam || optIn !== "no";
  const obeysIam = isLeftToIam && (optIn !== "yes" || registrationOf(table, graph) === "registered");
  return [
    ...(obeysLakeFormation ? wayOfLakeFormation(principal, table, holdings, graph) : []),
    ...(obeysIam ? [wayOfIam(principal, table, ofGroup, graph)] : []),
  ];
}

function wayOfIam(principal: string, table: Table, { reason }: Holding, graph: Graph): Way {
  const registration = registrationOf(table, graph);
  // registered in hybrid mode, a location is none to those who did not opt in
  const isReadable =
    principal === IAM_ALLOWED_PRINCIPALS ||
    mayReadFiles(principal, table, graph) !== "no" ||
    ((registration === "registered" || registration === "unknown") && mayAskForData(principal, graph) !== "no");
  const reasons = [{ ...reason, kind: "iam" as const }];
  const columns = table.columns.map((name) => ({ name, rows: "all" as const, reasons }));
  return { schema: table.columns, permissions: ON_A_TABLE, columns: isReadable ? columns : [] };
}

function wayOfLakeFormation(principal: string, table: Table, holdings: readonly Holding[], graph: Graph): Way[] {
  const names = identitiesOf(principal, graph);
  const own = holdings.filter(
    (holding) => names.includes(holding.principal) && holding.principal !== IAM_ALLOWED_PRINCIPALS,
  );
  const isAdmin = isAdministrator(principal, graph);
  if (own.length === 0 && !isAdmin) {
    return [];
  }
  const isWhole = isAdmin || own.some((holding) => holding.isWhole);
  const schema = isWhole ? table.columns : own.flatMap(({ cells }) => [...cells.keys()]);
  const permissions = ["DESCRIBE", ...own.flatMap((holding) => holding.permissions)];
  return [{ schema, permissions, columns: isDataReachable(principal, table, graph) ? readableIn(own) : [] }];
}

/**
 * Administrators see every table, and read none that they are not granted. That full ones see all, as those who may only read
 * do, one page says and another does not.
 *
 * Sources: Lake Formation Developer Guide, permissions-reference (personas) and implicit-permissions.
 */
function isAdministrator(principal: string, graph: Graph): boolean {
  const { admins = [], readOnlyAdmins } = settingsOf(graph);
  return [...admins, ...readOnlyAdmins].includes(principal);
}

/** Each column once for each holding that has SELECT on it. */
function readableIn(holdings: readonly Holding[]): ReadableColumn[] {
  return holdings
    .filter(({ permissions }) => permissions.includes("SELECT"))
    .flatMap(({ cells, reason }) => [...cells].map(([name, rows]) => ({ name, rows, reasons: [reason] })));
}

/**
 * Whether who is permitted to read gets at the files: with the credentials Lake Formation lends for registered locations,
 * in hybrid mode to those who opted in, else with its own.
 *
 * Sources: Lake Formation Developer Guide, access-control-underlying-data and hybrid-access-workflow (steps 4 and 6).
 */
function isDataReachable(principal: string, table: Table, graph: Graph): boolean {
  const registration = registrationOf(table, graph);
  const optIn = optInOf(principal, table, graph);
  const isLent = registration === "registered" || (registration === "hybrid" && optIn !== "no");
  const isOwn = registration === "none" || (registration === "hybrid" && optIn !== "yes");
  return (
    ((isLent || registration === "unknown") && mayAskForData(principal, graph) !== "no") ||
    ((isOwn || registration === "unknown") && mayReadFiles(principal, table, graph) !== "no")
  );
}
