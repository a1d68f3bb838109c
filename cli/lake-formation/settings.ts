import { listOf, textOf, textsOf } from "../../policies/aws/values";
import type { Graph, Resource } from "../../policies/graph";
import { principalOf } from "../../policies/lake-formation/principals";
import { at, blocks } from "../../policies/rule";

/** What an account has one of, so that who sets it replaces what is there. */
export const SETTINGS = [
  "administrators",
  "read-only administrators",
  "permissions of new databases",
  "permissions of new tables",
  "owners of other accounts' shares",
  "session tags of other engines",
  "accounts whose engines filter",
  "whole tables for other engines",
  "parameters",
] as const;

export type Setting = (typeof SETTINGS)[number];

/** Each setting as texts, whose order does not count. */
export type Settings = Readonly<Record<Setting, readonly string[]>>;

/** A path whose files Lake Formation lends credentials for. */
export interface Location {
  readonly arn: string;
  /** Whose credentials these are. */
  readonly roleArn: string;
}

/** What there is of Lake Formation in an account, or is to be. */
export interface LakeFormation {
  /** Undefined where nothing sets them. */
  readonly settings: Settings | undefined;
  readonly locations: readonly Location[];
}

/** What the synthesized stacks set. */
export function declaredIn(graph: Graph): LakeFormation {
  const [settings] = graph.ofType("aws_lakeformation_data_lake_settings");
  return {
    settings: settings && settingsIn(settings, graph),
    locations: graph.ofType("aws_lakeformation_resource").map((resource) => locationIn(resource, graph)),
  };
}

function settingsIn({ values }: Resource, graph: Graph): Settings {
  const principals = (key: string) => listOf(values[key]).map((value) => principalOf(value, graph));
  const defaults = (key: string) =>
    blocks(values[key]).map(({ principal, permissions }) =>
      permissionsText(principalOf(principal, graph), textsOf(permissions, graph)),
    );
  const parameters = Object.entries((at(values, "parameters") ?? {}) as Readonly<Record<string, unknown>>);
  return {
    administrators: principals("admins"),
    "read-only administrators": principals("read_only_admins"),
    "permissions of new databases": defaults("create_database_default_permissions"),
    "permissions of new tables": defaults("create_table_default_permissions"),
    "owners of other accounts' shares": textsOf(values.trusted_resource_owners, graph),
    "session tags of other engines": textsOf(values.authorized_session_tag_value_list, graph),
    "accounts whose engines filter":
      values.allow_external_data_filtering === true ? principals("external_data_filtering_allow_list") : [],
    "whole tables for other engines": values.allow_full_table_external_data_access === true ? [ALLOWED] : [],
    parameters: parameters.map(([key, value]) => parameterText(key, textOf(value, graph) ?? String(value))),
  };
}

/** Stands for a switch that is on. */
export const ALLOWED = "allowed";

export function permissionsText(principal: string, permissions: readonly string[]): string {
  return `${principal}: ${[...permissions].sort().join(", ")}`;
}

export function parameterText(key: string, value: string): string {
  return `${key}=${value}`;
}

function locationIn({ values }: Resource, graph: Graph): Location {
  const { partition, accountId } = graph.account;
  const ofService = `arn:${partition}:iam::${accountId}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess`;
  return {
    arn: textOf(values.arn, graph) ?? "",
    roleArn: values.role_arn === undefined ? ofService : principalOf(values.role_arn, graph),
  };
}
