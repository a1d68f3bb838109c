import { roleOf } from "../aws/roles";
import type { Graph } from "../graph";
import { covers, speaksOf } from "../iam-document";
import { nameOf, type Table, tablesOf } from "./catalog";
import { bucketOfTable, bucketStatements, mayAskForData, mayReadFiles } from "./doors";
import { effectiveAccess } from "./effective-access";
import { holdingsOn } from "./held";
import { IAM_ALLOWED_PRINCIPALS, principalOf } from "./principals";
import { folderArnOf, locationOf } from "./registrations";
import { settingsOf } from "./settings";

/** Somebody who reads, or can make itself read, without a grant that says so. */
export interface UngrantedReader {
  readonly principal: string;
  readonly kind: "administrator" | "creator" | "engine" | "files" | "iam" | "registration" | "writer";
  /** For example "sales_curated.orders". */
  readonly tables: readonly string[];
  readonly reason: string;
  /** A policy that cannot be read here may say otherwise. */
  readonly isCertain: boolean;
}

/** Everybody who can get at tables past the grants: each kind of way once for each principal. */
export function ungrantedReaders(graph: Graph): UngrantedReader[] {
  const tables = tablesOf(graph).filter(({ target }) => target === undefined);
  return [
    ...administrators(tables, graph),
    ...engines(tables, graph),
    ...collect("creator", "has made the table, and holds everything on it", tables, ({ creator }) => creators(creator)),
    ...collect(
      "registration",
      "is the role of the registered location, which reads every file in it",
      tables,
      (table) => registrationRoles(table, graph),
    ),
    ...collect("files", "may read the files from S3, and use the key that encrypts them", tables, (table) =>
      fileReaders(table, graph),
    ),
    ...collect("iam", "IAM alone decides: IAMAllowedPrincipals has a permission on the table", tables, (table) =>
      holdingsOn(table, graph).flatMap(({ principal }) =>
        principal === IAM_ALLOWED_PRINCIPALS ? [{ principal, isCertain: true }] : [],
      ),
    ),
    ...collect("writer", "holds INSERT or DELETE, which AWS says read underlying data", tables, (table) =>
      writers(table, graph),
    ),
  ];
}

interface Found {
  readonly principal: string;
  readonly isCertain: boolean;
}

/** One reader for each principal, with all tables for which it is found. */
function collect(
  kind: UngrantedReader["kind"],
  reason: string,
  tables: readonly Table[],
  find: (table: Table) => readonly Found[],
): UngrantedReader[] {
  const readers = new Map<string, UngrantedReader>();
  tables.forEach((table) => {
    find(table).forEach(({ principal, isCertain }) => {
      const key = `${principal} ${isCertain}`;
      const names = new Set([...(readers.get(key)?.tables ?? []), nameOf(table)]);
      readers.set(key, { principal, kind, tables: [...names], reason, isCertain });
    });
  });
  return [...readers.values()];
}

function creators(creator: string | undefined): Found[] {
  return creator === undefined ? [] : [{ principal: creator, isCertain: true }];
}

/**
 * Administrators can grant themselves everything.
 *
 * Source: Lake Formation Developer Guide, implicit-permissions ("Data lake administrators").
 */
function administrators(tables: readonly Table[], graph: Graph): UngrantedReader[] {
  const { admins = [] } = settingsOf(graph);
  const reason = "is an administrator of Lake Formation, and can grant itself everything";
  return collect("administrator", reason, tables, () => admins.map((principal) => ({ principal, isCertain: true })));
}

/**
 * Engines of other accounts that are trusted to filter what they read.
 *
 * Source: Lake Formation API Reference, DataLakeSettings (AllowExternalDataFiltering).
 */
function engines(tables: readonly Table[], graph: Graph): UngrantedReader[] {
  const reason = "its engines are given whole files, and left to filter them";
  return collect("engine", reason, tables, () =>
    settingsOf(graph).filteringAccounts.map((principal) => ({ principal, isCertain: true })),
  );
}

function registrationRoles(table: Table, graph: Graph): Found[] {
  const role = locationOf(table, graph)?.values.role_arn;
  return role === undefined ? [] : [{ principal: principalOf(role, graph), isCertain: true }];
}

/** Roles of ours, and whoever else the bucket's policy names, that read a table's files; registration roles aside. */
function fileReaders(table: Table, graph: Graph): Found[] {
  const others = registrationRoles(table, graph).map(({ principal }) => principal);
  const named = bucketStatements(bucketOfTable(table, graph), graph)
    .filter((statement) => statement.effect === "Allow" && speaksOf(statement, "s3:GetObject"))
    .filter((statement) => covers(statement, `${folderArnOf(table, graph) ?? ""}/any`))
    .flatMap(({ principals }) => principals?.AWS ?? [])
    .filter((principal) => roleOf(principal, graph) === undefined);
  const roles = graph.ofType("aws_iam_role").map((role) => graph.arnOf(role));
  return [...new Set([...roles, ...named])]
    .filter((principal) => !others.includes(principal))
    .flatMap((principal) => {
      const answer = table.location === undefined ? "no" : mayReadFiles(principal, table, graph);
      return answer === "no" ? [] : [{ principal, isCertain: answer === "yes" }];
    });
}

/**
 * Who may write a table of which some columns are closed to it. The permissions reference says of INSERT and DELETE that they
 * read underlying data as well; other pages give that to SELECT alone.
 *
 * Source: Lake Formation Developer Guide, lf-permissions-reference ("INSERT", "DELETE").
 */
function writers(table: Table, graph: Graph): Found[] {
  const access = effectiveAccess(graph).filter(
    ({ database, table: name }) => database === table.database && name === table.name,
  );
  const readsAll = (principal: string) =>
    access.some(
      (one) =>
        one.principal === principal &&
        one.columns.length === table.columns.length &&
        one.columns.every(({ rows }) => rows === "all"),
    );
  return holdingsOn(table, graph)
    .filter(({ permissions }) => permissions.includes("INSERT") || permissions.includes("DELETE"))
    .map(({ principal }) => principal)
    .filter((principal) => principal !== IAM_ALLOWED_PRINCIPALS && !readsAll(principal))
    .filter((principal) => mayAskForData(principal, graph) !== "no")
    .map((principal) => ({ principal, isCertain: false }));
}
