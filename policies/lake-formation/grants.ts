import { perGraph } from "../aws/remember";
import { textOf, textsOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks } from "../rule";
import { type Applier, applierOf } from "./appliers";
import { catalogName, isOurCatalog, tableNameIn } from "./catalog";
import { type ColumnSelection, selectionOf } from "./columns";
import { type Expression, expressionOf } from "./expressions";
import { principalOf } from "./principals";

/** What a grant is on. Tables are those of one name, or all that a database has and will have. */
export type Target =
  | { readonly kind: "catalog" | "location" | "tag" }
  | { readonly kind: "database"; readonly database: string }
  | {
      readonly kind: "tables";
      readonly database: string;
      readonly table: string | undefined;
      /** Undefined for tables as a whole. */
      readonly columns: ColumnSelection | undefined;
    }
  | { readonly kind: "filter"; readonly database: string; readonly table: string; readonly name: string }
  | { readonly kind: "matching"; readonly resources: "DATABASE" | "TABLE"; readonly expression: Expression };

/** What somebody is granted. */
export interface Grant {
  readonly resource: Resource;
  readonly principal: string;
  readonly permissions: readonly string[];
  /** What may be passed on. */
  readonly grantable: readonly string[];
  readonly applier: Applier;
  readonly target: Target;
}

/** All grants on our catalog, by whomever. */
export const grantsOf = perGraph((graph): readonly Grant[] =>
  graph.ofType("aws_lakeformation_permissions").flatMap((resource) => {
    const { values } = resource;
    const applier = applierOf(resource, graph);
    const target = targetOf(values, graph);
    const texts = (key: string) => textsOf(values[key], graph).map((permission) => permission.toUpperCase());
    const grantable = texts("permissions_with_grant_option");
    return target === undefined || !isOurs(values, applier, graph)
      ? []
      : [
          {
            resource,
            principal: principalOf(values.principal, graph),
            // whether what may be passed on has to be granted as well, the API's reference does not say
            permissions: [...new Set([...texts("permissions"), ...grantable])],
            grantable,
            applier,
            target,
          },
        ];
  }),
);

const ON_TABLES = ["data_cells_filter", "table", "table_with_columns"];

/** Whether a grant is on our catalog: without one it is on that of who grants. */
function isOurs(values: Resource["values"], { account }: Applier, graph: Graph): boolean {
  const [block] = [...ON_TABLES, "database", "lf_tag_policy"].flatMap((key) => blocks(values[key]));
  return isOurCatalog(block?.catalog_id ?? block?.table_catalog_id ?? values.catalog_id ?? account, graph);
}

function targetOf(values: Resource["values"], graph: Graph): Target | undefined {
  const [database] = blocks(values.database);
  const [policy] = blocks(values.lf_tag_policy);
  const [filter] = blocks(values.data_cells_filter);
  const [table] = [...blocks(values.table), ...blocks(values.table_with_columns)];
  if (table !== undefined) {
    return {
      kind: "tables",
      database: catalogName(table.database_name, graph),
      // there, the wildcard is on columns
      table: values.table === undefined ? catalogName(table.name, graph) : tableNameIn(table, graph),
      columns: values.table === undefined ? selectionOf(table, graph) : undefined,
    };
  }
  if (filter !== undefined) {
    const [inDatabase, ofTable] = [catalogName(filter.database_name, graph), catalogName(filter.table_name, graph)];
    return { kind: "filter", database: inDatabase, table: ofTable, name: textOf(filter.name, graph) ?? "" };
  }
  if (policy !== undefined) {
    const resources = textOf(policy.resource_type, graph) === "DATABASE" ? "DATABASE" : "TABLE";
    return { kind: "matching", resources, expression: expressionOf(policy.expression, graph) };
  }
  return database === undefined
    ? otherTargetOf(values)
    : { kind: "database", database: catalogName(database.name, graph) };
}

function otherTargetOf(values: Resource["values"]): Target | undefined {
  const isOn = (key: string) => at(values, key) !== undefined && at(values, key) !== false;
  return isOn("catalog_resource")
    ? { kind: "catalog" }
    : isOn("data_location")
      ? { kind: "location" }
      : isOn("lf_tag")
        ? { kind: "tag" }
        : undefined;
}
