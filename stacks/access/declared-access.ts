import { filterExpression } from "../../domains/row-filter";
import { QUARANTINE_COLUMNS } from "../../domains/quarantine";
import {
  type Domain,
  isStream,
  isTable,
  quarantineTable,
  SENSITIVITIES,
  TABLE_ZONES,
  type TableDataset,
} from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { accountOf } from "../account-of";
import { isDisabled } from "../cross-checks";
import { kinesisStreams } from "../dataset/domain-streams";
import { databaseName, datasetName, type NamingContext, namingContext, physicalName } from "../naming";
import { consumerNamed } from "./consumers";

/** That somebody reads a column of a table, by what is declared. */
export interface DeclaredAccess {
  /** ARN of a role or group. */
  readonly principal: string;
  /** The consumer's name; undefined for roles of the platform itself. */
  readonly consumer: string | undefined;
  readonly database: string;
  readonly table: string;
  readonly column: string;
  /** All of them, or those for which a predicate holds. */
  readonly rows: string;
  /** Where it is declared, for people. */
  readonly reason: string;
}

/**
 * Who reads what, by the declarations of domains alone: consumers read published tables as far as their datasets say, and the
 * role that keeps tables small reads all of them. Nothing of Lake Formation is known here: another evaluator reads what is
 * synthesized, and the two have to agree.
 */
export function declaredAccess(
  platform: PlatformSettings,
  environment: Environment,
  domains: readonly Domain[],
): DeclaredAccess[] {
  const names = namingContext(platform, environment);
  return domains.flatMap((domain) =>
    domain.datasets
      .filter(isTable)
      .filter((dataset) => !isDisabled(environment, domain.name, dataset.name))
      .flatMap((dataset) => [
        ...readersOf(domain, dataset, environment).map((access) => ({
          ...access,
          database: databaseName(names, domain.name, "published"),
          table: dataset.name,
        })),
        ...workersOf(names, environment, domain, dataset),
      ]),
  );
}

/** Roles of the platform that read rows: of every table what keeps it small, and of the raw ones of a stream what writes them. */
function workersOf(
  names: NamingContext,
  environment: Environment,
  domain: Domain,
  dataset: TableDataset,
): DeclaredAccess[] {
  const role = (name: string) => `arn:${accountOf(environment).partition}:iam::${environment.accountId}:role/${name}`;
  const columns = dataset.columns.map(({ name }) => name);
  const tables = TABLE_ZONES.map((zone) => ({ zone, table: dataset.name, columns }));
  const quarantine = isStream(dataset)
    ? [
        {
          zone: "raw" as const,
          table: quarantineTable(dataset.name),
          columns: QUARANTINE_COLUMNS.map(({ name }) => name),
        },
      ]
    : [];
  const raw = [...tables.filter(({ zone }) => zone === "raw"), ...quarantine];
  const access = (principal: string, reason: string) => (table: (typeof raw)[number]) =>
    table.columns.map((column): DeclaredAccess => ({
      principal,
      consumer: undefined,
      database: databaseName(names, domain.name, table.zone),
      table: table.table,
      column,
      rows: "all",
      reason,
    }));
  return [
    ...[...tables, ...quarantine].flatMap(
      access(
        role(physicalName(names, "role", "table-upkeep")),
        "the platform: Glue's optimizers rewrite the files of every table",
      ),
    ),
    ...(kinesisStreams([dataset]).length === 0
      ? []
      : raw.flatMap(
          access(
            role(datasetName(names, domain.name, dataset.name, "delivery")),
            "the platform: Firehose finds rows by their key to write them once",
          ),
        )),
  ];
}

function readersOf(
  domain: Domain,
  dataset: TableDataset,
  environment: Environment,
): Omit<DeclaredAccess, "database" | "table">[] {
  return dataset.readers.flatMap(({ consumer: name, upTo, rows }, index) => {
    const consumer = consumerNamed(name, environment);
    if (consumer === undefined) {
      return [];
    }
    const reason = `${domain.name}.${dataset.name}: readers[${index}], ${name} up to ${upTo}`;
    return dataset.columns
      .filter(({ sensitivity }) => SENSITIVITIES.indexOf(sensitivity) <= SENSITIVITIES.indexOf(upTo))
      .map((column) => ({
        principal: consumer.principal,
        consumer: name,
        column: column.name,
        rows: rows === undefined ? "all" : filterExpression(rows),
        reason,
      }));
  });
}
