import type { Account } from "../account";
import type { Statement } from "../iam/policy";

const ENCRYPTION_HEADER = "s3:x-amz-server-side-encryption";
const ENCRYPTION_KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER_KEY_HEADER = "s3:x-amz-server-side-encryption-customer-algorithm";
const OBJECT_ACTIONS = ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"];

/** Refuses requests without TLS, and those with a version below 1.2. */
export function denyPlainTransport(bucketArn: string): Statement[] {
  const everything = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
  } as const;
  return [
    { Sid: "DenyPlainTransport", ...everything, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "DenyOldTls", ...everything, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ];
}

/**
 * Refuses uploads that ask for another encryption than the bucket's own, which is what those get that ask for none.
 *
 * The Null conditions let the latter pass: a negated operator alone also holds where the header is absent. Asking for
 * KMS without naming a key is refused too, because S3 would take the account's aws/s3 key.
 *
 * The header names a key by id, ARN or alias, and AWS does not say whether S3 compares that or the key it stands for:
 * `otherNames` are let through beside the key's ARN, for writers that know the key by another name.
 *
 * Sources: IAM User Guide, "Condition operators", on missing keys; S3 API Reference, PutObject, on the headers.
 */
export function denyOtherEncryption(
  bucketArn: string,
  keyArn: string,
  otherNames: readonly string[] = [],
): Statement[] {
  const names = otherNames.length === 0 ? keyArn : [keyArn, ...otherNames];
  const upload = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: `${bucketArn}/*` } as const;
  return [
    {
      Sid: "DenyOtherEncryption",
      ...upload,
      Condition: { Null: { [ENCRYPTION_HEADER]: "false" }, StringNotEquals: { [ENCRYPTION_HEADER]: "aws:kms" } },
    },
    {
      Sid: "DenyUnnamedKey",
      ...upload,
      Condition: { Null: { [ENCRYPTION_KEY_HEADER]: "true" }, StringEquals: { [ENCRYPTION_HEADER]: "aws:kms" } },
    },
    {
      Sid: "DenyOtherKey",
      ...upload,
      Condition: { Null: { [ENCRYPTION_KEY_HEADER]: "false" }, StringNotEquals: { [ENCRYPTION_KEY_HEADER]: names } },
    },
    { Sid: "DenyCustomerKey", ...upload, Condition: { Null: { [CUSTOMER_KEY_HEADER]: "false" } } },
  ];
}

/**
 * Refuses object calls that come neither through the endpoint, nor from or through an AWS service, nor from a role of
 * the platform: Athena, Firehose and Lake Formation do not come through our endpoints. Only object calls, because a
 * denied bucket call would lock out Terraform too.
 *
 * Source: S3 User Guide, "Controlling access from VPC endpoints with bucket policies"; IAM User Guide, "AWS global
 * condition context keys".
 */
export function denyForeignNetworks(
  bucketArn: string,
  account: Account,
  { vpcEndpointId, roleNamePrefix }: { readonly vpcEndpointId: string; readonly roleNamePrefix: string },
): Statement {
  return {
    Sid: "DenyForeignNetworks",
    Effect: "Deny",
    Principal: "*",
    Action: OBJECT_ACTIONS,
    Resource: `${bucketArn}/*`,
    Condition: {
      StringNotEqualsIfExists: { "aws:SourceVpce": vpcEndpointId },
      BoolIfExists: { "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false" },
      ArnNotLikeIfExists: {
        "aws:PrincipalArn": `arn:${account.partition}:iam::${account.accountId}:role/${roleNamePrefix}*`,
      },
    },
  };
}
