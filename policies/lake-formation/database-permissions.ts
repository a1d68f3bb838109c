import type { Graph, Resource } from "../graph";
import { applierOf } from "./appliers";
import { isMatch } from "./expressions";
import { type Grant, grantsOf } from "./grants";
import { identitiesOf } from "./principals";
import { refusalOf } from "./refusals";
import { databaseNamed, settingsOf } from "./settings";
import { assignmentsOf, tagsOfDatabase } from "./tags";

/** What ALL on a database stands for. */
const ON_A_DATABASE = ["ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"];

/** A permission on a database, with all that has to be there for it to be one. */
export interface DatabaseHolding {
  readonly permissions: readonly string[];
  /** The grant, and the LF-Tags of the database by which it is one on it. */
  readonly resources: readonly Resource[];
}

/** What a principal holds on a database: by grants, as an administrator, or because it has made it. */
export function heldOnDatabase(principal: string, name: string, graph: Graph): DatabaseHolding[] {
  const { admins = [] } = settingsOf(graph);
  const database = databaseNamed(name, graph);
  const isOwn = database !== undefined && applierOf(database, graph).principal === principal;
  const names = identitiesOf(principal, graph);
  const granted = grantsOf(graph)
    .filter((grant) => names.includes(grant.principal) && refusalOf(grant, graph) === undefined)
    .filter((grant) => isOn(grant, name, graph))
    .map((grant) => ({
      permissions: grant.permissions.some((one) => one === "ALL" || one === "SUPER")
        ? ON_A_DATABASE
        : grant.permissions,
      resources: [grant.resource, ...tagsFor(grant, name, graph)],
    }));
  return isOwn || admins.includes(principal) ? [{ permissions: ON_A_DATABASE, resources: [] }, ...granted] : granted;
}

function isOn({ target }: Grant, database: string, graph: Graph): boolean {
  return target.kind === "database"
    ? target.database === database
    : target.kind === "matching" &&
        target.resources === "DATABASE" &&
        isMatch(target.expression, tagsOfDatabase(database, graph));
}

/** What gives a database the LF-Tags that an expression asks for. */
function tagsFor({ target }: Grant, database: string, graph: Graph): Resource[] {
  const keys = target.kind === "matching" ? target.expression.map(({ key }) => key) : [];
  const assigned = assignmentsOf(graph).filter(
    (one) => one.database === database && one.table === undefined && keys.includes(one.key),
  );
  return [...new Set(assigned.map(({ resource }) => resource))];
}
