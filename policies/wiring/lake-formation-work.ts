import { functionOf } from "../aws/functions";
import { perGraph } from "../aws/remember";
import { roleOf } from "../aws/roles";
import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { tableNamed } from "../lake-formation/catalog";
import { holdingsOn } from "../lake-formation/held";
import { IAM_ALLOWED_PRINCIPALS } from "../lake-formation/principals";
import { tableDefaultsOf } from "../lake-formation/settings";
import { at, blocks } from "../rule";
import { tablesIn } from "./made-tables";

/** What a service does in the lake with a role. */
interface Work {
  readonly role: unknown;
  readonly database: string;
  /** Undefined where it is on the database: who makes tables, or looks for them. */
  readonly table: string | undefined;
  /** Where the table is made. */
  readonly location?: string | undefined;
  /** Permissions that AWS names for it; without some of them it may still work. */
  readonly wanted: readonly string[];
  /** Whether it is done, or tried, when the resource is made. */
  readonly isAtOnce?: boolean;
}

const WORKERS: Readonly<Record<string, (values: Resource["values"], graph: Graph) => readonly Work[]>> = {
  aws_glue_catalog_table_optimizer: ({ database_name: database, table_name: table, type, configuration }, graph) => [
    {
      role: at(configuration, "role_arn"),
      database: textOf(database, graph) ?? "",
      table: textOf(table, graph) ?? "",
      // files that no table has are deleted without a change of the table
      wanted: type === "orphan_file_deletion" ? [] : ["ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT"],
    },
  ],
  aws_glue_crawler: ({ role, database_name: database }, graph) => [
    { role, database: textOf(database, graph) ?? "", table: undefined, wanted: ["ALTER", "DESCRIBE"] },
  ],
  aws_kinesis_firehose_delivery_stream: ({ iceberg_configuration: iceberg }, graph) =>
    blocks(at(iceberg, "destination_table_configuration")).map((destination) => ({
      role: at(iceberg, "role_arn"),
      database: textOf(destination.database_name, graph) ?? "",
      table: textOf(destination.table_name, graph) ?? "",
      wanted: ["ALTER", "DESCRIBE", "INSERT", "SELECT"],
      isAtOnce: destination.unique_keys !== undefined,
    })),
  // who makes a table holds everything on it
  aws_lambda_invocation: ({ input, function_name: name }, graph) =>
    tablesIn(input, graph).map(({ database, location }) => ({
      role: functionOf(name, graph)?.values.role,
      database,
      table: undefined,
      location,
      wanted: ["DESCRIBE"],
      isAtOnce: true,
    })),
};

export const WORKING_TYPES = Object.keys(WORKERS);

/** Work of a role that is declared. */
export interface OwnWork extends Work {
  readonly resource: Resource;
  readonly principal: string;
}

/** All work by ARNs of roles: that Lake Formation governs. */
export const workByRole = perGraph((graph) => {
  const byRole = new Map<string, OwnWork[]>();
  graph.ofType(...WORKING_TYPES).forEach((resource) => {
    (WORKERS[resource.type]?.(resource.values, graph) ?? []).forEach((work) => {
      const role = roleOf(work.role, graph);
      if (role !== undefined && isGoverned(work, graph)) {
        const own = { ...work, database: work.database.toLowerCase(), resource, principal: graph.arnOf(role) };
        byRole.set(own.principal, [...(byRole.get(own.principal) ?? []), own]);
      }
    });
  });
  return byRole;
});

function isGoverned({ database, table }: Work, graph: Graph): boolean {
  const name = database.toLowerCase();
  const known = table === undefined ? undefined : tableNamed({ database: name, name: table.toLowerCase() }, graph);
  const holders = [...tableDefaultsOf(name, graph), ...(known === undefined ? [] : holdingsOn(known, graph))];
  // whether a table is there at all, other rules ask
  const isThere = table === undefined || known !== undefined;
  return isThere && !holders.some(({ principal }) => principal === IAM_ALLOWED_PRINCIPALS);
}
