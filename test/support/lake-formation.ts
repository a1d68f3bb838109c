import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Graph, type StackJson, type SynthesizedStack } from "../../policies/graph";
import type { Resources } from "./cases";

type Values = Readonly<Record<string, unknown>>;

/** What a principal is let do by IAM: look the catalog up, ask Lake Formation for data, read files itself. */
export type Door = "catalog" | "data" | "files";

/** A lake with its grants. Principals are roles of our account by their names, or ARNs. */
export interface Lake {
  readonly settings?: {
    readonly admins?: readonly string[];
    readonly readOnlyAdmins?: readonly string[];
    readonly tableDefaults?: readonly Values[];
    readonly crossAccountVersion?: number;
  };
  /** Registered locations by their ARNs. */
  readonly locations?: Readonly<Record<string, "registered" | "hybrid">>;
  readonly databases?: Readonly<
    Record<string, { readonly tags?: Tags; readonly tableDefaults?: readonly Values[]; readonly createdBy?: string }>
  >;
  /** By database and name: "sales.orders". */
  readonly tables: Readonly<Record<string, LakeTable>>;
  readonly links?: Readonly<Record<string, { readonly target: string; readonly createdBy: string }>>;
  /** Grants, filters and opt-ins in the order in which they are applied, with who applies them where that is told. */
  readonly steps: readonly { readonly type: string; readonly by?: string; readonly values: Values }[];
  readonly principals: Readonly<Record<string, { readonly iam: readonly Door[]; readonly groups?: readonly string[] }>>;
}

type Tags = Readonly<Record<string, string>>;

interface LakeTable {
  readonly location?: string;
  readonly tags?: Tags;
  /** With their own LF-Tags. */
  readonly columns: Readonly<Record<string, Tags>>;
  readonly partitionKeys?: readonly string[];
  readonly createdBy?: string;
}

/** A cited case, with what has to come out. */
export interface LakeCase extends Lake {
  readonly id: string;
  readonly title: string;
  readonly expect: readonly {
    readonly principal: string;
    readonly table: string;
    /** All columns whose data can be read. */
    readonly reads: readonly string[];
    readonly rows: string;
    readonly isShown?: boolean;
    readonly schema?: readonly string[];
    readonly permissions?: readonly string[];
    readonly readsFiles?: boolean;
    readonly why: string;
  }[];
  readonly expectDatabases?: readonly {
    readonly principal: string;
    readonly database: string;
    readonly isShown: boolean;
  }[];
  /** Steps that Lake Formation refuses, by their place. */
  readonly refused: readonly { readonly step: number }[];
}

/** Worked cases of what Lake Formation lets principals read, with the pages that say so. */
export const LAKE_CASES = (
  JSON.parse(readFileSync(join(__dirname, "../fixtures/lake-formation-cases.json"), "utf8")) as {
    readonly cases: readonly LakeCase[];
  }
).cases;

export const ACCOUNT = { accountId: "111122223333", region: "eu-west-1", partition: "aws" };

/** How tables come to be: as resources, or by a function that is called with their contracts. */
export type TableForm = "resource" | "contract";

/** The ARN of a role by its name; what is none stays as it is. */
export function arnOf(principal: string): string {
  return /^[a-z_-]+$/.test(principal) ? `arn:aws:iam::${ACCOUNT.accountId}:role/${principal}` : principal;
}

/** What Terraform has of a lake: settings first, then tables, then what is granted, each in a stack of its own. */
export function graphOf(lake: Lake, form: TableForm = "resource", changes: Resources = {}): Graph {
  const stack = (name: string, dependencies: string[], resource: Resources, appliers: readonly string[] = []) =>
    ({ name, dependencies, json: { resource, provider: providersOf(appliers) } }) satisfies SynthesizedStack;
  const creators = [
    ...Object.values(lake.databases ?? {}),
    ...Object.values(lake.tables),
    ...Object.values(lake.links ?? {}),
  ];
  return new Graph(
    [
      stack("settings", [], merged(settingsOf(lake), principalsOf(lake), changes)),
      stack(
        "tables",
        ["settings"],
        merged(databasesOf(lake), tablesOf(lake, form), tagsOf(lake)),
        creators.flatMap(({ createdBy }) => createdBy ?? []),
      ),
      stack(
        "grants",
        ["settings", "tables"],
        stepsOf(lake),
        lake.steps.flatMap(({ by }) => by ?? []),
      ),
    ],
    ACCOUNT,
  );
}

function merged(...all: readonly Resources[]): Resources {
  const types = [...new Set(all.flatMap((resources) => Object.keys(resources)))];
  return Object.fromEntries(types.map((type) => [type, Object.assign({}, ...all.map(({ [type]: one }) => one))]));
}

function idOf(name: string): string {
  return name.replaceAll(/[^\w-]/g, "_");
}

function byId<T>(list: readonly T[], name: (one: T) => string, values: (one: T) => Values): Record<string, Values> {
  return Object.fromEntries(list.map((one) => [idOf(name(one)), values(one)]));
}

/** A role by reference, everybody else by what they are called. */
function referenceTo(principal: string, { principals }: Lake): string {
  return principal in principals && /^[a-z_-]+$/.test(principal)
    ? `\${aws_iam_role.${principal}.arn}`
    : arnOf(principal);
}

function providersOf(appliers: readonly string[]): NonNullable<StackJson["provider"]> {
  const assuming = [...new Set(appliers)].map((applier) => ({
    alias: idOf(applier),
    assume_role: [{ role_arn: arnOf(applier) }],
  }));
  return { aws: [{ region: ACCOUNT.region }, ...assuming] };
}

function appliedBy(applier: string | undefined): Values {
  return applier === undefined ? {} : { provider: `aws.${idOf(applier)}` };
}

function settingsOf(lake: Lake): Resources {
  const { admins = [], readOnlyAdmins = [], tableDefaults = [], crossAccountVersion } = lake.settings ?? {};
  return {
    aws_lakeformation_data_lake_settings: {
      s: {
        admins: admins.map((admin) => referenceTo(admin, lake)),
        read_only_admins: readOnlyAdmins.map((admin) => referenceTo(admin, lake)),
        create_table_default_permissions: tableDefaults,
        ...(crossAccountVersion !== undefined && {
          parameters: { CROSS_ACCOUNT_VERSION: String(crossAccountVersion) },
        }),
      },
    },
    aws_lakeformation_resource: byId(
      Object.entries(lake.locations ?? {}),
      ([arn]) => arn,
      ([arn, mode]) => ({ arn, hybrid_access_enabled: mode === "hybrid", role_arn: arnOf("registration") }),
    ),
  };
}

const ACTIONS: Readonly<Record<Door, readonly string[]>> = {
  catalog: ["glue:Get*"],
  data: ["lakeformation:GetDataAccess"],
  files: ["s3:GetObject"],
};

function principalsOf({ principals }: Lake): Resources {
  const roles = Object.keys(principals).filter((name) => !name.includes(":"));
  const memberships = Object.entries(principals).flatMap(([member, { groups = [] }]) =>
    groups.map((group) => ({ member_id: member.replace(/.*\//, ""), group_id: group.replace(/.*\//, "") })),
  );
  const statementOf = (door: Door) => ({ Effect: "Allow", Action: ACTIONS[door], Resource: "*" });
  return {
    aws_iam_role: byId(roles, String, (name) => ({ name })),
    aws_iam_role_policy: byId(roles, String, (name) => ({
      role: `\${aws_iam_role.${name}.name}`,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: principals[name]?.iam.map(statementOf) }),
    })),
    aws_identitystore_group_membership: byId(
      memberships,
      ({ member_id: id }) => id,
      (membership) => membership,
    ),
  };
}

function databasesOf({ databases = {} }: Lake): Resources {
  return {
    aws_glue_catalog_database: byId(
      Object.entries(databases),
      ([name]) => name,
      ([name, { tableDefaults, createdBy }]) => ({
        name,
        ...(tableDefaults !== undefined && { create_table_default_permission: tableDefaults }),
        ...appliedBy(createdBy),
      }),
    ),
  };
}

function tablesOf({ tables, links = {} }: Lake, form: TableForm): Resources {
  const all = Object.entries(tables);
  // contracts are of Iceberg tables, which have no partition keys
  const isContracted = ([, table]: (typeof all)[number]) => form === "contract" && table.partitionKeys === undefined;
  const calls = all.filter(isContracted);
  return {
    aws_glue_catalog_table: {
      ...byId(
        all.filter((one) => !isContracted(one)),
        ([name]) => name,
        ([name, table]) => tableValues(name, table),
      ),
      ...byId(
        Object.entries(links),
        ([name]) => name,
        ([name, { target, createdBy }]) => ({
          ...named(name, "name"),
          target_table: [{ catalog_id: ACCOUNT.accountId, ...named(target, "name") }],
          ...appliedBy(createdBy),
        }),
      ),
    },
    aws_lambda_function: byId(
      calls,
      ([name]) => name,
      ([name, { createdBy = "table-maker" }]) => ({
        function_name: idOf(name),
        role: arnOf(createdBy),
      }),
    ),
    aws_lambda_invocation: byId(
      calls,
      ([name]) => name,
      ([name, table]) => callValues(name, table),
    ),
  };
}

function named(name: string, key: string): Values {
  const [database, table] = name.split(".");
  return { database_name: database, [key]: table };
}

function tableValues(name: string, { columns, partitionKeys = [], location, createdBy }: LakeTable): Values {
  const names = Object.keys(columns).filter((column) => !partitionKeys.includes(column));
  return {
    ...named(name, "name"),
    storage_descriptor: [{ location, columns: names.map((column) => ({ name: column })) }],
    partition_keys: partitionKeys.map((key) => ({ name: key })),
    ...appliedBy(createdBy),
  };
}

function callValues(name: string, { columns, location }: LakeTable): Values {
  const [database, table] = name.split(".");
  return {
    function_name: `\${aws_lambda_function.${idOf(name)}.function_name}`,
    input: JSON.stringify({
      contract: { columns: Object.keys(columns).map((column) => ({ name: column })) },
      tables: [{ zone: "curated", database, table, location }],
    }),
  };
}

/** Tags of databases and tables as one resource for each, those of columns as one resource for each tag. */
function tagsOf({ databases = {}, tables }: Lake): Resources {
  const list = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));
  const onDatabases = Object.entries(databases).map(([name, { tags = {} }]) => ({
    database: [{ name }],
    lf_tag: list(tags),
  }));
  const onTables = Object.entries(tables).map(([name, { tags = {} }]) => ({
    table: [named(name, "name")],
    lf_tag: list(tags),
  }));
  const onColumns = Object.entries(tables).flatMap(([name, { columns }]) =>
    Object.entries(columns).flatMap(([column, tags]) =>
      list(tags).map((tag) => ({
        table_with_columns: [{ ...named(name, "name"), column_names: [column] }],
        lf_tag: [tag],
      })),
    ),
  );
  const numbered = (all: readonly Values[]) => Object.fromEntries(all.map((values, index) => [`t${index}`, values]));
  return {
    aws_lakeformation_resource_lf_tags: numbered(
      [...onDatabases, ...onTables].filter(({ lf_tag: tags }) => tags.length > 0),
    ),
    aws_lakeformation_resource_lf_tag: numbered(onColumns),
  };
}

/** The address of a step. */
export function addressOf({ steps }: Lake, index: number): string {
  return `aws_lakeformation_${steps[index]?.type ?? ""}.s${index}`;
}

/** Each step waits for the one before: they are applied in their order. */
function stepsOf(lake: Lake): Resources {
  const resources = lake.steps.map(({ type, by, values: { principal, ...values } }, index) => ({
    type: `aws_lakeformation_${type}`,
    id: `s${index}`,
    values: {
      ...(typeof principal === "string" && { principal: principalIn(type, referenceTo(principal, lake)) }),
      ...values,
      ...appliedBy(by),
      ...(index > 0 && { depends_on: [addressOf(lake, index - 1)] }),
      ...(by !== undefined && !by.includes(ACCOUNT.accountId) && by.includes(":") && { catalog_id: ACCOUNT.accountId }),
    },
  }));
  return merged(...resources.map(({ type, id, values }) => ({ [type]: { [id]: values } })));
}

function principalIn(type: string, principal: string): unknown {
  return type === "opt_in" ? [{ data_lake_principal_identifier: principal }] : principal;
}
