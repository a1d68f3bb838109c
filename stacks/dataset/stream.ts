import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { snapshotKey } from "../../domains/contract";
import { quarantineTable, type StreamDataset } from "../../domains/schema";
import { QUARANTINE_KEY } from "../../domains/quarantine";
import type { StreamConsumer } from "../../domains/stream-source";
import type { AlarmTarget } from "../../modules/cloudwatch/alarm-settings";
import { ExpressionAlarm } from "../../modules/cloudwatch/expression-alarm";
import { MetricAlarm } from "../../modules/cloudwatch/metric-alarm";
import { IcebergDeliveryStream } from "../../modules/firehose/delivery-stream";
import type { ServiceRole } from "../../modules/iam/service-role";
import { DataStream, type StreamCapacity } from "../../modules/kinesis/data-stream";
import { StreamConsumer as KinesisConsumer } from "../../modules/kinesis/stream-consumer";
import type { LfTag } from "../../modules/lakeformation/lf-tag";
import { TagGrant } from "../../modules/lakeformation/tag-grant";
import { EventSourceMapping } from "../../modules/lambda/event-source-mapping";
import { LambdaFunction } from "../../modules/lambda/function";
import type { Artifact } from "../../modules/s3/artifact";
import { METRIC_NAMESPACE, TRANSFORM_METRICS } from "../../pipelines/functions/metric-names";
import { accountOf } from "../account-of";
import { bootstrapNames } from "../bootstrap/names";
import { functionDefaults } from "../function-defaults";
import { datasetName, namingContext } from "../naming";
import { producersOf } from "../producers";
import type { DatasetProps } from "./dataset";
import type { DomainStreams } from "./domain-streams";

/** Functions on streams are bundled into one file. */
const CODE = { runtime: "nodejs22.x", handler: "index.handler" } as const;

/** A batch of the transform is a megabyte, and takes some tens of milliseconds. */
const TRANSFORM_TIMEOUT_SECONDS = 60;
const TRANSFORM_MEMORY_MB = 512;

/** AWS: https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html */
const MAX_BUFFER_SECONDS = 900;

/** How many records a consumer is given at once. */
const CONSUMER_BATCH = 100;

const ALARM_PERIOD_SECONDS = 300;

export interface StreamProps extends DatasetProps {
  readonly declaration: StreamDataset;
  readonly domainTag: LfTag;
  readonly streams: DomainStreams;
  /** The tables of the raw zone are there, and have their tags. */
  readonly tablesReady: readonly TerraformResource[];
  readonly contract: Artifact;
}

/**
 * From what producers put to the table in the raw zone: the stream, the function that validates records and makes rows of them,
 * the delivery that writes these, and those who act on records as they come.
 */
export class Stream extends Construct {
  private readonly props: StreamProps;

  constructor(scope: Construct, id: string, props: StreamProps) {
    super(scope, id);
    this.props = props;
    const stream = this.addStream();
    const transform = this.addTransform();
    const delivery = this.addDelivery(stream, transform);
    const { producers, consumers = [] } = props.declaration.source;
    stream.openTo(
      producersOf(props.environment).filter(({ name }) => producers.includes(name)),
      [delivery.resource],
    );
    const mappings = consumers.map((consumer) => this.addConsumer(stream, consumer));
    // whoever has a throughput of its own has an alarm of its own
    const sharing = mappings.filter((_, index) => consumers[index]?.dedicatedThroughput === false);
    stream.alarmOnAge(delivery.reads, ...sharing.map(({ reads }) => reads));
  }

  private name(purpose?: string): string {
    const { platform, environment, domain, declaration } = this.props;
    return datasetName(namingContext(platform, environment), domain.name, declaration.name, purpose);
  }

  private addStream(): DataStream {
    const { environment, foundation, declaration } = this.props;
    const { retentionHours } = environment.streaming.kinesis;
    return new DataStream(this, "stream", {
      streamName: this.name(),
      capacity: capacityOf(this.props),
      retentionHours,
      encryptionKey: foundation.keys.data,
      destroyProtection: environment.destroyProtection,
      alarms: {
        ...this.alarmTarget("data-stream"),
        // whatever is promised, somebody has to look while what nobody has read is still there
        maximumAgeMinutes: Math.min(declaration.freshnessMinutes, (retentionHours * 60) / 2),
      },
    });
  }

  private addTransform(): LambdaFunction {
    const { lake, processing, databases, domain, declaration, contract } = this.props;
    const enrichments = declaration.source.enrich ?? [];
    const transform = new LambdaFunction(this, "transform", {
      ...functionDefaults(this.props),
      ...CODE,
      functionName: this.name("transform"),
      description: `Makes rows of the records of ${domain.name}.${declaration.name}`,
      code: processing.streamTransform,
      timeoutSeconds: TRANSFORM_TIMEOUT_SECONDS,
      memoryMb: TRANSFORM_MEMORY_MB,
      variables: {
        ...this.contractVariables(),
        SNAPSHOT_BUCKET: lake.artifacts.bucketName,
        DATABASE: databases.raw.databaseName,
        TABLE: declaration.name,
        QUARANTINE_TABLE: quarantineTable(declaration.name),
        POWERTOOLS_SERVICE_NAME: this.name("transform"),
      },
      alarms: this.alarmTarget("stream-functions"),
      after: [contract.resource],
    });
    lake.artifacts.grantReadFiles(transform.role, [
      this.contractKey(),
      ...enrichments.map(({ dataset }) => snapshotKey(dataset)),
    ]);

    this.addRecordAlarms();
    return transform;
  }

  /** What the transform counts of records rings by what is declared. */
  private addRecordAlarms(): void {
    const { domain, declaration } = this.props;
    const { alertAboveFailedShare, enrich } = declaration.source;
    const count = (metricName: string) =>
      ({
        namespace: METRIC_NAMESPACE,
        metricName,
        dimensions: { Domain: domain.name, Dataset: declaration.name },
        statistic: "Sum",
      }) as const;
    const settings = {
      periodSeconds: ALARM_PERIOD_SECONDS,
      evaluationPeriods: 1,
      comparison: "atLeast",
      // no records, no share of them
      missingData: "notBreaching",
      ...this.alarmTarget("refused-records"),
    } as const;
    new ExpressionAlarm(this, "failed-share", {
      ...settings,
      alarmName: this.name("failed-share"),
      description: `Of the records of ${domain.name}.${declaration.name}, ${alertAboveFailedShare * 100} % or more are refused.`,
      // of all records: shares of batches, which differ in size, have no mean
      expression: "100 * (quarantined + failed) / read",
      measures: {
        quarantined: count(TRANSFORM_METRICS.quarantined),
        failed: count(TRANSFORM_METRICS.failed),
        read: count(TRANSFORM_METRICS.read),
      },
      threshold: alertAboveFailedShare * 100,
    });
    if (enrich !== undefined) {
      new MetricAlarm(this, "snapshot", {
        ...settings,
        ...count(TRANSFORM_METRICS.snapshotUnavailable),
        alarmName: this.name("snapshot"),
        description: `What ${domain.name}.${declaration.name} is enriched with cannot be read: rows have what was read last, or nothing.`,
        threshold: 1,
      });
    }
  }

  private addDelivery(stream: DataStream, transform: LambdaFunction): IcebergDeliveryStream {
    const { environment, foundation, lake, databases, domain, declaration, tablesReady, streams } = this.props;
    const { freshnessMinutes, primaryKey, name } = declaration;
    return new IcebergDeliveryStream(this, "delivery", {
      deliveryStreamName: this.name(),
      roleName: this.name("delivery"),
      account: accountOf(environment),
      permissionsBoundaryArn: bootstrapNames(this.props.platform, environment).boundaryArn,
      stream,
      transform,
      database: databases.raw,
      tables: [
        { tableName: name, uniqueKeys: primaryKey },
        { tableName: quarantineTable(name), uniqueKeys: [QUARANTINE_KEY] },
      ],
      data: {
        bucket: lake.zones.raw,
        folders: [`${domain.name}/${name}`, `${domain.name}/${quarantineTable(name)}`],
      },
      failures: { bucket: lake.zones.raw, folder: `stream-failures/${domain.name}/${name}` },
      encryptionKey: foundation.keys.data,
      logGroup: streams.deliveryLog,
      destroyProtection: environment.destroyProtection,
      // half of what readers are promised is for what comes after, and for trying again
      buffer: {
        sizeMiB: environment.streaming.kinesis.bufferMb,
        seconds: Math.min(MAX_BUFFER_SECONDS, (freshnessMinutes * 60) / 2),
      },
      grant: (role) => this.letDeliver(role),
      after: tablesReady,
      alarms: { ...this.alarmTarget("delivery-stream"), maximumAgeMinutes: freshnessMinutes },
    });
  }

  /** Lake Formation lets Firehose change the rows of the dataset's tables in the raw zone, and no others. */
  private letDeliver(role: ServiceRole): TerraformResource[] {
    const { lake, databases, domainTag, declaration } = this.props;
    const grant = new TagGrant(this, "deliver", {
      principal: role.roleArn,
      on: "tables",
      permissions: ["ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT"],
      conditions: [domainTag.isOneOf([declaration.name]), lake.tags.zone.isOneOf(["raw"])],
    });
    return [
      grant.resource,
      databases.raw.grantDescribe({ name: `${declaration.name}-delivery`, principal: role.roleArn }),
    ];
  }

  private addConsumer(stream: DataStream, consumer: StreamConsumer): EventSourceMapping {
    const { processing, domain, declaration, streams, lake, contract } = this.props;
    const { name, memoryMb, timeoutSeconds, reservedConcurrency } = consumer;
    const functionName = this.name(name);
    const code = processing.streamConsumers.get(consumer.function);
    if (code === undefined || streams.deadLetters === undefined) {
      throw new Error(`${domain.name}.${declaration.name} has a consumer, and not what consumers need`);
    }
    const scope = new Construct(this, `consumer-${name}`);
    const called = new LambdaFunction(scope, "function", {
      ...functionDefaults(this.props),
      ...CODE,
      functionName,
      description: `Acts on the records of ${domain.name}.${declaration.name}: ${name}`,
      code,
      timeoutSeconds,
      memoryMb,
      reservedConcurrency,
      variables: {
        ...this.contractVariables(),
        IDEMPOTENCY_TABLE: processing.idempotency.tableName,
        CONSUMER: functionName,
        POWERTOOLS_SERVICE_NAME: functionName,
      },
      alarms: this.alarmTarget("stream-functions"),
      after: [contract.resource],
    });
    lake.artifacts.grantReadFiles(called.role, [this.contractKey()]);
    processing.idempotency.grantUse(called.role, functionName);
    return new EventSourceMapping(scope, "mapping", {
      function: called,
      batchSize: CONSUMER_BATCH,
      source: consumer.dedicatedThroughput
        ? new KinesisConsumer(scope, "throughput", { stream, consumerName: functionName })
        : stream,
      parallelization: consumer.parallelization,
      maximumAgeSeconds: consumer.maximumAgeMinutes * 60,
      retries: consumer.retries,
      onFailure: streams.deadLetters,
      alarms: this.alarmTarget("stream-functions"),
    });
  }

  private contractKey(): string {
    const { domain, declaration } = this.props;
    return `contracts/${domain.name}/${declaration.name}.json`;
  }

  /** The version is named: a function judges all records of its life by one contract. */
  private contractVariables(): Record<string, string> {
    const { lake, contract } = this.props;
    return {
      CONTRACT_BUCKET: lake.artifacts.bucketName,
      CONTRACT_KEY: this.contractKey(),
      CONTRACT_VERSION: contract.versionId,
    };
  }

  private alarmTarget(
    runbook: "data-stream" | "delivery-stream" | "refused-records" | "stream-functions",
  ): AlarmTarget {
    return { topic: this.props.foundation.alertTopic, runbook: `docs/runbooks/${runbook}.md` };
  }
}

/** As many shards as the declared average needs; peaks are for what the environment leaves free in each. */
function capacityOf({ environment, declaration }: StreamProps): StreamCapacity {
  const { capacity } = environment.streaming.kinesis;
  return capacity.kind === "on-demand"
    ? capacity
    : { kind: "provisioned", shards: Math.ceil(declaration.expectedRecordsPerSecond / capacity.recordsPerShard) };
}
