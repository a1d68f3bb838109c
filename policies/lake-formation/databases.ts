import type { Graph } from "../graph";
import { applierOf } from "./appliers";
import { mayLookUpDatabase } from "./doors";
import { effectiveAccess } from "./effective-access";
import { isMatch } from "./expressions";
import { grantsOf } from "./grants";
import { identitiesOf } from "./principals";
import { refusalOf } from "./refusals";
import { databaseNamed, settingsOf } from "./settings";
import { tagsOfDatabase } from "./tags";

/**
 * Whether a principal is shown a database: by any permission on it, by having made it, or by any permission on a table in it,
 * also one that is not there yet. IAM has to let it look.
 *
 * Sources: Lake Formation Developer Guide, access-control-metadata, lf-permissions-reference ("DESCRIBE") and
 * granting-table-permissions.
 */
export function seesDatabase(principal: string, name: string, graph: Graph): boolean {
  const { admins = [], readOnlyAdmins } = settingsOf(graph);
  const names = identitiesOf(principal, graph);
  const database = databaseNamed(name, graph);
  const isCreator = database !== undefined && applierOf(database, graph).principal === principal;
  const tags = tagsOfDatabase(name, graph);
  const isGranted = grantsOf(graph).some(
    (grant) =>
      names.includes(grant.principal) &&
      refusalOf(grant, graph) === undefined &&
      ((grant.target.kind === "database" && grant.target.database === name) ||
        (grant.target.kind === "tables" && grant.target.database === name && grant.target.table === undefined) ||
        (grant.target.kind === "matching" &&
          grant.target.resources === "DATABASE" &&
          isMatch(grant.target.expression, tags))),
  );
  const isPermitted =
    isCreator ||
    isGranted ||
    [...admins, ...readOnlyAdmins].includes(principal) ||
    effectiveAccess(graph).some((access) => access.principal === principal && access.database === name);
  return isPermitted && mayLookUpDatabase(principal, name, graph) !== "no";
}
