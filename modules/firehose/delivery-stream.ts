import {
  KinesisFirehoseDeliveryStream,
  type KinesisFirehoseDeliveryStreamIcebergConfiguration as IcebergConfiguration,
} from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { after } from "../after";
import type { AlarmTarget, Measure } from "../cloudwatch/alarm-settings";
import type { LogGroup } from "../cloudwatch/log-group";
import { LogStream } from "../cloudwatch/log-stream";
import { MetricAlarm, type MetricAlarmProps } from "../cloudwatch/metric-alarm";
import type { Database } from "../glue/database";
import { ServiceRole } from "../iam/service-role";
import type { DataStream } from "../kinesis/data-stream";
import type { EncryptionKey } from "../kms/encryption-key";
import { ASK_FOR_DATA } from "../lakeformation/consumer";
import type { LambdaFunction } from "../lambda/function";
import { assertBetween } from "../limits";
import type { Bucket } from "../s3/bucket";

const CATALOG_ACTIONS = ["glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"];

/**
 * How much of a stream the transform is given at once, in MiB. Lambda answers with 6 MB at most, and rows take more than
 * records: of a whole MiB of records of 80 bytes, the last would not fit in.
 *
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
const TRANSFORM_MIB = "0.5";

/**
 * How long Firehose collects records for the transform unless it is told, in seconds. The provider keeps no parameter that
 * says what Firehose does anyway, and would set it again at every apply.
 *
 * Source: terraform-provider-aws, internal/service/firehose/delivery_stream.go, defaultProcessorParameters.
 */
const DEFAULT_TRANSFORM_SECONDS = 60;

const ALARM_PERIOD_SECONDS = 300;

/** A table that is delivered to. */
export interface DeliveredTable {
  readonly tableName: string;
  /** Columns by which rows are found again that are updated or deleted; none where rows are only added. */
  readonly uniqueKeys: readonly string[];
}

export interface IcebergDeliveryStreamProps {
  /** 1 to 64 letters, digits and . _ -; its alarms are called like it. */
  readonly deliveryStreamName: string;
  /** Up to 64 characters. */
  readonly roleName: string;
  readonly stream: DataStream;
  /** Makes rows of records, and says for each to which table it goes. */
  readonly transform: LambdaFunction;
  readonly database: Database;
  /** The tables that the transform may name, all of the database. Changing them makes another delivery stream. */
  readonly tables: readonly DeliveredTable[];
  /** Holds the files of the tables, in these folders. */
  readonly data: { readonly bucket: Bucket; readonly folders: readonly string[] };
  /** Where records go that no table takes: a folder, without slashes at its ends. */
  readonly failures: { readonly bucket: Bucket; readonly folder: string };
  /** Encrypts what goes there. */
  readonly encryptionKey: EncryptionKey;
  /** Gets a stream called like this one, in which is why records were not delivered. */
  readonly logGroup: LogGroup;
  /** What is collected of rows before they are committed: as much (1 to 128 MiB) or as long (0 to 900 seconds), whichever comes first. */
  readonly buffer: { readonly sizeMiB: number; readonly seconds: number };
  /**
   * How long a commit is tried again before its records count as failed, in seconds (0 to 7200).
   *
   * @default 3600
   */
  readonly retrySeconds?: number;
  /** Keeps Terraform from destroying or replacing it: another one would skip what came before it was there. */
  readonly destroyProtection: boolean;
  readonly account: Account;
  /** The policy that ends what the role may do. */
  readonly permissionsBoundaryArn: string;
  /** With how old a record may become until it is in its table, in minutes. */
  readonly alarms: AlarmTarget & { readonly maximumAgeMinutes: number };
  /** Gives the role what Lake Formation asks for; the stream comes after it. */
  readonly grant: (role: ServiceRole) => readonly TerraformResource[];
  /** What else has to be there before it: the tables, whose keys Firehose looks at when it is made. */
  readonly after: readonly TerraformResource[];
}

/**
 * Delivers the records of a stream to Iceberg tables, by way of a function that makes rows of them.
 *
 * It reads what comes from the moment on in which it is there, and delivers it at least once. It has no encryption of its own:
 * what waits for it waits in the stream.
 *
 * Sources: https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html;
 * https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-destination.html
 */
export class IcebergDeliveryStream extends Construct {
  readonly deliveryStreamArn: string;
  /** Reads the stream, calls the transform and writes to the tables. */
  readonly role: ServiceRole;
  readonly resource: TerraformResource;
  /** How many records it reads from the stream. */
  readonly reads: Measure;

  constructor(scope: Construct, id: string, props: IcebergDeliveryStreamProps) {
    super(scope, id);
    assertLimits(props);
    const { deliveryStreamName, stream, transform, data, failures, logGroup } = props;

    const log = new LogStream(this, "log", { logGroup, logStreamName: deliveryStreamName });
    this.role = this.makeRole(props, log);
    const granted = props.grant(this.role);
    const resource = new KinesisFirehoseDeliveryStream(this, "delivery-stream", {
      name: deliveryStreamName,
      destination: "iceberg",
      kinesisSourceConfiguration: { kinesisStreamArn: stream.streamArn, roleArn: this.role.roleArn },
      icebergConfiguration: icebergConfiguration(props, this.role, log),
      lifecycle: { preventDestroy: props.destroyProtection },
    });
    this.role.passTo(resource);
    after(
      resource,
      log.resource,
      ...stream.ready,
      transform.resource,
      ...data.bucket.ready,
      ...failures.bucket.ready,
      ...granted,
      ...props.after,
    );

    this.deliveryStreamArn = resource.arn;
    this.resource = resource;
    this.reads = {
      namespace: "AWS/Firehose",
      metricName: "DataReadFromKinesisStream.Records",
      dimensions: { DeliveryStreamName: resource.name },
      statistic: "Sum",
    };
    this.addAlarms(props, resource.name);
  }

  /** Source: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-iceberg */
  private makeRole(props: IcebergDeliveryStreamProps, log: LogStream): ServiceRole {
    const { database, tables, data, failures, account } = props;
    const role = new ServiceRole(this, "role", {
      roleName: props.roleName,
      description: `Delivers the records of the stream ${props.deliveryStreamName} to its tables`,
      trustedServices: ["firehose.amazonaws.com"],
      account,
      permissionsBoundaryArn: props.permissionsBoundaryArn,
    });
    role.allow(
      "CommitToTables",
      CATALOG_ACTIONS,
      [
        "catalog",
        `database/${database.databaseName}`,
        ...tables.map(({ tableName }) => `table/${database.databaseName}/${tableName}`),
      ].map((resource) => glueArn(account, resource)),
    );
    role.allowAll([ASK_FOR_DATA]);
    data.folders.forEach((folder) => {
      data.bucket.grantReadWriteFolder(role, folder);
    });
    failures.bucket.grantReadWriteFolder(role, failures.folder);
    props.encryptionKey.grantUse(role);
    props.stream.grantRead(role);
    props.transform.grantInvoke(role);
    log.grantWrite(role);
    return role;
  }

  private addAlarms({ deliveryStreamName, alarms }: IcebergDeliveryStreamProps, name: string): void {
    const { maximumAgeMinutes, ...target } = alarms;
    const alarm = (
      id: string,
      alarmProps: Pick<MetricAlarmProps, "comparison" | "description" | "metricName" | "statistic" | "threshold">,
    ) =>
      new MetricAlarm(this, id, {
        alarmName: `${deliveryStreamName}-${id}`,
        namespace: "AWS/Firehose",
        dimensions: { DeliveryStreamName: name },
        periodSeconds: ALARM_PERIOD_SECONDS,
        evaluationPeriods: 1,
        // nothing waits, nothing is delivered and nothing is transformed while nothing comes; where it comes and is not
        // read, the stream's own alarm rings
        missingData: "notBreaching",
        ...alarmProps,
        ...target,
      });
    alarm("delivery-freshness", {
      description: `Records of the stream ${deliveryStreamName} wait longer than ${maximumAgeMinutes} minutes before they are in their table.`,
      metricName: "DeliveryToIceberg.DataFreshness",
      statistic: "Maximum",
      comparison: "above",
      threshold: maximumAgeMinutes * 60,
    });
    alarm("delivery-failures", {
      description: `Rows of the stream ${deliveryStreamName} are not taken by their table, and lie where failures go.`,
      metricName: "DeliveryToIceberg.FailedRowCount",
      statistic: "Sum",
      comparison: "atLeast",
      threshold: 1,
    });
    alarm("delivery-transform", {
      description: `Firehose calls the function that transforms the stream ${deliveryStreamName} in vain: after some attempts its records go where failures go.`,
      metricName: "ExecuteProcessing.Success",
      statistic: "Average",
      comparison: "below",
      threshold: 1,
    });
  }
}

function icebergConfiguration(
  props: IcebergDeliveryStreamProps,
  { roleArn }: ServiceRole,
  log: LogStream,
): IcebergConfiguration {
  const { transform, database, tables, failures, encryptionKey, buffer, retrySeconds = 3600, account } = props;
  const cloudwatchLoggingOptions = {
    enabled: true,
    logGroupName: log.logGroupName,
    logStreamName: log.logStreamName,
  };
  return {
    roleArn,
    catalogArn: glueArn(account, "catalog"),
    bufferingSize: buffer.sizeMiB,
    bufferingInterval: buffer.seconds,
    retryDuration: retrySeconds,
    // nothing else is known for Iceberg
    s3BackupMode: "FailedDataOnly",
    cloudwatchLoggingOptions,
    destinationTableConfiguration: tables.map(({ tableName, uniqueKeys }) => ({
      databaseName: database.databaseName,
      tableName,
      ...(uniqueKeys.length > 0 && { uniqueKeys: [...uniqueKeys] }),
    })),
    processingConfiguration: {
      enabled: true,
      processors: [
        {
          type: "Lambda",
          parameters: [
            { parameterName: "LambdaArn", parameterValue: `${transform.functionArn}:$LATEST` },
            { parameterName: "BufferSizeInMBs", parameterValue: TRANSFORM_MIB },
            ...(transformSeconds(buffer) < DEFAULT_TRANSFORM_SECONDS
              ? [{ parameterName: "BufferIntervalInSeconds", parameterValue: String(transformSeconds(buffer)) }]
              : []),
          ],
        },
      ],
    },
    s3Configuration: {
      roleArn,
      bucketArn: failures.bucket.bucketArn,
      errorOutputPrefix: `${failures.folder}/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
      compressionFormat: "GZIP",
      kmsKeyArn: encryptionKey.keyArn,
      cloudwatchLoggingOptions,
    },
  };
}

function glueArn({ partition, region, accountId }: Account, resource: string): string {
  return `arn:${partition}:glue:${region}:${accountId}:${resource}`;
}

/**
 * How long records are collected for the transform, in seconds: its rows are collected after that.
 *
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
function transformSeconds({ seconds }: IcebergDeliveryStreamProps["buffer"]): number {
  return Math.min(DEFAULT_TRANSFORM_SECONDS, Math.floor(seconds / 2));
}

/**
 * Refuses what Firehose would refuse at apply, failures among data, and an alarm that would always ring.
 *
 * Sources: https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html, API_BufferingHints.html,
 * API_RetryOptions.html
 */
function assertLimits(props: IcebergDeliveryStreamProps): void {
  const { deliveryStreamName, tables, data, failures, buffer, retrySeconds = 3600, alarms } = props;
  if (!/^[\w.-]{1,64}$/.test(deliveryStreamName)) {
    throw new Error(`deliveryStreamName must be 1 to 64 letters, digits and . _ -, got "${deliveryStreamName}"`);
  }
  if (tables.length === 0) {
    throw new Error("tables must name at least one");
  }
  assertBetween("buffer.sizeMiB", buffer.sizeMiB, 1, 128);
  assertBetween("buffer.seconds", buffer.seconds, 0, 900);
  assertBetween("retrySeconds", retrySeconds, 0, 7200);
  const collected = transformSeconds(buffer) + buffer.seconds;
  if (alarms.maximumAgeMinutes * 60 <= collected) {
    throw new Error(
      `alarms.maximumAgeMinutes must be longer than the ${collected} seconds for which records and rows are collected, got ${alarms.maximumAgeMinutes}`,
    );
  }
  // upkeep deletes files in a table's folder that do not belong to the table
  const above = data.folders.find((folder) => `${failures.folder}/`.startsWith(`${folder}/`));
  if (data.bucket === failures.bucket && above !== undefined) {
    throw new Error(`failures.folder must not lie in the folder of a table, got "${failures.folder}" in "${above}"`);
  }
}
