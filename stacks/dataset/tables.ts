import { Construct } from "constructs";
import { TABLE_ZONES } from "../../domains/schema";
import { TableOptimizers } from "../../modules/glue/table-optimizers";
import { Invocation } from "../../modules/lambda/invocation";
import type { Artifact } from "../../modules/s3/artifact";
import { accountOf } from "../account-of";
import type { DatasetProps } from "./dataset";

export interface TablesProps extends DatasetProps {
  readonly contract: Artifact;
}

/** The Iceberg tables of a dataset: one in each zone, made and changed as its contract says, and kept fast and small. */
export class Tables extends Construct {
  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    const { environment, lake, processing, databases, declaration, contract } = props;
    const { name } = declaration;

    const migration = new Invocation(this, "migration", {
      function: processing.tableMigrator,
      input: {
        contract: { bucket: lake.artifacts.bucketName, key: contract.key, versionId: contract.versionId },
        tables: TABLE_ZONES.map((zone) => ({
          zone,
          database: databases[zone].databaseName,
          table: name,
          location: `${databases[zone].location}/${name}`,
        })),
      },
      triggers: { contract: contract.hash },
      after: TABLE_ZONES.map((zone) => databases[zone].resource),
    });
    const { snapshotDays, minimumSnapshots, orphanFileDays } = environment.lake.tables;
    TABLE_ZONES.forEach((zone) => {
      new TableOptimizers(this, zone, {
        database: databases[zone],
        tableName: name,
        retention: { snapshotDays, minimumSnapshots, orphanFileDays },
        role: processing.tableUpkeep,
        account: accountOf(environment),
        after: [migration.resource],
      });
    });
  }
}
