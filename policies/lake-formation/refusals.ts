import type { Graph } from "../graph";
import { tablesOf } from "./catalog";
import { type Grant, grantsOf } from "./grants";
import { IAM_ALLOWED_PRINCIPALS, isAccount, isForeign } from "./principals";
import { settingsOf } from "./settings";

/** The first version of cross-account sharing in which a grant can name a principal of another account. */
const SHARING_WITH_PRINCIPALS = 3;

interface Refusal {
  /** What AWS does not take. */
  readonly text: string;
  /** Page of the Lake Formation Developer Guide that says so. */
  readonly source: string;
  readonly isOn: (grant: Grant, graph: Graph) => boolean;
}

/** Grants that Lake Formation refuses, whoever makes them. */
const REFUSALS: readonly Refusal[] = [
  {
    text: "SUPER_USER cannot be granted on the default catalog",
    source: "lf-permissions-reference",
    isOn: ({ permissions }) => permissions.includes("SUPER_USER"),
  },
  {
    text: "IAMAllowedPrincipals cannot be granted all tables of a database",
    source: "hybrid-access-mode-new",
    isOn: ({ principal, target }) =>
      principal === IAM_ALLOWED_PRINCIPALS && target.kind === "tables" && target.table === undefined,
  },
  {
    text: "partition keys cannot be excluded",
    source: "data-filtering-notes",
    isOn: (grant, graph) =>
      tablesNamedBy(grant, graph).some(({ partitionKeys }) =>
        partitionKeys.some((key) => excludedBy(grant).includes(key)),
      ),
  },
  {
    text: "with the grant option, columns are included, not excluded",
    source: "data-filtering-notes",
    isOn: (grant) => grant.grantable.length > 0 && excludedBy(grant).length > 0,
  },
  {
    text: `sharing with a principal of another account needs version ${SHARING_WITH_PRINCIPALS} of cross-account sharing`,
    source: "optimize-ram",
    isOn: ({ principal, applier }, graph) =>
      (settingsOf(graph).crossAccountVersion ?? SHARING_WITH_PRINCIPALS) < SHARING_WITH_PRINCIPALS &&
      isForeign(principal, graph) &&
      !isAccount(principal) &&
      applier.account === graph.account.accountId,
  },
  {
    text: "who has SELECT on some columns cannot be granted what needs the whole table",
    source: "lf-permissions-reference",
    isOn: isAfterPartialSelect,
  },
];

/** Why Lake Formation refuses a grant, whoever makes it; undefined where it does not. */
export function refusalOf(grant: Grant, graph: Graph): string | undefined {
  return REFUSALS.find(({ isOn }) => isOn(grant, graph))?.text;
}

function excludedBy({ target }: Grant): readonly string[] {
  return target.kind === "tables" ? (target.columns?.excluded ?? []) : [];
}

function tablesNamedBy({ target }: Grant, graph: Graph) {
  return target.kind === "tables"
    ? tablesOf(graph).filter(({ database, name }) => database === target.database && name === target.table)
    : [];
}

/**
 * ALTER, DELETE, DESCRIBE, DROP or INSERT on a table of which the same principal has had some columns by name before. Of two
 * grants without an order, the one that AWS refuses is not known, and both count.
 */
function isAfterPartialSelect(grant: Grant, graph: Graph): boolean {
  const { principal, permissions, target } = grant;
  return (
    target.kind === "tables" &&
    target.columns === undefined &&
    !permissions.some((permission) => ["ALL", "SELECT", "SUPER"].includes(permission)) &&
    grantsOf(graph).some(
      (other) =>
        other.principal === principal &&
        other.target.kind === "tables" &&
        other.target.database === target.database &&
        other.target.table === target.table &&
        isPartial(other) &&
        graph.isBefore(other.resource, grant.resource),
    )
  );
}

function isPartial({ target }: Grant): boolean {
  const columns = target.kind === "tables" ? target.columns : undefined;
  return columns !== undefined && (columns.included !== undefined || columns.excluded.length > 0);
}
