import { GlueCatalogTableOptimizer } from "@cdktf/provider-aws/lib/glue-catalog-table-optimizer";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { after } from "../after";
import type { ServiceRole } from "../iam/service-role";
import type { Database } from "./database";

/** How long an Iceberg table keeps what it does not need to be read as it is now. */
export interface TableRetention {
  /** How long readers can go back to a snapshot, in days (1 or more). */
  readonly snapshotDays: number;
  /** How many snapshots stay, however old they are (1 or more). */
  readonly minimumSnapshots: number;
  /** How old a file that no snapshot refers to has to be before it is deleted, in days (1 or more): writers may be about to refer to it. */
  readonly orphanFileDays: number;
}

export interface TableOptimizersProps {
  readonly database: Database;
  readonly tableName: string;
  readonly retention: TableRetention;
  /** Reads, rewrites and deletes files of the table. */
  readonly role: ServiceRole;
  readonly account: Account;
  /** What makes the table: Glue optimizes none that is not there. */
  readonly after: readonly TerraformResource[];
}

/**
 * Keeps an Iceberg table fast and small: joins small files, lets old snapshots expire, deletes files that belong to none.
 *
 * Source: Glue Developer Guide, "Optimizing Iceberg tables".
 */
export class TableOptimizers extends Construct {
  constructor(scope: Construct, id: string, props: TableOptimizersProps) {
    super(scope, id);
    const { database, tableName, retention, role, account, after: earlier } = props;
    Object.entries(retention).forEach(([name, value]: [string, number]) => {
      if (!Number.isInteger(value) || value < 1) {
        throw new Error(`${name} must be a whole number of 1 or more, got ${value}`);
      }
    });

    const configurations = {
      compaction: {},
      retention: {
        retentionConfiguration: [
          {
            icebergConfiguration: [
              {
                snapshotRetentionPeriodInDays: retention.snapshotDays,
                numberOfSnapshotsToRetain: retention.minimumSnapshots,
                cleanExpiredFiles: true,
              },
            ],
          },
        ],
      },
      orphan_file_deletion: {
        orphanFileDeletionConfiguration: [
          { icebergConfiguration: [{ orphanFileRetentionPeriodInDays: retention.orphanFileDays }] },
        ],
      },
    };
    Object.entries(configurations).forEach(([type, configuration]) => {
      const optimizer = new GlueCatalogTableOptimizer(this, type.replaceAll("_", "-"), {
        catalogId: account.accountId,
        databaseName: database.databaseName,
        tableName,
        type,
        configuration: [{ enabled: true, roleArn: role.roleArn, ...configuration }],
      });
      role.passTo(optimizer);
      after(optimizer, ...earlier);
    });
  }
}
