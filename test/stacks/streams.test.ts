import { isStream, type StreamDataset } from "../../domains/schema";
import type { Environment } from "../../environments/schema";
import { domains } from "../fixtures/domains";
import { environments } from "../fixtures/environments";
import { namedEnvironments, synthesize, synthesizeDomain } from "../support/environments";
import { address, only, resource, resources, statementsOf } from "../support/synth";

const { dev, prod } = environments;
const { web } = domains;
const [declared] = web.datasets;
if (declared === undefined || !isStream(declared)) {
  throw new Error("web has no stream");
}
const clickstream: StreamDataset = declared;

function synth(change: Partial<StreamDataset> = {}, environment: Environment = prod): string {
  return synthesizeDomain({ ...web, datasets: [{ ...clickstream, ...change }] }, environment);
}

const withSource = (change: Partial<StreamDataset["source"]>, environment: Environment = prod) =>
  synth({ source: { ...clickstream.source, ...change } }, environment);

const json = synth();
// "sales" is what the layer of a domain is called here, whichever domain it is of
const ID = "domain-sales_clickstream";

describe("a stream", () => {
  test("takes what comes, keeps it as long as the environment says, and is not destroyed in production", () => {
    expect(only(json, "aws_kinesis_stream")).toMatchObject({
      name: "basin-prod-web-clickstream",
      stream_mode_details: { stream_mode: "ON_DEMAND" },
      retention_period: 168,
      encryption_type: "KMS",
      lifecycle: { prevent_destroy: true },
    });
  });

  test.each([
    [200, 1],
    [1000, 1],
    [1001, 2],
    [25_000, 25],
  ])("of %d records a second has %d shards where a shard is to take 1000", (expectedRecordsPerSecond, shards) => {
    expect(only(synth({ expectedRecordsPerSecond }, dev), "aws_kinesis_stream")).toMatchObject({
      stream_mode_details: { stream_mode: "PROVISIONED" },
      shard_count: shards,
      retention_period: 24,
    });
  });

  test("is opened to its producers, who may use its key", () => {
    const [statement] = policyOf(only(json, "aws_kinesis_resource_policy"));
    const inKey = policyOf(resource(json, "aws_kms_key", "foundation_data-key")).find(
      ({ Sid }) => Sid === "PutToStreams",
    );
    const principal = { AWS: "arn:aws:iam::333333333333:role/shop-frontend" };

    expect(statement).toMatchObject({ Effect: "Allow", Principal: principal });
    expect(inKey?.Principal).toEqual({ AWS: [principal.AWS] });
  });

  test("has no policy where the environment has none of its producers", () => {
    const producers = { "shop-frontend": { kind: "none" as const, reason: "nobody shops here" } };
    const closed = synth({}, { ...prod, producers });

    expect(resources(closed, "aws_kinesis_resource_policy")).toEqual({});
    expect(JSON.stringify(resources(closed, "aws_kms_key"))).not.toContain("PutToStreams");
  });

  test("is made of Kinesis alone: those of Kafka have none of it", () => {
    const kafka = withSource({ engine: "kafka" });

    for (const type of ["aws_kinesis_stream", "aws_kinesis_firehose_delivery_stream", "aws_sqs_queue"]) {
      expect(resources(kafka, type)).toEqual({});
    }
  });
});

describe("its delivery", () => {
  const delivery = only(json, "aws_kinesis_firehose_delivery_stream");

  test("comes after the tables, and after Lake Formation lets it write them", () => {
    expect(delivery.depends_on).toEqual(
      expect.arrayContaining([
        address(json, "aws_lambda_invocation", `${ID}_tables_migration_invocation`),
        address(json, "aws_lambda_invocation", `${ID}_tables_quarantine-migration_invocation`),
        // grants by tags are of no use before the tags are there
        address(json, "aws_lakeformation_resource_lf_tags", `${ID}_access_raw_tags`),
        address(json, "aws_lakeformation_resource_lf_tags", `${ID}_access_quarantine_tags`),
        address(json, "aws_lakeformation_permissions", `${ID}_deliver_permissions`),
        address(json, "aws_lakeformation_permissions", "domain-sales_database-raw_describe-clickstream-delivery"),
      ]),
    );
  });

  test("finds rows by their key, and adds those that have none", () => {
    const keysOf = (text: string) => {
      const { iceberg_configuration: iceberg } = only(text, "aws_kinesis_firehose_delivery_stream");
      const { destination_table_configuration: tables } = iceberg as { destination_table_configuration: Table[] };
      return tables.map(({ table_name: name, unique_keys: keys }) => [name, keys ?? []]);
    };

    expect(keysOf(json)).toEqual([
      ["clickstream", ["event_id"]],
      ["clickstream_quarantine", ["record_id"]],
    ]);
    expect(keysOf(synth({ primaryKey: [] }))).toEqual([
      ["clickstream", []],
      ["clickstream_quarantine", ["record_id"]],
    ]);
  });

  test.each([
    [1, 30],
    [10, 300],
    [30, 900],
    [60, 900],
  ])("leaves half of %d minutes for what comes after: it collects for %d seconds", (freshnessMinutes, seconds) => {
    const { iceberg_configuration: iceberg } = only(
      synth({ freshnessMinutes }),
      "aws_kinesis_firehose_delivery_stream",
    );

    expect(iceberg).toMatchObject({ buffering_interval: seconds, buffering_size: 128 });
  });

  test("is granted the raw tables of its dataset and no others", () => {
    const grant = resource(json, "aws_lakeformation_permissions", `${ID}_deliver_permissions`);

    expect(grant.permissions).toEqual(["ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT"]);
    expect(grant.lf_tag_policy).toMatchObject({
      resource_type: "TABLE",
      expression: [{ values: ["clickstream"] }, { values: ["raw"] }],
    });
  });
});

describe("its transform", () => {
  test("reads one version of the contract, and is made after it", () => {
    const transform = functionNamed("basin-prod-web-clickstream-transform", json);
    const contract = address(json, "aws_s3_object", `${ID}_contract_object`);

    expect(transform.environment).toEqual({
      variables: {
        CONTRACT_BUCKET: expect.any(String) as string,
        CONTRACT_KEY: "contracts/web/clickstream.json",
        CONTRACT_VERSION: `\${${contract}.version_id}`,
        SNAPSHOT_BUCKET: expect.any(String) as string,
        DATABASE: expect.stringContaining("database-raw") as string,
        TABLE: "clickstream",
        QUARANTINE_TABLE: "clickstream_quarantine",
        POWERTOOLS_SERVICE_NAME: "basin-prod-web-clickstream-transform",
      },
    });
    expect(transform.depends_on).toContain(contract);
    expect(transform).toMatchObject({ runtime: "nodejs22.x", handler: "index.handler", architectures: ["arm64"] });
  });

  test("reads its contract, what it enriches with, and nothing else of the bucket", () => {
    const read = statementsOf("basin-prod-web-clickstream-transform", json).find(
      ({ Sid }) => Sid === "ReadFilesArtifacts",
    );

    expect(read?.Resource).toEqual([
      expect.stringMatching(/\/contracts\/web\/clickstream\.json$/),
      expect.stringMatching(/\/snapshots\/reference\/countries\.json$/),
    ]);
  });
});

describe("its alarms", () => {
  const alarm = (name: string, text = json) =>
    Object.values(resources(text, "aws_cloudwatch_metric_alarm")).find(
      ({ alarm_name: found }) => found === `basin-prod-web-clickstream-${name}`,
    );

  test("ring by what is declared: how fresh rows are, and which share may fail", () => {
    const changed = synth({
      freshnessMinutes: 20,
      source: { ...clickstream.source, alertAboveFailedShare: 0.25 },
    });

    expect(alarm("stream-age")).toMatchObject({ threshold: 10 * 60_000 });
    expect(alarm("delivery-freshness")).toMatchObject({ threshold: 10 * 60 });
    expect(alarm("failed-share")).toMatchObject({ threshold: 1 });
    expect(alarm("stream-age", changed)).toMatchObject({ threshold: 20 * 60_000 });
    expect(alarm("delivery-freshness", changed)).toMatchObject({ threshold: 20 * 60 });
    expect(alarm("failed-share", changed)).toMatchObject({ threshold: 25 });
  });

  test("count what is refused of all records, whatever their batches", () => {
    const count = (id: string, name: string) => ({
      id,
      metric: {
        namespace: "Basin",
        metric_name: name,
        dimensions: { Domain: "web", Dataset: "clickstream" },
        period: 300,
        stat: "Sum",
      },
    });

    expect(alarm("failed-share")?.metric_query).toEqual([
      expect.objectContaining({ expression: "100 * (quarantined + failed) / read" }),
      count("quarantined", "RecordsQuarantined"),
      count("failed", "RecordsFailed"),
      count("read", "RecordsRead"),
    ]);
  });

  test("tell when the delivery, or a consumer that shares the shards with it, reads nothing of what comes", () => {
    const [consumer] = clickstream.source.consumers ?? [];
    const own = consumer && withSource({ consumers: [{ ...consumer, dedicatedThroughput: true }] });
    const watched = (text = "") => {
      const { metric_query: queries } = alarm("stream-age", text) as { metric_query: { metric?: Metric }[] };
      return queries.flatMap(({ metric }) => (metric === undefined ? [] : [metric.metric_name]));
    };
    const always = ["IncomingRecords", "GetRecords.IteratorAgeMilliseconds", "DataReadFromKinesisStream.Records"];

    expect(watched(json)).toEqual([...always, "Invocations"]);
    expect(watched(own)).toEqual(always);
  });

  test("ring while there is time to read what nobody has read, whatever is promised", () => {
    expect(alarm("stream-age", synth({ freshnessMinutes: 500_000 }))).toMatchObject({ threshold: 84 * 3_600_000 });
  });

  test("watch what it is enriched with, where it is", () => {
    expect(alarm("snapshot")).toMatchObject({ metric_name: "SnapshotUnavailable", threshold: 1 });
    expect(alarm("snapshot", withSource({ enrich: undefined }))).toBeUndefined();
  });
});

describe("its consumers", () => {
  test("run their code on what is declared for them", () => {
    expect(functionNamed("basin-prod-web-clickstream-purchases", json)).toMatchObject({
      memory_size: 256,
      timeout: 60,
      environment: {
        variables: {
          CONSUMER: "basin-prod-web-clickstream-purchases",
          CONTRACT_KEY: "contracts/web/clickstream.json",
          IDEMPOTENCY_TABLE: expect.stringContaining("aws_dynamodb_table.processing_idempotency") as string,
        },
      },
    });
    expect(only(json, "aws_lambda_event_source_mapping")).toMatchObject({
      event_source_arn: expect.stringContaining("aws_kinesis_stream.") as string,
      maximum_record_age_in_seconds: 720 * 60,
      maximum_retry_attempts: 5,
      parallelization_factor: 1,
    });
  });

  test("share the domain's queue of dead letters, which is not there without them", () => {
    const queue = only(json, "aws_sqs_queue");
    const none = withSource({ consumers: undefined });

    expect(queue).toMatchObject({ name: "basin-prod-web-dead-letters", message_retention_seconds: 14 * 86_400 });
    expect(resources(none, "aws_sqs_queue")).toEqual({});
    expect(resources(none, "aws_lambda_event_source_mapping")).toEqual({});
  });

  test("have a throughput of their own where it is declared, and instances kept for them", () => {
    const [consumer] = clickstream.source.consumers ?? [];
    if (consumer === undefined) {
      throw new Error("clickstream has no consumer");
    }
    const dedicated = withSource({ consumers: [{ ...consumer, dedicatedThroughput: true, reservedConcurrency: 5 }] });
    const registered = address(
      dedicated,
      "aws_kinesis_stream_consumer",
      `${ID}_consumer-purchases_throughput_consumer`,
    );

    expect(only(dedicated, "aws_lambda_event_source_mapping").event_source_arn).toBe(`\${${registered}.arn}`);
    expect(functionNamed("basin-prod-web-clickstream-purchases", dedicated)).toMatchObject({
      reserved_concurrent_executions: 5,
    });
  });
});

test.each(namedEnvironments)("in %s web.clickstream stays below 60 resources", (name, environment) => {
  const { resource: all = {} } = synthesize(environment, "layered").get(`${name}-domain-web`) ?? {};
  const own = Object.values(all)
    .flatMap((byId) => Object.values(byId))
    .filter((each) =>
      (each["//"] as { metadata: { path: string } }).metadata.path.includes("/domain-web/clickstream/"),
    );

  expect(own.length).toBeGreaterThan(50);
  expect(own.length).toBeLessThan(60);
});

interface Metric {
  readonly metric_name: string;
}

interface Table {
  readonly table_name: string;
  readonly unique_keys?: readonly string[];
}

function policyOf({ policy }: Record<string, unknown>): { Sid: string; Principal: unknown }[] {
  return (JSON.parse(policy as string) as { Statement: { Sid: string; Principal: unknown }[] }).Statement;
}

function functionNamed(name: string, text: string): Record<string, unknown> {
  return Object.values(resources(text, "aws_lambda_function")).find((found) => found.function_name === name) ?? {};
}
