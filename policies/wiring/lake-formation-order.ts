import { isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { applierOf } from "../lake-formation/appliers";
import { catalogName, NAMING, tableNameIn } from "../lake-formation/catalog";
import { filterNamed } from "../lake-formation/filters";
import { grantsOf } from "../lake-formation/grants";
import { IAM_ALLOWED_PRINCIPALS, principalOf } from "../lake-formation/principals";
import { locationAt } from "../lake-formation/registrations";
import { databaseNamed, settingsOf, settingsResources } from "../lake-formation/settings";
import { ASSIGNING_TYPES, tagNamed, tagUsesOf } from "../lake-formation/tag-uses";
import { at, blocks, failedIf, unknown, type Verdict, warnIf } from "../rule";
import { makersOf } from "./made-tables";

/** Whether a database or table gets its first permissions by our settings, and not by those of a new account. */
export function judgeFirstPermissions(resource: Resource, graph: Graph): Verdict[] {
  const { values } = resource;
  // a link has no permissions that its target does not have
  if (values.target_database !== undefined || values.target_table !== undefined) {
    return [];
  }
  const late = settingsResources(graph).filter((settings) => !graph.isBefore(settings, resource));
  const defaults = blocks(values.create_table_default_permission).map(({ principal }) =>
    principalOf(at(principal, "data_lake_principal_identifier") ?? principal, graph),
  );
  return [
    ...late.flatMap(({ address }) =>
      failedIf(true, `it may be made before ${address}, and is open to IAM for ever then`),
    ),
    ...failedIf(
      settingsResources(graph).length > 0 && defaults.includes(IAM_ALLOWED_PRINCIPALS),
      "its new tables are open to everybody whom IAM lets in, whatever the settings say",
      "create_table_default_permission",
    ),
  ];
}

/** Whether the LF-Tags that a resource uses are there, and whether who assigns them may. */
export function judgeTags(resource: Resource, graph: Graph): Verdict[] {
  return tagUsesOf(resource, graph).flatMap(({ key, attribute }) => {
    const tag = tagNamed(key, graph);
    if (isOpen(key)) {
      return unknown("which tag it uses is not known before an apply", attribute);
    }
    return [
      ...failedIf(
        tag !== undefined && !graph.isBefore(tag, resource),
        `nothing makes it wait for ${tag?.address ?? ""}`,
        attribute,
      ),
      ...failedIf(
        ASSIGNING_TYPES.includes(resource.type) && !mayAssign(resource, key, graph),
        `${applierOf(resource, graph).principal ?? ""}, which assigns ${key}, is no administrator and may not associate it`,
        attribute,
      ),
    ];
  });
}

/**
 * Whether who applies is an administrator, or may assign a tag; who is not known is taken for one.
 *
 * Source: Lake Formation Developer Guide, TBAC-assigning-tags.
 */
function mayAssign(resource: Resource, key: string, graph: Graph): boolean {
  const { principal } = applierOf(resource, graph);
  const { admins } = settingsOf(graph);
  const isGranted = grantsOf(graph).some(
    (grant) =>
      grant.principal === principal &&
      grant.permissions.includes("ASSOCIATE") &&
      tagUsesOf(grant.resource, graph).some((use) => use.key === key),
  );
  return principal === undefined || admins === undefined || admins.includes(principal) || isGranted;
}

/** Whether the tables, databases, filters and locations that a resource names are there. */
export function judgeNamed(resource: Resource, graph: Graph): Verdict[] {
  const { values } = resource;
  const named = blocks(values.resource_data)[0] ?? values;
  return [
    ...NAMING.flatMap((key) => blocks(named[key]).flatMap((block) => judgeTable(resource, block, key, graph))),
    ...blocks(named.database).flatMap(({ name }) => judgeDatabase(resource, name, graph)),
    ...blocks(named.data_cells_filter).flatMap((block) => judgeFilter(resource, block, graph)),
    ...blocks(named.data_location).flatMap(({ arn }) => {
      const location = locationAt(textOf(arn, graph) ?? "", graph);
      return judgeOrder(resource, location, "data_location", graph);
    }),
  ];
}

function judgeTable(
  resource: Resource,
  block: Readonly<Record<string, unknown>>,
  key: string,
  graph: Graph,
): Verdict[] {
  const database = catalogName(block.database_name, graph);
  const isOfFilter = block.table_name !== undefined;
  const wildcard = key === "table" ? block.wildcard : false;
  const table = isOfFilter ? catalogName(block.table_name, graph) : tableNameIn({ ...block, wildcard }, graph);
  if (table === undefined) {
    return judgeDatabase(resource, block.database_name, graph);
  }
  if (isOpen(database) || isOpen(table)) {
    return unknown(`which table it is for is not known before an apply`, key);
  }
  const makers = makersOf(database, table, graph);
  return [
    ...warnIf(makers.length === 0, `nothing here makes ${database}.${table}, which it names`, key),
    ...failedIf(
      makers.length > 0 && !makers.some(({ maker }) => graph.isBefore(maker, resource)),
      `nothing makes it wait for ${makers[0]?.maker.address ?? ""}, which makes ${database}.${table}`,
      key,
    ),
  ];
}

function judgeDatabase(resource: Resource, name: unknown, graph: Graph): Verdict[] {
  // one reference is there before, as Terraform orders them
  const isReferred = graph.reference(name) !== undefined;
  return isReferred ? [] : judgeOrder(resource, databaseNamed(catalogName(name, graph), graph), "database", graph);
}

function judgeFilter(resource: Resource, block: Readonly<Record<string, unknown>>, graph: Graph): Verdict[] {
  const database = catalogName(block.database_name, graph);
  const table = catalogName(block.table_name, graph);
  const name = textOf(block.name, graph) ?? "";
  const filter = filterNamed({ database, table, name }, applierOf(resource, graph).account, graph);
  return judgeOrder(resource, filter?.resource, "data_cells_filter", graph);
}

function judgeOrder(resource: Resource, needed: Resource | undefined, attribute: string, graph: Graph): Verdict[] {
  return failedIf(
    needed !== undefined && needed !== resource && !graph.isBefore(needed, resource),
    `nothing makes it wait for ${needed?.address ?? ""}`,
    attribute,
  );
}
