import type { Account } from "../account";
import type { Statement } from "../iam/policy";

/**
 * Lets CloudWatch Logs encrypt the log groups of this account and region.
 *
 * Source: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service".
 */
export function logGroupEncryption({ partition, region, accountId }: Account): Statement {
  return {
    Sid: "EncryptLogGroups",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${accountId}:log-group:*` },
    },
  };
}

/**
 * Lets AWS services send to encrypted topics and queues.
 *
 * EventBridge has a statement of its own: its calls do not carry the account, so a condition on it would never hold.
 *
 * Source: SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted topics".
 */
export function messagePublishing({ accountId }: Account, services: readonly string[]): Statement[] {
  const publish = { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*" } as const;
  return [
    {
      ...publish,
      Sid: "PublishMessages",
      Principal: { Service: services },
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    { ...publish, Sid: "PublishEvents", Principal: { Service: "events.amazonaws.com" } },
  ];
}

/**
 * Lets S3 encrypt the inventory reports it writes for buckets of this account.
 *
 * Source: S3 User Guide, "Granting Amazon S3 permission to use your customer managed key for encryption".
 */
export function inventoryDelivery({ partition, accountId }: Account): Statement {
  return {
    Sid: "EncryptInventoryReports",
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "kms:GenerateDataKey*",
    Resource: "*",
    Condition: {
      ArnLike: { "aws:SourceArn": `arn:${partition}:s3:::*` },
      StringEquals: { "aws:SourceAccount": accountId },
    },
  };
}

/**
 * Lets roles from outside, of other accounts too, put records to encrypted streams whose names begin with a prefix. Writing
 * takes nothing but this: it is Kinesis that encrypts, in their name.
 *
 * Sources: https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html;
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function streamProducers(
  { partition, region, accountId }: Account,
  streamNamePrefix: string,
  roleArns: readonly string[],
): Statement {
  return {
    Sid: "PutToStreams",
    Effect: "Allow",
    Principal: { AWS: roleArns },
    Action: "kms:GenerateDataKey",
    Resource: "*",
    Condition: {
      StringEquals: { "kms:ViaService": `kinesis.${region}.amazonaws.com` },
      ArnLike: {
        "kms:EncryptionContext:aws:kinesis:arn": `arn:${partition}:kinesis:${region}:${accountId}:stream/${streamNamePrefix}*`,
      },
    },
  };
}
