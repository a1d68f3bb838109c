import { perGraph } from "../aws/remember";
import { listOf, textOf, textsOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks } from "../rule";
import { applierOf } from "./appliers";
import { catalogName } from "./catalog";
import { IAM_ALLOWED_PRINCIPALS, principalOf } from "./principals";

const SETTINGS = "aws_lakeformation_data_lake_settings";

/** A permission that new tables have from the beginning. */
export interface DefaultPermission {
  readonly principal: string;
  readonly permissions: readonly string[];
}

/**
 * What holds in an account until its settings say otherwise.
 *
 * Source: Lake Formation Developer Guide, change-settings.
 */
const OF_NEW_ACCOUNTS: readonly DefaultPermission[] = [{ principal: IAM_ALLOWED_PRINCIPALS, permissions: ["ALL"] }];

/** The settings of Lake Formation in our account. */
export interface LakeSettings {
  /** Undefined where nothing here says who they are. */
  readonly admins: readonly string[] | undefined;
  readonly readOnlyAdmins: readonly string[];
  /** Undefined where it is not set. */
  readonly crossAccountVersion: number | undefined;
  /** Accounts whose engines are given whole files, to filter them by themselves. */
  readonly filteringAccounts: readonly string[];
}

/** The resources that write the settings of our account. */
export const settingsResources = perGraph((graph) =>
  graph.ofType(SETTINGS).filter((resource) => applierOf(resource, graph).account === graph.account.accountId),
);

export const settingsOf = perGraph((graph): LakeSettings => {
  const settings = settingsResources(graph).map(({ values }) => values);
  const principals = (key: string) =>
    settings.flatMap((values) => listOf(values[key]).map((value) => principalOf(value, graph)));
  const version = Number(textOf(at(settings[0], "parameters", "CROSS_ACCOUNT_VERSION"), graph));
  return {
    admins: settings.length === 0 ? undefined : principals("admins"),
    readOnlyAdmins: principals("read_only_admins"),
    crossAccountVersion: Number.isNaN(version) ? undefined : version,
    filteringAccounts: settings
      .filter((values) => values.allow_external_data_filtering === true)
      .flatMap((values) => textsOf(values.external_data_filtering_allow_list, graph)),
  };
});

const databasesByName = perGraph(
  (graph) =>
    new Map(graph.ofType("aws_glue_catalog_database").map((one) => [catalogName(one.values.name, graph), one])),
);

/** The database of a name, where it is declared. */
export function databaseNamed(name: string, graph: Graph): Resource | undefined {
  return databasesByName(graph).get(name);
}

/**
 * The permissions that tables of a database have from the beginning: those the database says, else those the settings said
 * when it was made. A database that may be made before the settings are may have those of a new account, and keeps them.
 *
 * An empty list is as good as none: the provider does not send it, and AWS takes what is absent from the settings.
 *
 * Sources: Lake Formation Developer Guide, change-settings; terraform-provider-aws 5.100.0,
 * internal/service/glue/catalog_database.go.
 */
export function tableDefaultsOf(databaseName: string, graph: Graph): readonly DefaultPermission[] {
  const database = databaseNamed(databaseName, graph);
  const own = blocks(database?.values.create_table_default_permission);
  if (own.length > 0) {
    return defaultsIn(own, graph);
  }
  const settings = settingsResources(graph);
  // of a database that is made elsewhere, what the settings say is all that is known
  const isSettled =
    settings.length > 0 && (database === undefined || settings.every((resource) => graph.isBefore(resource, database)));
  const said = settings.flatMap(({ values }) => defaultsIn(blocks(values.create_table_default_permissions), graph));
  return isSettled ? said : [...OF_NEW_ACCOUNTS, ...said];
}

function defaultsIn(list: readonly Readonly<Record<string, unknown>>[], graph: Graph): DefaultPermission[] {
  return list
    .map(({ principal, permissions }) => ({
      principal: principalOf(at(principal, "data_lake_principal_identifier") ?? principal, graph),
      permissions: textsOf(permissions, graph).map((permission) => permission.toUpperCase()),
    }))
    .filter(({ permissions }) => permissions.length > 0);
}
