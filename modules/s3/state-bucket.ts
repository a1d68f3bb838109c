import { Construct } from "constructs";
import { suppress } from "../../policies/suppress";
import type { Statement } from "../iam/policy";
import type { EncryptionKey } from "../kms/encryption-key";
import { Bucket } from "./bucket";

/** Enough to find the state before any mistake of half a year: a version is old from the day on which it was replaced. */
const NONCURRENT_VERSION_DAYS = 180;

export interface StateBucketProps {
  /** 3 to 63 characters, unique in all of AWS. */
  readonly bucketName: string;
  readonly encryptionKey: EncryptionKey;
  /** The ARN by which backends name the key: the key's own is not known when they are written. */
  readonly keyAliasArn: string;
  readonly destroyProtection: boolean;
  /** Who answers for what the bucket does without: a team or an address. */
  readonly owner: string;
  /** Who may do what with states. */
  readonly statements: (bucketArn: string) => readonly Statement[];
}

/**
 * The bucket of Terraform's states and their locks.
 *
 * Old versions of states are what a lost one is restored from. Every lock leaves a version and a delete marker: they are
 * forgotten by the same rule, because the files of locks have their name's end in common, and S3 goes by the beginning.
 */
export class StateBucket extends Construct {
  readonly bucketArn: string;
  readonly bucketName: string;

  constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id);
    const { bucketName, encryptionKey, keyAliasArn, destroyProtection, owner, statements } = props;

    const bucket = new Bucket(this, "bucket", {
      purpose: "state",
      bucketName,
      encryption: encryptionKey,
      encryptionKeyNames: [keyAliasArn],
      accessLogs: { none: "the log bucket is in a layer, whose state is kept here" },
      destroyProtection,
      noncurrentVersionDays: NONCURRENT_VERSION_DAYS,
      statements,
    });
    suppress(bucket, {
      rule: "LAKE-S3-05",
      reason: "The log bucket is made by a layer, long after the bucket that holds the layer's state.",
      owner,
      expires: "2027-11-30",
    });

    this.bucketArn = bucket.bucketArn;
    this.bucketName = bucket.bucketName;
  }
}
