import { GlueCatalogDatabase } from "@cdktf/provider-aws/lib/glue-catalog-database";
import { Construct } from "constructs";
import { after } from "../after";
import type { Bucket } from "../s3/bucket";
import type { CatalogEncryption } from "./catalog-encryption";

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
  /** Keeps Terraform from destroying the database, with which its tables would leave the catalog. */
  readonly destroyProtection: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A database of the Data Catalog whose tables keep their files in one folder of a bucket. */
export class Database extends Construct {
  readonly databaseName: string;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { databaseName, description, bucket, folder, catalogEncryption, destroyProtection, tags } = props;

    const database = new GlueCatalogDatabase(this, "database", {
      name: databaseName,
      description,
      locationUri: `s3://${bucket.bucketName}/${folder}/`,
      tags,
      lifecycle: { preventDestroy: destroyProtection },
    });
    // metadata written before stays unencrypted
    after(database, ...catalogEncryption.ready);

    this.databaseName = database.name;
  }
}
