import { callJson, callLakeFormation } from "./client";
import type { Emulator } from "./emulator";

/** What one principal may do with one resource, in the form of Lake Formation's API. */
export interface ListedPermissions {
  readonly Principal: { readonly DataLakePrincipalIdentifier: string };
  readonly Resource: Readonly<Record<string, unknown>>;
  readonly Permissions: readonly string[];
}

/** Keys of the LF-Tags of an account. */
export async function lfTagsOf(emulator: Emulator): Promise<string[]> {
  return (await listed<{ TagKey: string }>(emulator, "ListLFTags", "LFTags")).map(({ TagKey }) => TagKey);
}

/** ARNs of the locations that are registered with Lake Formation. */
export async function locationsOf(emulator: Emulator): Promise<string[]> {
  const locations = await listed<{ ResourceArn: string }>(emulator, "ListResources", "ResourceInfoList");
  return locations.map(({ ResourceArn }) => ResourceArn);
}

/** All that Lake Formation lets principals do, those among them whom it leaves to IAM. */
export function permissionsIn(emulator: Emulator): Promise<ListedPermissions[]> {
  return listed<ListedPermissions>(emulator, "ListPermissions", "PrincipalResourcePermissions");
}

/** The permissions of an account, each in a line that tells who may do what. */
export async function permissionsOf(emulator: Emulator): Promise<string[]> {
  return (await permissionsIn(emulator))
    .map(
      ({ Principal, Permissions, Resource }) =>
        `${Principal.DataLakePrincipalIdentifier}: ${Permissions.join(", ")} on ${JSON.stringify(Resource)}`,
    )
    .sort();
}

/** Data cells filters by database, table and name: "sales.orders.swiss". */
export async function filtersOf(emulator: Emulator): Promise<string[]> {
  type Filter = Readonly<Record<"DatabaseName" | "TableName" | "Name", string>>;
  return (await listed<Filter>(emulator, "ListDataCellsFilter", "DataCellsFilters")).map(
    ({ DatabaseName, TableName, Name }) => `${DatabaseName}.${TableName}.${Name}`,
  );
}

/** Principals that have opted in to Lake Formation's permissions, as often as they have. */
export async function optInsOf(emulator: Emulator): Promise<string[]> {
  const optIns = await listed<ListedPermissions>(emulator, "ListLakeFormationOptIns", "LakeFormationOptInsInfoList");
  return optIns.map(({ Principal }) => Principal.DataLakePrincipalIdentifier);
}

/** Names of Athena's workgroups but the one that every account has. */
export async function workgroupsOf(emulator: Emulator): Promise<string[]> {
  const { text } = await callJson(emulator, { service: "athena", target: "AmazonAthena.ListWorkGroups" });
  return (JSON.parse(text) as { WorkGroups: { Name: string }[] }).WorkGroups.map(({ Name }) => Name).filter(
    (name) => name !== "primary",
  );
}

/** All pages of a list. */
async function listed<Item>(emulator: Emulator, operation: string, field: string): Promise<Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const { status, text } = await callLakeFormation(
      emulator,
      operation,
      token === undefined ? {} : { NextToken: token },
    );
    if (status !== 200) {
      throw new Error(`${operation}: ${text}`);
    }
    const page = JSON.parse(text) as Readonly<Record<string, Item[]>> & { readonly NextToken?: string };
    items.push(...(page[field] ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return items;
}
