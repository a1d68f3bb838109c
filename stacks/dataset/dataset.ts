import { Construct } from "constructs";
import { contractOf } from "../../domains/contract";
import {
  type Dataset as Declaration,
  isTable,
  type ObjectsDataset,
  sensitivityOf,
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
import { Tables } from "./tables";

export interface DatasetProps extends DomainLayerProps {
  /** Where its tables are listed. */
  readonly databases: Readonly<Record<TableZone, Database>>;
  /** The domain's tag of Lake Formation, whose values are its datasets with tables; undefined where it has none. */
  readonly domainTag: LfTag | undefined;
  readonly declaration: Declaration;
}

/** What one declaration becomes. */
export class Dataset extends Construct {
  /** The declaration as what runs reads it. */
  readonly contract: Artifact;

  constructor(scope: Construct, id: string, props: DatasetProps) {
    super(scope, id);
    const { lake, domain, domainTag, declaration } = props;
    tagAll(this, { DataClassification: sensitivityOf(declaration) });

    const contract = contractOf(domain, declaration);
    const tables = isTable(declaration) ? new Tables(this, "tables", { ...props, contract }) : undefined;
    if (tables !== undefined && isTable(declaration) && domainTag !== undefined) {
      new Access(this, "access", { ...props, domainTag, declaration, tables });
    }
    this.contract = new Artifact(this, "contract", {
      bucket: lake.artifacts,
      key: `contracts/${domain.name}/${declaration.name}.json`,
      content: `${JSON.stringify(contract, undefined, 2)}\n`,
      contentType: "application/json",
      // what runs goes by it: it changes when the tables have, and not where they cannot
      ...(tables !== undefined && { after: [tables.ready] }),
    });
    if (!isTable(declaration)) {
      this.addObjects(props, declaration);
    }
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
