import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformStack } from "cdktf";
import type { ServiceRole } from "../../modules/iam/service-role";
import { Bucket, type BucketProps } from "../../modules/s3/bucket";
import { lifecycleRules } from "../../modules/s3/lifecycle-rules";
import * as support from "../support/synth";

const { address, only, reference, resource, resources, serviceRole, statementsOf, synth } = support;

const WITHOUT_KEY = { encryption: { withoutKey: "under test" } } as const;

function bucket(stack: TerraformStack, props: Partial<BucketProps> = {}): Bucket {
  return new Bucket(stack, "bucket", {
    purpose: "query-results",
    bucketName: "basin-test-query-results-111122223333",
    encryption: props.encryption ?? support.encryptionKey(stack),
    accessLogs: { none: "under test" },
    destroyProtection: true,
    noncurrentVersionDays: 30,
    ...props,
  });
}

const synthBucket = (props: Partial<BucketProps> = {}) =>
  synth((stack) => {
    bucket(stack, props);
  });

const bucketReference = (json: string, attribute: "arn" | "bucket") =>
  reference(json, "aws_s3_bucket", "bucket", attribute);
const keyArnOf = (json: string) => reference(json, "aws_kms_key", "key", "arn");

describe("a bucket", () => {
  test("is kept from being destroyed and emptied", () => {
    expect(synthBucket()).toHaveResourceWithProperties(S3Bucket, {
      bucket: "basin-test-query-results-111122223333",
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
      object_lock_enabled: false,
    });
  });

  test("can be destroyed with all it holds where it is not protected", () => {
    expect(synthBucket({ destroyProtection: false })).toHaveResourceWithProperties(S3Bucket, {
      force_destroy: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  test("is closed to the public and knows no ACLs", () => {
    const json = synthBucket();

    expect(json).toHaveResourceWithProperties(S3BucketPublicAccessBlock, {
      bucket: bucketReference(json, "bucket"),
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(json).toHaveResourceWithProperties(S3BucketOwnershipControls, {
      bucket: bucketReference(json, "bucket"),
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
  });

  test("keeps versions", () => {
    const json = synthBucket();

    expect(json).toHaveResourceWithProperties(S3BucketVersioningA, {
      bucket: bucketReference(json, "bucket"),
      versioning_configuration: { status: "Enabled" },
    });
  });

  test("encrypts with its key, and asks KMS once a bucket key", () => {
    const json = synthBucket();
    const byKey = { sse_algorithm: "aws:kms", kms_master_key_id: keyArnOf(json) };

    expect(json).toHaveResourceWithProperties(S3BucketServerSideEncryptionConfigurationA, {
      bucket: bucketReference(json, "bucket"),
      rule: [{ apply_server_side_encryption_by_default: byKey, bucket_key_enabled: true }],
    });
  });

  test("without a key encrypts with S3's own", () => {
    expect(only(synthBucket(WITHOUT_KEY), "aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, bucket_key_enabled: false },
    ]);
  });
});

describe("objects that age", () => {
  const housekeeping = {
    id: "housekeeping",
    status: "Enabled",
    filter: [{ prefix: "" }],
    abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    noncurrent_version_expiration: [{ noncurrent_days: 30 }],
    expiration: [{ expired_object_delete_marker: true }],
  };
  const rulesOf = (json: string) => only(json, "aws_s3_bucket_lifecycle_configuration").rule;

  test("stay by default: only abandoned uploads, old versions and lone delete markers go", () => {
    expect(rulesOf(synthBucket())).toEqual([housekeeping]);
  });

  test("move to colder storage and expire where rules say so", () => {
    const transitions = [
      { storageClass: "STANDARD_IA", days: 40 },
      { storageClass: "GLACIER_IR", days: 90 },
    ];

    expect(rulesOf(synthBucket({ ageRules: { transitions, expirationDays: 730 } }))).toEqual([
      housekeeping,
      {
        id: "ageing",
        status: "Enabled",
        filter: [{ prefix: "" }],
        transition: [
          { storage_class: "STANDARD_IA", days: 40 },
          { storage_class: "GLACIER_IR", days: 90 },
        ],
        expiration: [{ days: 730 }],
      },
    ]);
  });

  test("can be brought back as long as asked for", () => {
    expect(lifecycleRules(5).map((rule) => rule.noncurrentVersionExpiration)).toEqual([[{ noncurrentDays: 5 }]]);
  });

  test("are ruled after versioning is on", () => {
    const json = synthBucket();

    expect(only(json, "aws_s3_bucket_lifecycle_configuration")).toMatchObject({
      bucket: bucketReference(json, "bucket"),
      depends_on: [address(json, "aws_s3_bucket_versioning", "bucket_versioning")],
    });
  });
});

describe("object lock", () => {
  test("is on from the bucket's creation, with no retention unless asked for", () => {
    const json = synthBucket({ objectLock: {} });

    expect(only(json, "aws_s3_bucket").object_lock_enabled).toBe(true);
    expect(resources(json, "aws_s3_bucket_object_lock_configuration")).toEqual({});
  });

  test.each(["GOVERNANCE", "COMPLIANCE"] as const)("keeps versions in mode %s, after versioning is on", (mode) => {
    const json = synthBucket({ objectLock: { retention: { mode, days: 90 } } });

    expect(only(json, "aws_s3_bucket").object_lock_enabled).toBe(true);
    expect(json).toHaveResourceWithProperties(S3BucketObjectLockConfigurationA, {
      bucket: bucketReference(json, "bucket"),
      rule: { default_retention: { mode, days: 90 } },
      depends_on: [address(json, "aws_s3_bucket_versioning", "bucket_versioning")],
    });
  });
});

describe("access logs", () => {
  test("go to the bucket's own folder of the log bucket, after its policy allows them", () => {
    const json = synth((stack) => {
      bucket(stack, { accessLogs: support.logBucket(stack) });
    });

    expect(Object.keys(resources(json, "aws_s3_bucket_logging"))).toHaveLength(1);
    expect(json).toHaveResourceWithProperties(S3BucketLoggingA, {
      bucket: bucketReference(json, "bucket"),
      target_bucket: reference(json, "aws_s3_bucket", "logs_bucket", "bucket"),
      target_prefix: "s3-access/query-results/",
      target_object_key_format: { partitioned_prefix: { partition_date_source: "EventTime" } },
    });
    expect(resource(json, "aws_s3_bucket_logging", "bucket_access-logs").depends_on).toEqual([
      address(json, "aws_s3_bucket_policy", "logs_bucket_bucket-policy"),
    ]);
  });

  test("are not kept where a reason is given", () => {
    expect(resources(synthBucket({ accessLogs: { none: "under test" } }), "aws_s3_bucket_logging")).toEqual({});
  });
});

describe("grants of a bucket", () => {
  const synthGrant = (grant: (bucket: Bucket, role: ServiceRole) => void, props: Partial<BucketProps> = {}) =>
    synth((stack) => {
      grant(bucket(stack, props), serviceRole(stack));
    });
  const read = (granting: Bucket, role: ServiceRole) => {
    granting.grantRead(role);
  };
  const readWrite = (granting: Bucket, role: ServiceRole) => {
    granting.grantReadWrite(role);
  };

  function expected(json: string) {
    const arn = bucketReference(json, "arn");
    const listActions = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
    const readActions = ["s3:GetObject", "s3:GetObjectVersion"];
    const writeActions = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"];
    const actions = [...readActions, ...writeActions];
    return {
      list: { Sid: "ListQueryResults", Effect: "Allow", Action: listActions, Resource: [arn] },
      read: { Sid: "ReadQueryResults", Effect: "Allow", Action: readActions, Resource: [`${arn}/*`] },
      readWrite: { Sid: "ReadWriteQueryResults", Effect: "Allow", Action: actions, Resource: [`${arn}/*`] },
    };
  }

  test("grantRead allows listing, reading and decrypting, and nothing else", () => {
    const json = synthGrant(read);

    expect(statementsOf("reader", json)).toEqual([
      expected(json).list,
      expected(json).read,
      {
        Sid: "DecryptWithKeyData",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey"],
        Resource: [keyArnOf(json)],
      },
    ]);
  });

  test("grantReadWrite allows listing, reading, writing and the use of the key, and nothing else", () => {
    const json = synthGrant(readWrite);

    expect(statementsOf("reader", json)).toEqual([
      expected(json).list,
      expected(json).readWrite,
      {
        Sid: "UseKeyData",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        Resource: [keyArnOf(json)],
      },
    ]);
  });

  test("a grant on a folder allows it there alone, and to list the bucket", () => {
    const reading = synthGrant((granting, role) => {
      granting.grantReadFolder(role, "contracts/web");
    });
    const writing = synthGrant((granting, role) => {
      granting.grantReadWriteFolder(role, "contracts/web");
    });

    expect(statementsOf("reader", reading)).toEqual([
      expected(reading).list,
      {
        ...expected(reading).read,
        Sid: "ReadQueryResultsContractsWeb",
        Resource: [`${bucketReference(reading, "arn")}/contracts/web/*`],
      },
      {
        Sid: "DecryptWithKeyData",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey"],
        Resource: [keyArnOf(reading)],
      },
    ]);
    expect(statementsOf("reader", writing)).toEqual([
      expected(writing).list,
      {
        ...expected(writing).readWrite,
        Sid: "ReadWriteQueryResultsContractsWeb",
        Resource: [`${bucketReference(writing, "arn")}/contracts/web/*`],
      },
      expect.objectContaining({ Sid: "UseKeyData" }),
    ]);
  });

  test.each(["", "/web", "web/", "web//clicks", "*", "web/*", "${web}"])("a folder is not called %j", (folder) => {
    const message = `a folder is granted by its name, without slashes at its ends and wildcards, got "${folder}"`;

    expect(() =>
      synthGrant((granting, role) => {
        granting.grantReadFolder(role, folder);
      }),
    ).toThrow(message);
    expect(() =>
      synthGrant((granting, role) => {
        granting.grantReadWriteFolder(role, folder);
      }),
    ).toThrow(message);
  });

  test("both grants together list once", () => {
    const json = synthGrant((granting, role) => {
      read(granting, role);
      readWrite(granting, role);
    });

    expect(statementsOf("reader", json).map(({ Sid }) => Sid)).toEqual([
      "ListQueryResults",
      "ReadQueryResults",
      "DecryptWithKeyData",
      "ReadWriteQueryResults",
      "UseKeyData",
    ]);
  });

  test("without a key, grants speak of no key", () => {
    const reading = synthGrant(read, WITHOUT_KEY);
    const writing = synthGrant(readWrite, WITHOUT_KEY);

    expect(statementsOf("reader", reading)).toEqual([expected(reading).list, expected(reading).read]);
    expect(statementsOf("reader", writing)).toEqual([expected(writing).list, expected(writing).readWrite]);
  });
});
