import type { TerraformStack } from "cdktf";
import type { AlarmTarget } from "../../modules/cloudwatch/alarm-settings";
import { DataStream, type DataStreamProps } from "../../modules/kinesis/data-stream";
import type { EncryptionKey } from "../../modules/kms/encryption-key";
import { LambdaFunction, type LambdaFunctionProps } from "../../modules/lambda/function";
import { Endpoints } from "../../modules/network/endpoints";
import { WorkloadSecurityGroup } from "../../modules/network/workload-security-group";
import type { Bucket } from "../../modules/s3/bucket";
import { Bundle } from "../../modules/s3/bundle";
import { Queue, type QueueProps } from "../../modules/sqs/queue";
import { account, alertTopic, dataBucket, encryptionKey, network } from "./synth";

export const SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
export const BOUNDARY = "arn:aws:iam::111122223333:policy/basin-test-boundary";
export const RUNBOOK = "docs/runbooks/table-migrator.md";

/** What a stream and its readers have in common. */
export interface Surroundings {
  readonly key: EncryptionKey;
  readonly target: AlarmTarget;
}

export function surroundings(stack: TerraformStack, key = encryptionKey(stack)): Surroundings {
  return { key, target: { topic: alertTopic(stack, key), runbook: RUNBOOK } };
}

/** A function in a network of its own. */
export function lambdaFunction(
  stack: TerraformStack,
  { key, target }: Surroundings,
  props: Partial<LambdaFunctionProps> = {},
  bucket: Bucket = dataBucket(stack),
): LambdaFunction {
  const around = network(stack);
  const endpoints = new Endpoints(stack, "endpoints", {
    network: around,
    account,
    interfaceServices: ["glue"],
    securityGroupName: "basin-test-endpoints",
    name: "basin-test",
  });
  const securityGroup = new WorkloadSecurityGroup(stack, "workloads", {
    network: around,
    endpoints,
    securityGroupName: "basin-test-workloads",
    egressRules: [],
  });
  return new LambdaFunction(stack, "tables", {
    functionName: "basin-test-tables",
    description: "Changes tables",
    code: new Bundle(stack, "code", {
      bucket,
      key: "functions/tables.zip",
      file: "bundles/tables.zip",
      sha256: SHA256,
    }),
    runtime: "python3.13",
    handler: "package.module.handle",
    timeoutSeconds: 300,
    memoryMb: 1024,
    encryptionKey: key,
    logKey: key,
    logRetentionDays: 365,
    network: { network: around, endpoints, securityGroup },
    account,
    permissionsBoundaryArn: BOUNDARY,
    alarms: target,
    ...props,
  });
}

export function dataStream(
  stack: TerraformStack,
  { key, target }: Surroundings,
  props: Partial<DataStreamProps> = {},
): DataStream {
  return new DataStream(stack, "stream", {
    streamName: "basin-test-web-clicks",
    capacity: { kind: "on-demand" },
    retentionHours: 24,
    encryptionKey: key,
    destroyProtection: true,
    alarms: { ...target, maximumAgeMinutes: 60 },
    ...props,
  });
}

/** A queue for dead letters. */
export function queue(stack: TerraformStack, { key }: Surroundings, props: Partial<QueueProps> = {}): Queue {
  return new Queue(stack, "dead-letters", {
    queueName: "basin-test-dead-letters",
    encryptionKey: key,
    account,
    deadLetters: { none: "dead letters have none" },
    ...props,
  });
}
