import { GlueDataCatalogEncryptionSettings } from "@cdktf/provider-aws/lib/glue-data-catalog-encryption-settings";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { ServiceRole } from "../iam/service-role";
import type { EncryptionKey } from "../kms/encryption-key";

export interface CatalogEncryptionProps {
  readonly encryptionKey: EncryptionKey;
  readonly account: Account;
  /** Name of the role with which Glue uses the key. */
  readonly roleName: string;
  /**
   * The policy that ends what this role may do.
   *
   * @default - none
   */
  readonly permissionsBoundaryArn?: string;
}

/**
 * Encrypts the metadata of the Data Catalog and the passwords of its connections. It exists once an account and region.
 *
 * Glue encrypts metadata with a role of its own, so that those who read the catalog need no permission on the key.
 * Passwords are decrypted with the permissions of whoever asks for one.
 *
 * Source: Glue Developer Guide, "Encrypting your Data Catalog".
 */
export class CatalogEncryption extends Construct {
  /** What has to be there before the first database: what exists already stays as it was made. */
  readonly ready: readonly TerraformResource[];

  constructor(scope: Construct, id: string, props: CatalogEncryptionProps) {
    super(scope, id);
    const { encryptionKey, account, roleName, permissionsBoundaryArn } = props;

    const role = new ServiceRole(this, "role", {
      roleName,
      description: "Encrypts and decrypts the Glue Data Catalog",
      trustedServices: ["glue.amazonaws.com"],
      account,
      permissionsBoundaryArn,
    });
    encryptionKey.grantUse(role);

    const settings = new GlueDataCatalogEncryptionSettings(this, "settings", {
      catalogId: account.accountId,
      dataCatalogEncryptionSettings: {
        encryptionAtRest: {
          catalogEncryptionMode: "SSE-KMS-WITH-SERVICE-ROLE",
          catalogEncryptionServiceRole: role.roleArn,
          sseAwsKmsKeyId: encryptionKey.keyArn,
        },
        connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: encryptionKey.keyArn },
      },
    });
    role.passTo(settings);
    this.ready = [settings];
  }
}
