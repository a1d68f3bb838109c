import { CloudwatchLogStream } from "@cdktf/provider-aws/lib/cloudwatch-log-stream";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { ServiceRole } from "../iam/service-role";
import { pascalCase } from "../pascal-case";
import type { LogGroup } from "./log-group";

export interface LogStreamProps {
  readonly logGroup: LogGroup;
  /** 1 to 512 characters without : and *. */
  readonly logStreamName: string;
}

/** A stream of a log group, for services that write to one that is there and make none. */
export class LogStream extends Construct {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly resource: TerraformResource;
  private readonly logStreamArn: string;
  private readonly name: string;

  constructor(scope: Construct, id: string, props: LogStreamProps) {
    super(scope, id);
    const { logGroup, logStreamName } = props;
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
    if (!/^[^:*]{1,512}$/.test(logStreamName)) {
      throw new Error(`logStreamName must be 1 to 512 characters without : and *, got "${logStreamName}"`);
    }

    const stream = new CloudwatchLogStream(this, "log-stream", {
      logGroupName: logGroup.logGroupName,
      name: logStreamName,
    });

    this.logGroupName = logGroup.logGroupName;
    this.logStreamName = stream.name;
    this.resource = stream;
    this.logStreamArn = stream.arn;
    this.name = logStreamName;
  }

  /** Lets `role` write to the stream. */
  grantWrite(role: ServiceRole): void {
    role.allow(`WriteLogStream${pascalCase(this.name)}`, ["logs:PutLogEvents"], [this.logStreamArn]);
  }
}
