import { S3BucketInventory } from "@cdktf/provider-aws/lib/s3-bucket-inventory";
import { Construct } from "constructs";
import type { Account } from "../account";
import { after } from "../after";
import type { EncryptionKey } from "../kms/encryption-key";
import type { Bucket } from "./bucket";
import type { LogBucket } from "./log-bucket";

export interface ObjectInventoryProps {
  /** 1 to 64 letters, digits and . _ -; a bucket has up to 1000 inventories. */
  readonly inventoryName: string;
  /** Whose objects are listed. */
  readonly bucket: Bucket;
  /** Folder within the bucket, without slashes at its ends. */
  readonly folder: string;
  readonly frequency: "Daily" | "Weekly";
  /** Where the reports go. */
  readonly reports: LogBucket;
  /** Encrypts the reports: names of objects can tell as much as their content. Has to trust S3's inventory. */
  readonly encryptionKey: EncryptionKey;
  readonly account: Account;
}

/** Regular reports of what lies in a folder of a bucket: name, size, age, encryption. */
export class ObjectInventory extends Construct {
  constructor(scope: Construct, id: string, props: ObjectInventoryProps) {
    super(scope, id);
    const { inventoryName, bucket, folder, frequency, reports, encryptionKey, account } = props;

    const inventory = new S3BucketInventory(this, "inventory", {
      bucket: bucket.bucketName,
      name: inventoryName,
      includedObjectVersions: "Current",
      optionalFields: ["Size", "LastModifiedDate", "EncryptionStatus"],
      filter: { prefix: `${folder}/` },
      schedule: { frequency },
      destination: {
        bucket: {
          bucketArn: reports.bucketArn,
          accountId: account.accountId,
          format: "Parquet",
          prefix: reports.inventoryPrefix,
          encryption: { sseKms: { keyId: encryptionKey.keyArn } },
        },
      },
    });
    // S3 tries to deliver a first report at once
    after(inventory, reports.policy);
  }
}
