import { defineEnvironment } from "./schema";

export const dev = defineEnvironment({
  name: "dev",
  stage: "development",
  accountId: "111111111111",
  githubRepository: "example/basin",
  region: "eu-west-1",
  availabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  // rebuilt at will: nothing here is worth protecting
  destroyProtection: false,
  alerts: { emails: ["data-platform-dev@example.com"] },
  logRetentionDays: 30,
  network: {
    cidr: "10.10.0.0/16",
    dataSubnets: ["10.10.0.0/20", "10.10.16.0/20", "10.10.32.0/20"],
    // one zone's failure may cut dev off the internet, for a third of the price
    nat: {
      kind: "single",
      publicSubnets: ["10.10.240.0/26", "10.10.240.64/26", "10.10.240.128/26"],
      egressSubnets: ["10.10.64.0/22", "10.10.68.0/22", "10.10.72.0/22"],
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
      { description: "PostgreSQL of the shop", cidr: "10.10.200.0/24", port: 5432 },
    ],
  },
  // a week is the least AWS grants
  keys: { rotationPeriodDays: 365, deletionWindowDays: 7 },
  lake: {
    landing: { transitions: [], expirationDays: 30, objectLock: { kind: "none" } },
    logs: { transitions: [], expirationDays: 90 },
    tables: { snapshotDays: 3, minimumSnapshots: 1, orphanFileDays: 3 },
    noncurrentVersionDays: 7,
    hybridAccess: { kind: "none" },
    queryResultsExpirationDays: 7,
    // engineers look at objects from their workstations
    restrictObjectAccess: false,
  },
  athena: { scanLimitBytes: 100_000_000_000 },
  streaming: {
    kafka: { kind: "none" },
    kinesis: {
      // test data comes in trickles: a shard is enough, for a third of the price
      capacity: { kind: "provisioned", recordsPerShard: 1000 },
      retentionHours: 24,
      bufferMb: 128,
    },
  },
  connections: {
    shop: {
      kind: "database",
      engine: "postgresql",
      host: "db.dev.shop.example.com",
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
    "finance-reports": { kind: "none", reason: "nobody looks at dashboards of test data" },
  },
  disabledDatasets: {},
  state: { region: "eu-west-1" },
  tags: { Owner: "data-platform", CostCentre: "4711" },
});
