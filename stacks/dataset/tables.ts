import { createHash } from "node:crypto";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { TableContract } from "../../domains/contract";
import { quarantineContract } from "../../domains/quarantine";
import { isStream, TABLE_ZONES, type TableZone } from "../../domains/schema";
import { escapeTemplates } from "../../modules/escape-templates";
import { TableOptimizers } from "../../modules/glue/table-optimizers";
import { Invocation } from "../../modules/lambda/invocation";
import { accountOf } from "../account-of";
import type { DatasetProps } from "./dataset";

/**
 * What the migrator makes of a contract. Raised when it makes something else of the same one, such as another property of
 * tables, it has the migrator called for every dataset.
 */
const MIGRATION = "1";

export interface TablesProps extends DatasetProps {
  readonly contract: TableContract;
}

/**
 * The Iceberg tables of a dataset: one in each zone, and one for refused records where it is a stream, made and changed as
 * contracts say, and kept fast and small.
 */
export class Tables extends Construct {
  /** They are as the contracts say: what reads or writes them comes after it. */
  readonly ready: readonly TerraformResource[];

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    const { declaration, contract } = props;
    const made = [this.make("migration", contract, TABLE_ZONES, props)];
    TABLE_ZONES.forEach((zone) => {
      this.keep(zone, zone, contract, made, props);
    });
    if (isStream(declaration)) {
      const refused = quarantineContract(contract);
      const quarantine = this.make("quarantine-migration", refused, ["raw"], props);
      this.keep("quarantine", "raw", refused, [quarantine], props);
      made.push(quarantine);
    }
    this.ready = made;
  }

  /** Has the migrator make or change the tables of a contract, before what is named after it. */
  private make(
    id: string,
    contract: TableContract,
    zones: readonly TableZone[],
    { processing, databases }: TablesProps,
  ): TerraformResource {
    const text = JSON.stringify(contract);
    return new Invocation(this, id, {
      function: processing.tableMigrator,
      input: {
        // literally, unlike the names of databases behind it, which are known when these are made
        contract: JSON.parse(escapeTemplates(text)) as unknown,
        tables: zones.map((zone) => ({
          zone,
          database: databases[zone].databaseName,
          table: contract.name,
          location: `${databases[zone].location}/${contract.name}`,
        })),
      },
      // a plan tells by them why it is called
      triggers: { contract: createHash("sha256").update(text).digest("hex"), migration: MIGRATION },
      after: [...zones.flatMap((zone) => databases[zone].ready), ...processing.migratorReady],
    }).resource;
  }

  private keep(
    id: string,
    zone: TableZone,
    { name }: TableContract,
    made: readonly TerraformResource[],
    { environment, processing, databases }: TablesProps,
  ): void {
    const { snapshotDays, minimumSnapshots, orphanFileDays } = environment.lake.tables;
    new TableOptimizers(this, id, {
      database: databases[zone],
      tableName: name,
      retention: { snapshotDays, minimumSnapshots, orphanFileDays },
      role: processing.tableUpkeep,
      account: accountOf(environment),
      after: [...made, ...processing.upkeepReady],
    });
  }
}
