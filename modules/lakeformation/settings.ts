import { LakeformationDataLakeSettings } from "@cdktf/provider-aws/lib/lakeformation-data-lake-settings";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";

/**
 * How Lake Formation shares with other accounts: the newest version that the provider documents. From 3 on a grant can name a
 * principal of another account; a new account has 1.
 *
 * Sources: Lake Formation Developer Guide, "Updating cross-account data sharing version settings"; terraform-provider-aws,
 * internal/service/lakeformation/data_lake_settings.go.
 */
const CROSS_ACCOUNT_VERSION = "4";

export interface DataLakeSettingsProps {
  /** ARNs of roles that may change everything, and grant themselves everything. Whoever deploys has to be among them. */
  readonly admins: readonly string[];
  /** ARNs of roles that may look at everything but data. Whoever plans has to be among them. */
  readonly readOnlyAdmins: readonly string[];
}

/**
 * The settings of Lake Formation in an account and region, of which there are one: who administers it, and that new databases
 * and tables are open to nobody. They replace what was there before, administrators included.
 *
 * Source: Lake Formation API Reference, "DataLakeSettings".
 */
export class DataLakeSettings extends Construct {
  /** What has to be there before tags, grants and databases: what is made before is left to IAM for ever. */
  readonly ready: readonly TerraformResource[];

  constructor(scope: Construct, id: string, props: DataLakeSettingsProps) {
    super(scope, id);
    const { admins, readOnlyAdmins } = props;
    if (admins.length === 0) {
      throw new Error("Lake Formation needs an administrator: without one nobody could grant anything");
    }

    const settings = new LakeformationDataLakeSettings(this, "settings", {
      admins: [...admins],
      readOnlyAdmins: [...readOnlyAdmins],
      // written out: what is left out is taken from the state, so that a change made elsewhere would go unnoticed
      createDatabaseDefaultPermissions: [],
      createTableDefaultPermissions: [],
      allowExternalDataFiltering: false,
      allowFullTableExternalDataAccess: false,
      externalDataFilteringAllowList: [],
      authorizedSessionTagValueList: [],
      trustedResourceOwners: [],
      // SET_CONTEXT: CloudTrail tells on whose behalf credentials were lent
      parameters: { CROSS_ACCOUNT_VERSION, SET_CONTEXT: "TRUE" },
    });

    this.ready = [settings];
  }
}
