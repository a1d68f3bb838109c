import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { filterExpression } from "../../domains/row-filter";
import {
  isStream,
  quarantineTable,
  SENSITIVITIES,
  type Sensitivity,
  type TableDataset,
  type TableZone,
} from "../../domains/schema";
import { GovernedTable, type GovernedTableProps } from "../../modules/lakeformation/governed-table";
import type { LfTag } from "../../modules/lakeformation/lf-tag";
import { MOST_SENSITIVE, PUBLISHED_FILTERED } from "../access/lake-tags";
import { consumerNamed } from "../access/consumers";
import { accountOf } from "../account-of";
import type { DatasetProps } from "./dataset";
import type { Tables } from "./tables";

export interface AccessProps extends DatasetProps {
  readonly domainTag: LfTag;
  readonly declaration: TableDataset;
  readonly tables: Tables;
}

/**
 * Who reads the tables of a dataset: nobody reads those of the zones raw and curated but what works on them, and consumers read
 * the published one as far as the dataset's readers say. Refused records are of the raw zone.
 */
export class Access extends Construct {
  /** The tables of the raw zone have their tags: what writes them by grants on tags comes after these. */
  readonly rawReady: readonly TerraformResource[];

  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    const { raw, published } = this.govern(props);
    this.rawReady = raw.flatMap(({ ready }) => ready);
    this.letRead(published, props);
  }

  /** Tags tables, which are as sensitive as can be, and the columns that are less: a forgotten column is closed, not open. */
  private govern(props: AccessProps): { readonly raw: readonly GovernedTable[]; readonly published: GovernedTable } {
    const { lake, domainTag, declaration, environment, databases, tables } = props;
    const { sensitivity, zone } = lake.tags;
    const ofDataset = [domainTag.is(declaration.name), sensitivity.is(MOST_SENSITIVE)];
    const table = (of: TableZone, rest: Partial<GovernedTableProps>, id: string = of) =>
      new GovernedTable(this, id, {
        database: databases[of],
        tableName: declaration.name,
        tags: ofDataset,
        account: accountOf(environment),
        hybridAccess: environment.lake.hybridAccess.kind !== "none",
        leftToIam: environment.lake.hybridAccess.kind === "migration",
        after: tables.ready,
        ...rest,
      });
    const raw = [table("raw", {})];
    if (isStream(declaration)) {
      raw.push(table("raw", { tableName: quarantineTable(declaration.name) }, "quarantine"));
    }
    table("curated", {});
    const published = table("published", {
      ...(isFiltered(props) && { tags: [...ofDataset, zone.is(PUBLISHED_FILTERED)] }),
      columnTags: new Map(
        declaration.columns
          .filter((column) => column.sensitivity !== MOST_SENSITIVE)
          .map((column) => [column.name, [sensitivity.is(column.sensitivity)]]),
      ),
    });
    return { raw, published };
  }

  private letRead(published: GovernedTable, props: AccessProps): void {
    const { environment, lake, domainTag, declaration } = props;
    declaration.readers.forEach(({ consumer: name, upTo, rows }) => {
      const consumer = consumerNamed(name, environment);
      if (consumer === undefined) {
        return;
      }
      const levels = levelsUpTo(upTo);
      if (rows !== undefined) {
        const columns = declaration.columns.filter(({ sensitivity }) => levels.includes(sensitivity));
        published.grantFilteredSelect(
          consumer,
          columns.map((column) => column.name),
          filterExpression(rows),
        );
        return;
      }
      published.grantSelect(consumer, [
        domainTag.isOneOf([declaration.name]),
        lake.tags.sensitivity.isOneOf(levels),
        lake.tags.zone.isOneOf([isFiltered(props) ? PUBLISHED_FILTERED : "published"]),
      ]);
    });
  }
}

/** Whether somebody of this environment reads some rows only. */
function isFiltered({ declaration, environment }: AccessProps): boolean {
  return declaration.readers.some(
    ({ consumer, rows }) => rows !== undefined && consumerNamed(consumer, environment) !== undefined,
  );
}

function levelsUpTo(level: Sensitivity): readonly Sensitivity[] {
  return SENSITIVITIES.slice(0, SENSITIVITIES.indexOf(level) + 1);
}
