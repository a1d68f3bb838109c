import {
  type DataLakePrincipal,
  GetDataLakeSettingsCommand,
  LakeFormationClient,
  paginateListResources,
  type PrincipalPermissions,
} from "@aws-sdk/client-lakeformation";
import type { Environment } from "../../environments/schema";
import { CommandError, ExitCode, toError } from "../exit-codes";
import { ALLOWED, type LakeFormation, type Location, parameterText, permissionsText, type Settings } from "./settings";

/**
 * What there is of Lake Formation in the account of an environment; nothing here writes.
 *
 * @throws CommandError if it cannot be read
 */
export async function presentIn({ name, region }: Environment): Promise<LakeFormation & { settings: Settings }> {
  const client = new LakeFormationClient({ region });
  try {
    return { settings: await settingsIn(client), locations: await locationsIn(client) };
  } catch (error) {
    throw new CommandError(
      `Lake Formation of ${name} cannot be read, which takes lakeformation:GetDataLakeSettings and ` +
        `lakeformation:ListResources: ${toError(error).message}`,
      ExitCode.failed,
    );
  }
}

async function settingsIn(client: LakeFormationClient): Promise<Settings> {
  const { DataLakeSettings: found = {} } = await client.send(new GetDataLakeSettingsCommand({}));
  return {
    administrators: principals(found.DataLakeAdmins),
    "read-only administrators": principals(found.ReadOnlyAdmins),
    "permissions of new databases": defaults(found.CreateDatabaseDefaultPermissions),
    "permissions of new tables": defaults(found.CreateTableDefaultPermissions),
    "owners of other accounts' shares": found.TrustedResourceOwners ?? [],
    "session tags of other engines": found.AuthorizedSessionTagValueList ?? [],
    "accounts whose engines filter":
      found.AllowExternalDataFiltering === true ? principals(found.ExternalDataFilteringAllowList) : [],
    "whole tables for other engines": found.AllowFullTableExternalDataAccess === true ? [ALLOWED] : [],
    parameters: Object.entries(found.Parameters ?? {}).map(([key, value]) => parameterText(key, value)),
  };
}

function principals(list: readonly DataLakePrincipal[] = []): string[] {
  return list.flatMap(({ DataLakePrincipalIdentifier: identifier }) => identifier ?? []);
}

function defaults(list: readonly PrincipalPermissions[] = []): string[] {
  return list.map(({ Principal: principal, Permissions: permissions = [] }) =>
    permissionsText(principal?.DataLakePrincipalIdentifier ?? "", permissions),
  );
}

async function locationsIn(client: LakeFormationClient): Promise<Location[]> {
  const locations: Location[] = [];
  for await (const { ResourceInfoList: list = [] } of paginateListResources({ client }, {})) {
    locations.push(...list.map(({ ResourceArn: arn = "", RoleArn: roleArn = "" }) => ({ arn, roleArn })));
  }
  return locations;
}
