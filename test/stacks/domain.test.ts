import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Domain, isTable, type QualityRule } from "../../domains/schema";
import { domains as realDomains } from "../../domains";
import { contractOf, isTableContract } from "../../domains/contract";
import { quarantineContract } from "../../domains/quarantine";
import type { Environment } from "../../environments/schema";
import { domains } from "../fixtures/domains";
import { environments } from "../fixtures/environments";
import { repository } from "../support/checkout";
import { namedEnvironments, synthesize, synthesizeDomain } from "../support/environments";
import { address, only, reference, resources } from "../support/synth";

const { dev } = environments;

function synth(domain: Domain, environment: Environment = dev): string {
  return synthesizeDomain(domain, environment);
}

/** The contracts that a domain uploads; the code of functions is uploaded too. */
function contractsIn(json: string): Record<string, unknown>[] {
  return Object.values(resources(json, "aws_s3_object")).filter(({ key }) => String(key).startsWith("contracts/"));
}

/** What the migrator is called with, in the order of the datasets. */
function calls(json: string): Record<string, unknown>[] {
  return Object.values(resources(json, "aws_lambda_invocation"));
}

describe("a domain", () => {
  test("has a database for each zone with tables, in its folder of the zone", () => {
    const json = synth(domains.sales);
    const ofZone = (zone: string) => ({
      name: `basin_dev_sales_${zone}`,
      description: `What customers buy, and who they are (${zone})`,
      location_uri: `s3://${reference(json, "aws_s3_bucket", `lake_${zone}_bucket`, "bucket")}/sales/`,
      tags: { DataClassification: "pii", Domain: "sales" },
      lifecycle: { prevent_destroy: false },
      depends_on: [
        address(json, "aws_glue_data_catalog_encryption_settings", "lake_catalog-encryption_settings"),
        address(json, "aws_glue_resource_policy", "lake_catalog-policy"),
        address(json, "aws_lakeformation_data_lake_settings", "lake_lake-formation_settings"),
        // databases lie in locations that nobody uses without a grant
        ...["apply", "break-glass"].flatMap((role) =>
          ["raw", "curated", "published"].map((zone) =>
            address(json, "aws_lakeformation_permissions", `lake_${role}-uses-${zone}`),
          ),
        ),
      ],
    });

    expect(Object.values(resources(json, "aws_glue_catalog_database"))).toEqual(
      ["curated", "published", "raw"].map(ofZone),
    );
  });

  test("writes hyphens of its name, and the platform's, as underscores in databases", () => {
    const json = synth({ ...domains.sales, name: "sales-eu", datasets: [] });

    expect(Object.values(resources(json, "aws_glue_catalog_database")).map(({ name }) => name)).toEqual([
      "basin_dev_sales_eu_curated",
      "basin_dev_sales_eu_published",
      "basin_dev_sales_eu_raw",
    ]);
  });

  test("without a table is classified as public, there is nothing in it", () => {
    const json = synth({ ...domains.sales, datasets: domains.sales.datasets.filter((dataset) => !isTable(dataset)) });

    for (const { tags } of Object.values(resources(json, "aws_glue_catalog_database"))) {
      expect(tags).toEqual({ DataClassification: "public", Domain: "sales" });
    }
  });

  test("leaves out what the environment disables", () => {
    const disabledDatasets = { "sales.customers": "the shop of dev has none", "web.orders": "another domain's" };
    const json = synth(domains.sales, { ...dev, disabledDatasets });
    const keys = contractsIn(json).map(({ key }) => (key as string).split("/")[2]);

    expect(keys).toEqual(["invoices.json", "orders.json"]);
  });
});

describe("a dataset", () => {
  const web = domains.web;
  const [clickstream] = web.datasets;
  if (clickstream === undefined || !isTable(clickstream)) {
    throw new Error("web has no table");
  }

  test("puts its contract where what runs finds it, with two tags: S3 takes ten", () => {
    const [object = {}] = contractsIn(synth(web));

    expect(object.key).toBe("contracts/web/clickstream.json");
    expect(JSON.parse(object.content as string)).toEqual(contractOf(web, clickstream));
    expect(object.tags).toEqual({ DataClassification: "pii", Domain: "web" });
    expect(object.override_provider).toEqual({ default_tags: { tags: {} } });
  });

  test("changes its contract in place when its declaration changes", () => {
    const changed = { ...web, datasets: [{ ...clickstream, freshnessMinutes: 11 }] };
    const [before = {}, after = {}] = [...contractsIn(synth(web)), ...contractsIn(synth(changed))];

    expect(after.key).toBe(before.key);
    expect(after.content).not.toBe(before.content);
  });

  test("calls the migrator on its contract, with a table in each zone", () => {
    const json = synth(web);
    const [call = {}] = calls(json);
    const contract = contractOf(web, clickstream);

    expect(JSON.parse(call.input as string)).toEqual({
      contract,
      tables: ["raw", "curated", "published"].map((zone) => ({
        zone,
        database: reference(json, "aws_glue_catalog_database", `domain-sales_database-${zone}_database`, "name"),
        table: "clickstream",
        location: `s3://${reference(json, "aws_s3_bucket", `lake_${zone}_bucket`, "bucket")}/web/clickstream`,
      })),
    });
    expect(call.triggers).toEqual({
      contract: createHash("sha256").update(JSON.stringify(contract)).digest("hex"),
      migration: "1",
    });
    // without it, it is called when it is made, and made again when its input changes: a call that fails leaves no trace
    expect(call).not.toHaveProperty("lifecycle_scope");
  });

  test("that is a stream has a table of refused records beside its raw one, by a contract of its own", () => {
    const json = synth(web);
    const [, call = {}] = calls(json);
    const contract = contractOf(web, clickstream);
    if (!isTableContract(contract)) {
      throw new Error("clickstream has no table");
    }

    expect(JSON.parse(call.input as string)).toEqual({
      contract: quarantineContract(contract),
      tables: [
        {
          zone: "raw",
          database: reference(json, "aws_glue_catalog_database", "domain-sales_database-raw_database", "name"),
          table: "clickstream_quarantine",
          location: `s3://${reference(json, "aws_s3_bucket", "lake_raw_bucket", "bucket")}/web/clickstream_quarantine`,
        },
      ],
    });
  });

  test("publishes its contract when its tables are as it says", () => {
    const json = synth(web);
    const [contract = {}] = contractsIn(json);

    for (const call of ["migration", "quarantine-migration"]) {
      expect(contract.depends_on).toContain(
        address(json, "aws_lambda_invocation", `domain-sales_clickstream_tables_${call}_invocation`),
      );
    }
  });

  test("calls the migrator with what its contract says to the letter, which Terraform would evaluate", () => {
    const quality: QualityRule[] = [
      { rule: "oneOf", column: "event_type", values: ["${a}", "%{b}"], onFailure: "warn" },
    ];
    const json = synth({ ...web, datasets: [{ ...clickstream, quality }] });

    expect(calls(json)[0]?.input).toContain('"values":["$${a}","%%{b}"]');
  });

  test("has its tables optimized once the migrator has made them", () => {
    const json = synth(web);
    const optimizers = Object.entries(resources(json, "aws_glue_catalog_table_optimizer"));

    expect(optimizers).toHaveLength(12);
    for (const [id, { depends_on: earlier }] of optimizers) {
      const call = id.includes("quarantine") ? "quarantine-migration" : "migration";
      expect(earlier).toContain(
        address(json, "aws_lambda_invocation", `domain-sales_clickstream_tables_${call}_invocation`),
      );
    }
  });

  test("without a table is neither migrated nor optimized", () => {
    const json = synth({ ...domains.sales, datasets: domains.sales.datasets.filter((dataset) => !isTable(dataset)) });

    expect(resources(json, "aws_lambda_invocation")).toEqual({});
    expect(resources(json, "aws_glue_catalog_table_optimizer")).toEqual({});
  });

  test("without a table is listed by an inventory of its folder", () => {
    const json = synth(domains.sales);

    expect(only(json, "aws_s3_bucket_inventory")).toMatchObject({
      bucket: reference(json, "aws_s3_bucket", "lake_raw_bucket", "bucket"),
      name: "sales-invoices",
      filter: { prefix: "sales/invoices/" },
      schedule: { frequency: "Weekly" },
    });
  });

  test("with a table has no inventory", () => {
    expect(resources(synth(web), "aws_s3_bucket_inventory")).toEqual({});
  });
});

test("every domain's file has an owner of its own, in the order of the files", () => {
  const owners = readFileSync(join(repository, ".github", "CODEOWNERS"), "utf8");
  const owned = [...owners.matchAll(/^\/domains\/(\S+)\.ts\s+@\S+$/gm)].map(([, name]) => name);

  expect(owned).toEqual(Object.keys(realDomains).sort());
});

/** What takes no tags of all that domains make. */
const UNTAGGABLE = [
  "aws_cloudwatch_log_stream",
  "aws_glue_catalog_table_optimizer",
  "aws_iam_role_policy",
  "aws_kinesis_resource_policy",
  "aws_lakeformation_data_cells_filter",
  "aws_lakeformation_lf_tag",
  "aws_lakeformation_permissions",
  "aws_lakeformation_resource_lf_tags",
  "aws_lambda_invocation",
  "aws_s3_bucket_inventory",
  "aws_sqs_queue_policy",
];

describe.each(namedEnvironments)("in %s", (name, environment) => {
  const layered = [...synthesize(environment, "layered")].filter(([stack]) => stack.startsWith(`${name}-domain-`));

  test("every domain has a stack", () => {
    expect(layered.map(([stack]) => stack).sort()).toEqual(
      Object.keys(realDomains)
        .map((domain) => `${name}-domain-${domain}`)
        .sort(),
    );
  });

  test("everything of a domain that takes tags says which domain it is of, and how sensitive it is", () => {
    for (const [stack, { resource }] of layered) {
      const tagged = Object.entries(resource).filter(([type]) => !UNTAGGABLE.includes(type));
      expect(tagged.length).toBeGreaterThan(0);
      for (const { tags } of tagged.flatMap(([, byId]) => Object.values(byId))) {
        expect(tags).toEqual({
          Domain: stack.slice(`${name}-domain-`.length),
          DataClassification: expect.stringMatching(/^(public|internal|confidential|pii)$/) as string,
        });
      }
    }
  });

  test("a domain reads the states of layers before it, never those of another domain", () => {
    const stateOf = (layer: string) => `cross-stack-reference-input-${name}-${layer}`;

    for (const [, { data }] of layered) {
      const read = Object.keys(data?.terraform_remote_state ?? {});
      expect(read).toContain(stateOf("lake"));
      expect(["foundation", "lake", "processing"].map(stateOf)).toEqual(expect.arrayContaining(read));
    }
  });
});
