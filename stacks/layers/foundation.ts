import { Construct } from "constructs";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import type { Statement } from "../../modules/iam/policy";
import { EncryptionKey } from "../../modules/kms/encryption-key";
import {
  inventoryDelivery,
  logGroupEncryption,
  messagePublishing,
  streamProducers,
} from "../../modules/kms/service-statements";
import { Endpoints } from "../../modules/network/endpoints";
import { Network } from "../../modules/network/network";
import { WorkloadSecurityGroup } from "../../modules/network/workload-security-group";
import { LogBucket } from "../../modules/s3/log-bucket";
import { ALERT_PUBLISHERS, AlertTopic } from "../../modules/sns/alert-topic";
import { accountOf } from "../account-of";
import { namePrefix, namingContext, physicalName } from "../naming";
import { producersOf } from "../producers";

/** What a key encrypts. */
export type KeyPurpose = "catalog" | "data" | "logs" | "messaging";

export interface FoundationProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
}

/** What everything else stands on: network, keys, the log bucket and the alert topic. */
export class Foundation extends Construct {
  readonly network: Network;
  readonly endpoints: Endpoints;
  readonly workloadSecurityGroup: WorkloadSecurityGroup;
  readonly keys: Readonly<Record<KeyPurpose, EncryptionKey>>;
  readonly logBucket: LogBucket;
  readonly alertTopic: AlertTopic;

  constructor(scope: Construct, id: string, props: FoundationProps) {
    super(scope, id);
    const { platform, environment } = props;
    const { availabilityZones, lake, network } = environment;
    const account = accountOf(environment);
    const names = namingContext(platform, environment);
    const prefix = namePrefix(names);
    const name = `${prefix}network`;

    this.keys = this.encryptionKeys(props);
    this.logBucket = new LogBucket(this, "log-bucket", {
      bucketName: physicalName(names, "bucket", "logs"),
      account,
      sourceBucketPrefix: prefix,
      ageRules: lake.logs,
      noncurrentVersionDays: lake.noncurrentVersionDays,
      destroyProtection: environment.destroyProtection,
    });
    this.network = new Network(this, "network", { ...network, availabilityZones, logBucket: this.logBucket, name });
    this.endpoints = new Endpoints(this, "endpoints", {
      network: this.network,
      account,
      interfaceServices: network.endpoints,
      securityGroupName: physicalName(names, "securityGroup", "endpoints"),
      name,
    });
    this.workloadSecurityGroup = new WorkloadSecurityGroup(this, "workloads", {
      network: this.network,
      endpoints: this.endpoints,
      securityGroupName: physicalName(names, "securityGroup", "workloads"),
      egressRules: network.egressRules,
    });
    this.alertTopic = new AlertTopic(this, "alerts", {
      topicName: physicalName(names, "topic", "alerts"),
      encryptionKey: this.keys.messaging,
      account,
      emails: environment.alerts.emails,
    });
  }

  private encryptionKeys({ platform, environment }: FoundationProps): Record<KeyPurpose, EncryptionKey> {
    const account = accountOf(environment);
    const key = (purpose: KeyPurpose, description: string, serviceStatements: readonly Statement[]) =>
      new EncryptionKey(this, `${purpose}-key`, {
        purpose,
        description,
        serviceStatements,
        account,
        alias: physicalName(namingContext(platform, environment), "keyAlias", purpose),
        destroyProtection: environment.destroyProtection,
        ...environment.keys,
      });
    return {
      catalog: key("catalog", "Metadata and connection passwords of the Glue Data Catalog", []),
      data: key("data", "Data in buckets, streams and warehouses", [
        inventoryDelivery(account),
        ...producerStatements({ platform, environment }),
      ]),
      logs: key("logs", "CloudWatch log groups", [logGroupEncryption(account)]),
      messaging: key(
        "messaging",
        "Alerts, events and queues",
        messagePublishing(account, [...ALERT_PUBLISHERS, "s3.amazonaws.com", "sns.amazonaws.com"]),
      ),
    };
  }
}

/** Producers are no roles of ours, to which grants could give the use of the key. */
function producerStatements({ platform, environment }: FoundationProps): Statement[] {
  const roleArns = producersOf(environment).map(({ roleArn }) => roleArn);
  return roleArns.length === 0
    ? []
    : [streamProducers(accountOf(environment), namePrefix(namingContext(platform, environment)), roleArns)];
}
