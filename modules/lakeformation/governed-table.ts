import { LakeformationDataCellsFilter } from "@cdktf/provider-aws/lib/lakeformation-data-cells-filter";
import { LakeformationOptIn } from "@cdktf/provider-aws/lib/lakeformation-opt-in";
import { LakeformationPermissions } from "@cdktf/provider-aws/lib/lakeformation-permissions";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { after } from "../after";
import type { Database } from "../glue/database";
import { type Consumer, everythingInCatalog, IAM_ALLOWED_PRINCIPALS, readingStatements } from "./consumer";
import { assignTags, type TagCondition, type TagValue } from "./lf-tag";
import { TagGrant } from "./tag-grant";

export interface GovernedTableProps {
  readonly database: Database;
  readonly tableName: string;
  /** Of the table, and so of all of its columns that have none of their own, those to come included. */
  readonly tags: readonly TagValue[];
  /**
   * Of columns that differ from the table.
   *
   * @default - all columns have the table's
   */
  readonly columnTags?: ReadonlyMap<string, readonly TagValue[]>;
  readonly account: Account;
  /** Whether its location heeds opt-ins: then whoever is granted something opts in. */
  readonly hybridAccess: boolean;
  /** Leaves the table to IAM for everybody who has not opted in, for which its location has to heed opt-ins. */
  readonly leftToIam: boolean;
  /** What makes the table and its columns: Lake Formation tags and grants nothing that is not there. */
  readonly after: readonly TerraformResource[];
}

/**
 * A table that Lake Formation decides about: its tags, those of its columns, and who reads it.
 *
 * Each column's tags are a resource of their own. One for all of them would be replaced whenever a column is added, and until
 * the new column is there readers would have lost the others.
 */
export class GovernedTable extends Construct {
  private readonly props: GovernedTableProps;
  /** Its tags, and those of its columns: what reads or writes it by grants on tags comes after them. */
  readonly ready: readonly TerraformResource[];
  /** Names of those who read it. */
  private readonly readers = new Set<string>();

  constructor(scope: Construct, id: string, props: GovernedTableProps) {
    super(scope, id);
    this.props = props;
    const { tags, columnTags = new Map<string, readonly TagValue[]>(), leftToIam, after: earlier } = props;
    const table = this.name();

    const ofTable = assignTags(this, "tags", { table }, tags, earlier);
    const ofColumns = [...columnTags].map(([column, ofColumn]) =>
      assignTags(this, `column-${column}`, { tableWithColumns: { ...table, columnNames: [column] } }, ofColumn, [
        ...earlier,
        // Lake Formation refuses two changes of a table at the same moment
        ofTable,
      ]),
    );
    // the provider tries tags and grants again then, and filters not
    this.ready = [ofTable, ...ofColumns];
    if (leftToIam) {
      const grant = new LakeformationPermissions(this, "left-to-iam", {
        principal: IAM_ALLOWED_PRINCIPALS,
        // nothing less leaves it to IAM: Lake Formation Developer Guide, "Setting up hybrid access mode"
        permissions: ["ALL"],
        table,
      });
      after(grant, ...this.ready);
    }
  }

  /**
   * Lets somebody read all rows of the columns that have some tags.
   *
   * @throws if it reads the table through a filter, which would be void: Lake Formation unites what is granted
   */
  grantSelect(consumer: Consumer, conditions: readonly TagCondition[]): void {
    this.note(consumer);
    new TagGrant(this, `select-${consumer.name}`, {
      principal: consumer.principal,
      on: "tables",
      permissions: ["DESCRIBE", "SELECT"],
      conditions,
    });
    this.letRead(consumer);
  }

  /**
   * Lets somebody read some rows of some columns. Columns that are added stay closed to it until they are named.
   *
   * @throws if it has a grant on the table already, with which the filter would be void
   */
  grantFilteredSelect(consumer: Consumer, columnNames: readonly string[], filterExpression: string): void {
    this.note(consumer);
    const { account, after: earlier } = this.props;
    const { databaseName, name } = this.name();
    const filter = new LakeformationDataCellsFilter(this, `filter-${consumer.name}`, {
      tableData: [
        {
          tableCatalogId: account.accountId,
          databaseName,
          tableName: name,
          name: consumer.name,
          columnNames: [...columnNames],
          rowFilter: [{ filterExpression }],
        },
      ],
    });
    after(filter, ...earlier, ...this.ready);
    const grant = new LakeformationPermissions(this, `select-${consumer.name}`, {
      principal: consumer.principal,
      permissions: ["SELECT"],
      dataCellsFilter: { tableCatalogId: account.accountId, databaseName, tableName: name, name: consumer.name },
    });
    after(grant, filter);
    this.letRead(consumer);
  }

  private name(): { readonly databaseName: string; readonly name: string } {
    return { databaseName: this.props.database.databaseName, name: this.props.tableName };
  }

  private note({ name }: Consumer): void {
    if (this.readers.has(name)) {
      throw new Error(`${name} has a grant on ${this.props.tableName} already: two grants unite, and a filter is void`);
    }
    this.readers.add(name);
  }

  private letRead({ name, principal, role }: Consumer): void {
    const { account, hybridAccess } = this.props;
    role?.allowAll(readingStatements(everythingInCatalog(account)));
    if (hybridAccess) {
      const optIn = new LakeformationOptIn(this, `opt-in-${name}`, {
        principal: [{ dataLakePrincipalIdentifier: principal }],
        // without the catalog every plan would replace it
        resourceData: [{ table: [{ catalogId: account.accountId, ...this.name() }] }],
      });
      after(optIn, ...this.ready);
    }
  }
}
