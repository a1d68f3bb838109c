import { LambdaFunction as FunctionResource } from "@cdktf/provider-aws/lib/lambda-function";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { after } from "../after";
import type { AlarmTarget } from "../cloudwatch/alarm-settings";
import { LogGroup } from "../cloudwatch/log-group";
import { MetricAlarm, type MetricAlarmProps } from "../cloudwatch/metric-alarm";
import { ServiceRole } from "../iam/service-role";
import type { EncryptionKey } from "../kms/encryption-key";
import { assertBetween } from "../limits";
import type { Endpoints } from "../network/endpoints";
import type { Network } from "../network/network";
import type { WorkloadSecurityGroup } from "../network/workload-security-group";
import { pascalCase } from "../pascal-case";
import type { Bundle } from "../s3/bundle";
import type { Queue } from "../sqs/queue";

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
const NETWORK_ACTIONS = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

// https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
const TRACE_ACTIONS = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
const RESERVED_VARIABLE =
  /^(_|AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|LAMBDA_|ACCESS_KEY|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR)$)/;
const VARIABLE = /^[A-Za-z]\w+$/;

/**
 * Runtimes that functions of the platform are written for, of those that Lambda supports.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const RUNTIMES = ["nodejs22.x", "python3.12", "python3.13"];

/** A share of the time a function has, from which on its runs come close to being cut off. */
const CLOSE_TO_TIMEOUT = 0.8;

const ALARM_PERIOD_SECONDS = 300;

/** Where functions run: without a way into them, and with the ways out that the security group lists. */
export interface FunctionNetwork {
  readonly network: Network;
  readonly endpoints: Endpoints;
  readonly securityGroup: WorkloadSecurityGroup;
}

export interface LambdaFunctionProps {
  /** 1 to 64 letters, digits, hyphens and underscores; its role and its alarms are called like it. */
  readonly functionName: string;
  /** Up to 256 characters. */
  readonly description: string;
  readonly code: Bundle;
  /** For example "python3.13". */
  readonly runtime: string;
  /** What is called, as the runtime writes it: for example "package.module.function". */
  readonly handler: string;
  /** How long a call may take, in seconds (1 to 900). */
  readonly timeoutSeconds: number;
  /** Memory in MB (128 to 10240), with which the share of processors grows. */
  readonly memoryMb: number;
  /**
   * Variables of the process. Secrets do not belong here: they are read from Secrets Manager.
   *
   * @default - none
   */
  readonly variables?: Readonly<Record<string, string>>;
  /** Encrypts the variables. */
  readonly encryptionKey: EncryptionKey;
  /** Encrypts the log. */
  readonly logKey: EncryptionKey;
  /** How long log entries stay, in days. */
  readonly logRetentionDays: number;
  readonly network: FunctionNetwork;
  /**
   * How many calls may run at once, which are kept free for it, and taken from all others of the account (1 to 1000).
   *
   * @default - as many as the account has left
   */
  readonly reservedConcurrency?: number;
  /**
   * Where an event goes that the function has failed on for good after nobody waited for its answer.
   *
   * @default - whoever calls it waits for the answer
   */
  readonly deadLetters?: Queue;
  /**
   * What else has to be there before the function is made.
   *
   * @default - nothing
   */
  readonly after?: readonly TerraformResource[];
  readonly account: Account;
  /** The policy that ends what the role may do. */
  readonly permissionsBoundaryArn: string;
  readonly alarms: AlarmTarget;
}

/** A Lambda function on arm64 in the isolated subnets, traced, with a log of its own and alarms. */
export class LambdaFunction extends Construct {
  readonly functionArn: string;
  /** Its name, as a reference to the function. */
  readonly functionName: string;
  /** Its name as text. */
  readonly name: string;
  /** What the function may do. Grants have to be given before anything calls it. */
  readonly role: ServiceRole;
  readonly resource: TerraformResource;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    assertLimits(props);
    const { functionName, description, code, network, account, variables = {} } = props;

    this.role = new ServiceRole(this, "role", {
      roleName: functionName,
      description: `Runs the function ${functionName}`,
      trustedServices: ["lambda.amazonaws.com"],
      account,
      permissionsBoundaryArn: props.permissionsBoundaryArn,
    });
    const log = new LogGroup(this, "log", {
      logGroupName: `/aws/lambda/${functionName}`,
      encryptionKey: props.logKey,
      retentionDays: props.logRetentionDays,
    });
    log.grantWrite(this.role);
    this.role.allow("UseNetwork", NETWORK_ACTIONS, ["*"]);
    // Lambda connects the function; its code has no business with network interfaces
    const { partition, region, accountId } = account;
    this.role.deny("KeepCodeFromNetwork", NETWORK_ACTIONS, ["*"], {
      ArnEquals: {
        "lambda:SourceFunctionArn": `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`,
      },
    });
    this.role.allow("Trace", TRACE_ACTIONS, ["*"]);
    props.deadLetters?.grantSend(this.role);

    const hasVariables = Object.keys(variables).length > 0;
    const resource = new FunctionResource(this, "function", {
      functionName,
      description,
      role: this.role.roleArn,
      runtime: props.runtime,
      handler: props.handler,
      architectures: ["arm64"],
      s3Bucket: code.bucketName,
      s3Key: code.key,
      s3ObjectVersion: code.versionId,
      sourceCodeHash: code.sha256Base64,
      timeout: props.timeoutSeconds,
      memorySize: props.memoryMb,
      ...(hasVariables && { environment: { variables: { ...variables } }, kmsKeyArn: props.encryptionKey.keyArn }),
      reservedConcurrentExecutions: props.reservedConcurrency,
      ...(props.deadLetters !== undefined && { deadLetterConfig: { targetArn: props.deadLetters.queueArn } }),
      vpcConfig: {
        subnetIds: [...network.network.dataSubnetIds],
        securityGroupIds: [network.securityGroup.securityGroupId],
      },
      tracingConfig: { mode: "Active" },
      loggingConfig: {
        logFormat: "JSON",
        logGroup: log.logGroupName,
        applicationLogLevel: "INFO",
        systemLogLevel: "INFO",
      },
      lifecycle: { replaceTriggeredBy: [this.role.identity] },
    });
    this.role.passTo(resource);
    after(resource, ...network.network.ready, ...network.endpoints.ready, ...network.securityGroup.ready);
    after(resource, ...(props.deadLetters?.ready ?? []), ...(props.after ?? []));

    this.functionArn = resource.arn;
    this.functionName = resource.functionName;
    this.name = functionName;
    this.resource = resource;
    this.addAlarms(props);
  }

  /** Lets `role` call the function as it is now, and look at its settings. */
  grantInvoke(role: ServiceRole): void {
    role.allow(
      `Invoke${pascalCase(this.name)}`,
      ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
      [this.functionArn, `${this.functionArn}:$LATEST`],
    );
  }

  private addAlarms({ functionName, timeoutSeconds, alarms }: LambdaFunctionProps): void {
    const alarm = (
      id: string,
      alarmProps: Pick<MetricAlarmProps, "description" | "metricName" | "statistic" | "threshold">,
    ) =>
      new MetricAlarm(this, id, {
        alarmName: `${functionName}-${id}`,
        namespace: "AWS/Lambda",
        dimensions: { FunctionName: this.functionName },
        periodSeconds: ALARM_PERIOD_SECONDS,
        evaluationPeriods: 1,
        comparison: "atLeast",
        // nobody calls it all the time
        missingData: "notBreaching",
        ...alarmProps,
        ...alarms,
      });
    alarm("errors", {
      description: `Calls of the function ${functionName} fail.`,
      metricName: "Errors",
      statistic: "Sum",
      threshold: 1,
    });
    alarm("throttles", {
      description: `Calls of the function ${functionName} are refused, because too many run at once.`,
      metricName: "Throttles",
      statistic: "Sum",
      threshold: 1,
    });
    alarm("duration", {
      description: `Calls of the function ${functionName} take nearly the ${timeoutSeconds} seconds after which they are cut off.`,
      metricName: "Duration",
      statistic: "Maximum",
      threshold: timeoutSeconds * 1000 * CLOSE_TO_TIMEOUT,
    });
  }
}

/**
 * Refuses what Lambda would refuse at apply.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
function assertLimits(props: LambdaFunctionProps): void {
  const { functionName, runtime, timeoutSeconds, memoryMb, reservedConcurrency, variables = {} } = props;
  if (!/^[\w-]{1,64}$/.test(functionName)) {
    throw new Error(`functionName must be 1 to 64 letters, digits, hyphens and underscores, got "${functionName}"`);
  }
  if (!RUNTIMES.includes(runtime)) {
    throw new Error(`runtime must be one of ${RUNTIMES.join(", ")}, got ${runtime}`);
  }
  assertBetween("timeoutSeconds", timeoutSeconds, 1, 900);
  assertBetween("memoryMb", memoryMb, 128, 10_240);
  if (reservedConcurrency !== undefined) {
    assertBetween("reservedConcurrency", reservedConcurrency, 1, 1000);
  }
  Object.keys(variables).forEach((name) => {
    if (!VARIABLE.test(name)) {
      throw new Error(
        `variables must have names of 2 or more letters, digits and _, beginning with a letter, got "${name}"`,
      );
    }
    if (RESERVED_VARIABLE.test(name)) {
      throw new Error(`variables must not be named as those that Lambda sets itself, got "${name}"`);
    }
  });
}
