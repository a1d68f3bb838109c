import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import type { ServiceRole } from "../iam/service-role";
import type { EncryptionKey } from "../kms/encryption-key";
import { pascalCase } from "../pascal-case";

export interface LogGroupProps {
  /** 1 to 512 letters, digits and . _ / # -, as whoever writes to it knows it. */
  readonly logGroupName: string;
  /** Its policy has to let CloudWatch Logs use it. */
  readonly encryptionKey: EncryptionKey;
  /** How long entries stay, in days: one of the periods that CloudWatch Logs knows. */
  readonly retentionDays: number;
}

/** An encrypted log group whose entries expire. It is made before its writer, who would make one for ever. */
export class LogGroup extends Construct {
  readonly logGroupName: string;
  readonly resource: CloudwatchLogGroup;
  private readonly name: string;

  constructor(scope: Construct, id: string, props: LogGroupProps) {
    super(scope, id);
    const { logGroupName, encryptionKey, retentionDays } = props;

    this.resource = new CloudwatchLogGroup(this, "log-group", {
      name: logGroupName,
      kmsKeyId: encryptionKey.keyArn,
      retentionInDays: retentionDays,
    });

    this.logGroupName = this.resource.name;
    this.name = logGroupName;
  }

  /** Lets `role` write to streams of its own. */
  grantWrite(role: ServiceRole): void {
    role.allow(
      `WriteLog${pascalCase(this.name)}`,
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      [`${this.resource.arn}:*`],
    );
  }
}
