import { perGraph } from "../aws/remember";
import type { Graph, Resource } from "../graph";
import { blocks } from "../rule";
import { catalogName, type Table, tableNameIn } from "./catalog";
import { identitiesOf, principalOf } from "./principals";

/** Whether Lake Formation decides for a principal on a table that IAM alone governs for all others. */
export type OptIn = "yes" | "no" | "unclear";

interface OptInTarget {
  readonly principal: string;
  /** Undefined where it is on something that no page of the guide explains: columns, LF-Tags, filters. */
  readonly database: string | undefined;
  /** Undefined for all tables of the database. */
  readonly table: string | undefined;
  /** Has a condition, which a session may meet or not. */
  readonly isConditional: boolean;
}

const optInsOf = perGraph((graph) =>
  graph.ofType("aws_lakeformation_opt_in").flatMap((resource) => {
    const { values } = resource;
    const principals = blocks(values.principal).map((block) =>
      principalOf(block.data_lake_principal_identifier, graph),
    );
    const isConditional = blocks(values.condition).length > 0;
    return optInTargets(resource, graph).flatMap((target) =>
      principals.map((principal): OptInTarget => ({ ...target, principal, isConditional })),
    );
  }),
);

/** The tables that a resource opts in for, as they are named. */
export function optInTargets({ values }: Resource, graph: Graph) {
  return blocks(values.resource_data).flatMap((data) => targetsIn(data, graph));
}

const UNEXPLAINED = [
  "catalog",
  "data_cells_filter",
  "lf_tag",
  "lf_tag_expression",
  "lf_tag_policy",
  "table_with_columns",
];

function targetsIn(data: Readonly<Record<string, unknown>>, graph: Graph) {
  const tables = blocks(data.table).map((block) => ({
    database: catalogName(block.database_name, graph),
    table: tableNameIn(block, graph),
  }));
  const unexplained = UNEXPLAINED.filter((key) => blocks(data[key]).length > 0).map(() => ({
    database: undefined,
    table: undefined,
  }));
  return [...tables, ...unexplained];
}

/**
 * Whether a principal opted in for a table: by the table, or by all tables of its database. One for a database is none for
 * its tables; what one by LF-Tags or columns reaches, the guide does not say.
 *
 * Sources: Lake Formation Developer Guide, hybrid-access-mode-new and hybrid-access-workflow (step 3).
 */
export function optInOf(principal: string, { database, name }: Table, graph: Graph): OptIn {
  const identities = identitiesOf(principal, graph);
  const found = optInsOf(graph).filter(
    (one) =>
      identities.includes(one.principal) &&
      (one.database === undefined || (one.database === database && (one.table ?? name) === name)),
  );
  const isCertain = found.some((one) => one.database !== undefined && !one.isConditional);
  return isCertain ? "yes" : found.length > 0 ? "unclear" : "no";
}

/** All who opted in for something. */
export function optedIn(graph: Graph): string[] {
  return optInsOf(graph).map(({ principal }) => principal);
}
