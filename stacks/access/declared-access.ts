import { filterExpression } from "../../domains/row-filter";
import { type Domain, isTable, SENSITIVITIES, TABLE_ZONES, type TableDataset } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { accountOf } from "../account-of";
import { isDisabled } from "../cross-checks";
import { databaseName, namingContext, physicalName } from "../naming";
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
        ...TABLE_ZONES.flatMap((zone) =>
          dataset.columns.map(({ name }) => ({
            principal: `arn:${accountOf(environment).partition}:iam::${environment.accountId}:role/${physicalName(names, "role", "table-upkeep")}`,
            consumer: undefined,
            database: databaseName(names, domain.name, zone),
            table: dataset.name,
            column: name,
            rows: "all",
            reason: "the platform: Glue's optimizers rewrite the files of every table",
          })),
        ),
      ]),
  );
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
