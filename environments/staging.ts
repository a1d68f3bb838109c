import { defineEnvironment } from "./schema";

export const staging = defineEnvironment({
  name: "staging",
  stage: "staging",
  accountId: "222222222222",
  githubRepository: "example/basin",
  region: "eu-west-1",
  availabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  destroyProtection: true,
  alerts: { emails: ["data-platform-staging@example.com"] },
  logRetentionDays: 90,
  network: {
    cidr: "10.20.0.0/16",
    dataSubnets: ["10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20"],
    // one zone's failure may cut staging off the internet, for a third of the price
    nat: {
      kind: "single",
      publicSubnets: ["10.20.240.0/26", "10.20.240.64/26", "10.20.240.128/26"],
      egressSubnets: ["10.20.64.0/22", "10.20.68.0/22", "10.20.72.0/22"],
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
      { description: "PostgreSQL of the shop", cidr: "10.20.200.0/24", port: 5432 },
    ],
  },
  keys: { rotationPeriodDays: 365, deletionWindowDays: 30 },
  lake: {
    landing: {
      transitions: [{ storageClass: "STANDARD_IA", days: 30 }],
      expirationDays: 90,
      // a day is enough to see whether anything in the pipelines trips over the lock
      objectLock: { kind: "retain", mode: "GOVERNANCE", days: 1 },
    },
    logs: { transitions: [{ storageClass: "STANDARD_IA", days: 30 }], expirationDays: 180 },
    tables: { snapshotDays: 7, minimumSnapshots: 5, orphanFileDays: 3 },
    noncurrentVersionDays: 30,
    hybridAccess: { kind: "none" },
    queryResultsExpirationDays: 30,
    restrictObjectAccess: true,
  },
  athena: { scanLimitBytes: 100_000_000_000 },
  streaming: {
    kafka: { kind: "none" },
    kinesis: {
      capacity: { kind: "on-demand" },
      retentionHours: 72,
      bufferMb: 128,
    },
  },
  connections: {
    shop: {
      kind: "database",
      engine: "postgresql",
      host: "db.staging.shop.example.com",
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
