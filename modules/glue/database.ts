import { GlueCatalogDatabase } from "@cdktf/provider-aws/lib/glue-catalog-database";
import { LakeformationPermissions } from "@cdktf/provider-aws/lib/lakeformation-permissions";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import { type Consumer, IAM_ALLOWED_PRINCIPALS } from "../lakeformation/consumer";
import { assignTags, type TagValue } from "../lakeformation/lf-tag";
import type { Bucket } from "../s3/bucket";
import type { CatalogEncryption } from "./catalog-encryption";
import type { CatalogPolicy } from "./catalog-policy";

export interface DatabaseProps {
  /** 1 to 255 lower-case letters, digits and underscores: the catalog lower-cases, and Athena quotes all else. */
  readonly databaseName: string;
  /** What the tables are about, up to 2048 characters. */
  readonly description: string;
  /** Where tables keep their files unless they say otherwise. */
  readonly bucket: Bucket;
  /** Folder within the bucket, without slashes at its ends. */
  readonly folder: string;
  readonly catalogEncryption: CatalogEncryption;
  readonly catalogPolicy: CatalogPolicy;
  /**
   * Tags of Lake Formation, which its tables have until they have their own.
   *
   * @default - none
   */
  readonly lfTags?: readonly TagValue[];
  /**
   * What else has to be there: settings of Lake Formation, and the right to use the bucket.
   *
   * @default - nothing
   */
  readonly after?: readonly TerraformResource[];
  /** Keeps Terraform from destroying the database, with which its tables would leave the catalog. */
  readonly destroyProtection: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A database of the Data Catalog whose tables keep their files in one folder of a bucket. */
export class Database extends Construct {
  readonly databaseName: string;
  /** Where its tables have their folders, without a slash at its end. */
  readonly location: string;
  /** What has to be there before its first table. */
  readonly ready: readonly TerraformResource[];

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { databaseName, description, bucket, folder, catalogEncryption, catalogPolicy } = props;
    const location = `s3://${bucket.bucketName}/${folder}`;

    const database = new GlueCatalogDatabase(this, "database", {
      name: databaseName,
      description,
      locationUri: `${location}/`,
      tags: props.tags,
      lifecycle: { preventDestroy: props.destroyProtection },
    });
    // metadata written before stays unencrypted
    after(database, ...catalogEncryption.ready, ...catalogPolicy.ready, ...(props.after ?? []));
    const { lfTags = [] } = props;
    const tagged =
      lfTags.length === 0 ? [] : [assignTags(this, "lf-tags", { database: { name: database.name } }, lfTags, [])];

    this.databaseName = database.name;
    this.location = location;
    this.ready = [database, ...tagged];
  }

  /** Shows the database to somebody: its name, not which tables it has. Engines list databases before they look into them. */
  grantDescribe({ name, principal }: Pick<Consumer, "name" | "principal">): TerraformResource {
    return this.grant(`describe-${name}`, principal, "DESCRIBE");
  }

  /** Leaves the database to IAM, as its tables have to be for everybody who has not opted in. */
  leaveToIam(): void {
    this.grant("left-to-iam", IAM_ALLOWED_PRINCIPALS, "ALL");
  }

  private grant(id: string, principal: string, permission: "ALL" | "DESCRIBE"): TerraformResource {
    const grant = new LakeformationPermissions(this, id, {
      principal,
      permissions: [permission],
      database: { name: this.databaseName },
    });
    after(grant, ...this.ready);
    return grant;
  }
}
