import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { TABLE_ZONES } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { after } from "../../modules/after";
import { LogGroup } from "../../modules/cloudwatch/log-group";
import { IdempotencyTable } from "../../modules/dynamodb/idempotency-table";
import { ServiceRole } from "../../modules/iam/service-role";
import { ASK_FOR_DATA } from "../../modules/lakeformation/consumer";
import { TagGrant, type TagGrantProps } from "../../modules/lakeformation/tag-grant";
import { LambdaFunction } from "../../modules/lambda/function";
import { Bundle } from "../../modules/s3/bundle";
import bundles from "../../pipelines/bundles.json";
import { ZONE_VALUES } from "../access/lake-tags";
import { accountOf } from "../account-of";
import { bootstrapNames } from "../bootstrap/names";
import { BUNDLE_FOLDER, bundleFileName, CONSUMER_BUNDLE } from "../bundle-file";
import { functionDefaults } from "../function-defaults";
import { catalogArns, namingContext, physicalName } from "../naming";
import type { Foundation } from "./foundation";
import type { Lake } from "./lake";

/** Creating or changing the tables of a dataset takes seconds; the rest is for a catalog that throttles. */
const MIGRATOR_TIMEOUT_SECONDS = 300;
const MIGRATOR_MEMORY_MB = 1024;

/** Logs of Glue's optimizers have names that Glue chooses, one of each in an account and region. */
const OPTIMIZER_LOGS = ["iceberg-compaction", "iceberg-orphan-file-deletion", "iceberg-retention"];

export interface ProcessingProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly foundation: Foundation;
  readonly lake: Lake;
}

/** What works on the data of all domains: the table migrator, and the upkeep of tables. */
export class Processing extends Construct {
  /** Brings the tables of a dataset to what its contract says. */
  readonly tableMigrator: LambdaFunction;
  /** The role with which Glue optimizes tables. */
  readonly tableUpkeep: ServiceRole;
  /** What has to be there before the migrator is called. */
  readonly migratorReady: readonly TerraformResource[];
  /** What has to be there before Glue optimizes tables. */
  readonly upkeepReady: readonly TerraformResource[];
  /** Code that makes rows of the records of streams. */
  readonly streamTransform: Bundle;
  /** Code of consumers of streams, by the names that datasets know it by. */
  readonly streamConsumers: ReadonlyMap<string, Bundle>;
  /** What consumers of streams have done already. */
  readonly idempotency: IdempotencyTable;

  constructor(scope: Construct, id: string, props: ProcessingProps) {
    super(scope, id);
    const { platform, environment, foundation, lake } = props;
    this.tableMigrator = this.migrator(props);
    this.tableUpkeep = this.upkeep(props);
    this.streamTransform = this.bundle("stream-transform", lake);
    this.streamConsumers = new Map(
      consumerBundles().map((name) => [name.slice(CONSUMER_BUNDLE.length), this.bundle(name, lake)]),
    );
    this.idempotency = new IdempotencyTable(this, "idempotency", {
      tableName: physicalName(namingContext(platform, environment), "dynamodbTable", "idempotency"),
      encryptionKey: foundation.keys.data,
      destroyProtection: environment.destroyProtection,
    });
    this.migratorReady = [
      ...this.grantByZone(
        "migrator",
        this.tableMigrator.role,
        lake,
        ["ALTER", "DESCRIBE"],
        ["CREATE_TABLE", "DESCRIBE"],
      ),
      ...TABLE_ZONES.map((zone) =>
        lake.locations[zone].grantUse(this, `migrator-uses-${zone}`, this.tableMigrator.role.roleArn),
      ),
    ];
    this.upkeepReady = this.grantByZone(
      "upkeep",
      this.tableUpkeep,
      lake,
      ["ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT"],
      ["DESCRIBE"],
    );
  }

  /** Grants a role something on the tables and databases of all domains, those to come included. */
  private grantByZone(
    id: string,
    role: ServiceRole,
    { tags }: Lake,
    onTables: Extract<TagGrantProps, { on: "tables" }>["permissions"],
    onDatabases: Extract<TagGrantProps, { on: "databases" }>["permissions"],
  ): TerraformResource[] {
    const grant = { principal: role.roleArn, conditions: [tags.zone.isOneOf(ZONE_VALUES)] };
    return [
      new TagGrant(this, `${id}-tables`, { ...grant, on: "tables", permissions: onTables }).resource,
      new TagGrant(this, `${id}-databases`, { ...grant, on: "databases", permissions: onDatabases }).resource,
    ];
  }

  /** A bundle of code, as it is locked. */
  private bundle(name: keyof typeof bundles, { artifacts }: Lake): Bundle {
    const { sha256 } = bundles[name];
    return new Bundle(this, `${name}-code`, {
      bucket: artifacts,
      key: `functions/${name}.zip`,
      file: `${BUNDLE_FOLDER}/${bundleFileName(name, sha256)}`,
      sha256,
    });
  }

  private migrator({ platform, environment, foundation, lake }: ProcessingProps): LambdaFunction {
    const names = namingContext(platform, environment);
    const account = accountOf(environment);
    const migrator = new LambdaFunction(this, "table-migrator", {
      ...functionDefaults({ platform, environment, foundation }),
      functionName: physicalName(names, "function", "table-migrator"),
      description: "Creates and changes Iceberg tables as contracts say",
      code: this.bundle("table-migrator", lake),
      runtime: "python3.13",
      handler: "basin_tables.handler.handle",
      timeoutSeconds: MIGRATOR_TIMEOUT_SECONDS,
      memoryMb: MIGRATOR_MEMORY_MB,
      alarms: { topic: foundation.alertTopic, runbook: "docs/runbooks/table-migrator.md" },
    });
    TABLE_ZONES.forEach((zone) => {
      lake.zones[zone].grantReadWrite(migrator.role);
      // what it writes has to be encrypted, and to keep its versions
      after(migrator.resource, ...lake.zones[zone].ready);
    });
    migrator.role.allow(
      "ChangeTables",
      ["glue:CreateTable", "glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"],
      catalogArns(names, account),
    );
    return migrator;
  }

  private upkeep({ platform, environment, foundation, lake }: ProcessingProps): ServiceRole {
    const names = namingContext(platform, environment);
    const account = accountOf(environment);
    const role = new ServiceRole(this, "table-upkeep", {
      roleName: physicalName(names, "role", "table-upkeep"),
      description: "Joins small files of tables, and deletes what no table needs any more",
      trustedServices: ["glue.amazonaws.com"],
      account,
      permissionsBoundaryArn: bootstrapNames(platform, environment).boundaryArn,
    });
    TABLE_ZONES.forEach((zone) => {
      lake.zones[zone].grantReadWrite(role);
    });
    // https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html
    role.allow("UpdateTables", ["glue:GetTable", "glue:UpdateTable"], catalogArns(names, account));
    role.allowAll([ASK_FOR_DATA]);
    OPTIMIZER_LOGS.forEach((name) => {
      const log = new LogGroup(this, `${name}-log`, {
        logGroupName: `/aws-glue/${name}/logs`,
        encryptionKey: foundation.keys.logs,
        retentionDays: environment.logRetentionDays,
      });
      log.grantWrite(role);
    });
    // Glue asks for them by names that it chooses, before it looks whether they are there
    role.allow(
      "CreateLogs",
      ["logs:CreateLogGroup"],
      OPTIMIZER_LOGS.map(
        (name) =>
          `arn:${account.partition}:logs:${account.region}:${account.accountId}:log-group:/aws-glue/${name}/logs:*`,
      ),
    );
    return role;
  }
}

function consumerBundles(): (keyof typeof bundles)[] {
  return (Object.keys(bundles) as (keyof typeof bundles)[]).filter((name) => name.startsWith(CONSUMER_BUNDLE));
}
