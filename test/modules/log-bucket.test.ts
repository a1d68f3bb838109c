import { Bucket } from "../../modules/s3/bucket";
import { denyPlainTransport } from "../../modules/s3/bucket-statements";
import { LogBucket, type LogBucketProps } from "../../modules/s3/log-bucket";
import { account, encryptionKey, logBucket, network, only, reference, resource, resources } from "../support/synth";
import { statements, synth } from "../support/synth";

const MINIMAL: LogBucketProps = {
  bucketName: "basin-test-logs-111122223333",
  account,
  sourceBucketPrefix: "basin-test-",
  ageRules: { transitions: [{ storageClass: "STANDARD_IA", days: 45 }], expirationDays: 90 },
  noncurrentVersionDays: 12,
  destroyProtection: true,
};

const synthLogs = (props: Partial<LogBucketProps> = {}) =>
  synth((stack) => {
    new LogBucket(stack, "logs", { ...MINIMAL, ...props });
  });

const arnOf = (json: string) => reference(json, "aws_s3_bucket", "logs_bucket", "arn");
const policyOf = (json: string) => statements(only(json, "aws_s3_bucket_policy").policy);

test("the log bucket is encrypted by S3 itself, for access logs cannot be delivered otherwise", () => {
  expect(only(synthLogs(), "aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
    { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, bucket_key_enabled: false },
  ]);
});

test("the log bucket does not log to itself", () => {
  expect(resources(synthLogs(), "aws_s3_bucket_logging")).toEqual({});
});

test.each([true, false])("with destroyProtection %p, Terraform treats the bucket accordingly", (destroyProtection) => {
  expect(only(synthLogs({ destroyProtection }), "aws_s3_bucket")).toEqual({
    bucket: "basin-test-logs-111122223333",
    force_destroy: !destroyProtection,
    lifecycle: { prevent_destroy: destroyProtection },
    object_lock_enabled: false,
  });
});

test("logs age, and can be brought back for a while", () => {
  expect(only(synthLogs(), "aws_s3_bucket_lifecycle_configuration").rule).toMatchObject([
    { id: "housekeeping", noncurrent_version_expiration: [{ noncurrent_days: 12 }] },
    { id: "ageing", transition: [{ storage_class: "STANDARD_IA", days: 45 }], expiration: [{ days: 90 }] },
  ]);
});

test("the policy lets buckets and networks of this account deliver, each into its folder, and nobody else", () => {
  const json = synthLogs();
  const arn = arnOf(json);

  expect(policyOf(json)).toEqual([
    ...denyPlainTransport(arn),
    {
      Sid: "DeliverAccessLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${arn}/s3-access/*`,
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::basin-test-*" },
        StringEquals: { "aws:SourceAccount": "111122223333" },
      },
    },
    {
      Sid: "AWSLogDeliveryWrite",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${arn}/vpc-flow/AWSLogs/111122223333/*`,
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*" },
        StringEquals: { "aws:SourceAccount": "111122223333", "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
    {
      Sid: "AWSLogDeliveryAclCheck",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["s3:GetBucketAcl", "s3:ListBucket"],
      Resource: arn,
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*" },
        StringEquals: { "aws:SourceAccount": "111122223333" },
      },
    },
    {
      Sid: "DeliverInventories",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${arn}/inventory/*`,
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::basin-test-*" },
        StringEquals: { "aws:SourceAccount": "111122223333", "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
  ]);
});

test("the sources of deliveries are named in the partition and region of the account", () => {
  const json = synthLogs({ account: { ...account, partition: "aws-us-gov", region: "us-gov-west-1" } });
  const sources = policyOf(json)
    .map(({ Condition }) => (Condition as { ArnLike?: unknown }).ArnLike)
    .filter((source) => source !== undefined);

  expect(sources).toEqual([
    { "aws:SourceArn": "arn:aws-us-gov:s3:::basin-test-*" },
    { "aws:SourceArn": "arn:aws-us-gov:logs:us-gov-west-1:111122223333:*" },
    { "aws:SourceArn": "arn:aws-us-gov:logs:us-gov-west-1:111122223333:*" },
    { "aws:SourceArn": "arn:aws-us-gov:s3:::basin-test-*" },
  ]);
});

test("the folders handed out are those the policy opens", () => {
  const json = synth((stack) => {
    network(stack);
  });
  const opened = (sid: string) => policyOf(json).find(({ Sid }) => Sid === sid)?.Resource;

  expect(only(json, "aws_flow_log").log_destination).toBe(`${arnOf(json)}/vpc-flow/`);
  expect(opened("AWSLogDeliveryWrite")).toBe(`${arnOf(json)}/vpc-flow/AWSLogs/111122223333/*`);
  expect(opened("DeliverAccessLogs")).toBe(`${arnOf(json)}/s3-access/*`);
});

test("two buckets keep their access logs apart", () => {
  const json = synth((stack) => {
    const encryption = encryptionKey(stack);
    const accessLogs = logBucket(stack);
    for (const purpose of ["landing", "raw"]) {
      const bucketName = `basin-test-${purpose}`;
      const days = { noncurrentVersionDays: 30, destroyProtection: true };
      new Bucket(stack, purpose, { purpose, bucketName, encryption, accessLogs, ...days });
    }
  });

  expect(resource(json, "aws_s3_bucket_logging", "landing_access-logs").target_prefix).toBe("s3-access/landing/");
  expect(resource(json, "aws_s3_bucket_logging", "raw_access-logs").target_prefix).toBe("s3-access/raw/");
});
