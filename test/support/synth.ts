import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import type { Account } from "../../modules/account";
import { CatalogEncryption } from "../../modules/glue/catalog-encryption";
import { CatalogPolicy } from "../../modules/glue/catalog-policy";
import { Database, type DatabaseProps } from "../../modules/glue/database";
import { ServiceRole } from "../../modules/iam/service-role";
import { EncryptionKey } from "../../modules/kms/encryption-key";
import type { NatSettings } from "../../modules/network/internet-access";
import { Network } from "../../modules/network/network";
import { Bucket } from "../../modules/s3/bucket";
import { AlertTopic } from "../../modules/sns/alert-topic";
import { LogBucket } from "../../modules/s3/log-bucket";

export const account: Account = { accountId: "111122223333", region: "eu-west-1", partition: "aws" };

export interface StatementJson {
  readonly Sid: string;
  readonly Effect: string;
  readonly [field: string]: unknown;
}

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** Synthesizes what `build` adds to a stack, in the form cdktf's matchers take. */
export function synth(build: (stack: TerraformStack) => void): string {
  const stack = new TerraformStack(new App(), "test");
  new AwsProvider(stack, "aws", { region: account.region });
  build(stack);
  return Testing.synth(stack);
}

/** All resources of a type, by logical id, without cdktf's metadata. */
export function resources(json: string, type: string): Record<string, Record<string, unknown>> {
  const all = (JSON.parse(json) as { resource?: Resources }).resource?.[type] ?? {};
  return Object.fromEntries(
    Object.entries(all).map(([id, resource]) => [
      id,
      Object.fromEntries(Object.entries(resource).filter(([key]) => key !== "//")),
    ]),
  );
}

/** The only resource of a type. */
export function only(json: string, type: string): Record<string, unknown> {
  const [first, ...others] = Object.values(resources(json, type));
  if (first === undefined || others.length > 0) {
    throw new Error(`expected one ${type}, found ${first === undefined ? 0 : others.length + 1}`);
  }
  return first;
}

/** Address of the resource of a type whose logical id is `id` and a hash, as depends_on lists it. */
export function address(json: string, type: string, id: string): string {
  const ids = Object.keys(resources(json, type));
  const [found, ...others] = ids.filter((logicalId) => logicalId.replace(/_[0-9A-F]{8}$/, "") === id);
  if (found === undefined || others.length > 0) {
    throw new Error(`expected one ${type} "${id}" among ${ids.join(", ")}`);
  }
  return `${type}.${found}`;
}

/** A reference to an attribute of that resource. */
export function reference(json: string, type: string, id: string, attribute: string): string {
  return `\${${address(json, type, id)}.${attribute}}`;
}

/** The properties of that resource. */
export function resource(json: string, type: string, id: string): Record<string, unknown> {
  return resources(json, type)[address(json, type, id).slice(type.length + 1)] ?? {};
}

/** The statements of a policy as it stands in the synthesized JSON. */
export function statements(policy: unknown): StatementJson[] {
  return (JSON.parse(policy as string) as { Statement: StatementJson[] }).Statement;
}

/** What the role called `name` may do. */
export function statementsOf(name: string, json: string): StatementJson[] {
  const [roleId] = Object.entries(resources(json, "aws_iam_role")).find(([, role]) => role.name === name) ?? [];
  const policy = Object.values(resources(json, "aws_iam_role_policy")).find(
    ({ role }) => role === `\${aws_iam_role.${roleId ?? ""}.name}`,
  );
  return statements(policy?.policy);
}

/** A role without permissions, for grants. */
export function serviceRole(stack: TerraformStack, roleName = "reader"): ServiceRole {
  return new ServiceRole(stack, roleName, {
    roleName,
    description: "Role under test",
    trustedServices: ["glue.amazonaws.com"],
    account,
  });
}

export function encryptionKey(stack: TerraformStack): EncryptionKey {
  return new EncryptionKey(stack, "key", {
    purpose: "data",
    alias: "alias/basin-test-data",
    description: "Data under test",
    account,
    rotationPeriodDays: 365,
    deletionWindowDays: 30,
    destroyProtection: true,
  });
}

/** A topic for alarms. */
export function alertTopic(stack: TerraformStack, key: EncryptionKey): AlertTopic {
  return new AlertTopic(stack, "alerts", { topicName: "basin-test-alerts", encryptionKey: key, account, emails: [] });
}

/** A bucket for data, encrypted with S3's own key. */
export function dataBucket(stack: TerraformStack): Bucket {
  return new Bucket(stack, "bucket", {
    purpose: "data",
    bucketName: "basin-test-data-111122223333",
    encryption: { withoutKey: "keeps the test short" },
    accessLogs: { none: "keeps the test short" },
    destroyProtection: true,
    noncurrentVersionDays: 30,
  });
}

/** A database of an encrypted catalog, whose tables are in that bucket. */
export function database(
  stack: TerraformStack,
  props: Partial<DatabaseProps> = {},
  bucket = dataBucket(stack),
  key = encryptionKey(stack),
): Database {
  return new Database(stack, "sales", {
    databaseName: "basin_test_sales_raw",
    description: "What customers buy",
    bucket,
    folder: "sales",
    catalogEncryption: new CatalogEncryption(stack, "catalog", {
      encryptionKey: key,
      account,
      roleName: "basin-test-catalog-encryption",
    }),
    catalogPolicy: new CatalogPolicy(stack, "catalog-policy", { account }),
    destroyProtection: true,
    ...props,
  });
}

export function logBucket(stack: TerraformStack): LogBucket {
  return new LogBucket(stack, "logs", {
    bucketName: "basin-test-logs-111122223333",
    account,
    sourceBucketPrefix: "basin-test-",
    ageRules: { transitions: [], expirationDays: 90 },
    noncurrentVersionDays: 30,
    destroyProtection: true,
  });
}

/** A network over two zones. */
export function network(stack: TerraformStack, nat: NatSettings = { kind: "none" }): Network {
  return new Network(stack, "network", {
    cidr: "10.0.0.0/16",
    availabilityZones: ["eu-west-1a", "eu-west-1b"],
    dataSubnets: ["10.0.0.0/20", "10.0.16.0/20"],
    nat,
    logBucket: logBucket(stack),
    name: "basin-test-network",
  });
}
