import { Construct } from "constructs";
import { type Domain, isStream, mostSensitive, sensitivityOf, type StreamDataset } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { LogGroup } from "../../modules/cloudwatch/log-group";
import { Queue } from "../../modules/sqs/queue";
import { accountOf } from "../account-of";
import type { Foundation } from "../layers/foundation";
import { domainName, namingContext } from "../naming";
import { tagAll } from "../tags";

export interface DomainStreamsProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly foundation: Foundation;
  readonly domain: Domain;
  /** Those that the environment has. */
  readonly streams: readonly StreamDataset[];
}

/** What the streams of a domain share: a log of failed deliveries, and a queue of what its consumers gave up. */
export class DomainStreams extends Construct {
  readonly deliveryLog: LogGroup;
  /** Undefined where no stream has consumers. */
  readonly deadLetters: Queue | undefined;

  constructor(scope: Construct, id: string, props: DomainStreamsProps) {
    super(scope, id);
    const { platform, environment, foundation, domain, streams } = props;
    tagAll(this, { DataClassification: mostSensitive(streams.map(sensitivityOf)) });
    const names = namingContext(platform, environment);

    this.deliveryLog = new LogGroup(this, "delivery-log", {
      logGroupName: `/aws/kinesisfirehose/${domainName(names, domain.name)}`,
      encryptionKey: foundation.keys.logs,
      retentionDays: environment.logRetentionDays,
    });
    if (streams.some(({ source }) => source.consumers !== undefined)) {
      this.deadLetters = new Queue(this, "dead-letters", {
        queueName: domainName(names, domain.name, "dead-letters"),
        encryptionKey: foundation.keys.messaging,
        account: accountOf(environment),
        deadLetters: { none: "it holds dead letters itself" },
      });
      this.deadLetters.alarmOnMessages({ topic: foundation.alertTopic, runbook: "docs/runbooks/dead-letters.md" });
    }
  }
}

/** Streams of a domain that run on Kinesis. */
export function kinesisStreams(datasets: Domain["datasets"]): StreamDataset[] {
  return datasets.filter(isStream).filter(({ source }) => source.engine === "kinesis");
}
