import type { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Construct } from "constructs";
import type { Account } from "../account";
import type { Statement } from "../iam/policy";
import { Bucket } from "./bucket";
import type { AgeRules } from "./lifecycle-rules";

const ACCESS_LOGS_FOLDER = "s3-access";
const FLOW_LOGS_FOLDER = "vpc-flow";
const INVENTORY_FOLDER = "inventory";

export interface LogBucketProps {
  /** 3 to 63 characters, unique in all of AWS. */
  readonly bucketName: string;
  readonly account: Account;
  /** Prefix of the names of the buckets that may log here, and whose inventories come here. */
  readonly sourceBucketPrefix: string;
  readonly ageRules: AgeRules;
  /** How long overwritten and deleted versions can be brought back, in days (1 or more). */
  readonly noncurrentVersionDays: number;
  readonly destroyProtection: boolean;
}

/** The bucket that S3 access logs, inventories of buckets and VPC flow logs are delivered to. */
export class LogBucket extends Construct {
  readonly bucketArn: string;
  readonly bucketName: string;
  /** Folder of the inventories, without a slash at its end. */
  readonly inventoryPrefix = INVENTORY_FOLDER;
  /** Where VPC flow logs go, in the form aws_flow_log takes. */
  readonly flowLogDestination: string;
  /** Allows the deliveries: AWS writes a policy of its own over a bucket's where these statements are missing. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, props: LogBucketProps) {
    super(scope, id);
    const { bucketName, account, sourceBucketPrefix, ageRules, noncurrentVersionDays, destroyProtection } = props;

    const bucket = new Bucket(this, "bucket", {
      purpose: "logs",
      bucketName,
      encryption: { withoutKey: "S3 cannot deliver access logs to a bucket encrypted with a key of ours" },
      accessLogs: { none: "a bucket that logs to itself never stops" },
      destroyProtection,
      noncurrentVersionDays,
      ageRules,
      statements: (bucketArn) => [
        accessLogDelivery(bucketArn, account, sourceBucketPrefix),
        ...flowLogDelivery(bucketArn, account),
        inventoryDelivery(bucketArn, account, sourceBucketPrefix),
      ],
    });

    this.bucketArn = bucket.bucketArn;
    this.bucketName = bucket.bucketName;
    this.flowLogDestination = `${bucket.bucketArn}/${FLOW_LOGS_FOLDER}/`;
    this.policy = bucket.policy;
  }

  /** Folder of the access logs of the bucket that serves `purpose`. */
  accessLogPrefix(purpose: string): string {
    return `${ACCESS_LOGS_FOLDER}/${purpose}/`;
  }
}

/** Source: S3 User Guide, "Enabling Amazon S3 server access logging". */
function accessLogDelivery(
  bucketArn: string,
  { partition, accountId }: Account,
  sourceBucketPrefix: string,
): Statement {
  return {
    Sid: "DeliverAccessLogs",
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${bucketArn}/${ACCESS_LOGS_FOLDER}/*`,
    Condition: {
      ArnLike: { "aws:SourceArn": `arn:${partition}:s3:::${sourceBucketPrefix}*` },
      StringEquals: { "aws:SourceAccount": accountId },
    },
  };
}

/**
 * With the names AWS gives these statements when it writes them itself.
 *
 * Source: VPC User Guide, "Publish flow logs to Amazon S3", section "Amazon S3 bucket permissions for flow logs".
 */
function flowLogDelivery(bucketArn: string, { partition, region, accountId }: Account): Statement[] {
  const delivery = { Effect: "Allow", Principal: { Service: "delivery.logs.amazonaws.com" } } as const;
  const fromThisAccount = {
    ArnLike: { "aws:SourceArn": `arn:${partition}:logs:${region}:${accountId}:*` },
    StringEquals: { "aws:SourceAccount": accountId },
  };
  return [
    {
      ...delivery,
      Sid: "AWSLogDeliveryWrite",
      Action: "s3:PutObject",
      Resource: `${bucketArn}/${FLOW_LOGS_FOLDER}/AWSLogs/${accountId}/*`,
      Condition: {
        ...fromThisAccount,
        StringEquals: { ...fromThisAccount.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
    {
      ...delivery,
      Sid: "AWSLogDeliveryAclCheck",
      Action: ["s3:GetBucketAcl", "s3:ListBucket"],
      Resource: bucketArn,
      Condition: fromThisAccount,
    },
  ];
}

/** Source: S3 User Guide, "Configuring Amazon S3 Inventory", section "Granting permissions". */
function inventoryDelivery(
  bucketArn: string,
  { partition, accountId }: Account,
  sourceBucketPrefix: string,
): Statement {
  return {
    Sid: "DeliverInventories",
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${bucketArn}/${INVENTORY_FOLDER}/*`,
    Condition: {
      ArnLike: { "aws:SourceArn": `arn:${partition}:s3:::${sourceBucketPrefix}*` },
      StringEquals: { "aws:SourceAccount": accountId, "s3:x-amz-acl": "bucket-owner-full-control" },
    },
  };
}
