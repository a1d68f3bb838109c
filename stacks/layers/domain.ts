import { Construct } from "constructs";
import { type Domain, isTable, mostSensitive, sensitivityOf, TABLE_ZONES } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { Database } from "../../modules/glue/database";
import { isDisabled } from "../cross-checks";
import { Dataset } from "../dataset/dataset";
import { databaseName, namingContext } from "../naming";
import { tagAll } from "../tags";
import type { Foundation } from "./foundation";
import type { Lake } from "./lake";

export interface DomainLayerProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly foundation: Foundation;
  readonly lake: Lake;
  readonly domain: Domain;
}

/** What a business area declares: a database for each zone, and all that its datasets become. */
export class DomainLayer extends Construct {
  constructor(scope: Construct, id: string, props: DomainLayerProps) {
    super(scope, id);
    const { platform, environment, lake, domain } = props;
    const datasets = domain.datasets.filter(({ name }) => !isDisabled(environment, domain.name, name));
    tagAll(this, { Domain: domain.name });

    TABLE_ZONES.forEach((zone) => {
      new Database(this, `database-${zone}`, {
        databaseName: databaseName(namingContext(platform, environment), domain.name, zone),
        description: `${domain.description} (${zone})`,
        bucket: lake.zones[zone],
        folder: domain.name,
        catalogEncryption: lake.catalogEncryption,
        destroyProtection: environment.destroyProtection,
        tags: { DataClassification: mostSensitive(datasets.filter(isTable).map(sensitivityOf)) },
      });
    });
    datasets.forEach((declaration) => new Dataset(this, declaration.name, { ...props, declaration }));
  }
}
