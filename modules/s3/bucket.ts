import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import type { ServiceRole } from "../iam/service-role";
import type { EncryptionKey } from "../kms/encryption-key";
import { policyJson, type Statement } from "../iam/policy";
import { pascalCase } from "../pascal-case";
import { denyOtherEncryption, denyPlainTransport } from "./bucket-statements";
import { type AgeRules, lifecycleRules } from "./lifecycle-rules";
import type { LogBucket } from "./log-bucket";

const READ_ACTIONS = ["s3:GetObject", "s3:GetObjectVersion"];
const WRITE_ACTIONS = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"];
const LIST_ACTIONS = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];

export interface BucketProps {
  /** What the bucket holds, in words joined by hyphens: it names the grants and the folder of the access logs. */
  readonly purpose: string;
  /** 3 to 63 characters, unique in all of AWS. */
  readonly bucketName: string;
  /** The key that encrypts every object, or why S3's own key has to do it. */
  readonly encryption: EncryptionKey | { readonly withoutKey: string };
  /**
   * What else writers call the key when they ask for it, for example the ARN of its alias.
   *
   * @default - nothing: they name its ARN, or leave it to the bucket
   */
  readonly encryptionKeyNames?: readonly string[];
  /** Where requests are logged, or why they are not. */
  readonly accessLogs: LogBucket | { readonly none: string };
  /**
   * Keeps Terraform from destroying the bucket and from emptying it. Only the latter holds where the construct itself is
   * removed from the code.
   */
  readonly destroyProtection: boolean;
  /** How long overwritten and deleted versions can be brought back, in days (1 or more). */
  readonly noncurrentVersionDays: number;
  /**
   * What happens to objects as they age.
   *
   * @default - they stay; the only choice for a bucket with Iceberg tables, whose files must never expire by age
   */
  readonly ageRules?: AgeRules;
  /**
   * Creates the bucket with object lock. It can never be switched on later without replacing the bucket.
   *
   * @default - without object lock
   */
  readonly objectLock?: ObjectLock;
  /** Statements beside the ones every bucket has. A bucket has one policy: nothing else may set it. */
  readonly statements?: (bucketArn: string) => readonly Statement[];
}

export interface ObjectLock {
  /**
   * How long every new version is kept from deletion.
   *
   * @default - as long as the writer of the version asks for
   */
  readonly retention?: { readonly mode: "GOVERNANCE" | "COMPLIANCE"; readonly days: number };
}

/** A private, versioned and encrypted bucket that only speaks TLS 1.2 and above. */
export class Bucket extends Construct {
  readonly bucketArn: string;
  readonly bucketName: string;
  /** The bucket's one policy: what AWS delivers into the bucket has to be set up after it. */
  readonly policy: S3BucketPolicy;
  /** What has to be there before the first object: encryption, versions, policy. */
  readonly ready: readonly TerraformResource[];
  private readonly purpose: string;
  private readonly encryptionKey: EncryptionKey | undefined;

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    const { encryption, destroyProtection } = props;

    const resource = new S3Bucket(this, "bucket", {
      bucket: props.bucketName,
      forceDestroy: !destroyProtection,
      objectLockEnabled: props.objectLock !== undefined,
      lifecycle: { preventDestroy: destroyProtection },
    });

    this.bucketArn = resource.arn;
    this.bucketName = resource.bucket;
    this.purpose = props.purpose;
    this.encryptionKey = "withoutKey" in encryption ? undefined : encryption;

    const encrypted = this.encrypt();
    const versioned = this.keepVersions(props);
    this.logAccess(props.accessLogs);
    this.policy = this.closeToThePublic(props);
    this.ready = [encrypted, versioned, this.policy];
  }

  /** Lets `role` list the bucket and read its objects. Includes decryption. */
  grantRead(role: ServiceRole): void {
    this.allowListing(role);
    role.allow(`Read${pascalCase(this.purpose)}`, READ_ACTIONS, [`${this.bucketArn}/*`]);
    this.encryptionKey?.grantDecrypt(role);
  }

  /** Lets `role` list the bucket and read, write and delete its objects. Includes use of the key. */
  grantReadWrite(role: ServiceRole): void {
    this.allowListing(role);
    role.allow(`ReadWrite${pascalCase(this.purpose)}`, [...READ_ACTIONS, ...WRITE_ACTIONS], [`${this.bucketArn}/*`]);
    this.encryptionKey?.grantUse(role);
  }

  /** Lets `role` list the bucket and read the objects of one folder, named without slashes at its ends. Includes decryption. */
  grantReadFolder(role: ServiceRole, folder: string): void {
    this.allowListing(role);
    role.allow(`Read${this.folderName(folder)}`, READ_ACTIONS, [`${this.bucketArn}/${folder}/*`]);
    this.encryptionKey?.grantDecrypt(role);
  }

  /** Lets `role` list the bucket, and read, write and delete the objects of one folder. Includes use of the key. */
  grantReadWriteFolder(role: ServiceRole, folder: string): void {
    this.allowListing(role);
    role.allow(
      `ReadWrite${this.folderName(folder)}`,
      [...READ_ACTIONS, ...WRITE_ACTIONS],
      [`${this.bucketArn}/${folder}/*`],
    );
    this.encryptionKey?.grantUse(role);
  }

  /** Lets `role` read some objects, all versions of them. Includes decryption. */
  grantReadFiles(role: ServiceRole, keys: readonly string[]): void {
    this.allowListing(role);
    role.allow(
      `ReadFiles${pascalCase(this.purpose)}`,
      READ_ACTIONS,
      keys.map((key) => `${this.bucketArn}/${key}`),
    );
    this.encryptionKey?.grantDecrypt(role);
  }

  private folderName(folder: string): string {
    if (!/^[\w.=-]+(\/[\w.=-]+)*$/.test(folder)) {
      throw new Error(`a folder is granted by its name, without slashes at its ends and wildcards, got "${folder}"`);
    }
    return pascalCase(`${this.purpose}/${folder}`);
  }

  /**
   * Lets `role` see the names of all objects, whatever folder it is granted: of an object that is not there S3 says so only
   * to who may list the bucket, and to others that access is denied.
   *
   * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  private allowListing(role: ServiceRole): void {
    role.allow(`List${pascalCase(this.purpose)}`, LIST_ACTIONS, [this.bucketArn]);
  }

  private encrypt(): TerraformResource {
    const byKey = { sseAlgorithm: "aws:kms", kmsMasterKeyId: this.encryptionKey?.keyArn };
    return new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: this.bucketName,
      rule: [
        {
          applyServerSideEncryptionByDefault: this.encryptionKey === undefined ? { sseAlgorithm: "AES256" } : byKey,
          bucketKeyEnabled: this.encryptionKey !== undefined,
        },
      ],
    });
  }

  private keepVersions({ noncurrentVersionDays, ageRules, objectLock }: BucketProps): TerraformResource {
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: this.bucketName,
      versioningConfiguration: { status: "Enabled" },
    });
    const lifecycle = new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: this.bucketName,
      rule: lifecycleRules(noncurrentVersionDays, ageRules),
    });
    after(lifecycle, versioning);
    if (objectLock?.retention !== undefined) {
      const lock = new S3BucketObjectLockConfigurationA(this, "object-lock", {
        bucket: this.bucketName,
        rule: { defaultRetention: objectLock.retention },
      });
      after(lock, versioning);
    }
    return versioning;
  }

  private logAccess(target: BucketProps["accessLogs"]): void {
    if ("none" in target) {
      return;
    }
    const logging = new S3BucketLoggingA(this, "access-logs", {
      bucket: this.bucketName,
      targetBucket: target.bucketName,
      targetPrefix: target.accessLogPrefix(this.purpose),
      targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
    });
    after(logging, target.policy);
  }

  private closeToThePublic({ encryptionKeyNames, statements }: BucketProps): S3BucketPolicy {
    const block = new S3BucketPublicAccessBlock(this, "public-access-block", {
      bucket: this.bucketName,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const ownership = new S3BucketOwnershipControls(this, "ownership", {
      bucket: this.bucketName,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const policy = new S3BucketPolicy(this, "bucket-policy", {
      bucket: this.bucketName,
      policy: policyJson([
        ...denyPlainTransport(this.bucketArn),
        ...(this.encryptionKey === undefined
          ? []
          : denyOtherEncryption(this.bucketArn, this.encryptionKey.keyArn, encryptionKeyNames)),
        ...(statements?.(this.bucketArn) ?? []),
      ]),
    });
    // S3 refuses two changes of a bucket's access at the same moment
    after(ownership, block);
    after(policy, ownership);
    return policy;
  }
}
