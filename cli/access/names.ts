import { type Domain, isTable, TABLE_ZONES, type TableZone } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { IAM_ALLOWED_PRINCIPALS } from "../../policies/lake-formation/principals";
import { consumersOf } from "../../stacks/access/consumers";
import { databaseName } from "../../stacks/naming";
import { byText, type Principal, type TableName } from "./form";

/** What names are made of. */
export interface NamesProps {
  readonly platform: Pick<PlatformSettings, "name">;
  readonly environment: Pick<Environment, "name" | "accountId" | "region" | "consumers">;
  readonly domains: readonly Domain[];
}

/** What people call principals and tables of an environment, and what these are in every environment. */
export class Names {
  readonly environment: string;
  /** ARNs of consumers by their names. */
  readonly consumers: ReadonlyMap<string, string>;
  /** Why the environment goes without consumers, by their names. */
  readonly absent: ReadonlyMap<string, string>;
  private readonly accountId: string;
  /** For example "basin-dev-". */
  private readonly prefix: string;
  private readonly tables: ReadonlyMap<string, { readonly dataset: string; readonly zone: TableZone }>;

  constructor({ platform, environment, domains }: NamesProps) {
    const { name, accountId, consumers } = environment;
    const entries = Object.entries(consumers);
    this.environment = name;
    this.accountId = accountId;
    this.prefix = `${platform.name}-${name}-`;
    this.consumers = new Map(consumersOf(environment).map((consumer) => [consumer.name, consumer.principal]));
    this.absent = new Map(entries.flatMap(([consumer, who]) => (who.kind === "none" ? [[consumer, who.reason]] : [])));
    const context = { platformName: platform.name, environmentName: name, accountId };
    this.tables = new Map(
      domains.flatMap((domain) =>
        domain.datasets
          .filter(isTable)
          .flatMap((dataset) =>
            TABLE_ZONES.map(
              (zone) =>
                [
                  `${databaseName(context, domain.name, zone)}.${dataset.name}`,
                  { dataset: `${domain.name}.${dataset.name}`, zone },
                ] as const,
            ),
          ),
      ),
    );
  }

  principal(arn: string): Principal {
    const consumers = [...this.consumers]
      .filter(([, known]) => withoutRegion(known) === withoutRegion(arn))
      .map(([name]) => name)
      .sort(byText);
    const own = `arn:[^:]*:iam::${this.accountId}:`;
    const short = arn.replace(new RegExp(`^${own}(role|user)/`), "$1 ");
    return {
      id: consumers.length > 0 ? consumers.join("+") : this.general(short),
      name:
        consumers.length > 0
          ? consumers.join(", ")
          : arn === IAM_ALLOWED_PRINCIPALS
            ? "whoever IAM allows"
            : short.replace(/^role /, ""),
      consumers,
      arn,
    };
  }

  table(database: string, table: string): TableName {
    const name = `${database}.${table}`;
    const declared = this.tables.get(name);
    if (declared === undefined) {
      return { id: this.general(name), database, table };
    }
    const { dataset, zone } = declared;
    return { id: zone === "published" ? dataset : `${dataset} (${zone})`, dataset, zone, database, table };
  }

  /** A name without what differs between environments. */
  private general(name: string): string {
    return name
      .replaceAll(this.accountId, "ACCOUNT")
      .replace(new RegExp(`(?<![\\w-])${this.prefix}`, "g"), "ENVIRONMENT-")
      .replace(new RegExp(`(?<![\\w-])${this.prefix.replaceAll("-", "_")}`, "g"), "ENVIRONMENT_");
  }
}

/** QuickSight has its groups in one region, which is not always that of the data. */
function withoutRegion(arn: string): string {
  return arn.replace(/^(arn:[^:]*:quicksight:)[^:]*/, "$1");
}
