import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import type { Account } from "../account";
import { policyJson, type Statement } from "../iam/policy";
import type { ServiceRole } from "../iam/service-role";
import { pascalCase } from "../pascal-case";

const DECRYPT_ACTIONS = ["kms:Decrypt", "kms:DescribeKey"];
const USE_ACTIONS = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];

export interface EncryptionKeyProps {
  /** What the key encrypts, in one word: it names the grants. */
  readonly purpose: string;
  /** "alias/" and the key's name. */
  readonly alias: string;
  readonly description: string;
  readonly account: Account;
  /** Statements for the AWS services that use the key by themselves. Roles get their use by grants. */
  readonly serviceStatements?: readonly Statement[];
  /** How often new key material is made, in days (90 to 2560). */
  readonly rotationPeriodDays: number;
  /** How long a deletion of the key can be taken back, in days (7 to 30). */
  readonly deletionWindowDays: number;
  readonly destroyProtection: boolean;
}

/** A customer managed key that rotates by itself. Its account administers it; IAM policies decide which roles use it. */
export class EncryptionKey extends Construct {
  readonly keyArn: string;
  private readonly purpose: string;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    const { purpose, alias, description, account, serviceStatements = [], rotationPeriodDays } = props;

    const key = new KmsKey(this, "key", {
      description,
      enableKeyRotation: true,
      rotationPeriodInDays: rotationPeriodDays,
      deletionWindowInDays: props.deletionWindowDays,
      policy: policyJson([administration(account), ...serviceStatements]),
      lifecycle: { preventDestroy: props.destroyProtection },
    });
    new KmsAlias(this, "alias", { name: alias, targetKeyId: key.keyId });

    this.keyArn = key.arn;
    this.purpose = purpose;
  }

  /** Lets `role` read what the key encrypts. */
  grantDecrypt(role: ServiceRole): void {
    role.allow(`DecryptWithKey${pascalCase(this.purpose)}`, DECRYPT_ACTIONS, [this.keyArn]);
  }

  /** Lets `role` read and write what the key encrypts. */
  grantUse(role: ServiceRole): void {
    role.allow(`UseKey${pascalCase(this.purpose)}`, USE_ACTIONS, [this.keyArn]);
  }
}

/** Keeps the key manageable and lets IAM policies of the account grant its use; without it nobody could change the key. */
function administration({ partition, accountId }: Account): Statement {
  return {
    Sid: "AdministerByAccount",
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}
