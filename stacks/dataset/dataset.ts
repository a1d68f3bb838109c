import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { contractOf, isTableContract, type TableContract } from "../../domains/contract";
import {
  type Dataset as Declaration,
  isStream,
  isTable,
  type ObjectsDataset,
  sensitivityOf,
  type StreamDataset,
  type TableDataset,
  type TableZone,
} from "../../domains/schema";
import type { Database } from "../../modules/glue/database";
import type { LfTag } from "../../modules/lakeformation/lf-tag";
import { Artifact } from "../../modules/s3/artifact";
import { ObjectInventory } from "../../modules/s3/object-inventory";
import { accountOf } from "../account-of";
import type { DomainLayerProps } from "../layers/domain";
import { tagAll } from "../tags";
import { Access } from "./access";
import type { DomainStreams } from "./domain-streams";
import { Stream } from "./stream";
import { Tables } from "./tables";

export interface DatasetProps extends DomainLayerProps {
  /** Where its tables are listed. */
  readonly databases: Readonly<Record<TableZone, Database>>;
  /** The domain's tag of Lake Formation, whose values are its datasets with tables; undefined where it has none. */
  readonly domainTag: LfTag | undefined;
  /** What the streams of the domain share; undefined where it has none. */
  readonly streams: DomainStreams | undefined;
  readonly declaration: Declaration;
}

/** What one declaration becomes. */
export class Dataset extends Construct {
  /** The declaration as what runs reads it. */
  readonly contract: Artifact;

  constructor(scope: Construct, id: string, props: DatasetProps) {
    super(scope, id);
    const { lake, domain, declaration } = props;
    tagAll(this, { DataClassification: sensitivityOf(declaration) });

    const contract = contractOf(domain, declaration);
    const made =
      isTable(declaration) && isTableContract(contract) ? this.addTables(props, declaration, contract) : undefined;
    this.contract = new Artifact(this, "contract", {
      bucket: lake.artifacts,
      key: `contracts/${domain.name}/${declaration.name}.json`,
      content: `${JSON.stringify(contract, undefined, 2)}\n`,
      contentType: "application/json",
      // what runs goes by it: it changes when the tables have, and not where they cannot
      ...(made !== undefined && { after: made.tables.ready }),
    });
    if (!isTable(declaration)) {
      this.addObjects(props, declaration);
    } else if (isStream(declaration) && declaration.source.engine === "kinesis" && made !== undefined) {
      this.addStream(props, declaration, [...made.tables.ready, ...made.access.rawReady]);
    }
  }

  private addTables(
    props: DatasetProps,
    declaration: TableDataset,
    contract: TableContract,
  ): { readonly tables: Tables; readonly access: Access } {
    const { domain, domainTag } = props;
    if (domainTag === undefined) {
      throw new Error(`${domain.name}.${declaration.name} has tables, and its domain no tag of Lake Formation`);
    }
    const tables = new Tables(this, "tables", { ...props, contract });
    const access = new Access(this, "access", { ...props, domainTag, declaration, tables });
    return { tables, access };
  }

  private addStream(props: DatasetProps, declaration: StreamDataset, tablesReady: readonly TerraformResource[]): void {
    const { domain, domainTag, streams } = props;
    if (streams === undefined || domainTag === undefined) {
      throw new Error(`${domain.name}.${declaration.name} is a stream, and its domain lacks what streams share`);
    }
    new Stream(this, "stream", { ...props, declaration, domainTag, streams, tablesReady, contract: this.contract });
  }

  /** Files that stay as they are keep to a folder of the raw zone, where nothing expires by age. */
  private addObjects({ environment, foundation, lake, domain }: DatasetProps, { name, source }: ObjectsDataset): void {
    new ObjectInventory(this, "inventory", {
      inventoryName: `${domain.name}-${name}`,
      bucket: lake.zones.raw,
      folder: `${domain.name}/${name}`,
      frequency: source.inventory,
      reports: foundation.logBucket,
      encryptionKey: foundation.keys.data,
      account: accountOf(environment),
    });
  }
}
