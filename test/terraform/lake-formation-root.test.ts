import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_PROVIDER } from "../../cli/terraform/provider-mirror";
import { contentsOf } from "../emulator/account";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { filtersOf, optInsOf, permissionsIn } from "../emulator/lake";
import { temporaryFolder } from "../support/checkout";
import { describeTerraform, TERRAFORM_TIMEOUT_MS, terraformIn } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const account = { accountId: "111122223333", region: "eu-west-1" };

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator(account);
});

afterAll(() => emulator.stop());

describeTerraform("a root with a lake that Lake Formation governs", () => {
  test("applies, plans nothing more, changes, plans nothing more, and leaves nothing behind", async () => {
    const directory = join(temporaryFolder(), "root");
    mkdirSync(directory);
    const run = await terraformIn(directory, emulator);
    const applied = async (stage: Stage) => {
      writeFileSync(join(directory, "main.tf.json"), JSON.stringify(root(stage)));
      expect(await run("init")).toMatchObject({ exitCode: 0 });
      const apply = await run("apply", "-auto-approve");
      expect(apply).toMatchObject({ exitCode: 0, stderr: "" });
      const { exitCode, stdout } = await run("plan", "-detailed-exitcode");
      expect(stdout).toContain("No changes.");
      expect(exitCode).toBe(0);
      return apply.stdout;
    };

    await applied("first");
    expect(await contentsOf(emulator)).toMatchObject({
      lfTags: ["sensitivity", "zone"],
      locations: ["arn:aws:s3:::basin-test-hybrid", "arn:aws:s3:::basin-test-lake"],
      tables: ["sales.orders"],
      workgroups: ["analysts"],
    });
    expect(await filtersOf(emulator)).toEqual(["sales.orders.columns", "sales.orders.rows"]);
    expect(await optInsOf(emulator)).toEqual([expect.stringContaining("role/reader")]);
    expect(await holders()).toEqual(HOLDERS);

    const changes = await applied("second");
    expect([...changes.matchAll(/^(\S+): Modifications complete/gm)].map(([, address]) => address).sort()).toEqual([
      "aws_athena_workgroup.analysts",
      "aws_lakeformation_data_cells_filter.columns",
      "aws_lakeformation_data_cells_filter.rows",
      "aws_lakeformation_data_lake_settings.this",
      "aws_lakeformation_lf_tag.sensitivity",
    ]);
    // all others are replaced, by what the provider knows of them
    expect([...changes.matchAll(/^(\S+): Destruction complete/gm)].map(([, address]) => address).sort()).toEqual([
      "aws_lakeformation_permissions.tables",
      "aws_lakeformation_resource.hybrid",
      "aws_lakeformation_resource_lf_tags.table",
    ]);
    expect(await holders()).toEqual(HOLDERS);

    // what a filter's deletion takes along is revoked before
    const target = "aws_lakeformation_permissions.filter";
    expect(await run("destroy", "-auto-approve", "-target", target)).toMatchObject({ exitCode: 0 });
    expect(await holders()).toEqual(HOLDERS.filter((holder) => !holder.startsWith("DataCellsFilter")));
    expect(await filtersOf(emulator)).toHaveLength(2);

    expect(await run("destroy", "-auto-approve")).toMatchObject({ exitCode: 0, stderr: "" });
    const left = Object.entries(await contentsOf(emulator)).filter(([, names]) => names.length > 0);
    expect(left).toEqual([]);
    expect(await filtersOf(emulator)).toEqual([]);
    expect(await optInsOf(emulator)).toEqual([]);
  });

  /** Who has permissions on what, in the kinds of Lake Formation's API. */
  async function holders(): Promise<string[]> {
    return (await permissionsIn(emulator))
      .map(({ Resource, Principal, Permissions }) => {
        const [kind = ""] = Object.keys(Resource);
        return `${kind} ${Principal.DataLakePrincipalIdentifier.replace(/.*\//, "")} ${Permissions.join("+")}`;
      })
      .sort();
  }
});

const HOLDERS = [
  "DataCellsFilter reader SELECT",
  "DataLocation maker DATA_LOCATION_ACCESS",
  "Database maker CREATE_TABLE+DESCRIBE",
  "LFTagPolicy reader DESCRIBE+SELECT",
  "LFTagPolicy writer ALTER+DELETE+DESCRIBE+INSERT+SELECT",
  "LFTagPolicy writer CREATE_TABLE+DESCRIBE",
  "Table maker ALTER+DESCRIBE+INSERT",
  "TableWithColumns maker SELECT",
];

/** The root as it is made, and as it is changed in all that can be. */
type Stage = "first" | "second";

function root(stage: Stage): object {
  const provider = { region: account.region, max_retries: 2, s3_use_path_style: true };
  return {
    terraform: { required_providers: { aws: AWS_PROVIDER } },
    provider: { aws: { ...provider, default_tags: { tags: { Team: "lake" } } } },
    resource: {
      ...foundation(),
      ...settings(stage),
      ...tags(stage),
      aws_lakeformation_permissions: permissions(stage),
      ...filters(stage),
      ...workgroup(stage),
    },
  };
}

const ROLES = ["admin", "auditor", "maker", "reader", "registration", "writer"];
const roleArn = (name: string) => `\${aws_iam_role.${name}.arn}`;
const afterSettings = { depends_on: ["aws_lakeformation_data_lake_settings.this"] };
const ORDERS = { database_name: "${aws_glue_catalog_table.orders.database_name}" };
const TABLE = { ...ORDERS, name: "${aws_glue_catalog_table.orders.name}" };

function foundation(): object {
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
  const assume_role_policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const location = "s3://${aws_s3_bucket.lake.bucket}/orders";
  return {
    aws_iam_role: Object.fromEntries(ROLES.map((name) => [name, { name, assume_role_policy }])),
    aws_kms_key: { this: { deletion_window_in_days: 7 } },
    aws_s3_bucket: { lake: { bucket: "basin-test-lake" }, hybrid: { bucket: "basin-test-hybrid" } },
    aws_glue_catalog_database: { sales: { name: "sales", ...afterSettings } },
    aws_glue_catalog_table: {
      orders: {
        name: "orders",
        database_name: "${aws_glue_catalog_database.sales.name}",
        table_type: "EXTERNAL_TABLE",
        open_table_format_input: { iceberg_input: { metadata_operation: "CREATE", version: 2 } },
        storage_descriptor: {
          location,
          columns: ["id", "email", "country"].map((name) => ({ name, type: "string" })),
        },
      },
    },
  };
}

function settings(stage: Stage): object {
  const location = (bucket: string, hybrid_access_enabled: boolean) => ({
    arn: `\${aws_s3_bucket.${bucket}.arn}`,
    role_arn: roleArn("registration"),
    hybrid_access_enabled,
    ...afterSettings,
  });
  return {
    aws_lakeformation_data_lake_settings: {
      this: {
        admins: stage === "first" ? [roleArn("admin")] : [roleArn("admin"), roleArn("maker")],
        read_only_admins: [roleArn("auditor")],
        parameters: { CROSS_ACCOUNT_VERSION: "4" },
      },
    },
    aws_lakeformation_resource: { lake: location("lake", false), hybrid: location("hybrid", stage === "first") },
  };
}

function tags(stage: Stage): object {
  const sensitivity = "${aws_lakeformation_lf_tag.sensitivity.key}";
  const zone = "${aws_lakeformation_lf_tag.zone.key}";
  return {
    aws_lakeformation_lf_tag: {
      zone: { key: "zone", values: ["raw", "curated"], ...afterSettings },
      // one value goes, one comes
      sensitivity: {
        key: "sensitivity",
        values: ["public", "pii", stage === "first" ? "internal" : "secret"],
        ...afterSettings,
      },
    },
    aws_lakeformation_resource_lf_tags: {
      database: {
        database: { name: "${aws_glue_catalog_database.sales.name}" },
        lf_tag: [{ key: zone, value: "curated" }],
      },
      table: {
        table: TABLE,
        lf_tag: [
          { key: sensitivity, value: "pii" },
          { key: zone, value: stage === "first" ? "curated" : "raw" },
        ],
      },
    },
    aws_lakeformation_resource_lf_tag: {
      columns: {
        table_with_columns: { ...TABLE, column_names: ["id", "country"] },
        lf_tag: { key: sensitivity, value: "public" },
      },
    },
  };
}

function permissions(stage: Stage): object {
  const policy = (resource_type: string, ...expression: object[]) => ({ lf_tag_policy: { resource_type, expression } });
  const zone = (...values: string[]) => ({ key: "${aws_lakeformation_lf_tag.zone.key}", values });
  const sensitivity = { key: "${aws_lakeformation_lf_tag.sensitivity.key}" };
  const to = (role: string, ...names: string[]) => ({ principal: roleArn(role), permissions: names });
  const data_cells_filter = {
    ...ORDERS,
    table_catalog_id: account.accountId,
    table_name: TABLE.name,
    name: "${aws_lakeformation_data_cells_filter.rows.table_data[0].name}",
  };
  return {
    database: {
      ...to("maker", "CREATE_TABLE", "DESCRIBE"),
      database: { name: "${aws_glue_catalog_database.sales.name}" },
    },
    table: { ...to("maker", "ALTER", "DESCRIBE", "INSERT", "SELECT"), table: TABLE },
    location: {
      ...to("maker", "DATA_LOCATION_ACCESS"),
      data_location: { arn: "${aws_lakeformation_resource.lake.arn}" },
    },
    databases: { ...to("writer", "CREATE_TABLE", "DESCRIBE"), ...policy("DATABASE", zone("raw", "curated")) },
    written: {
      ...to("writer", "ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT"),
      ...policy("TABLE", zone("curated")),
    },
    tables: {
      ...to("reader", "SELECT", "DESCRIBE"),
      ...policy("TABLE", zone("curated", "raw"), {
        ...sensitivity,
        values: ["public", stage === "first" ? "internal" : "secret"],
      }),
    },
    filter: { ...to("reader", "SELECT"), data_cells_filter },
  };
}

function filters(stage: Stage): object {
  const names = { ...ORDERS, table_name: TABLE.name, table_catalog_id: account.accountId };
  const data_lake_principal_identifier = roleArn("reader");
  return {
    aws_lakeformation_data_cells_filter: {
      rows: {
        table_data: {
          ...names,
          name: "rows",
          column_names: stage === "first" ? ["id"] : ["country", "id"],
          row_filter: { filter_expression: stage === "first" ? "country = 'CH'" : "country IN ('CH', 'AT')" },
        },
      },
      columns: {
        table_data: {
          ...names,
          name: "columns",
          // the provider keeps their order, Lake Formation that of the alphabet
          column_wildcard: { excluded_column_names: stage === "first" ? ["email"] : ["country", "email"] },
          row_filter: { all_rows_wildcard: {} },
        },
      },
    },
    aws_lakeformation_opt_in: {
      reader: {
        principal: { data_lake_principal_identifier },
        // without the catalog it would be replaced by every plan
        resource_data: { table: { ...TABLE, catalog_id: account.accountId } },
      },
    },
  };
}

function workgroup(stage: Stage): object {
  return {
    aws_athena_workgroup: {
      analysts: {
        name: "analysts",
        force_destroy: true,
        tags: { Stage: stage },
        configuration: {
          bytes_scanned_cutoff_per_query: stage === "first" ? 20_000_000 : 10_995_116_277_760,
          enforce_workgroup_configuration: true,
          publish_cloudwatch_metrics_enabled: true,
          engine_version: { selected_engine_version: "Athena engine version 3" },
          result_configuration: {
            output_location: "s3://${aws_s3_bucket.lake.bucket}/results/",
            expected_bucket_owner: account.accountId,
            encryption_configuration: { encryption_option: "SSE_KMS", kms_key_arn: "${aws_kms_key.this.arn}" },
          },
        },
      },
    },
  };
}
