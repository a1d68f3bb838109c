import { defineEnvironment } from "./schema";

export const prod = defineEnvironment({
  name: "prod",
  stage: "production",
  accountId: "333333333333",
  githubRepository: "example/basin",
  region: "eu-west-1",
  availabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  destroyProtection: true,
  alerts: { emails: ["data-platform@example.com"] },
  logRetentionDays: 365,
  network: {
    cidr: "10.30.0.0/16",
    dataSubnets: ["10.30.0.0/20", "10.30.16.0/20", "10.30.32.0/20"],
    nat: {
      kind: "per-zone",
      publicSubnets: ["10.30.240.0/26", "10.30.240.64/26", "10.30.240.128/26"],
      egressSubnets: ["10.30.64.0/22", "10.30.68.0/22", "10.30.72.0/22"],
    },
    endpoints: [
      "athena",
      "glue",
      "kinesis-firehose",
      "kinesis-streams",
      "kms",
      "lakeformation",
      "logs",
      "monitoring",
      "secretsmanager",
      "sns",
      "sqs",
      "states",
      "sts",
    ],
    egressRules: [
      { description: "HTTPS to the APIs that data comes from", cidr: "0.0.0.0/0", port: 443 },
      { description: "PostgreSQL of the shop", cidr: "10.30.200.0/24", port: 5432 },
    ],
  },
  keys: { rotationPeriodDays: 365, deletionWindowDays: 30 },
  lake: {
    landing: {
      transitions: [
        { storageClass: "STANDARD_IA", days: 30 },
        { storageClass: "GLACIER_IR", days: 90 },
      ],
      expirationDays: 730,
      // a quarter: long enough to rebuild every table from the files as they arrived
      objectLock: { kind: "retain", mode: "GOVERNANCE", days: 90 },
    },
    logs: {
      transitions: [
        { storageClass: "STANDARD_IA", days: 30 },
        { storageClass: "GLACIER_IR", days: 90 },
      ],
      expirationDays: 730,
    },
    tables: { snapshotDays: 30, minimumSnapshots: 5, orphanFileDays: 7 },
    noncurrentVersionDays: 30,
    hybridAccess: { kind: "none" },
    queryResultsExpirationDays: 30,
    restrictObjectAccess: true,
  },
  athena: { scanLimitBytes: 1_000_000_000_000 },
  streaming: {
    kafka: { kind: "none" },
    kinesis: {
      capacity: { kind: "on-demand" },
      retentionHours: 168,
      bufferMb: 128,
    },
  },
  connections: {
    shop: {
      kind: "database",
      engine: "postgresql",
      host: "db.shop.example.com",
      port: 5432,
      database: "shop",
      secretName: "shop/reader",
      reach: "private",
    },
    rates: {
      kind: "api",
      host: "rates.example.com",
      port: 443,
      authentication: { kind: "none", reason: "the rates are published for everybody" },
    },
  },
  producers: { "shop-frontend": { kind: "iam-role", roleName: "shop-frontend" } },
  consumers: {
    analysts: { kind: "iam-role", roleName: "analysts" },
    "customer-care": { kind: "iam-role", roleName: "customer-care" },
    "finance-reports": { kind: "quicksight-group", namespace: "default", groupName: "finance" },
  },
  disabledDatasets: {},
  state: { region: "eu-west-1" },
  tags: { Owner: "data-platform", CostCentre: "4711" },
});
