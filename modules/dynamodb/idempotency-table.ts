import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { ServiceRole } from "../iam/service-role";
import type { EncryptionKey } from "../kms/encryption-key";
import { pascalCase } from "../pascal-case";

// https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/#iam-permissions
const USE_ACTIONS = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];

export interface IdempotencyTableProps {
  /** 3 to 255 letters, digits and . _ -. */
  readonly tableName: string;
  readonly encryptionKey: EncryptionKey;
  /** Keeps Terraform, and everybody else, from deleting the table: what was done would be done again. */
  readonly destroyProtection: boolean;
}

/**
 * Remembers what functions have done, so that they do not do it twice. Items go by themselves when they expire. The attributes
 * are called as Powertools does.
 *
 * Source: https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/#required-resources
 */
export class IdempotencyTable extends Construct {
  readonly tableArn: string;
  /** Its name, as a reference to the table. */
  readonly tableName: string;
  /** What has to be there before it is used. */
  readonly ready: readonly TerraformResource[];
  private readonly name: string;
  private readonly encryptionKey: EncryptionKey;

  constructor(scope: Construct, id: string, props: IdempotencyTableProps) {
    super(scope, id);
    const { tableName, encryptionKey, destroyProtection } = props;
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
    if (!/^[\w.-]{3,255}$/.test(tableName)) {
      throw new Error(`tableName must be 3 to 255 letters, digits and . _ -, got "${tableName}"`);
    }

    const table = new DynamodbTable(this, "table", {
      name: tableName,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      attribute: [{ name: "id", type: "S" }],
      ttl: { enabled: true, attributeName: "expiration" },
      serverSideEncryption: { enabled: true, kmsKeyArn: encryptionKey.keyArn },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: destroyProtection,
      lifecycle: { preventDestroy: destroyProtection },
    });

    this.tableArn = table.arn;
    this.tableName = table.name;
    this.ready = [table];
    this.name = tableName;
    this.encryptionKey = encryptionKey;
  }

  /**
   * Lets `role` remember and look up what has the key prefix, and nothing of others. Powertools joins it to the rest of a key by
   * a number sign. Includes use of the key.
   */
  grantUse(role: ServiceRole, keyPrefix: string): void {
    if (!/^[\w.-]+$/.test(keyPrefix)) {
      throw new Error(`keyPrefix must be letters, digits and . _ -, got "${keyPrefix}"`);
    }
    role.allow(`Remember${pascalCase(this.name)}`, USE_ACTIONS, [this.tableArn], {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": `${keyPrefix}#*` },
    });
    this.encryptionKey.grantUse(role);
  }
}
