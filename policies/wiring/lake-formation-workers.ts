import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { tableNamed } from "../lake-formation/catalog";
import { heldOnDatabase } from "../lake-formation/database-permissions";
import { grantsOf } from "../lake-formation/grants";
import { holdingsOn } from "../lake-formation/held";
import { ON_A_TABLE } from "../lake-formation/holdings";
import { identitiesOf } from "../lake-formation/principals";
import { folderArnOf, locationAt } from "../lake-formation/registrations";
import { databaseNamed, settingsOf } from "../lake-formation/settings";
import { ALL, assignmentsOf } from "../lake-formation/tags";
import { at, failedIf, type Verdict, warnIf } from "../rule";
import { type OwnWork, workByRole } from "./lake-formation-work";

/**
 * Whether a role may do in Lake Formation what a service does with it; said once for all that it is used for, at the first.
 *
 * Sources: Lake Formation Developer Guide, lf-permissions-reference and access-control-underlying-data.
 */
export function judgeWorkers(resource: Resource, graph: Graph): Verdict[] {
  const all = [...workByRole(graph).values()];
  return [
    ...all.filter(([first]) => first?.resource === resource).flatMap((work) => judgeWork(work, graph)),
    ...judgeGrantsBefore(resource, graph),
  ];
}

function judgeWork(work: readonly OwnWork[], graph: Graph): Verdict[] {
  const principal = work[0]?.principal ?? "";
  const where = (isWrong: (one: OwnWork) => boolean) => [...new Set(work.filter(isWrong).map(nameOfWork))].join(", ");
  const making = where((one) => one.table === undefined && !heldBy(one, graph).includes("CREATE_TABLE"));
  const without = where((one) => one.table !== undefined && heldBy(one, graph).length === 0);
  const reading = where((one) => isReadingAlone(one, graph));
  const outside = where((one) => !mayUseLocation(one, graph));
  const wanting = where((one) => lacking(one, graph).length > 0);
  const wanted = [...new Set(work.flatMap((one) => lacking(one, graph)))].sort();
  const failures = [
    ...failedIf(making !== "", `${principal} may not CREATE_TABLE in ${making}`),
    ...failedIf(without !== "", `${principal} is granted nothing on ${without}`),
    ...failedIf(reading !== "", `${principal} may read and not write ${reading}`),
    ...failedIf(outside !== "", `${principal} has no DATA_LOCATION_ACCESS where it makes tables of ${outside}`),
  ];
  return failures.length > 0
    ? failures
    : warnIf(wanting !== "", `${principal} is not granted ${wanted.join(", ")} on ${wanting}`);
}

function nameOfWork({ database, table }: OwnWork): string {
  return table === undefined ? database : `${database}.${table}`;
}

/** What a role holds on that which it works on. Administrators can grant themselves everything. */
function heldBy({ principal, database, table }: OwnWork, graph: Graph): string[] {
  if (settingsOf(graph).admins?.includes(principal) === true) {
    return [...ON_A_TABLE, "CREATE_TABLE"];
  }
  if (table === undefined) {
    return heldOnDatabase(principal, database, graph).flatMap(({ permissions }) => permissions);
  }
  const names = identitiesOf(principal, graph);
  const known = tableNamed({ database, name: table.toLowerCase() }, graph);
  return known === undefined
    ? []
    : holdingsOn(known, graph)
        .filter((holding) => names.includes(holding.principal))
        .flatMap(({ permissions }) => permissions);
}

function lacking(work: OwnWork, graph: Graph): string[] {
  const held = heldBy(work, graph);
  return work.wanted.filter((permission) => !held.includes(permission));
}

function isReadingAlone(work: OwnWork, graph: Graph): boolean {
  const held = heldBy(work, graph);
  return (
    work.table !== undefined &&
    work.wanted.length > 0 &&
    held.length > 0 &&
    held.every((one) => ["DESCRIBE", "SELECT"].includes(one))
  );
}

/** Whether a table may be made at its location: by a permission on that, or because its database is around it. */
function mayUseLocation({ principal, database, location }: OwnWork, graph: Graph): boolean {
  const folder = folderArnOf({ location }, graph);
  const registered = locationAt(folder, graph);
  if (folder === undefined || registered === undefined) {
    return true;
  }
  const around = folderArnOf({ location: textOf(databaseNamed(database, graph)?.values.location_uri, graph) }, graph);
  const isWithin = (arn: string | undefined) =>
    arn !== undefined && `${folder}/`.startsWith(`${arn.replace(/\/+$/, "")}/`);
  const isGranted = grantsOf(graph).some(
    ({ principal: grantee, target, resource }) =>
      identitiesOf(principal, graph).includes(grantee) &&
      target.kind === "location" &&
      isWithin(textOf(at(resource.values.data_location, "arn"), graph)),
  );
  const isAdmin = settingsOf(graph).admins?.includes(principal) === true;
  return isAdmin || isGranted || (isWithin(around) && locationAt(around, graph) !== undefined);
}

/** Code that makes tables at once needs its permission before it is called, and Firehose looks at tables when it is given keys of theirs. */
function judgeGrantsBefore(resource: Resource, graph: Graph): Verdict[] {
  const work = [...workByRole(graph).values()].flat().filter((one) => one.resource === resource);
  const late = work.filter(({ isAtOnce }) => isAtOnce).flatMap((one) => lateFor(one, graph));
  const names = [...new Set(late.map(({ address }) => address))];
  const what = resource.type === "aws_lambda_invocation" ? "make tables" : "look at its tables";
  return failedIf(names.length > 0, `nothing makes it wait for ${names.join(", ")}, by which it may ${what}`);
}

/** What a resource does not wait for, of one of the ways in which it may do its work; none where it waits for one of them. */
function lateFor(work: OwnWork, graph: Graph): readonly Resource[] {
  const { principal, database, table, resource } = work;
  const ways =
    table === undefined
      ? heldOnDatabase(principal, database, graph)
          .filter(({ permissions }) => permissions.includes("CREATE_TABLE"))
          .map(({ resources }) => resources)
      : waysToTable(work, graph);
  const waits = ways.map((resources) => resources.filter((one) => !graph.isBefore(one, resource)));
  return waits.some(({ length }) => length === 0) ? [] : (waits[0] ?? []);
}

/** Grants by which a role has a table, each with LF-Tags of that by which it is one on it. */
function waysToTable({ principal, database, table = "", resource }: OwnWork, graph: Graph): Resource[][] {
  const names = identitiesOf(principal, graph);
  const known = tableNamed({ database, name: table.toLowerCase() }, graph);
  const holdings = known === undefined ? [] : holdingsOn(known, graph);
  const addresses = holdings.filter((holding) => names.includes(holding.principal)).map(({ reason }) => reason.grant);
  return grantsOf(graph)
    .filter((grant) => addresses.includes(grant.resource.address))
    .map(({ resource: grant, target }) => [
      grant,
      ...(target.kind === "matching" ? target.expression : []).flatMap(({ key }) => {
        const assigned = assignmentsOf(graph)
          .filter((one) => one.database === database && one.key === key && one.columns === undefined)
          .filter((one) => one.table === undefined || one.table === ALL || one.table === known?.name)
          .map((one) => one.resource);
        // of the table or of its database: one of them gives it the tag
        return assigned.some((one) => graph.isBefore(one, resource)) ? [] : assigned.slice(0, 1);
      }),
    ]);
}
