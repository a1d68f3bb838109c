import { Bucket, type BucketProps } from "../../modules/s3/bucket";
import { denyForeignNetworks, denyOtherEncryption, denyPlainTransport } from "../../modules/s3/bucket-statements";
import { account, address, encryptionKey, only, reference, statements, synth } from "../support/synth";

const WITHOUT_KEY = { encryption: { withoutKey: "under test" } } as const;

const synthBucket = (props: Partial<BucketProps> = {}) =>
  synth((stack) => {
    new Bucket(stack, "bucket", {
      purpose: "data",
      bucketName: "basin-test-data-111122223333",
      encryption: props.encryption ?? encryptionKey(stack),
      accessLogs: { none: "under test" },
      destroyProtection: true,
      noncurrentVersionDays: 30,
      ...props,
    });
  });

const bucketReference = (json: string, attribute: "arn" | "bucket") =>
  reference(json, "aws_s3_bucket", "bucket", attribute);

describe("the policy of a bucket", () => {
  const policyOf = (json: string) => statements(only(json, "aws_s3_bucket_policy").policy);

  test("refuses plain transport and other encryption", () => {
    const json = synthBucket();
    const arn = bucketReference(json, "arn");

    expect(only(json, "aws_s3_bucket_policy").bucket).toBe(bucketReference(json, "bucket"));
    expect(policyOf(json)).toEqual([
      ...denyPlainTransport(arn),
      ...denyOtherEncryption(arn, reference(json, "aws_kms_key", "key", "arn")),
    ]);
  });

  test("without a key refuses plain transport only", () => {
    const json = synthBucket(WITHOUT_KEY);

    expect(policyOf(json)).toEqual(denyPlainTransport(bucketReference(json, "arn")));
  });

  test("takes uploads that call the key by its other names", () => {
    const json = synthBucket({ encryptionKeyNames: ["arn:alias"] });
    const arn = bucketReference(json, "arn");

    expect(policyOf(json)).toEqual([
      ...denyPlainTransport(arn),
      ...denyOtherEncryption(arn, reference(json, "aws_kms_key", "key", "arn"), ["arn:alias"]),
    ]);
  });

  test("keeps its own statements in front of those given, which are made for the bucket's ARN", () => {
    const own = policyOf(synthBucket());
    const json = synthBucket({
      statements: (bucketArn) => [
        { Sid: "One", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: bucketArn },
        { Sid: "Two", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: `${bucketArn}/*` },
      ],
    });
    const given = { Effect: "Deny", Principal: "*", Action: "s3:*" };

    expect(policyOf(json)).toEqual([
      ...own,
      { Sid: "One", ...given, Resource: bucketReference(json, "arn") },
      { Sid: "Two", ...given, Resource: `${bucketReference(json, "arn")}/*` },
    ]);
  });

  test("comes after ownership, which comes after the public access block: S3 refuses two at the same moment", () => {
    const json = synthBucket();

    expect(only(json, "aws_s3_bucket_policy").depends_on).toEqual([
      address(json, "aws_s3_bucket_ownership_controls", "bucket_ownership"),
    ]);
    expect(only(json, "aws_s3_bucket_ownership_controls").depends_on).toEqual([
      address(json, "aws_s3_bucket_public_access_block", "bucket_public-access-block"),
    ]);
  });
});

describe("statements of bucket policies", () => {
  test("denyPlainTransport refuses all calls without TLS or with a version below 1.2", () => {
    const everything = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: ["arn:b", "arn:b/*"] };

    expect(denyPlainTransport("arn:b")).toEqual([
      { Sid: "DenyPlainTransport", ...everything, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Sid: "DenyOldTls", ...everything, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
    ]);
  });

  test("denyOtherEncryption refuses uploads that ask for anything but the key, and lets those pass that ask for nothing", () => {
    const upload = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "arn:b/*" };
    const algorithm = "s3:x-amz-server-side-encryption";
    const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    const customer = "s3:x-amz-server-side-encryption-customer-algorithm";

    expect(denyOtherEncryption("arn:b", "arn:k")).toEqual([
      {
        Sid: "DenyOtherEncryption",
        ...upload,
        Condition: { Null: { [algorithm]: "false" }, StringNotEquals: { [algorithm]: "aws:kms" } },
      },
      {
        Sid: "DenyUnnamedKey",
        ...upload,
        Condition: { Null: { [key]: "true" }, StringEquals: { [algorithm]: "aws:kms" } },
      },
      {
        Sid: "DenyOtherKey",
        ...upload,
        Condition: { Null: { [key]: "false" }, StringNotEquals: { [key]: "arn:k" } },
      },
      { Sid: "DenyCustomerKey", ...upload, Condition: { Null: { [customer]: "false" } } },
    ]);
  });

  test("denyOtherEncryption lets other names of the key through beside its ARN", () => {
    const conditions = denyOtherEncryption("arn:b", "arn:k", ["arn:alias"]).map(({ Condition }) => Condition);

    expect(conditions).toContainEqual(
      expect.objectContaining({
        StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": ["arn:k", "arn:alias"] },
      }),
    );
  });

  test("denyForeignNetworks refuses object calls, never calls of the bucket, from anywhere but the listed ways", () => {
    const govCloud = { ...account, partition: "aws-us-gov" };

    expect(denyForeignNetworks("arn:b", govCloud, { vpcEndpointId: "vpce-1", roleNamePrefix: "basin-test-" })).toEqual({
      Sid: "DenyForeignNetworks",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"],
      Resource: "arn:b/*",
      Condition: {
        StringNotEqualsIfExists: { "aws:SourceVpce": "vpce-1" },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false" },
        ArnNotLikeIfExists: { "aws:PrincipalArn": "arn:aws-us-gov:iam::111122223333:role/basin-test-*" },
      },
    });
  });
});
