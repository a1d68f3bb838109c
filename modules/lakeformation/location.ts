import { LakeformationPermissions } from "@cdktf/provider-aws/lib/lakeformation-permissions";
import { LakeformationResource } from "@cdktf/provider-aws/lib/lakeformation-resource";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { after } from "../after";
import { ServiceRole } from "../iam/service-role";
import type { Bucket } from "../s3/bucket";
import type { DataLakeSettings } from "./settings";

export interface LocationProps {
  readonly bucket: Bucket;
  /** Name of the role whose credentials Lake Formation lends, up to 64 characters. */
  readonly roleName: string;
  readonly account: Account;
  /**
   * The policy that ends what the role may do.
   *
   * @default - none
   */
  readonly permissionsBoundaryArn?: string;
  /** Leaves its tables to IAM for everybody who has not opted in: for the time of a migration. */
  readonly hybridAccess: boolean;
  readonly settings: DataLakeSettings;
}

/**
 * A bucket that Lake Formation reads and writes for others: who has a grant gets the credentials of the location's role, and
 * needs none of its own for the bucket and its key.
 *
 * Source: Lake Formation Developer Guide, "Requirements for roles used to register locations".
 */
export class Location extends Construct {
  readonly resource: TerraformResource;
  private readonly locationArn: string;

  constructor(scope: Construct, id: string, props: LocationProps) {
    super(scope, id);
    const { bucket, roleName, account, permissionsBoundaryArn, hybridAccess, settings } = props;

    const role = new ServiceRole(this, "role", {
      roleName,
      description: "Reads and writes tables for those to whom Lake Formation grants it",
      trustedServices: ["glue.amazonaws.com", "lakeformation.amazonaws.com"],
      withoutSourceAccount: ["lakeformation.amazonaws.com"],
      withContext: ["lakeformation.amazonaws.com"],
      account,
      permissionsBoundaryArn,
    });
    bucket.grantReadWrite(role);

    const location = new LakeformationResource(this, "location", {
      arn: bucket.bucketArn,
      roleArn: role.roleArn,
      hybridAccessEnabled: hybridAccess,
    });
    // registering tests nothing: without the policy every query would fail, not the deployment
    role.passTo(location);
    after(location, ...settings.ready, ...bucket.ready);

    this.resource = location;
    this.locationArn = bucket.bucketArn;
  }

  /** Lets a principal make databases and tables whose files are here. What it makes comes after it. */
  grantUse(scope: Construct, id: string, principal: string): TerraformResource {
    const grant = new LakeformationPermissions(scope, id, {
      principal,
      permissions: ["DATA_LOCATION_ACCESS"],
      dataLocation: { arn: this.locationArn },
    });
    after(grant, this.resource);
    return grant;
  }
}
