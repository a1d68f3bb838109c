import { GlueDataCatalogEncryptionSettings } from "@cdktf/provider-aws/lib/glue-data-catalog-encryption-settings";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { App, Testing } from "cdktf";
import { platform } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { EnvironmentStack } from "../../stacks/environment-stack";
import { Foundation } from "../../stacks/layers/foundation";
import { Lake } from "../../stacks/layers/lake";
import { Processing } from "../../stacks/layers/processing";
import bundles from "../../pipelines/bundles.json";
import { environments } from "../fixtures/environments";
import { only, resource, resources, type StatementJson, statements, statementsOf } from "../support/synth";

const { dev, prod } = environments;

function synth(environment: Environment): string {
  const stack = new EnvironmentStack(new App(), "test", { platform, environment, offline: true });
  const foundation = new Foundation(stack, "foundation", { platform, environment });
  const lake = new Lake(stack, "lake", { platform, environment, foundation });
  new Processing(stack, "processing", { platform, environment, foundation, lake });
  return Testing.synth(stack);
}

/** The policy of the bucket, key or topic whose logical id begins with `prefix`. */
function policyOf(json: string, type: string, prefix: string): StatementJson[] {
  const [, resource] = Object.entries(resources(json, type)).find(([id]) => id.startsWith(prefix)) ?? [];
  return statements(resource?.policy);
}

function statement(policy: readonly StatementJson[], sid: string): StatementJson | undefined {
  return policy.find(({ Sid }) => Sid === sid);
}

describe("foundation", () => {
  test("makes a key for each purpose, under the names of the environment", () => {
    const json = synth(dev);
    for (const purpose of ["catalog", "data", "logs", "messaging"]) {
      expect(json).toHaveResourceWithProperties(KmsAlias, { name: `alias/basin-dev-${purpose}` });
    }
    expect(Object.keys(resources(json, "aws_kms_key"))).toHaveLength(4);
  });

  test("lets exactly the services that will use a key use it", () => {
    const json = synth(dev);
    const services = (purpose: string) =>
      policyOf(json, "aws_kms_key", `foundation_${purpose}-key`).flatMap(({ Principal }) => {
        const { Service = [] } = Principal as { Service?: string | string[] };
        return Service;
      });

    expect(services("catalog")).toEqual([]);
    expect(services("data")).toEqual(["s3.amazonaws.com"]);
    expect(services("logs")).toEqual(["logs.eu-west-1.amazonaws.com"]);
    expect(services("messaging")).toEqual([
      "budgets.amazonaws.com",
      "cloudwatch.amazonaws.com",
      "costalerts.amazonaws.com",
      "s3.amazonaws.com",
      "sns.amazonaws.com",
      "events.amazonaws.com",
    ]);
  });

  test("lets every service that publishes alerts use the topic's key too", () => {
    const json = synth(dev);
    const topic = statements(only(json, "aws_sns_topic_policy").policy);
    const key = policyOf(json, "aws_kms_key", "foundation_messaging-key");
    const { Service: publishers } = statement(topic, "PublishAlerts")?.Principal as { Service: string[] };
    const { Service: users } = statement(key, "PublishMessages")?.Principal as { Service: string[] };

    expect(users).toEqual(expect.arrayContaining(publishers));
    expect(statement(topic, "PublishEvents")?.Principal).toEqual(statement(key, "PublishEvents")?.Principal);
    expect(json).toHaveResourceWithProperties(SnsTopic, {
      name: "basin-dev-alerts",
      kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\.foundation_messaging-key_\w+\.arn\}$/) as unknown,
    });
    expect(json).toHaveResourceWithProperties(SnsTopicSubscription, { endpoint: "data-platform-dev@example.com" });
  });

  test("builds as many NAT gateways as the environment asks for", () => {
    const none = { ...dev, network: { ...dev.network, nat: { kind: "none" as const } } };

    expect(Object.keys(resources(synth(prod), NatGateway.tfResourceType))).toHaveLength(3);
    expect(Object.keys(resources(synth(dev), NatGateway.tfResourceType))).toHaveLength(1);
    expect(resources(synth(none), NatGateway.tfResourceType)).toEqual({});
  });

  test("makes an interface endpoint for each service, and gateways for S3 and DynamoDB", () => {
    const services = Object.values(resources(synth(dev), "aws_vpc_endpoint")).map((endpoint) => endpoint.service_name);
    expect(services.sort()).toEqual(
      [...dev.network.endpoints, "s3", "dynamodb"].map((service) => `com.amazonaws.eu-west-1.${service}`).sort(),
    );
  });
});

describe("lake", () => {
  test("makes a bucket for each zone, for artefacts and for query results", () => {
    const json = synth(prod);
    for (const suffix of ["lake-landing", "lake-raw", "lake-curated", "lake-published", "artifacts", "query-results"]) {
      expect(json).toHaveResourceWithProperties(S3Bucket, { bucket: `basin-prod-${suffix}-333333333333` });
    }
  });

  test("creates the landing bucket with object lock in every environment, and retains where it is asked to", () => {
    for (const environment of [dev, prod]) {
      const locked = Object.entries(resources(synth(environment), "aws_s3_bucket")).filter(
        ([, bucket]) => bucket.object_lock_enabled,
      );
      expect(locked.map(([id]) => id)).toEqual([expect.stringMatching(/^lake_landing_bucket_/)]);
    }
    expect(resources(synth(dev), S3BucketObjectLockConfigurationA.tfResourceType)).toEqual({});
    expect(synth(prod)).toHaveResourceWithProperties(S3BucketObjectLockConfigurationA, {
      rule: { default_retention: { mode: "GOVERNANCE", days: 90 } },
    });
  });

  test("never lets tables expire by age: only landing and query results have an age rule", () => {
    const ageing = Object.entries(resources(synth(prod), "aws_s3_bucket_lifecycle_configuration"))
      .filter(([, { rule }]) => (rule as { id: string }[]).some(({ id }) => id === "ageing"))
      .map(([id]) => id.split("_lifecycle_")[0]);
    expect(ageing.sort()).toEqual(["foundation_log-bucket", "lake_landing", "lake_query-results"]);
  });

  test("encrypts every bucket of the lake with the data key", () => {
    const rules = Object.entries(resources(synth(prod), "aws_s3_bucket_server_side_encryption_configuration"))
      .filter(([id]) => id.startsWith("lake_"))
      .map(([, { rule }]) => rule);
    expect(rules).toHaveLength(6);
    for (const rule of rules) {
      expect(rule).toEqual([
        {
          apply_server_side_encryption_by_default: {
            kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\.foundation_data-key_\w+\.arn\}$/) as unknown,
            sse_algorithm: "aws:kms",
          },
          bucket_key_enabled: true,
        },
      ]);
    }
  });

  test("closes the objects of the zones to foreign networks where the environment says so", () => {
    const denials = (environment: Environment) =>
      Object.entries(resources(synth(environment), "aws_s3_bucket_policy"))
        .filter(([, { policy }]) => statement(statements(policy), "DenyForeignNetworks") !== undefined)
        .map(([id]) => id.split("_")[1]);

    expect(denials(dev)).toEqual([]);
    expect(denials(prod).sort()).toEqual(["curated", "landing", "published", "raw"]);
  });

  test("encrypts the Data Catalog with a role that may use the key", () => {
    const json = synth(prod);
    expect(json).toHaveResource(GlueDataCatalogEncryptionSettings);
    expect(statementsOf("basin-prod-catalog-encryption", json).map(({ Sid }) => Sid)).toEqual(["UseKeyCatalog"]);
  });

  test("lets nobody but who deploys drop tables where the environment is protected", () => {
    const sids = (environment: Environment) =>
      statements(only(synth(environment), "aws_glue_resource_policy").policy).map(({ Sid }) => Sid);

    expect(sids(prod)).toEqual(["DenyOtherAccounts", "DenyDrops"]);
    expect(sids(dev)).toEqual(["DenyOtherAccounts"]);
  });
});

describe("processing", () => {
  const json = synth(prod);
  const role = (name: string) => Object.fromEntries(statementsOf(name, json).map((found) => [found.Sid, found]));

  test("runs the locked bundle of the migrator", () => {
    const { sha256 } = bundles["table-migrator"];

    expect(json).toHaveResourceWithProperties(LambdaFunction, {
      function_name: "basin-prod-table-migrator",
      handler: "basin_tables.handler.handle",
      runtime: "python3.13",
      source_code_hash: Buffer.from(sha256, "hex").toString("base64"),
    });
    expect(resource(json, "aws_s3_object", "processing_table-migrator-code_object")).toMatchObject({
      key: "functions/table-migrator.zip",
      source: `bundles/table-migrator-${sha256.slice(0, 16)}.zip`,
    });
  });

  test("lets the migrator make and change tables of the environment, and drop none", () => {
    const migrator = role("basin-prod-table-migrator");

    expect(migrator.ChangeTables).toMatchObject({
      Action: ["glue:CreateTable", "glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"],
      Resource: ["catalog", "database/basin_prod_*", "table/basin_prod_*", "userDefinedFunction/basin_prod_*"].map(
        (resource) => `arn:aws:glue:eu-west-1:333333333333:${resource}`,
      ),
    });
    expect(Object.keys(migrator).sort()).toEqual([
      "ChangeTables",
      "KeepCodeFromNetwork",
      "ListCurated",
      "ListPublished",
      "ListRaw",
      "ReadWriteCurated",
      "ReadWritePublished",
      "ReadWriteRaw",
      "Trace",
      "UseKeyData",
      "UseNetwork",
      "WriteLogAwsLambdaBasinProdTableMigrator",
    ]);
  });

  test("lets the upkeep of tables rewrite and delete their files, and log to groups that are there", () => {
    const upkeep = role("basin-prod-table-upkeep");
    const groups = Object.values(resources(json, "aws_cloudwatch_log_group")).map(({ name }) => name);

    expect(upkeep.UpdateTables?.Action).toEqual(["glue:GetTable", "glue:UpdateTable"]);
    expect(Object.keys(upkeep)).toEqual(
      expect.arrayContaining(["ReadWriteRaw", "ReadWriteCurated", "ReadWritePublished", "UseKeyData", "CreateLogs"]),
    );
    expect(upkeep.CreateLogs?.Resource).toEqual(
      groups
        .filter((name) => String(name).startsWith("/aws-glue/"))
        .map((name) => `arn:aws:logs:eu-west-1:333333333333:log-group:${String(name)}:*`),
    );
  });

  test("keeps logs for as long as the environment says", () => {
    const periods = (environment: Environment) =>
      Object.values(resources(synth(environment), "aws_cloudwatch_log_group")).map((group) => group.retention_in_days);

    expect(periods(prod)).toEqual([365, 365, 365, 365]);
    expect(periods(dev)).toEqual([30, 30, 30, 30]);
  });
});
