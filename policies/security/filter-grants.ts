import type { Graph, Resource } from "../graph";
import { tableNamed } from "../lake-formation/catalog";
import { filterNamed } from "../lake-formation/filters";
import { type Grant, grantsOf } from "../lake-formation/grants";
import { holdingsOn } from "../lake-formation/held";
import { type Holding, holdingOf } from "../lake-formation/holdings";
import { IAM_ALLOWED_PRINCIPALS, identitiesOf } from "../lake-formation/principals";
import { failedIf, type Verdict } from "../rule";

/**
 * Whether a data filter that is granted keeps anything from who is granted it: Lake Formation unites permissions. Other
 * filters may show other rows, as they are meant to.
 *
 * Source: Lake Formation Developer Guide, data-filtering-notes, "Cell-level filtering limitations".
 */
export function judgeFilterGrant(resource: Resource, graph: Graph): Verdict[] {
  const grant = grantsOf(graph).find((one) => one.resource === resource);
  return grant === undefined ? [] : othersBeside(grant, graph).flatMap((other) => judgeOther(grant, other));
}

interface Beside {
  readonly holding: Holding;
  /** Columns that it shows although the filter hides them, or some of their rows. */
  readonly columns: readonly string[];
}

/** What the same principal may select of the same table without the filter. */
function othersBeside(grant: Grant, graph: Graph): Beside[] {
  const { target, applier, principal, resource } = grant;
  // of one that nothing here makes, it is not known what it shows
  if (target.kind !== "filter" || filterNamed(target, applier.account, graph) === undefined) {
    return [];
  }
  const table = tableNamed({ database: target.database, name: target.table }, graph);
  const own = table && holdingOf(grant, table, graph);
  if (table === undefined || own === undefined) {
    return [];
  }
  const names = identitiesOf(principal, graph).filter((name) => name !== IAM_ALLOWED_PRINCIPALS);
  return holdingsOn(table, graph)
    .filter((other) => names.includes(other.principal) && other.reason.grant !== resource.address)
    .filter((other) => other.permissions.includes("SELECT"))
    .map((holding) => ({ holding, columns: opened(own, holding) }))
    .filter(({ columns }) => columns.length > 0);
}

function opened(own: Holding, other: Holding): string[] {
  return [...other.cells].flatMap(([column, rows]) => {
    const ownRows = own.cells.get(column);
    const showsMoreRows = ownRows !== undefined && ownRows !== "all" && rows === "all";
    // what one filter leaves out another may be for
    const showsHidden = ownRows === undefined && other.reason.kind !== "filter";
    return showsMoreRows || showsHidden ? [column] : [];
  });
}

function judgeOther({ principal, target }: Grant, { holding, columns }: Beside): Verdict[] {
  const name = target.kind === "filter" ? target.name : "";
  const way = holding.reason.grant ?? holding.reason.text;
  return failedIf(true, `the filter ${name} is void for ${principal}: ${way} shows all of ${columns.join(", ")}`);
}
