import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { Account } from "../../modules/account";
import { EncryptionKey, type EncryptionKeyProps } from "../../modules/kms/encryption-key";
import {
  inventoryDelivery,
  logGroupEncryption,
  messagePublishing,
  streamProducers,
} from "../../modules/kms/service-statements";
import { account, only, reference, serviceRole, statements, statementsOf, synth } from "../support/synth";

const MINIMAL: EncryptionKeyProps = {
  purpose: "query-results",
  alias: "alias/basin-test-results",
  description: "Results under test",
  account,
  rotationPeriodDays: 180,
  deletionWindowDays: 14,
  destroyProtection: true,
};

const ADMINISTER_BY_ACCOUNT = {
  Sid: "AdministerByAccount",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:root" },
  Action: "kms:*",
  Resource: "*",
};

const govCloud: Account = { accountId: "444455556666", region: "us-gov-west-1", partition: "aws-us-gov" };

const synthKey = (props: Partial<EncryptionKeyProps> = {}) =>
  synth((stack) => {
    new EncryptionKey(stack, "key", { ...MINIMAL, ...props });
  });

const keyStatements = (json: string) => statements(only(json, "aws_kms_key").policy);

describe("an encryption key", () => {
  test("rotates by itself, can be taken back after deletion, and is protected from being destroyed", () => {
    expect(synthKey()).toHaveResourceWithProperties(KmsKey, {
      description: "Results under test",
      enable_key_rotation: true,
      rotation_period_in_days: 180,
      deletion_window_in_days: 14,
      lifecycle: { prevent_destroy: true },
    });
  });

  test("is known by its alias", () => {
    const json = synthKey();

    expect(json).toHaveResourceWithProperties(KmsAlias, {
      name: "alias/basin-test-results",
      target_key_id: reference(json, "aws_kms_key", "key", "key_id"),
    });
  });

  test("can be destroyed where it is not protected", () => {
    expect(only(synthKey({ destroyProtection: false }), "aws_kms_key").lifecycle).toEqual({ prevent_destroy: false });
  });

  test("is administered by its account and used by no service", () => {
    expect(keyStatements(synthKey())).toEqual([ADMINISTER_BY_ACCOUNT]);
  });

  test("is administered by its account in other partitions too", () => {
    expect(keyStatements(synthKey({ account: govCloud }))).toEqual([
      { ...ADMINISTER_BY_ACCOUNT, Principal: { AWS: "arn:aws-us-gov:iam::444455556666:root" } },
    ]);
  });

  test("lets services use it by statements that stand behind the account's", () => {
    const serviceStatements = [logGroupEncryption(account), inventoryDelivery(account)];

    expect(keyStatements(synthKey({ serviceStatements }))).toEqual([ADMINISTER_BY_ACCOUNT, ...serviceStatements]);
  });
});

describe("grants of an encryption key", () => {
  const synthGrants = (grant: (key: EncryptionKey, role: ReturnType<typeof serviceRole>) => void) =>
    synth((stack) => {
      grant(new EncryptionKey(stack, "key", MINIMAL), serviceRole(stack));
    });

  test("grantDecrypt allows reading and nothing else", () => {
    const json = synthGrants((key, role) => {
      key.grantDecrypt(role);
    });

    expect(statementsOf("reader", json)).toEqual([
      {
        Sid: "DecryptWithKeyQueryResults",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey"],
        Resource: [reference(json, "aws_kms_key", "key", "arn")],
      },
    ]);
  });

  test("grantUse allows reading and writing and nothing else", () => {
    const json = synthGrants((key, role) => {
      key.grantUse(role);
    });

    expect(statementsOf("reader", json)).toEqual([
      {
        Sid: "UseKeyQueryResults",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        Resource: [reference(json, "aws_kms_key", "key", "arn")],
      },
    ]);
  });

  test("both grants, each of them twice, are two statements", () => {
    const json = synthGrants((key, role) => {
      key.grantDecrypt(role);
      key.grantUse(role);
      key.grantDecrypt(role);
      key.grantUse(role);
    });

    expect(statementsOf("reader", json).map(({ Sid }) => Sid)).toEqual([
      "DecryptWithKeyQueryResults",
      "UseKeyQueryResults",
    ]);
  });

  test("grants leave the key's policy alone", () => {
    const json = synthGrants((key, role) => {
      key.grantUse(role);
    });

    expect(keyStatements(json)).toEqual([ADMINISTER_BY_ACCOUNT]);
  });

  test("the use of two keys with one purpose is refused, not silently that of one", () => {
    const build = () =>
      synth((stack) => {
        const role = serviceRole(stack);
        new EncryptionKey(stack, "key", MINIMAL).grantUse(role);
        new EncryptionKey(stack, "other", MINIMAL).grantUse(role);
      });

    expect(build).toThrow('role reader has another statement "UseKeyQueryResults" already: {"Sid":');
  });
});

describe("statements for services", () => {
  test("CloudWatch Logs encrypts the log groups of this account and region", () => {
    expect(logGroupEncryption(govCloud)).toEqual({
      Sid: "EncryptLogGroups",
      Effect: "Allow",
      Principal: { Service: "logs.us-gov-west-1.amazonaws.com" },
      Action: ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: "*",
      Condition: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": "arn:aws-us-gov:logs:us-gov-west-1:444455556666:log-group:*",
        },
      },
    });
  });

  test("services send messages for this account, EventBridge without a condition that would never hold", () => {
    expect(messagePublishing(account, ["cloudwatch.amazonaws.com", "s3.amazonaws.com"])).toEqual([
      {
        Sid: "PublishMessages",
        Effect: "Allow",
        Principal: { Service: ["cloudwatch.amazonaws.com", "s3.amazonaws.com"] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
      {
        Sid: "PublishEvents",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
      },
    ]);
  });

  test("S3 encrypts inventory reports for buckets of this account", () => {
    expect(inventoryDelivery(govCloud)).toEqual({
      Sid: "EncryptInventoryReports",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "kms:GenerateDataKey*",
      Resource: "*",
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws-us-gov:s3:::*" },
        StringEquals: { "aws:SourceAccount": "444455556666" },
      },
    });
  });

  test("producers put to streams whose names begin with a prefix, by way of Kinesis and not otherwise", () => {
    const roles = ["arn:aws-us-gov:iam::777788889999:role/shop"];

    expect(streamProducers(govCloud, "basin-test-web-", roles)).toEqual({
      Sid: "PutToStreams",
      Effect: "Allow",
      Principal: { AWS: roles },
      Action: "kms:GenerateDataKey",
      Resource: "*",
      Condition: {
        StringEquals: { "kms:ViaService": "kinesis.us-gov-west-1.amazonaws.com" },
        ArnLike: {
          "kms:EncryptionContext:aws:kinesis:arn":
            "arn:aws-us-gov:kinesis:us-gov-west-1:444455556666:stream/basin-test-web-*",
        },
      },
    });
  });
});
