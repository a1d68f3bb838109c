import { createHash } from "node:crypto";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Contract } from "../../domains/contract";
import { TABLE_ZONES } from "../../domains/schema";
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
  readonly contract: Contract;
}

/** The Iceberg tables of a dataset: one in each zone, made and changed as its contract says, and kept fast and small. */
export class Tables extends Construct {
  /** They are as the contract says: what reads or writes them comes after it. */
  readonly ready: TerraformResource;

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    const { environment, processing, databases, declaration, contract } = props;
    const { name } = declaration;
    const text = JSON.stringify(contract);

    const migration = new Invocation(this, "migration", {
      function: processing.tableMigrator,
      input: {
        // literally, unlike the names of databases behind it, which are known when these are made
        contract: JSON.parse(escapeTemplates(text)) as unknown,
        tables: TABLE_ZONES.map((zone) => ({
          zone,
          database: databases[zone].databaseName,
          table: name,
          location: `${databases[zone].location}/${name}`,
        })),
      },
      // a plan tells by them why it is called
      triggers: { contract: createHash("sha256").update(text).digest("hex"), migration: MIGRATION },
      after: [...TABLE_ZONES.flatMap((zone) => databases[zone].ready), ...processing.migratorReady],
    });
    this.ready = migration.resource;

    const { snapshotDays, minimumSnapshots, orphanFileDays } = environment.lake.tables;
    TABLE_ZONES.forEach((zone) => {
      new TableOptimizers(this, zone, {
        database: databases[zone],
        tableName: name,
        retention: { snapshotDays, minimumSnapshots, orphanFileDays },
        role: processing.tableUpkeep,
        account: accountOf(environment),
        after: [migration.resource, ...processing.upkeepReady],
      });
    });
  }
}
